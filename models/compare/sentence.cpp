// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The verdict in words.
#include "models/base/text.h"
#include "models/compare/parts.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ibidem::compare {

namespace {

struct Total
{
    std::uint64_t total;
    std::uint64_t equal;
    std::string name;
};

std::vector<Total> totalsOf(const Comparison &comparison)
{
    std::vector<Total> totals;
    const bool isNetwork = comparison.epochs != 0 || comparison.cells != 0;
    const Total tensors{isNetwork ? comparison.tensors : 0, comparison.tensorsEqual, "tensors"};
    for (const Total &one : {tensors, Total{comparison.epochs, comparison.epochsEqual, "epochs"},
                             Total{comparison.trees, comparison.treesEqual, "trees"},
                             Total{comparison.metrics, comparison.metricsEqual, "metric values"},
                             Total{comparison.predictions, comparison.predictionsEqual, "predictions"},
                             Total{comparison.cells, comparison.cellsEqual, "embedded cells"}})
        if (one.total != 0)
            totals.push_back(one);
    return totals;
}

std::string part(std::uint64_t some, const Total &total)
{
    return std::to_string(some) + " of " + std::to_string(total.total) + " " + total.name;
}

std::string equalCounts(const Comparison &comparison)
{
    std::vector<std::string> parts;
    for (const Total &one : totalsOf(comparison))
        parts.push_back(part(one.equal, one));
    return join(parts, ", ");
}

std::string differentCounts(const Comparison &comparison)
{
    std::vector<std::string> parts;
    for (const Total &one : totalsOf(comparison))
        parts.push_back(part(one.total - one.equal, one));
    return join(parts, ", ");
}

/// The finest account of what changed comes first: a value says more than the file it stands in.
constexpr std::array<std::string_view, 10> kCauses = {"setting",      "value", "label", "sample",  "gene",
                                                      "sample-order", "input", "stage", "outcome", "state"};

std::string causeText(const Difference &cause)
{
    if (cause.what == "setting")
        return "the setting " + cause.where + " is " + cause.a + " in A and " + cause.b + " in B";
    if (cause.what == "value" || (cause.what == "gene" && cause.a.starts_with("digest ")))
        return "the value of " + cause.where + " changed";
    if (cause.what == "label")
        return "the " + cause.where + " is " + cause.a + " in A and " + cause.b + " in B";
    if (cause.what == "sample-order")
        return "of the order: " + cause.where;
    if (cause.what == "input")
        return "the input " + cause.where + " has other content";
    if (cause.what == "stage")
        return "the preparation stage " + cause.where + " gave something else";
    if (cause.what == "outcome")
        return "A is " + cause.a + " and B is " + cause.b;
    if (cause.what == "state")
        return "the state " + cause.where + " was " + cause.a + " in A and " + cause.b + " in B";
    if (cause.a == "values")
        return cause.where + (cause.count == 1 ? " has other values" : " have other values");
    if (cause.where.find(" are swapped") != std::string::npos ||
        cause.where.find(" has the values") != std::string::npos)
        return cause.where;
    return cause.where + " is " + cause.a + " in A and " + cause.b + " in B";
}

std::string because(const Findings &findings)
{
    const auto &differences = findings.comparison.differences;
    for (const std::string_view kind : kCauses)
        for (const Difference &difference : differences) {
            if (difference.what != kind || difference.informative)
                continue;
            const auto same =
                std::count_if(differences.begin(), differences.end(), [&](const Difference &other) {
                    return other.what == kind && !other.informative;
                });
            std::string text = ", because " + causeText(difference);
            if (same > 1)
                text += " (and " + std::to_string(same - 1) + " more)";
            return text;
        }
    if (findings.isImported())
        return "; an imported model records nothing that could explain it";
    return "; no recorded setting, input or state explains it";
}

/// What was allowed to differ and did: the point of a comparison over machines or thread counts.
std::string despite(const Comparison &comparison)
{
    std::vector<std::string> parts;
    for (const Difference &difference : comparison.differences)
        if (difference.what == "setting" &&
            (difference.where.starts_with("execution.") || difference.where.starts_with("analysis.")))
            parts.push_back(difference.where.substr(difference.where.find('.') + 1) + " " + difference.a +
                            " and " + difference.b);
    return parts.empty() ? std::string() : ", with " + join(parts, ", ");
}

std::string withinSentence(const Findings &findings)
{
    double maxAbs = 0.0;
    std::uint64_t maxUlp = 0;
    for (const Difference &difference : findings.comparison.differences) {
        maxAbs = std::max(maxAbs, difference.maxAbs.value_or(0.0));
        maxUlp = std::max(maxUlp, difference.maxUlp.value_or(0));
    }
    const std::string allowed = findings.tolerance.ulp ? "ulp:" + std::to_string(*findings.tolerance.ulp)
                                                       : "rel:" + formatDouble(*findings.tolerance.relative);
    return "WITHIN " + allowed + ": " + equalCounts(findings.comparison) +
           " are equal bit for bit; the others differ by at most " + std::to_string(maxUlp) + " ulp, " +
           formatDouble(maxAbs) + ".";
}

bool isResult(const Difference &difference)
{
    constexpr std::array<std::string_view, 9> kResults = {
        "outcome", "tree", "step", "epoch", "tensor", "metric", "prediction", "embedding", "reconstruction"};
    return std::find(kResults.begin(), kResults.end(), difference.what) != kResults.end();
}

/// What is made of the embedding, after the last link of the chain.
bool isAfterwards(const Difference &difference)
{
    return difference.what == "map" || difference.what == "clusters" || difference.what == "analysis";
}

bool isChain(const Difference &difference)
{
    return difference.what == "chain";
}

bool hasDifference(const Comparison &comparison, bool (*isWanted)(const Difference &))
{
    return std::any_of(comparison.differences.begin(), comparison.differences.end(),
                       [&](const Difference &one) { return !one.informative && isWanted(one); });
}

/// " since epoch 3, step 41".
std::string since(const Comparison &comparison)
{
    if (!comparison.firstRound)
        return {};
    std::string text = " since " + comparison.roundName + " " + std::to_string(*comparison.firstRound);
    if (comparison.firstStep)
        text += ", step " + std::to_string(*comparison.firstStep);
    return text;
}

std::string damageSentence(const Findings &findings)
{
    const auto &differences = findings.comparison.differences;
    std::vector<std::string> names;
    std::string place;
    for (const Difference &difference : differences) {
        if (difference.what != "file")
            continue;
        if (difference.where.ends_with(" of A") || difference.where.ends_with(" of B"))
            names.push_back(difference.where);
        else if (place.empty())
            place = ": " + difference.where + " is " + difference.a + " in A and " + difference.b + " in B";
    }
    const std::string verb =
        names.size() == 1 ? " does not match its manifest" : " do not match their manifests";
    const std::string besides = hasDifference(findings.comparison, isChain) && findings.comparison.firstRound
                                    ? " Besides, the runs differ" + since(findings.comparison) + ": " +
                                          findings.firstPhrase + because(findings) + "."
                                    : std::string();
    return "DIFFERENT: " + join(names, ", ") + verb + place + "; " + equalCounts(findings.comparison) +
           " are equal bit for bit." + besides;
}

/// Trained alike, mapped otherwise.
std::string mapSentence(const Findings &findings)
{
    const auto cells = [](std::uint64_t count) {
        return std::to_string(count) + (count == 1 ? " cell" : " cells");
    };
    std::vector<std::string> parts;
    std::vector<std::string> measures;
    for (const Difference &one : findings.comparison.differences) {
        if (one.informative || !isAfterwards(one))
            continue;
        if (one.what == "clusters")
            parts.push_back("clusters (" + cells(one.count) + ", " + one.where + ")");
        else if (one.where.starts_with("X_umap of cell"))
            parts.push_back("UMAP (" + cells(one.count) + ")");
        else
            (one.what == "analysis" ? measures : parts).push_back(one.where);
    }
    // Measures of the clusters follow from them.
    if (parts.empty())
        parts = std::move(measures);
    return "DIFFERENT only after the training: " + equalCounts(findings.comparison) +
           " are equal bit for bit, but not what was made of the embedding: " + join(parts, ", ") +
           ". The libraries of map and clusters use libm: another C library gives another map; the weights "
           "are "
           "identical.";
}

/// Only what the runs are, not what they gave, differs.
std::string chainSentence(const Findings &findings)
{
    return "DIFFERENT: " + equalCounts(findings.comparison) +
           " are equal bit for bit, but not the chain of digests" + because(findings) + ".";
}

std::string otherPhrase(const Findings &findings)
{
    if (findings.a.isNetwork() != findings.b.isNetwork())
        return "one run is of a network, the other of trees";
    for (const Difference &difference : findings.comparison.differences)
        if (!difference.informative && isResult(difference))
            return difference.where + " is " + difference.a + " in A and " + difference.b + " in B";
    return "the results differ";
}

} // namespace

