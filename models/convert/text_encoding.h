// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/expression_table.h"

#include <string>
#include <string_view>
#include <vector>

namespace ibidem::convert {

/// The text of a file after the byte order mark, if it is UTF-8 without NUL bytes; adds the check "encoding".
/// Otherwise BadData that names what the bytes look like (UTF-16, Latin-1, binary), the offset and the line.
[[nodiscard]] Result<std::string_view> checkedText(std::string_view bytes, const std::string &path,
                                                   std::vector<data::Check> &checks);

} // namespace ibidem::convert
