// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/compare/comparison.h"

#include "models/compare/parts.h"

#include <algorithm>

namespace ibidem::compare {

namespace {

/// The chain is bits alone: with a tolerance it says nothing that trees, metrics and predictions do not say.
void compareChain(Findings &findings)
{
    const std::string &a = findings.a.manifest.chain;
    const std::string &b = findings.b.manifest.chain;
    if (a.empty() || b.empty() || a == b)
        return;
    findings.addDigestResult({"chain", "last link", a, b, {}, {}, 1, false});
}

Verdict verdictOf(const Findings &findings)
{
    if (findings.isDamaged || findings.isBeyond)
        return Verdict::Different;
    return findings.hasResultDifference ? Verdict::Within : Verdict::Identical;
}

/// What damaged a file explains the rest, then come causes, then consequences, then what is only information.
int rankOf(const Difference &difference)
{
    if (difference.informative)
        return 3;
    if (difference.what == "file")
        return 0;
    return difference.what == "state" || difference.what == "environment" ? 2 : 1;
}

/// Two runs of different kinds differ in both kinds of results.
void compareResults(Findings &findings)
{
    if (findings.a.isNetwork() || findings.b.isNetwork()) {
        compareSteps(findings);
        compareWeights(findings);
    }
    compareTrees(findings);
    compareMetrics(findings);
    compareImportance(findings);
    comparePredictions(findings);
    if (findings.areNetworks())
        compareEmbeddings(findings);
    if (!findings.a.isNetwork() && !findings.b.isNetwork())
        compareTensorCounts(findings);
}

Status checkSomethingToCompare(const RunContent &a, const RunContent &b)
{
    if (a.hasResults() || b.hasResults() || !a.damages.empty() || !b.damages.empty())
        return {};
    return fail(ErrorCode::BadData,
                "neither " + a.name + " (" + a.manifest.outcome + ") nor " + b.name + " (" +
                    b.manifest.outcome + ") has a result to compare",
                a.folder.string());
}

} // namespace

std::string_view verdictName(Verdict verdict) noexcept
{
    switch (verdict) {
    case Verdict::Identical:
        return "identical";
    case Verdict::Within:
        return "within";
    case Verdict::Different:
        break;
    }
    return "different";
}

std::string Findings::geneName(const RunContent &run, std::uint32_t feature) const
{
    const RunContent &other = &run == &a ? b : a;
    const bool sameGenes =
        run.ensemble && other.ensemble && run.ensemble->featureCount == other.ensemble->featureCount;
    return (run.hasGeneNames() || !sameGenes ? run : other).geneName(feature);
}

Difference &Findings::add(Difference difference)
{
    comparison.differences.push_back(std::move(difference));
    return comparison.differences.back();
}

void Findings::addResult(Difference difference, bool within)
{
    hasResultDifference = true;
    isBeyond = isBeyond || !within;
    if (hasTolerance())
        difference.within = within;
    add(std::move(difference));
}

void Findings::addDigestResult(Difference difference)
{
    hasResultDifference = true;
    isBeyond = isBeyond || !hasTolerance();
    add(std::move(difference));
}

void Findings::addMissingFile(const std::string &kind, std::string_view file, bool isInA, std::uint64_t count)
{
    if (!(isInA ? b : a).isDamaged(file))
        addMissing(kind, isInA ? 0 : count, isInA ? count : 0);
}

void Findings::addMissing(const std::string &kind, std::uint64_t inA, std::uint64_t inB)
{
    if (inA + inB == 0)
        return;
    Missing &missing = comparison.missing[kind];
    missing.inA += inA;
    missing.inB += inB;
}

bool Findings::hasOtherSettings(std::string_view beginning) const
{
    return std::any_of(comparison.differences.begin(), comparison.differences.end(),
                       [&](const Difference &difference) {
                           return difference.what == "setting" && difference.where.starts_with(beginning);
                       });
}

void Findings::noteParted(std::int64_t round)
{
    if (a.isNetwork() == b.isNetwork()) // rounds of trees and epochs of a network do not correspond
        partedRound = std::min(partedRound.value_or(round), round);
}

void Findings::noteFirst(FirstDifference first)
{
    noteParted(first.round);
    if (a.isNetwork() != b.isNetwork())
        return;
    if (comparison.firstRound && *comparison.firstRound <= first.round)
        return;
    comparison.firstRound = first.round;
    comparison.firstWhat = std::move(first.what);
    comparison.firstStep = first.step;
    comparison.firstLayer = std::move(first.layer);
    comparison.firstOperation = std::move(first.operation);
    firstPhrase = std::move(first.phrase);
}

Result<Comparison> compareRuns(const std::filesystem::path &a, const std::filesystem::path &b,
                               const Tolerance &tolerance)
{
    IBIDEM_TRY(const RunContent runA, readRunContent(a));
    IBIDEM_TRY(const RunContent runB, readRunContent(b));
    IBIDEM_CHECK(checkSomethingToCompare(runA, runB));
    Comparison comparison;
    comparison.nameA = runA.name;
    comparison.nameB = runB.name;
    Findings findings{runA, runB, tolerance, comparison};
    if (findings.areNetworks())
        comparison.roundName = "epoch";
    compareFiles(findings);
    compareOutcome(findings);
    compareSettings(findings);
    compareInputs(findings);
    compareStages(findings);
    // Cells of one kind of run and samples of the other have no names in common.
    if (runA.isNetwork() == runB.isNetwork())
        compareFingerprints(findings);
    compareResults(findings);
    compareChain(findings);
    compareState(findings);
    std::stable_sort(comparison.differences.begin(), comparison.differences.end(),
                     [](const Difference &x, const Difference &y) { return rankOf(x) < rankOf(y); });
    comparison.verdict = verdictOf(findings);
    comparison.sentence = sentenceOf(findings);
    return comparison;
}

} // namespace ibidem::compare
