// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/tree_ensemble.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>

namespace ibidem::data {

namespace {

float leafOf(const Tree &tree, std::span<const float> features) noexcept
{
    const TreeNode *node = tree.nodes.data();
    while (node->left != -1) {
        const float value = features[node->feature];
        const bool goesLeft = std::isnan(value) ? node->defaultLeft : value < node->threshold;
        node = &tree.nodes[static_cast<std::size_t>(goesLeft ? node->left : node->right)];
    }
    return node->value;
}

void appendInteger(std::string &out, std::uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        out.push_back(static_cast<char>((value >> static_cast<unsigned>(8 * i)) & 0xFFU));
}

void appendFloat(std::string &out, float value)
{
    appendInteger(out, std::bit_cast<std::uint32_t>(value), 4);
}

} // namespace

void TreeEnsemble::predictMargins(std::span<const float> features, std::span<float> margins,
                                  std::size_t rounds) const
{
    std::copy_n(baseMargin.begin(), groupCount, margins.begin());
    const std::size_t used = std::min(rounds, roundCount()) * groupCount;
    for (std::size_t i = 0; i < used; ++i)
        margins[trees[i].group] += leafOf(trees[i], features);
}

std::string TreeEnsemble::treeBytes(std::size_t tree) const
{
    const Tree &one = trees[tree];
    std::string out;
    out.reserve(12 + one.nodes.size() * 29);
    appendInteger(out, one.nodes.size(), 8);
    appendInteger(out, one.group, 4);
    for (const TreeNode &node : one.nodes) {
        appendInteger(out, static_cast<std::uint32_t>(node.left), 4);
        appendInteger(out, static_cast<std::uint32_t>(node.right), 4);
        appendInteger(out, node.feature, 4);
        appendFloat(out, node.threshold);
        appendInteger(out, node.defaultLeft ? 1 : 0, 1);
        appendFloat(out, node.value);
        appendFloat(out, node.gain);
        appendFloat(out, node.cover);
    }
    return out;
}

std::vector<FeatureImportance> featureImportance(const TreeEnsemble &ensemble)
{
    std::map<std::uint32_t, FeatureImportance> sums;
    for (const Tree &tree : ensemble.trees) {
        for (const TreeNode &node : tree.nodes) {
            if (node.left == -1)
                continue;
            FeatureImportance &sum = sums[node.feature];
            sum.feature = node.feature;
            ++sum.weight;
            sum.gain += static_cast<double>(node.gain);
            sum.cover += static_cast<double>(node.cover);
        }
    }
    std::vector<FeatureImportance> result;
    result.reserve(sums.size());
    for (auto &[feature, sum] : sums) {
        sum.gain /= static_cast<double>(sum.weight);
        sum.cover /= static_cast<double>(sum.weight);
        result.push_back(sum);
    }
    std::stable_sort(result.begin(), result.end(),
                     [](const FeatureImportance &a, const FeatureImportance &b) {
                         return a.weight != b.weight ? a.weight > b.weight : a.gain > b.gain;
                     });
    return result;
}

} // namespace ibidem::data
