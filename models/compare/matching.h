// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ibidem::compare {

inline constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

/// For each name of A where it stands in B, kAbsent if nowhere.
[[nodiscard]] std::vector<std::size_t> placesInB(const std::vector<std::string> &a,
                                                 const std::vector<std::string> &b);

/// Names of B that no place leads to.
[[nodiscard]] std::vector<std::string> namesOnlyInB(const std::vector<std::string> &b,
                                                    const std::vector<std::size_t> &places);

/// "none", "X" or "X and 3 more".
[[nodiscard]] std::string firstOf(const std::vector<std::string> &names);

} // namespace ibidem::compare
