// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/tree_ensemble.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What both readers of XGBoost models share.
namespace ibidem::data {

/// A tree as a file holds it, before anything of it is believed.
struct RawTree
{
    std::vector<TreeNode> nodes;
    std::vector<bool> deleted; ///< marked as pruned by XGBoost; empty: none
    std::int64_t group = 0;
};

/// The reachable nodes, in their old order, renumbered. BadData naming tree and node if children are out of
/// range, shared or cyclic, only one child is there, a feature is out of range, a threshold is NaN, a leaf is
/// not finite, or a node is unreachable without being marked as pruned.
[[nodiscard]] Result<Tree> soundTree(RawTree raw, const TreeEnsemble &ensemble, std::size_t number,
                                     const std::string &path);

/// Margin that XGBoost starts from, given the base score that it stores. BadData on an objective whose link
/// is not known, or a score outside the link's domain.
[[nodiscard]] Result<float> marginOfBaseScore(std::string_view objective, float score,
                                              const std::string &path);

/// The inverse: the base score to store so that the margin comes back bit for bit. BadData if there is none.
[[nodiscard]] Result<float> baseScoreOfMargin(std::string_view objective, float margin);

inline constexpr std::uint32_t kMaxFeatures = 1U << 24U;
inline constexpr std::uint32_t kMaxGroups = 1U << 16U;

} // namespace ibidem::data
