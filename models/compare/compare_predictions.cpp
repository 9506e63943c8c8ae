// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/compare/matching.h"
#include "models/compare/numbers.h"
#include "models/compare/parts.h"

#include <algorithm>

namespace ibidem::compare {

namespace {

/// One kind of number of one split, over all samples.
template <class T>
struct Column
{
    explicit Column(const Tolerance &tolerance)
        : spread(tolerance)
    {}

    NumberSpread spread;
    std::string where;
    T firstA{};
    T firstB{};
};

template <class T>
bool addRow(Column<T> &column, const T *a, const T *b, std::size_t width, const std::string &name,
            const std::string &sample)
{
    bool equal = true;
    for (std::size_t k = 0; k < width; ++k) {
        if (column.spread.add(a[k], b[k]))
            continue;
        equal = false;
        if (!column.spread.namesLast())
            continue;
        column.where = name + " of sample " + sample + (width > 1 ? ", class " + std::to_string(k) : "");
        column.firstA = a[k];
        column.firstB = b[k];
    }
    return equal;
}

template <class T>
void tell(Findings &findings, const Column<T> &column)
{
    if (column.spread.count() == 0)
        return;
    const auto text = [](T value) {
        if constexpr (sizeof(T) == sizeof(float))
            return formatFloat(value);
        else
            return formatDouble(value);
    };
    Difference difference{"prediction", column.where, text(column.firstA),   text(column.firstB),
                          {},           {},           column.spread.count(), false};
    column.spread.fill(difference);
    findings.addResult(std::move(difference), column.spread.within());
}

/// Samples whose predictions only one run has.
void tellMissing(Findings &findings, const std::string &split, const std::vector<std::string> &onlyA,
                 const std::vector<std::string> &onlyB)
{
    if (onlyA.empty() && onlyB.empty())
        return;
    findings.addMissing("predictions", onlyB.size(), onlyA.size());
    findings.addResult({"prediction",
                        split + " samples predicted in one run only",
                        firstOf(onlyA),
                        firstOf(onlyB),
                        {},
                        {},
                        onlyA.size() + onlyB.size(),
                        false},
                       false);
}

void compareTruth(Findings &findings, const std::string &split, const SplitPredictions &a,
                  const SplitPredictions &b, const std::vector<std::size_t> &places)
{
    std::optional<std::size_t> first;
    std::uint64_t different = 0;
    for (std::size_t i = 0; i < places.size(); ++i)
        if (places[i] != kAbsent && a.truth[i] != b.truth[places[i]]) {
            ++different;
            first = first.value_or(i);
        }
    if (first)
        findings.addResult({"prediction",
                            split + ".truth of sample " + a.ids[*first],
                            std::to_string(a.truth[*first]),
                            std::to_string(b.truth[places[*first]]),
                            {},
                            {},
                            different,
                            false},
                           false);
}

void compareSplit(Findings &findings, const std::string &split, const SplitPredictions &a,
                  const SplitPredictions &b)
{
    Comparison &comparison = findings.comparison;
    if (a.groups != b.groups || a.classes != b.classes) {
        comparison.predictions += std::max(a.ids.size(), b.ids.size());
        findings.addResult({"prediction",
                            split + " classes",
                            std::to_string(a.classes),
                            std::to_string(b.classes),
                            {},
                            {},
                            std::max(a.ids.size(), b.ids.size()),
                            false},
                           false);
        return;
    }
    const std::vector<std::size_t> places = placesInB(a.ids, b.ids);
    Column<float> margins(findings.tolerance);
    Column<double> probabilities(findings.tolerance);
    std::vector<std::string> onlyA;
    for (std::size_t i = 0; i < a.ids.size(); ++i) {
        const std::size_t j = places[i];
        if (j == kAbsent) {
            onlyA.push_back(a.ids[i]);
            continue;
        }
        const bool equalMargins = addRow(margins, &a.margins[i * a.groups], &b.margins[j * b.groups],
                                         a.groups, split + ".margins", a.ids[i]);
        const bool equalShares =
            addRow(probabilities, &a.probabilities[i * a.classes], &b.probabilities[j * b.classes], a.classes,
                   split + ".probabilities", a.ids[i]);
        if (equalMargins && equalShares && a.truth[i] == b.truth[j])
            ++comparison.predictionsEqual;
    }
    const std::vector<std::string> onlyB = namesOnlyInB(b.ids, places);
    comparison.predictions += a.ids.size() + onlyB.size();
    tellMissing(findings, split, onlyA, onlyB);
    tell(findings, margins);
    tell(findings, probabilities);
    compareTruth(findings, split, a, b, places);
}

std::size_t sampleCount(const Predictions &predictions)
{
    std::size_t count = 0;
    for (const auto &[split, part] : predictions)
        count += part.ids.size();
    return count;
}

void tellAbsence(Findings &findings)
{
    const auto text = [](const std::optional<Predictions> &one) {
        return one ? std::to_string(sampleCount(*one)) + " predictions" : std::string("none");
    };
    const auto &a = findings.a.predictions;
    const auto &b = findings.b.predictions;
    Difference difference{"prediction", std::string(runs::kPredictionsFile), text(a), text(b), {}, {}, 1,
                          false};
    if (findings.isImported()) {
        difference.informative = true;
        findings.add(std::move(difference));
        return;
    }
    findings.comparison.predictions = sampleCount(a ? *a : *b);
    difference.count = findings.comparison.predictions;
    findings.addMissingFile("predictions", runs::kPredictionsFile, a.has_value(), difference.count);
    findings.addResult(std::move(difference), false);
}

} // namespace

void comparePredictions(Findings &findings)
{
    const auto &a = findings.a.predictions;
    const auto &b = findings.b.predictions;
    if (!a && !b)
        return;
    if (!a || !b) {
        tellAbsence(findings);
        return;
    }
    const SplitPredictions none;
    for (const std::string_view split : kSplits) {
        const auto inA = a->find(split);
        const auto inB = b->find(split);
        if (inA != a->end() && inB != b->end())
            compareSplit(findings, std::string(split), inA->second, inB->second);
        else if (inA != a->end() || inB != b->end()) {
            const SplitPredictions &only = inA != a->end() ? inA->second : inB->second;
            findings.comparison.predictions += only.ids.size();
            tellMissing(findings, std::string(split), (inA != a->end() ? only : none).ids,
                        (inA != a->end() ? none : only).ids);
        }
    }
}

} // namespace ibidem::compare
