// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/tree_checks.h"

#include "models/base/portable_math.h"
#include "models/base/text.h"

#include <bit>
#include <cmath>

namespace ibidem::data {

namespace {

tl::unexpected<Error> badNode(std::size_t tree, std::size_t node, std::string_view message,
                              const std::string &path)
{
    return fail(ErrorCode::BadData,
                "tree " + std::to_string(tree) + ", node " + std::to_string(node) + ": " +
                    std::string(message),
                path, "the model is damaged: take a sound copy");
}

std::string_view nodeProblem(const TreeNode &node, std::size_t count, std::uint32_t features)
{
    if (node.left == -1 && node.right == -1)
        return std::isfinite(node.value) ? "" : "the leaf's value is not finite";
    const auto inside = [count](std::int32_t child) {
        return child > 0 && static_cast<std::size_t>(child) < count;
    };
    if (!inside(node.left) || !inside(node.right))
        return "a child is out of range";
    if (node.feature >= features)
        return "its feature is out of range";
    if (std::isnan(node.threshold))
        return "its threshold is not a number";
    return "";
}

bool hasLogitLink(std::string_view objective)
{
    return objective == "binary:logistic" || objective == "reg:logistic" || objective == "binary:logitraw";
}

bool hasIdentityLink(std::string_view objective)
{
    return objective == "multi:softprob" || objective == "multi:softmax" || objective == "reg:squarederror" ||
           objective == "reg:linear";
}

} // namespace

Result<Tree> soundTree(RawTree raw, const TreeEnsemble &ensemble, std::size_t number, const std::string &path)
{
    const std::size_t count = raw.nodes.size();
    if (count == 0)
        return badNode(number, 0, "the tree has no nodes", path);
    if (raw.group < 0 || static_cast<std::uint64_t>(raw.group) != number % ensemble.groupCount)
        return badNode(number, 0, "the tree belongs to another class than its place says", path);
    std::vector<std::int32_t> newIndex(count, -1);
    std::vector<std::size_t> waiting{0};
    newIndex[0] = 0;
    while (!waiting.empty()) {
        const std::size_t index = waiting.back();
        waiting.pop_back();
        const TreeNode &node = raw.nodes[index];
        const std::string_view problem = nodeProblem(node, count, ensemble.featureCount);
        if (!problem.empty())
            return badNode(number, index, problem, path);
        if (node.left == -1)
            continue;
        for (const std::int32_t child : {node.left, node.right}) {
            std::int32_t &seen = newIndex[static_cast<std::size_t>(child)];
            if (seen != -1)
                return badNode(number, index, "a child has two parents", path);
            seen = 0;
            waiting.push_back(static_cast<std::size_t>(child));
        }
    }
    Tree tree;
    tree.group = static_cast<std::uint32_t>(raw.group);
    for (std::size_t i = 0; i < count; ++i) {
        const bool deleted = !raw.deleted.empty() && raw.deleted[i];
        if (deleted == (newIndex[i] != -1))
            return badNode(number, i, deleted ? "a pruned node is in use" : "the node is unreachable", path);
        if (deleted)
            continue;
        newIndex[i] = static_cast<std::int32_t>(tree.nodes.size());
        tree.nodes.push_back(raw.nodes[i]);
    }
    for (TreeNode &node : tree.nodes) {
        if (node.left == -1)
            continue;
        node.left = newIndex[static_cast<std::size_t>(node.left)];
        node.right = newIndex[static_cast<std::size_t>(node.right)];
    }
    return tree;
}

Result<float> marginOfBaseScore(std::string_view objective, float score, const std::string &path)
{
    if (hasIdentityLink(objective) && std::isfinite(score))
        return score;
    if (!hasLogitLink(objective) && !hasIdentityLink(objective))
        return fail(ErrorCode::BadData, "the objective " + ibidem::quoted(objective) + " is not supported",
                    path, "use a model trained for binary:logistic or multi:softprob");
    if (!hasLogitLink(objective) || !(score > 0.0F && score < 1.0F))
        return fail(ErrorCode::BadData, "the base score " + formatFloat(score) + " is out of range", path,
                    "the model is damaged: take a sound copy");
    // XGBoost's own order of operations: in fp32 up to the logarithm.
    const float odds = 1.0F / score - 1.0F;
    return -static_cast<float>(portableLog(static_cast<double>(odds)));
}

Result<float> baseScoreOfMargin(std::string_view objective, float margin)
{
    if (hasIdentityLink(objective))
        return margin;
    const auto middle =
        std::bit_cast<std::uint32_t>(static_cast<float>(portableSigmoid(static_cast<double>(margin))));
    for (std::uint32_t distance = 0; distance < 64; ++distance) {
        for (const std::uint32_t bits : {middle + distance, middle - distance}) {
            const float score = std::bit_cast<float>(bits);
            const Result<float> back = marginOfBaseScore(objective, score, {});
            if (back && *back == margin)
                return score;
        }
    }
    return fail(ErrorCode::BadData,
                "no base score of " + ibidem::quoted(objective) + " gives the margin " + formatFloat(margin));
}

} // namespace ibidem::data
