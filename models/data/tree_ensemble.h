// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::data {

/// One node of a regression tree. Leaves have left == -1 and their value in `value`.
struct TreeNode
{
    std::int32_t left = -1;
    std::int32_t right = -1;
    std::uint32_t feature = 0;
    float threshold = 0.0F;   ///< x < threshold goes left
    bool defaultLeft = false; ///< where a missing value goes
    float value = 0.0F;       ///< leaf value (already times learning rate)
    float gain = 0.0F;        ///< loss reduction of the split
    float cover = 0.0F;       ///< sum of Hessians
    bool operator==(const TreeNode &) const = default;
};

struct Tree
{
    std::vector<TreeNode> nodes; ///< nodes[0] is the root
    std::uint32_t group = 0;     ///< class that this tree adds to
    bool operator==(const Tree &) const = default;
};

/// A boosted ensemble as a value, without XGBoost: what prediction, importance and comparison need.
struct TreeEnsemble
{
    std::string objective;        ///< "binary:logistic", "multi:softprob"
    std::uint32_t groupCount = 1; ///< 1 for two classes, else the number of classes
    std::uint32_t featureCount = 0;
    std::vector<std::string> featureNames; ///< gene ids, or none
    std::vector<float> baseMargin;         ///< groupCount values, added before the first tree
    std::vector<Tree> trees;               ///< in order of training; round r holds trees r*groupCount …
    bool operator==(const TreeEnsemble &) const = default;

    [[nodiscard]] std::size_t roundCount() const noexcept
    {
        return groupCount ? trees.size() / groupCount : 0;
    }

    /// Margins of one sample: baseMargin plus one leaf of each tree, fp32 additions in tree order (as XGBoost
    /// does). `features` has featureCount values; NaN is missing. `margins` has groupCount values.
    void predictMargins(std::span<const float> features, std::span<float> margins, std::size_t rounds) const;
    /// Canonical bytes of one tree for digests: every field, little endian, framed.
    [[nodiscard]] std::string treeBytes(std::size_t tree) const;
};

/// How often and how well each feature was used: XGBoost's "weight", "gain" (mean) and "cover" (mean), sums
/// in double in tree order. Only features that were used, sorted by weight descending, then gain descending,
/// then index.
struct FeatureImportance
{
    std::uint32_t feature = 0;
    std::uint64_t weight = 0;
    double gain = 0.0;
    double cover = 0.0;
};

[[nodiscard]] std::vector<FeatureImportance> featureImportance(const TreeEnsemble &ensemble);

/// XGBoost's UBJSON model (3.x). BadData on anything that is not a sound gbtree: child indices out of range
/// or cyclic, features out of range, categorical splits, other boosters.
[[nodiscard]] Result<TreeEnsemble> parseXgboostUbjson(std::span<const std::byte> bytes,
                                                      const std::string &path);
/// The ensemble as a UBJSON model that XGBoost 3.4 loads: the form in which imported models are kept.
[[nodiscard]] Result<std::string> xgboostUbjson(const TreeEnsemble &ensemble);
/// XGBoost's old binary format ("binf" header or none; written up to 1.x, as mlf-core's published model). Own
/// parser.
[[nodiscard]] Result<TreeEnsemble> parseXgboostBinary(std::span<const std::byte> bytes,
                                                      const std::string &path);

} // namespace ibidem::data
