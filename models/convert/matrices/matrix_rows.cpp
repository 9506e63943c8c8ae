// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/matrix_rows.h"

#include "models/base/text.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace ibidem::convert {

namespace {

/// The values of one cell.
struct Row
{
    std::span<std::uint32_t> columns;
    std::span<float> values;
};

Row rowOf(data::SparseMatrix &rows, std::size_t cell)
{
    const auto begin = static_cast<std::size_t>(rows.starts[cell]);
    const auto count = static_cast<std::size_t>(rows.starts[cell + 1]) - begin;
    return {std::span(rows.columns).subspan(begin, count), std::span(rows.values).subspan(begin, count)};
}

tl::unexpected<Error> bad(const RowNames &names, const std::string &what, std::string cure)
{
    return fail(ErrorCode::BadData, names.source + ": " + what, names.path, std::move(cure));
}

std::string placeOf(const RowNames &names, std::size_t cell, std::uint32_t gene)
{
    return "gene " + ibidem::quoted(names.genes[gene]) + " in cell " + ibidem::quoted(names.cells[cell]);
}

bool isWhole(float value) noexcept
{
    constexpr float kAllWholeFrom = 8388608.0F; // 2^23: single precision has no fractions above
    return std::fabs(value) >= kAllWholeFrom || static_cast<float>(static_cast<std::int32_t>(value)) == value;
}

Status checkStarts(const data::SparseMatrix &rows, const RowNames &names)
{
    const std::string cure = "the file is damaged: fetch or write it again";
    if (rows.starts.size() != names.cells.size() + 1)
        return bad(names,
                   "the rows are for " + plural(rows.starts.empty() ? 0 : rows.starts.size() - 1, "cell") +
                       ", but " + std::to_string(names.cells.size()) + " have names",
                   cure);
    if (rows.columnCount != names.genes.size())
        return bad(names,
                   "the rows are for " + plural(rows.columnCount, "gene") + ", but " +
                       std::to_string(names.genes.size()) + " have names",
                   cure);
    if (rows.columns.size() != rows.values.size())
        return bad(names,
                   plural(rows.values.size(), "value") + " have " + plural(rows.columns.size(), "gene index"),
                   cure);
    if (rows.starts.front() != 0 || rows.starts.back() != rows.values.size())
        return bad(names,
                   "the starts of the rows go from " + std::to_string(rows.starts.front()) + " to " +
                       std::to_string(rows.starts.back()) + ", not from 0 to " +
                       std::to_string(rows.values.size()),
                   cure);
    const auto fall = std::is_sorted_until(rows.starts.begin(), rows.starts.end());
    if (fall != rows.starts.end())
        return bad(names,
                   "the start of row " + std::to_string(fall - rows.starts.begin()) +
                       " lies before that of the row above",
                   cure);
    return {};
}

/// Whether the columns ascend strictly; BadData for one that is not there.
Result<bool> isSorted(const Row &row, std::size_t cell, const RowNames &names)
{
    bool sorted = true;
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
        const std::uint32_t column = row.columns[i];
        if (column >= names.genes.size())
            return bad(names,
                       "cell " + ibidem::quoted(names.cells[cell]) + " has a value for gene number " +
                           std::to_string(column) + " (from 0), but there are " +
                           plural(names.genes.size(), "gene"),
                       "the file is damaged: fetch or write it again");
        sorted = sorted && (i == 0 || column > last);
        last = column;
    }
    return sorted;
}

