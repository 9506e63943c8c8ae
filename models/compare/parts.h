// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/comparison.h"
#include "models/compare/run_content.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::compare {

inline constexpr std::size_t kListed = 10; ///< samples and genes told one by one, the others as a number

/// What differs first in the order in which a run computes.
struct FirstDifference
{
    std::int64_t round = 0;           ///< or epoch
    std::optional<std::int64_t> step; ///< of a network
    std::string what;                 ///< "tree 17, node 3", see Comparison::firstWhat
    std::string layer = {};           ///< of a network
    std::string operation = {};       ///< of a network
    std::string phrase;               ///< for the sentence
};

/// What the parts of a comparison write to. Each part appends its differences and says what they mean for the
/// verdict.
struct Findings
{
    const RunContent &a;
    const RunContent &b;
    const Tolerance &tolerance;
    Comparison &comparison;
    bool hasResultDifference = false; ///< some result has other bits
    bool isBeyond = false;            ///< some result is out of the tolerance (none given: has other bits)
    bool isDamaged = false;
    std::optional<std::int64_t> partedRound = {}; ///< first with other bits, whatever the tolerance
    std::string firstPhrase = {}; ///< of the first difference: "tree 17 splits node 2 at gene X instead of Y"

    [[nodiscard]] bool hasTolerance() const { return tolerance.ulp || tolerance.relative; }

    [[nodiscard]] bool areNetworks() const { return a.isNetwork() && b.isNetwork(); }

    [[nodiscard]] std::string sampleWord() const { return areNetworks() ? "cell" : "sample"; }

    /// Settings with this beginning differ.
    [[nodiscard]] bool hasOtherSettings(std::string_view beginning) const;

    /// An imported model came without data, metrics and state: that it has none is no difference in results.
    [[nodiscard]] bool isImported() const
    {
        return a.manifest.outcome == "imported" || b.manifest.outcome == "imported";
    }

    /// The gene's id. An imported model may know its genes by number alone: then the other run's names serve.
    [[nodiscard]] std::string geneName(const RunContent &run, std::uint32_t feature) const;
    Difference &add(Difference difference);
    /// A difference in results; `within`: its numbers are inside the tolerance and nothing else differs.
    void addResult(Difference difference, bool within);
    /// A difference of digests, which know no distance: with a tolerance the numbers themselves decide.
    void addDigestResult(Difference difference);
    /// Remembers what differs first (with a tolerance: what is first out of it): the earliest round, in one
    /// round what was told first.
    void noteFirst(FirstDifference first);
    /// Something of this round or epoch has other bits, in the tolerance or out of it.
    void noteParted(std::int64_t round);
    /// Results that only the other run has; `kind` as in Comparison::missing.
    void addMissing(const std::string &kind, std::uint64_t inA, std::uint64_t inB);
    /// The same where one run lacks their file; one that is damaged is there, but unreadable.
    void addMissingFile(const std::string &kind, std::string_view file, bool isInA, std::uint64_t count);
};

void compareOutcome(Findings &findings);
void compareSettings(Findings &findings);
void compareInputs(Findings &findings);
void compareStages(Findings &findings);
void compareFingerprints(Findings &findings);
void compareTrees(Findings &findings);
void compareMetrics(Findings &findings);
void compareImportance(Findings &findings);
void comparePredictions(Findings &findings);
/// Damaged files: named, and where the other run has the same file undamaged, the place of the damage.
void compareFiles(Findings &findings);
void compareTensorCounts(Findings &findings);
/// Networks: where training parted, from the trace, the digests of the weights after each epoch.
void compareSteps(Findings &findings);
/// Networks: the parameters of the trained model.
void compareWeights(Findings &findings);
/// Networks: embedding and reconstruction, and what comes after the chain: map and clusters.
void compareEmbeddings(Findings &findings);
/// The analysis of the embedding was asked for with other such settings, so that map and clusters may differ.
[[nodiscard]] bool hasOtherAnalysis(const Findings &findings);
/// A setting of the analysis that gives another map or other clusters.
[[nodiscard]] bool shapesMap(const std::string &key);
/// Of a trace that is damaged: which record, against the other run's.
void tellTraceDamage(Findings &findings);
/// After the results are known: where they are equal, or at `portable`, another machine is only information.
void compareState(Findings &findings);

[[nodiscard]] std::string sentenceOf(const Findings &findings);
/// ", because …": what on record can have made the first difference.
[[nodiscard]] std::string because(const Findings &findings);
/// A result whose place in time training itself determines: what the chain follows from.
[[nodiscard]] bool isResult(const Difference &difference);

} // namespace ibidem::compare
