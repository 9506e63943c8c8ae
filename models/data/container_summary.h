// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/expression_table.h"
#include "models/data/safetensors.h"

#include <filesystem>
#include <string_view>

namespace ibidem::data {

/// The key of a container's metadata that holds its summary as JSON.
inline constexpr std::string_view kSummaryKey = "ibidem";

/// The summary of an opened container of a table or matrix. BadData if it has none.
[[nodiscard]] Result<TableSummary> tableSummaryOf(const Safetensors &file, const std::filesystem::path &path);

[[nodiscard]] Json checkJson(const Check &check);
/// BadData on what is no check.
[[nodiscard]] Result<Check> checkFromJson(const Json &json);

} // namespace ibidem::data