Status sortRow(const Row &row, std::size_t cell, const RowNames &names,
               std::vector<std::pair<std::uint32_t, float>> &scratch)
{
    scratch.clear();
    for (std::size_t i = 0; i < row.columns.size(); ++i)
        scratch.emplace_back(row.columns[i], row.values[i]);
    // Equal columns are refused below, so that the order is the only one there is.
    std::sort(scratch.begin(), scratch.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    for (std::size_t i = 0; i < scratch.size(); ++i) {
        if (i > 0 && scratch[i].first == scratch[i - 1].first)
            return bad(names, "there is more than one value for " + placeOf(names, cell, scratch[i].first),
                       "add up or remove the repetitions and write the file again");
        row.columns[i] = scratch[i].first;
        row.values[i] = scratch[i].second;
    }
    return {};
}

/// What one pass counts.
struct Pass
{
    RowFindings found;
    std::uint64_t notFinite = 0;
    std::size_t firstCell = 0;
    std::uint32_t firstGene = 0;
    float firstValue = 0.0F;
    std::vector<unsigned char> seen; ///< genes with a value
};

void countRow(const Row &row, std::size_t cell, Pass &pass)
{
    RowFindings &found = pass.found;
    std::uint64_t stored = 0;
    for (std::size_t i = 0; i < row.values.size(); ++i) {
        const float value = row.values[i];
        if (!std::isfinite(value)) {
            if (pass.notFinite++ == 0) {
                pass.firstCell = cell;
                pass.firstGene = row.columns[i];
                pass.firstValue = value;
            }
            continue;
        }
        if (value == 0.0F) {
            ++found.explicitZeros;
            continue;
        }
        ++stored;
        pass.seen[row.columns[i]] = 1;
        found.negative += value < 0.0F ? 1U : 0U;
        found.fractional += isWhole(value) ? 0U : 1U;
        const auto wide = static_cast<double>(value);
        found.sum += wide;
        found.minimum = std::min(found.minimum, wide);
        found.maximum = std::max(found.maximum, wide);
    }
    found.emptyCells += stored == 0 ? 1U : 0U;
}

tl::unexpected<Error> notFinite(const Pass &pass, const RowNames &names)
{
    return bad(
        names,
        "the value of " + placeOf(names, pass.firstCell, pass.firstGene) + " is " +
            formatFloat(pass.firstValue) +
            (pass.notFinite > 1 ? "; " + std::to_string(pass.notFinite) + " values are not finite" : ""),
        "replace what is missing or infinite, or choose another matrix of the file");
}

void dropZeros(data::SparseMatrix &rows)
{
    std::size_t to = 0;
    std::size_t begin = 0;
    for (std::size_t cell = 0; cell + 1 < rows.starts.size(); ++cell) {
        const auto end = static_cast<std::size_t>(rows.starts[cell + 1]);
        for (std::size_t from = begin; from < end; ++from) {
            if (rows.values[from] == 0.0F)
                continue;
            rows.columns[to] = rows.columns[from];
            rows.values[to++] = rows.values[from];
        }
        begin = end;
        rows.starts[cell + 1] = to;
    }
    rows.columns.resize(to);
    rows.values.resize(to);
}

/// The least and the greatest value where every place of the matrix is stored: no zero is implied.
void rangeOfDense(const data::SparseMatrix &rows, RowFindings &found)
{
    const auto [least, greatest] = std::minmax_element(rows.values.begin(), rows.values.end());
    found.minimum = static_cast<double>(*least);
    found.maximum = static_cast<double>(*greatest);
}

} // namespace

Result<RowFindings> finishRows(data::SparseMatrix &rows, const RowNames &names)
{
    IBIDEM_CHECK(checkStarts(rows, names));
    Pass pass;
    pass.seen.resize(names.genes.size());
    std::vector<std::pair<std::uint32_t, float>> scratch;
    for (std::size_t cell = 0; cell < names.cells.size(); ++cell) {
        const Row row = rowOf(rows, cell);
        IBIDEM_TRY(const bool sorted, isSorted(row, cell, names));
        if (!sorted) {
            IBIDEM_CHECK(sortRow(row, cell, names, scratch));
            ++pass.found.unsortedRows;
        }
        countRow(row, cell, pass);
    }
    if (pass.notFinite != 0)
        return notFinite(pass, names);
    if (pass.found.explicitZeros != 0)
        dropZeros(rows);
    pass.found.emptyGenes = static_cast<std::uint64_t>(std::count(pass.seen.begin(), pass.seen.end(), 0));
    if (!rows.values.empty() && rows.values.size() == names.cells.size() * names.genes.size())
        rangeOfDense(rows, pass.found);
    return pass.found;
}

} // namespace ibidem::convert
