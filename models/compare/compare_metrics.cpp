// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/compare/numbers.h"
#include "models/compare/parts.h"

#include <algorithm>
#include <tuple>

namespace ibidem::compare {

namespace {

using runs::MetricPoint;

/// One metric of one split over all rounds.
struct Series
{
    explicit Series(const Tolerance &tolerance)
        : spread(tolerance)
    {}

    NumberSpread spread;
    const MetricPoint *firstA = nullptr;
    const MetricPoint *firstB = nullptr;
    std::uint64_t missing = 0; ///< points that only one run has
};

using SeriesMap = std::map<std::pair<std::string, std::string>, Series>;

auto keyOf(const MetricPoint &point)
{
    return std::tie(point.round, point.split, point.metric);
}

std::vector<const MetricPoint *> sorted(const std::vector<MetricPoint> &points)
{
    std::vector<const MetricPoint *> order;
    order.reserve(points.size());
    for (const MetricPoint &point : points)
        order.push_back(&point);
    const auto before = [](const MetricPoint *x, const MetricPoint *y) { return keyOf(*x) < keyOf(*y); };
    if (!std::is_sorted(order.begin(), order.end(), before))
        std::stable_sort(order.begin(), order.end(), before);
    return order;
}

Series &seriesOf(SeriesMap &map, const MetricPoint &point, const Tolerance &tolerance)
{
    return map.try_emplace({point.split, point.metric}, tolerance).first->second;
}

/// A point that one run lacks is out of any tolerance.
bool isToBeNamed(const Series &series, const MetricPoint *a, const MetricPoint *b)
{
    if (a != nullptr && b != nullptr)
        return series.missing == 0 && series.spread.namesLast();
    return series.missing == 1 && series.spread.within();
}

/// Both lists are sorted: one walk along the two.
SeriesMap collect(Findings &findings)
{
    const std::vector<const MetricPoint *> a = sorted(findings.a.metrics);
    const std::vector<const MetricPoint *> b = sorted(findings.b.metrics);
    SeriesMap map;
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const bool onlyA = j == b.size() || (i < a.size() && keyOf(*a[i]) < keyOf(*b[j]));
        const bool onlyB = !onlyA && (i == a.size() || keyOf(*b[j]) < keyOf(*a[i]));
        const MetricPoint *pointA = onlyB ? nullptr : a[i++];
        const MetricPoint *pointB = onlyA ? nullptr : b[j++];
        Series &series = seriesOf(map, pointA != nullptr ? *pointA : *pointB, findings.tolerance);
        ++findings.comparison.metrics;
        if (pointA != nullptr && pointB != nullptr && series.spread.add(pointA->value, pointB->value)) {
            ++findings.comparison.metricsEqual;
            continue;
        }
        findings.noteParted((pointA != nullptr ? pointA : pointB)->round);
        if (pointA == nullptr || pointB == nullptr)
            ++series.missing;
        findings.addMissing("metrics", pointA == nullptr ? 1 : 0, pointB == nullptr ? 1 : 0);
        if (isToBeNamed(series, pointA, pointB)) {
            series.firstA = pointA;
            series.firstB = pointB;
        }
    }
    return map;
}

std::string valueText(const MetricPoint *point)
{
    return point != nullptr ? formatDouble(point->value) : "none";
}

void tell(Findings &findings, const std::pair<std::string, std::string> &key, const Series &series)
{
    const std::int64_t round = (series.firstA != nullptr ? series.firstA : series.firstB)->round;
    const std::string name = key.first + " " + key.second;
    const std::string a = valueText(series.firstA);
    const std::string b = valueText(series.firstB);
    Difference difference{"metric",
                          findings.comparison.roundName + " " + std::to_string(round) + " " + name,
                          a,
                          b,
                          {},
                          {},
                          series.spread.count() + series.missing,
                          false};
    series.spread.fill(difference);
    const bool within = series.missing == 0 && series.spread.within();
    findings.addResult(std::move(difference), within);
    if (within)
        return;
    const bool inBoth = series.firstA != nullptr && series.firstB != nullptr;
    const std::string phrase = inBoth ? name + " is " + b + " instead of " + a
                                      : std::string("only ") + (series.firstA ? "A" : "B") + " has a " + name;
    findings.noteFirst({round, {}, name, {}, name, phrase});
}

/// Final values that stand in no metrics.csv (ROC AUC, MCC, agreement of clusters …).
void compareFinal(Findings &findings, const SeriesMap &told)
{
    const auto &a = findings.a.manifest.metrics;
    const auto &b = findings.b.manifest.metrics;
    for (const auto &[split, values] : a) {
        const auto other = b.find(split);
        if (other == b.end())
            continue;
        for (const auto &[metric, value] : values) {
            const auto found = other->second.find(metric);
            if (found == other->second.end() || told.count({split, metric}) != 0)
                continue;
            NumberSpread spread(findings.tolerance);
            if (spread.add(value, found->second))
                continue;
            const bool isAfterwards = findings.areNetworks() && split == "analysis";
            Difference difference{isAfterwards ? "analysis" : "metric",
                                  "final " + split + " " + metric,
                                  formatDouble(value),
                                  formatDouble(found->second),
                                  {},
                                  {},
                                  1,
                                  false};
            spread.fill(difference);
            if (metric == "clusters") // a count has no last place
                difference.maxUlp.reset();
            // What clusters are measured against is the labels' column.
            difference.informative = isAfterwards && (hasOtherAnalysis(findings) ||
                                                      findings.hasOtherSettings("analysis.labelColumn"));
            if (difference.informative)
                findings.add(std::move(difference));
            else
                findings.addResult(std::move(difference), spread.within());
        }
    }
}

} // namespace

void compareMetrics(Findings &findings)
{
    if (findings.isImported() && (findings.a.metrics.empty() || findings.b.metrics.empty()))
        return;
    const SeriesMap map = collect(findings);
    std::vector<const SeriesMap::value_type *> different;
    for (const auto &entry : map)
        if (entry.second.firstA != nullptr || entry.second.firstB != nullptr)
            different.push_back(&entry);
    const auto roundOf = [](const SeriesMap::value_type *entry) {
        return (entry->second.firstA != nullptr ? entry->second.firstA : entry->second.firstB)->round;
    };
    std::stable_sort(different.begin(), different.end(),
                     [&](const auto *x, const auto *y) { return roundOf(x) < roundOf(y); });
    for (const auto *entry : different)
        tell(findings, entry->first, entry->second);
    compareFinal(findings, map);
}

} // namespace ibidem::compare
