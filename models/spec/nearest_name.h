// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace ibidem::spec {

/// Levenshtein distance in bytes.
[[nodiscard]] std::size_t editDistance(std::string_view a, std::string_view b);

/// Index of the name with the smallest distance to what was typed, the first of several; nothing if even that
/// one is further away than a third of the longer name (at least 2), since a wild guess helps nobody.
[[nodiscard]] std::optional<std::size_t> nearestName(std::string_view typed,
                                                     const std::vector<std::string_view> &names);

} // namespace ibidem::spec
