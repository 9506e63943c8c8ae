// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/expression_table.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::convert {

/// Which features of a 10x matrix are kept, by the option featureType: "all", the name of a type, or "auto":
/// those of type Gene Expression where there are several types. `types` has one entry a feature. Says what
/// was left out as check "feature-types". Usage, listing the types, where none of that name is there or
/// "auto" cannot choose.
[[nodiscard]] Result<std::vector<std::uint32_t>> chooseFeatures(const std::vector<std::string> &types,
                                                                const std::string &option,
                                                                const std::string &path,
                                                                std::vector<data::Check> &checks);

} // namespace ibidem::convert
