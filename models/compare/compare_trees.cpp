// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Trees node by node, and the importance of genes that follows from them.
#include "models/base/text.h"
#include "models/compare/numbers.h"
#include "models/compare/parts.h"

#include <algorithm>
#include <set>

namespace ibidem::compare {

namespace {

using data::Tree;
using data::TreeEnsemble;
using data::TreeNode;

constexpr std::size_t kTopGenes = 10;

/// Where two trees differ first, in words.
struct TreePlace
{
    std::string where; ///< "node 2"
    std::string field; ///< "gene"
    std::string a;
    std::string b;
    std::string phrase; ///< "splits node 2 at gene B instead of A"
};

struct TreeTotals
{
    NumberSpread numbers;
    bool isStructural = false; ///< something else than numbers differs
    std::uint64_t different = 0;

    [[nodiscard]] bool isWithin() const { return !isStructural && numbers.within(); }
};

bool isLeaf(const TreeNode &node)
{
    return node.left < 0;
}

/// The same bits, or near enough.
bool isEqual(const Tolerance &tolerance, float a, float b)
{
    NumberSpread spread(tolerance);
    return spread.add(a, b) || spread.within();
}

bool sameShape(const TreeNode &a, const TreeNode &b)
{
    return a.left == b.left && a.right == b.right && (isLeaf(a) || a.feature == b.feature) &&
           (isLeaf(a) || a.defaultLeft == b.defaultLeft);
}

bool sameNode(const Tolerance &tolerance, const TreeNode &a, const TreeNode &b)
{
    return sameShape(a, b) && a.feature == b.feature && a.defaultLeft == b.defaultLeft &&
           isEqual(tolerance, a.threshold, b.threshold) && isEqual(tolerance, a.value, b.value) &&
           isEqual(tolerance, a.gain, b.gain) && isEqual(tolerance, a.cover, b.cover);
}

bool sameTree(const Tolerance &tolerance, const Tree &a, const Tree &b)
{
    return a.group == b.group && std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), b.nodes.end(),
                                            [&](const TreeNode &nodeA, const TreeNode &nodeB) {
                                                return sameNode(tolerance, nodeA, nodeB);
                                            });
}

TreePlace numberPlace(const std::string &node, const std::string &field, float a, float b)
{
    const std::string textA = formatFloat(a);
    const std::string textB = formatFloat(b);
    return {node, field, textA, textB,
            "has the " + field + " " + textB + " instead of " + textA + " at " + node};
}

TreePlace nodePlace(const Findings &findings, const Tolerance &tolerance, std::size_t index,
                    const TreeNode &a, const TreeNode &b)
{
    const std::string node = "node " + std::to_string(index);
    if (isLeaf(a) != isLeaf(b)) {
        const auto kind = [](const TreeNode &one) { return std::string(isLeaf(one) ? "a leaf" : "a split"); };
        return {node, "kind", kind(a), kind(b), "has " + kind(b) + " instead of " + kind(a) + " at " + node};
    }
    if (!isLeaf(a) && a.feature != b.feature) {
        const std::string geneA = findings.geneName(findings.a, a.feature);
        const std::string geneB = findings.geneName(findings.b, b.feature);
        return {node, "gene", geneA, geneB, "splits " + node + " at gene " + geneB + " instead of " + geneA};
    }
    if (!isLeaf(a) && !isEqual(tolerance, a.threshold, b.threshold))
        return numberPlace(node, "threshold", a.threshold, b.threshold);
    if (!isEqual(tolerance, a.value, b.value))
        return numberPlace(node, isLeaf(a) ? "leaf value" : "value", a.value, b.value);
    if (!isEqual(tolerance, a.gain, b.gain))
        return numberPlace(node, "gain", a.gain, b.gain);
    if (!isEqual(tolerance, a.cover, b.cover))
        return numberPlace(node, "cover", a.cover, b.cover);
    if (a.left != b.left || a.right != b.right) {
        const auto children = [](const TreeNode &one) {
            return std::to_string(one.left) + " and " + std::to_string(one.right);
        };
        return {node, "children", children(a), children(b), "has other children at " + node};
    }
    const auto side = [](const TreeNode &one) { return std::string(one.defaultLeft ? "left" : "right"); };
    return {node, "side of missing values", side(a), side(b), "sends missing values elsewhere at " + node};
}

