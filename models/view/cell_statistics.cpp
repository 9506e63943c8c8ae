// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/cell_statistics.h"

#include "models/base/portable_math.h"

#include <algorithm>
#include <cmath>

namespace ibidem::view {

namespace {

/// Of ascending values; the place between two neighbours in proportion.
double quantile(const std::vector<double> &ascending, double share)
{
    const double place = share * static_cast<double>(ascending.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, ascending.size() - 1);
    const double part = place - static_cast<double>(below);
    return ascending[below] + part * (ascending[above] - ascending[below]);
}

bool isWhole(double value)
{
    return value == std::floor(value);
}

/// From `lowest` to `highest`, equally far apart on a logarithmic scale. Whole numbers end one above the
/// highest, and edges that rounding makes equal are one.
std::vector<double> logEdges(double lowest, double highest, int bars, bool whole)
{
    const double end = whole ? highest + 1.0 : highest;
    if (!(end > lowest))
        return {lowest, lowest};
    const double first = portableLog(lowest);
    const double step = (portableLog(end) - first) / bars;
    std::vector<double> edges{lowest};
    for (int bar = 1; bar < bars; ++bar) {
        const double exact = portableExp(first + step * bar);
        const double edge = whole ? std::ceil(exact) : exact;
        if (edge > edges.back() && edge < end)
            edges.push_back(edge);
    }
    edges.push_back(end);
    return edges;
}

/// Of ascending values above 0.
std::vector<std::uint64_t> countBars(const double *begin, const double *end, const std::vector<double> &edges)
{
    std::vector<std::uint64_t> bars(edges.size() - 1, 0);
    const double *from = begin;
    for (std::size_t bar = 0; bar < bars.size(); ++bar) {
        const bool last = bar + 1 == bars.size();
        const double *to = last ? end : std::lower_bound(from, end, edges[bar + 1]);
        bars[bar] = static_cast<std::uint64_t>(to - from);
        from = to;
    }
    return bars;
}

} // namespace

Distribution distributionOf(std::vector<double> values, int bars)
{
    Distribution result;
    result.size = values.size();
    if (values.empty())
        return result;
    std::sort(values.begin(), values.end());
    result.minimum = values.front();
    result.lowerQuartile = quantile(values, 0.25);
    result.median = quantile(values, 0.5);
    result.upperQuartile = quantile(values, 0.75);
    result.maximum = values.back();
    const auto positive = std::upper_bound(values.begin(), values.end(), 0.0);
    result.notPositive = static_cast<std::uint64_t>(positive - values.begin());
    if (positive == values.end())
        return result;
    const bool whole = std::all_of(positive, values.end(), isWhole);
    result.edges = logEdges(*positive, values.back(), bars, whole);
    result.bars = countBars(values.data() + result.notPositive, values.data() + values.size(), result.edges);
    return result;
}

std::optional<CellStatistics> cellStatistics(const data::SparseView &rows, const std::atomic_bool &cancelled)
{
    std::vector<double> genesPerCell(rows.rowCount(), 0.0);
    std::vector<double> countsPerCell(rows.rowCount(), 0.0);
    std::vector<double> cellsPerGene(rows.columnCount, 0.0);
    for (std::uint64_t row = 0; row < rows.rowCount(); ++row) {
        if (cancelled.load(std::memory_order_relaxed))
            return std::nullopt;
        const auto columns = rows.rowColumns(row);
        const auto values = rows.rowValues(row);
        double genes = 0.0;
        double sum = 0.0;
        for (std::size_t place = 0; place < values.size(); ++place) {
            sum += static_cast<double>(values[place]);
            if (values[place] > 0.0F) {
                genes += 1.0;
                cellsPerGene[columns[place]] += 1.0;
            }
        }
        genesPerCell[row] = genes;
        countsPerCell[row] = sum;
    }
    return CellStatistics{distributionOf(std::move(genesPerCell)), distributionOf(std::move(countsPerCell)),
                          distributionOf(std::move(cellsPerGene))};
}

} // namespace ibidem::view
