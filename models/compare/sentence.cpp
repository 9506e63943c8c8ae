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
    std::string kind; ///< see Comparison::missing
};

std::vector<Total> totalsOf(const Comparison &comparison)
{
    std::vector<Total> totals;
    const bool isNetwork = comparison.epochs != 0 || comparison.cells != 0;
    const Total tensors{isNetwork ? comparison.tensors : 0, comparison.tensorsEqual, "tensors", "tensors"};
    for (const Total &one :
         {tensors, Total{comparison.epochs, comparison.epochsEqual, "epochs", "epochs"},
          Total{comparison.trees, comparison.treesEqual, "trees", "trees"},
          Total{comparison.metrics, comparison.metricsEqual, "metric values", "metrics"},
          Total{comparison.predictions, comparison.predictionsEqual, "predictions", "predictions"},
          Total{comparison.cells, comparison.cellsEqual, "embedded cells", "cells"}})
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

Missing missingOf(const Comparison &comparison, const Total &total)
{
    const auto found = comparison.missing.find(total.kind);
    return found == comparison.missing.end() ? Missing() : found->second;
}

/// "; 16 tensors, 3 epochs missing in A".
std::string missingCounts(const Comparison &comparison, const char *run, std::uint64_t Missing::*count)
{
    std::vector<std::string> parts;
    for (const Total &one : totalsOf(comparison))
        if (const std::uint64_t missing = missingOf(comparison, one).*count; missing != 0)
            parts.push_back(std::to_string(missing) + " " +
                            (missing == 1 ? one.name.substr(0, one.name.size() - 1) : one.name));
    return parts.empty() ? std::string() : "; " + join(parts, ", ") + " missing in " + run;
}

/// What differs is counted apart from what only one run has.
std::string differentCounts(const Comparison &comparison, const std::string &verb)
{
    std::vector<std::string> parts;
    for (const Total &one : totalsOf(comparison)) {
        const Missing missing = missingOf(comparison, one);
        const std::uint64_t different = one.total - one.equal - missing.inA - missing.inB;
        if (different != 0 || comparison.missing.empty())
            parts.push_back(part(different, one));
    }
    return (parts.empty() ? "" : "; " + join(parts, ", ") + " " + verb) +
           missingCounts(comparison, "A", &Missing::inA) + missingCounts(comparison, "B", &Missing::inB);
}

/// "minDistance 0.1 and 0.3" of the settings that are wanted.
template <class Wanted>
std::vector<std::string> settingsText(const Comparison &comparison, Wanted isWanted)
{
    std::vector<std::string> parts;
    for (const Difference &difference : comparison.differences)
        if (difference.what == "setting" && isWanted(difference.where))
            parts.push_back(difference.where.substr(difference.where.find('.') + 1) + " " + difference.a +
                            " and " + difference.b);
    return parts;
}

/// What the analysis made otherwise: "map", "map and clusters", or "" where its settings changed nothing.
std::string otherAnalysisText(const Findings &findings)
{
    std::vector<std::string> parts;
    for (const std::string_view what : {"map", "clusters"})
        for (const Difference &difference : findings.comparison.differences)
            if (difference.what == what) {
                parts.emplace_back(what);
                break;
            }
    return hasOtherAnalysis(findings) ? join(parts, " and ") : std::string();
}

/// What was allowed to differ and did: the point of a comparison over machines or thread counts. Where it
/// gave another map, that is said too: "identical" alone would hide it.
std::string despite(const Findings &findings)
{
    const Comparison &comparison = findings.comparison;
    const std::string otherwise = otherAnalysisText(findings);
    const std::vector<std::string> plain = settingsText(comparison, [&](const std::string &key) {
        return key.starts_with("execution.") ||
               (key.starts_with("analysis.") && (otherwise.empty() || !shapesMap(key)));
    });
    std::string text = plain.empty() ? std::string() : ", with " + join(plain, ", ");
    if (otherwise.empty())
        return text;
    const std::string settings = join(settingsText(comparison, shapesMap), ", ");
    const bool isMissing =
        findings.a.network.embedding && findings.b.network.embedding &&
        findings.a.network.embedding->map.empty() != findings.b.network.embedding->map.empty();
    if (isMissing)
        return text + "; only " + (findings.a.network.embedding->map.empty() ? "B" : "A") +
               " has a map, as the settings ask (" + settings + ")";
    const bool isPlural = otherwise.find(' ') != std::string::npos || otherwise == "clusters";
    return text + "; the " + otherwise + (isPlural ? " differ" : " differs") + ", as " +
           (isPlural ? "their" : "its") + " settings do (" + settings + ")";
}

std::string toleranceText(const Tolerance &tolerance)
{
    return tolerance.ulp ? "ulp:" + std::to_string(*tolerance.ulp)
                         : "rel:" + formatDouble(*tolerance.relative);
}

/// Under a tolerance; see isMapInformative.
std::string mapLeftAside(const Findings &findings)
{
    const auto &differences = findings.comparison.differences;
    const bool hasOtherMap = std::any_of(differences.begin(), differences.end(), [](const Difference &one) {
        return one.what == "map" && one.informative;
    });
    if (!hasOtherMap || hasOtherAnalysis(findings))
        return {};
    return "; the map is left aside: UMAP makes another one of any other bits of the embedding";
}

std::string withinSentence(const Findings &findings)
{
    double maxAbs = 0.0;
    std::uint64_t maxUlp = 0;
    for (const Difference &difference : findings.comparison.differences) {
        if (difference.informative)
            continue;
        maxAbs = std::max(maxAbs, difference.maxAbs.value_or(0.0));
        maxUlp = std::max(maxUlp, difference.maxUlp.value_or(0));
    }
    const std::string others = maxUlp == 0 ? std::string()
                                           : "; the others differ by at most " + std::to_string(maxUlp) +
                                                 " ulp, " + formatDouble(maxAbs);
    return "WITHIN " + toleranceText(findings.tolerance) + ": " + equalCounts(findings.comparison) +
           " are equal bit for bit" + others + mapLeftAside(findings) + ".";
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

/// Only what the runs are, or the labels of the cells, differs.
std::string chainSentence(const Findings &findings)
{
    const std::string what = hasDifference(findings.comparison, isChain) ? "the chain of digests"
                                                                         : "the agreement with the labels";
    return "DIFFERENT: " + equalCounts(findings.comparison) + " are equal bit for bit, but not " + what +
           because(findings) + ".";
}

/// What differs where no round is known; with a tolerance: what is out of it.
std::string otherPhrase(const Findings &findings)
{
    if (findings.a.isNetwork() != findings.b.isNetwork())
        return "one run is of a network, the other of trees";
    for (const Difference &difference : findings.comparison.differences) {
        const bool isOut = !findings.hasTolerance() || !difference.within.value_or(true);
        if (difference.informative || !isOut || !(isResult(difference) || isAfterwards(difference)))
            continue;
        if (difference.what == "outcome")
            return "A is " + difference.a + " and B is " + difference.b;
        if (difference.what == "clusters")
            return std::to_string(difference.count) + " cells are in other clusters (" + difference.where +
                   ")";
        return difference.where + " is " + difference.a + " in A and " + difference.b + " in B";
    }
    return "the results differ";
}

std::string differentSentence(const Findings &findings)
{
    const Comparison &comparison = findings.comparison;
    const std::string phrase = comparison.firstRound ? findings.firstPhrase : otherPhrase(findings);
    const bool hasTolerance = findings.hasTolerance();
    return "DIFFERENT" + (hasTolerance ? " beyond " + toleranceText(findings.tolerance) : "") +
           since(comparison) + ": " + phrase +
           differentCounts(comparison, hasTolerance ? "have other bits" : "differ") + because(findings) +
           (hasTolerance ? mapLeftAside(findings) : "") + ".";
}

} // namespace

std::string sentenceOf(const Findings &findings)
{
    const Comparison &comparison = findings.comparison;
    if (comparison.verdict == Verdict::Identical)
        return "IDENTICAL: " + equalCounts(comparison) + " are equal bit for bit" + despite(findings) + ".";
    if (comparison.verdict == Verdict::Within)
        return withinSentence(findings);
    if (findings.isDamaged)
        return damageSentence(findings);
    if (hasDifference(comparison, isResult) || findings.hasTolerance())
        return differentSentence(findings);
    const auto isLabel = [](const Difference &one) { return one.what == "label"; };
    if (hasDifference(comparison, isAfterwards) && !hasDifference(comparison, isChain) &&
        !hasDifference(comparison, isLabel))
        return mapSentence(findings);
    return chainSentence(findings);
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