TreePlace firstPlace(const Findings &findings, const Tolerance &tolerance, const Tree &a, const Tree &b)
{
    for (std::size_t i = 0; i < std::min(a.nodes.size(), b.nodes.size()); ++i)
        if (!sameNode(tolerance, a.nodes[i], b.nodes[i]))
            return nodePlace(findings, tolerance, i, a.nodes[i], b.nodes[i]);
    if (a.nodes.size() != b.nodes.size())
        return {"nodes", "count", std::to_string(a.nodes.size()), std::to_string(b.nodes.size()),
                "has " + std::to_string(b.nodes.size()) + " nodes instead of " +
                    std::to_string(a.nodes.size())};
    return {"class", "group", std::to_string(a.group), std::to_string(b.group),
            "adds to class " + std::to_string(b.group) + " instead of " + std::to_string(a.group)};
}

void addNumbers(const Tree &a, const Tree &b, TreeTotals &totals)
{
    if (a.group != b.group || a.nodes.size() != b.nodes.size() ||
        !std::equal(a.nodes.begin(), a.nodes.end(), b.nodes.begin(), sameShape)) {
        totals.isStructural = true;
        return;
    }
    const std::uint64_t before = totals.numbers.count();
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        totals.numbers.add(a.nodes[i].threshold, b.nodes[i].threshold);
        totals.numbers.add(a.nodes[i].value, b.nodes[i].value);
        totals.numbers.add(a.nodes[i].gain, b.nodes[i].gain);
        totals.numbers.add(a.nodes[i].cover, b.nodes[i].cover);
    }
    totals.isStructural = totals.isStructural || totals.numbers.count() == before;
}

void addPlainResult(Findings &findings, const std::string &where, const std::string &a, const std::string &b)
{
    if (a != b)
        findings.addResult({"tree", where, a, b, {}, {}, 1, false}, false);
}

/// What an ensemble is beside its trees.
void compareHead(Findings &findings, const TreeEnsemble &a, const TreeEnsemble &b)
{
    addPlainResult(findings, "objective", a.objective, b.objective);
    addPlainResult(findings, "number of classes", std::to_string(a.groupCount), std::to_string(b.groupCount));
    addPlainResult(findings, "number of genes", std::to_string(a.featureCount),
                   std::to_string(b.featureCount));
    addPlainResult(findings, "number of trees", std::to_string(a.trees.size()),
                   std::to_string(b.trees.size()));
    if (a.featureNames.size() == b.featureNames.size())
        for (std::size_t i = 0; i < a.featureNames.size(); ++i)
            if (a.featureNames[i] != b.featureNames[i]) {
                addPlainResult(findings, "name of gene " + std::to_string(i), a.featureNames[i],
                               b.featureNames[i]);
                break;
            }
    for (std::size_t i = 0; i < std::min(a.baseMargin.size(), b.baseMargin.size()); ++i) {
        NumberSpread spread(findings.tolerance);
        if (spread.add(a.baseMargin[i], b.baseMargin[i]))
            continue;
        Difference difference{"tree",
                              "base margin " + std::to_string(i),
                              formatFloat(a.baseMargin[i]),
                              formatFloat(b.baseMargin[i]),
                              {},
                              {},
                              1,
                              false};
        spread.fill(difference);
        findings.addResult(std::move(difference), spread.within());
    }
}

void compareEnsembles(Findings &findings, const TreeEnsemble &a, const TreeEnsemble &b)
{
    compareHead(findings, a, b);
    Comparison &comparison = findings.comparison;
    comparison.trees = std::max(a.trees.size(), b.trees.size());
    TreeTotals totals{NumberSpread(findings.tolerance)};
    std::optional<std::size_t> first;
    const auto roundOf = [&](std::size_t tree) {
        return static_cast<std::int64_t>(tree / std::max(1U, a.groupCount)) + 1;
    };
    const std::size_t common = std::min(a.trees.size(), b.trees.size());
    for (std::size_t i = 0; i < common; ++i) {
        if (sameTree({}, a.trees[i], b.trees[i]))
            continue;
        findings.noteParted(roundOf(i));
        ++totals.different;
        const bool wasWithin = totals.isWithin();
        addNumbers(a.trees[i], b.trees[i], totals);
        if (!first || (wasWithin && !totals.isWithin()))
            first = i;
    }
    comparison.treesEqual = common - totals.different;
    findings.addMissing("trees", b.trees.size() - common, a.trees.size() - common);
    if (!first)
        return;
    const Tolerance allowed = totals.isWithin() ? Tolerance() : findings.tolerance;
    const TreePlace place = firstPlace(findings, allowed, a.trees[*first], b.trees[*first]);
    const std::int64_t round = roundOf(*first);
    const std::string tree = "tree " + std::to_string(*first + 1);
    Difference difference{"tree",
                          "round " + std::to_string(round) + ", " + tree + ", " + place.where + ", " +
                              place.field,
                          place.a,
                          place.b,
                          {},
                          {},
                          totals.different,
                          false};
    // Numbers at nodes that do not correspond say nothing about distance.
    if (!totals.isStructural)
        totals.numbers.fill(difference);
    findings.addResult(std::move(difference), totals.isWithin());
    if (!totals.isWithin())
        findings.noteFirst({round, {}, tree + ", " + place.where, {}, {}, tree + " " + place.phrase});
}

