// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"

#include <string>

namespace ibidem::data {

/// contentDigest() with the rows from elsewhere: those of `names` are not looked at.
[[nodiscard]] std::string matrixDigest(const CountMatrix &names, const SparseView &rows);

} // namespace ibidem::data