std::string sentenceOf(const Findings &findings)
{
    const Comparison &comparison = findings.comparison;
    if (comparison.verdict == Verdict::Identical)
        return "IDENTICAL: " + equalCounts(comparison) + " are equal bit for bit" + despite(comparison) + ".";
    if (comparison.verdict == Verdict::Within)
        return withinSentence(findings);
    if (findings.isDamaged)
        return damageSentence(findings);
    const bool onlyChain = !hasDifference(comparison, isResult);
    if (onlyChain && hasDifference(comparison, isAfterwards) && !hasDifference(comparison, isChain))
        return mapSentence(findings);
    if (onlyChain)
        return chainSentence(findings);
    const std::string phrase = comparison.firstRound ? findings.firstPhrase : otherPhrase(findings);
    const std::string counts = differentCounts(comparison);
    return "DIFFERENT" + since(comparison) + ": " + phrase +
           (counts.empty() ? "" : "; " + counts + " differ") + because(findings) + ".";
}

std::string verdictSentence(const std::vector<Comparison> &comparisons)
{
    const auto count = [&](Verdict verdict) {
        return static_cast<std::size_t>(
            std::count_if(comparisons.begin(), comparisons.end(),
                          [&](const Comparison &comparison) { return comparison.verdict == verdict; }));
    };
    const std::string all = std::to_string(comparisons.size());
    const std::string reruns = comparisons.size() == 1 ? " rerun" : " reruns";
    if (comparisons.empty())
        return "Nothing was compared.";
    if (count(Verdict::Identical) == comparisons.size())
        return "IDENTICAL: " + all + " of " + all + reruns +
               " equal to the first run bit for bit: " + equalCounts(comparisons.front()) +
               (comparisons.size() == 1 ? "." : ", each time.");
    const std::size_t different = count(Verdict::Different);
    if (different == 0)
        return "WITHIN: " + all + " of " + all + reruns + " equal to the first run within the tolerance, " +
               std::to_string(count(Verdict::Identical)) + " of them bit for bit.";
    const auto first = std::find_if(comparisons.begin(), comparisons.end(), [](const Comparison &comparison) {
        return comparison.verdict == Verdict::Different;
    });
    return "DIFFERENT: " + std::to_string(different) + " of " + all + reruns +
           (different == 1 ? " differs" : " differ") + " from the first run. " + first->nameB + ": " +
           first->sentence;
}

} // namespace ibidem::compare
