// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/cell_checks.h"

#include "models/base/text.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ibidem::prepare {

namespace {

constexpr double kDroppedWorthAWarning = 0.9;
constexpr double kSelectedWorthAWarning = 0.02;

std::string percentOf(std::uint64_t part, std::uint64_t whole)
{
    return formatFixed(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
}

std::string counted(std::uint64_t count, const std::string &noun)
{
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

/// The words of one of the two filters.
struct Words
{
    std::string stage;     ///< "filter-cells"
    std::string key;       ///< "minGenes"
    std::string dropped;   ///< "cell"
    std::string measure;   ///< "gene"
    std::string has;       ///< "has": "no cell has 200 genes"
    std::string most;      ///< "the richest has"
    std::string checkName; ///< "few-cells"
};

std::uint32_t medianOf(std::vector<std::uint32_t> counts)
{
    const auto middle = counts.begin() + static_cast<std::ptrdiff_t>((counts.size() - 1) / 2);
    std::nth_element(counts.begin(), middle, counts.end());
    return *middle;
}

Result<Filter> filterOf(std::span<const std::uint32_t> counts, int threshold, const Words &words)
{
    Filter filter;
    std::uint64_t kept = 0;
    const auto least = static_cast<std::uint32_t>(threshold);
    for (const std::uint32_t count : counts) {
        filter.marks.push_back(count >= least ? 1 : 0);
        kept += filter.marks.back();
    }
    const std::string setting = words.key + "=" + std::to_string(threshold);
    if (kept == 0) {
        const std::uint32_t most = counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end());
        return fail(ErrorCode::BadData,
                    words.stage + ": no " + words.dropped + " " + words.has + " " +
                        counted(least, words.measure) + ": " + words.most + " " + std::to_string(most),
                    {}, "lower " + words.key);
    }
    const std::uint64_t dropped = counts.size() - kept;
    if (static_cast<double>(dropped) <= kDroppedWorthAWarning * static_cast<double>(counts.size()))
        return filter;
    const std::uint32_t median = medianOf({counts.begin(), counts.end()});
    filter.checks.push_back(
        {words.checkName, data::CheckState::Warning,
         setting + " drops " + std::to_string(dropped) + " of " + counted(counts.size(), words.dropped) +
             " (" + percentOf(dropped, counts.size()) + "): half of them " +
             (words.has == "has" ? "have" : "are in") + " at most " + counted(median, words.measure)});
    return filter;
}

/// What else the file offers, as a sentence's end.
std::string otherSources(const data::TableSummary &summary)
{
    std::string others;
    if (summary.matrix) {
        for (const std::string &source : summary.matrix->sources)
            if (source != summary.matrix->source)
                others += (others.empty() ? "" : " or ") + source;
    }
    return others;
}

std::string countsCure(const data::TableSummary &summary)
{
    const std::string others = otherSources(summary);
    return others.empty() ? "use the matrix of counts" : "choose the matrix of counts: --matrix " + others;
}

} // namespace

Result<Filter> cellFilter(std::span<const std::uint32_t> genesPerCell, int minGenes)
{
    return filterOf(genesPerCell, minGenes,
                    {"filter-cells", "minGenes", "cell", "gene", "has", "the richest has", "few-cells"});
}

Result<Filter> geneFilter(std::span<const std::uint32_t> cellsPerGene, int minCells)
{
    return filterOf(cellsPerGene, minCells,
                    {"filter-genes", "minCells", "gene", "cell", "is expressed in", "the most frequent is in",
                     "few-genes"});
}

Status checkNotEmpty(const SparseCells &cells)
{
    const data::SparseView &rows = cells.rows();
    if (rows.rowCount() != 0 && rows.columnCount != 0 && rows.nonZeroCount() != 0)
        return {};
    return fail(ErrorCode::BadData, "loaded: the matrix of " + counted(rows.rowCount(), "cell") + " and " +
                                        counted(rows.columnCount, "gene") + " holds no value");
}

Status checkNotNegative(const SparseCells &cells, const data::TableSummary &summary)
{
    const data::SparseView &rows = cells.rows();
    if (!anyNegative(rows.values, cells.threads()))
        return {};
    const auto found = std::find_if(rows.values.begin(), rows.values.end(), [](float v) { return v < 0.0F; });
    const auto place = static_cast<std::uint64_t>(found - rows.values.begin());
    const auto row =
        std::upper_bound(rows.starts.begin(), rows.starts.end(), place) - rows.starts.begin() - 1;
    return fail(ErrorCode::BadData,
                "log1p: the value of " + ibidem::quoted(cells.geneIds()[rows.columns[place]]) + " in cell " +
                    ibidem::quoted(cells.cellIds()[static_cast<std::size_t>(row)]) + " is " +
                    formatFloat(*found) + ": a matrix with negative values has no logarithms",
                {}, countsCure(summary) + ", or set logarithm=false");
}

Status checkFinite(const SparseCells &cells, const std::string &stage)
{
    if (!anyNotFinite(cells.rows().values, cells.threads()))
        return {};
    return fail(ErrorCode::BadData,
                stage + ": a value became too large for single precision, or the sum of a cell is", {},
                "use a matrix of counts");
}

std::vector<data::Check> countChecks(const data::TableSummary &summary)
{
    if (!summary.matrix || summary.matrix->counts)
        return {};
    const std::string others = otherSources(summary);
    return {{"no-counts", data::CheckState::Warning,
             "the values are no counts (whole numbers from 0 on): they may be normalised or scaled already" +
                 (others.empty() ? std::string() : "; the file also offers " + others)}};
}

std::vector<data::Check> emptyCellChecks(std::uint64_t cells)
{
    if (cells == 0)
        return {};
    return {
        {"empty-cells", data::CheckState::Warning,
         counted(cells, "cell") + (cells == 1 ? " has" : " have") + " no counts: nothing to normalise by"}};
}

Result<std::vector<data::Check>> selectionChecks(const data::GeneStatistics &statistics,
                                                 const spec::CellPreparation &preparation)
{
    const std::vector<std::uint8_t> &selected = statistics.selected;
    const auto count = static_cast<std::uint64_t>(std::count(selected.begin(), selected.end(), 1));
    if (count == 0) {
        double largest = -HUGE_VAL;
        for (const double normalised : statistics.normalisedDispersions)
            largest = normalised > largest ? normalised : largest;
        const auto [low, high] = std::minmax_element(statistics.means.begin(), statistics.means.end());
        return fail(ErrorCode::BadData,
                    "select-genes: none of " + counted(selected.size(), "gene") +
                        " is highly variable: their means are between " + formatFixed(*low, 4) + " and " +
                        formatFixed(*high, 4) +
                        (std::isinf(largest)
                             ? ", and none has a normalised dispersion"
                             : ", their normalised dispersions at most " + formatFixed(largest, 4)),
                    {},
                    "minMean is " + formatDouble(preparation.minMean) + ", maxMean " +
                        formatDouble(preparation.maxMean) + ", minDispersion " +
                        formatDouble(preparation.minDispersion) + ": change them, or set selectGenes=false");
    }
    if (static_cast<double>(count) >= kSelectedWorthAWarning * static_cast<double>(selected.size()))
        return std::vector<data::Check>();
    return std::vector<data::Check>{
        {"few-selected-genes", data::CheckState::Warning,
         "only " + std::to_string(count) + " of " + counted(selected.size(), "gene") + " are selected"}};
}

} // namespace ibidem::prepare