/// Digests of the rounds' trees: all there is where a run has no model, and a check of it where it has one.
void compareRounds(Findings &findings, bool countTrees)
{
    const std::vector<runs::RoundRecord> &a = findings.a.rounds;
    const std::vector<runs::RoundRecord> &b = findings.b.rounds;
    const std::size_t common = std::min(a.size(), b.size());
    std::uint64_t different = 0;
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < common; ++i)
        if (a[i].tree != b[i].tree || a[i].round != b[i].round) {
            ++different;
            first = first.value_or(i);
        }
    if (countTrees) {
        findings.comparison.trees = std::max(a.size(), b.size());
        findings.comparison.treesEqual = common - different;
        addPlainResult(findings, "number of rounds", std::to_string(a.size()), std::to_string(b.size()));
        findings.addMissing("trees", b.size() - common, a.size() - common);
    }
    // Where the models themselves were compared, they have said it already and better.
    if (!first || (!countTrees && findings.comparison.treesEqual < findings.comparison.trees))
        return;
    const std::string round = "round " + std::to_string(a[*first].round);
    findings.addResult(
        {"tree", round + " in rounds.csv", a[*first].tree, b[*first].tree, {}, {}, different, false}, false);
    findings.noteFirst({a[*first].round, {}, "trees of " + round, {}, {}, "the digests of its trees differ"});
}

} // namespace

void compareTrees(Findings &findings)
{
    const auto &a = findings.a.ensemble;
    const auto &b = findings.b.ensemble;
    if (a && b) {
        compareEnsembles(findings, *a, *b);
    } else if (a || b) {
        const auto text = [](const RunContent &run) {
            const std::string without = run.isDamaged(runs::kModelFile) ? "unreadable" : "none";
            return run.ensemble ? std::to_string(run.ensemble->trees.size()) + " trees" : without;
        };
        findings.comparison.trees = (a ? a : b)->trees.size();
        findings.addMissingFile("trees", runs::kModelFile, a.has_value(), findings.comparison.trees);
        findings.addResult({"tree",
                            "model.ubj",
                            text(findings.a),
                            text(findings.b),
                            {},
                            {},
                            findings.comparison.trees,
                            false},
                           false);
    }
    if (!findings.a.rounds.empty() && !findings.b.rounds.empty())
        compareRounds(findings, !a && !b);
}

void compareImportance(Findings &findings)
{
    if (!findings.a.ensemble || !findings.b.ensemble)
        return;
    const auto top = [&](const RunContent &run) {
        std::vector<std::string> genes;
        for (const data::FeatureImportance &one : data::featureImportance(*run.ensemble)) {
            genes.push_back(findings.geneName(run, one.feature));
            if (genes.size() == kTopGenes)
                break;
        }
        return genes;
    };
    const std::vector<std::string> a = top(findings.a);
    const std::vector<std::string> b = top(findings.b);
    const std::set<std::string> inB(b.begin(), b.end());
    Comparison &comparison = findings.comparison;
    comparison.topGenes = std::max(a.size(), b.size());
    comparison.topGenesShared = static_cast<std::uint64_t>(
        std::count_if(a.begin(), a.end(), [&](const std::string &gene) { return inB.count(gene) != 0; }));
    std::uint64_t different = 0;
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < comparison.topGenes; ++i)
        if (i >= a.size() || i >= b.size() || a[i] != b[i]) {
            ++different;
            first = first.value_or(i);
        }
    if (!first)
        return;
    const auto at = [&](const std::vector<std::string> &genes) {
        return *first < genes.size() ? genes[*first] : std::string("none");
    };
    findings.add(
        {"importance", "rank " + std::to_string(*first + 1), at(a), at(b), {}, {}, different, false});
}

} // namespace ibidem::compare
