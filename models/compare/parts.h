// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/comparison.h"
#include "models/compare/run_content.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::compare {

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
    std::string firstPhrase = {}; ///< of the first difference: "tree 17 splits node 2 at gene X instead of Y"

    [[nodiscard]] bool hasTolerance() const { return tolerance.ulp || tolerance.relative; }

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
    /// Remembers what differs first: the earliest round, in one round what was told first.
    void noteFirst(std::int64_t round, const std::string &what, const std::string &phrase);
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
/// After the results are known: where they are equal, or at `portable`, another machine is only information.
void compareState(Findings &findings);

[[nodiscard]] std::string sentenceOf(const Findings &findings);

} // namespace ibidem::compare
