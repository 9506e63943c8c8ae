// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/sparse_cells.h"

#include "models/base/portable_math.h"
#include "models/prepare/gene_ranges.h"
#include "models/prepare/parallel.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace ibidem::prepare {

namespace {

constexpr std::size_t kRowsPerPart = 64;
constexpr std::size_t kValuesPerPart = std::size_t{1} << 17U;
constexpr std::uint32_t kDropped = std::numeric_limits<std::uint32_t>::max();

/// The answers of a pure function for some of the values that came last: the bits are those of a new call.
class Memory
{
public:
    explicit Memory(float (*function)(float) noexcept)
        : m_function(function)
    {
        m_keys.fill(0.0F);
        m_answers.fill(function(0.0F));
    }

    float operator()(float value) noexcept
    {
        // The high bits of the product depend on all bits of the value.
        const std::size_t slot = (std::bit_cast<std::uint32_t>(value) * 0x9E3779B1U) >> (32U - kBits);
        if (std::bit_cast<std::uint32_t>(m_keys[slot]) != std::bit_cast<std::uint32_t>(value)) {
            m_keys[slot] = value;
            m_answers[slot] = m_function(value);
        }
        return m_answers[slot];
    }

private:
    static constexpr unsigned kBits = 10;
    float (*m_function)(float) noexcept;
    std::array<float, 1U << kBits> m_keys{};
    std::array<float, 1U << kBits> m_answers{};
};

float logOfOnePlus(float value) noexcept
{
    return static_cast<float>(portableLog1p(static_cast<double>(value)));
}

/// Names whose mark is not 0, in order.
std::vector<std::string> keptOf(std::vector<std::string> names, std::span<const std::uint8_t> marks)
{
    std::size_t kept = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (marks[i] == 0)
            continue;
        if (kept != i)
            names[kept] = std::move(names[i]);
        ++kept;
    }
    names.resize(kept);
    return names;
}

bool allKept(std::span<const std::uint8_t> marks)
{
    return std::find(marks.begin(), marks.end(), std::uint8_t{0}) == marks.end();
}

template <class Work>
void forEachRow(unsigned threads, std::size_t rowCount, Work work)
{
    forEachPart(threads, partCount(rowCount, kRowsPerPart), [&](std::size_t part) {
        const Range range = rangeOf(part, rowCount, kRowsPerPart);
        for (std::size_t row = range.begin; row < range.end; ++row)
            work(row);
    });
}

template <class Predicate>
bool any(std::span<const float> values, unsigned threads, Predicate predicate)
{
    std::atomic<bool> found{false};
    forEachPart(threads, partCount(values.size(), kValuesPerPart), [&](std::size_t part) {
        const Range range = rangeOf(part, values.size(), kValuesPerPart);
        bool here = false;
        for (std::size_t i = range.begin; i < range.end; ++i)
            here |= predicate(values[i]);
        if (here)
            found = true;
    });
    return found;
}

} // namespace

bool anyNotFinite(std::span<const float> values, unsigned threads)
{
    return any(values, threads, [](float value) { return !std::isfinite(value); });
}

bool anyNegative(std::span<const float> values, unsigned threads)
{
    return any(values, threads, [](float value) { return value < 0.0F; });
}

void mapValues(std::span<const float> source, std::span<float> target, float (*function)(float) noexcept,
               unsigned threads)
{
    forEachPart(threads, partCount(source.size(), kValuesPerPart), [&](std::size_t part) {
        Memory memory(function);
        const Range range = rangeOf(part, source.size(), kValuesPerPart);
        for (std::size_t i = range.begin; i < range.end; ++i)
            target[i] = memory(source[i]);
    });
}

SparseCells::SparseCells(std::vector<std::string> cellIds, std::vector<std::string> geneIds,
                         data::SparseView rows, unsigned threads)
    : m_cellIds(std::move(cellIds))
    , m_geneIds(std::move(geneIds))
    , m_rows(rows)
    , m_threads(threads)
{}

std::vector<std::uint32_t> SparseCells::genesPerCell() const
{
    std::vector<std::uint32_t> counts(m_rows.rowCount());
    forEachRow(m_threads, counts.size(), [&](std::size_t row) {
        std::uint32_t count = 0;
        for (const float value : m_rows.rowValues(row))
            count += value > 0.0F ? 1U : 0U;
        counts[row] = count;
    });
    return counts;
}

std::vector<std::uint32_t> SparseCells::cellsPerGene() const
{
    std::vector<std::uint32_t> counts(m_rows.columnCount);
    forEachGeneRange(m_rows, m_threads, [&](GeneRange genes) {
        forEachValue(m_rows, genes, [&](std::uint32_t gene, std::size_t place) {
            counts[gene] += m_rows.values[place] > 0.0F ? 1U : 0U;
        });
    });
    return counts;
}

void SparseCells::keepCells(std::span<const std::uint8_t> marks)
{
    if (allKept(marks))
        return;
    std::vector<std::uint64_t> sources;
    std::vector<std::uint64_t> starts{0};
    for (std::size_t row = 0; row < marks.size(); ++row) {
        if (marks[row] == 0)
            continue;
        sources.push_back(row);
        starts.push_back(starts.back() + m_rows.rowValues(row).size());
    }
    Buffer<std::uint32_t> columns(starts.back());
    Buffer<float> values(starts.back());
    forEachRow(m_threads, sources.size(), [&](std::size_t row) {
        const auto to = static_cast<std::ptrdiff_t>(starts[row]);
        std::ranges::copy(m_rows.rowColumns(sources[row]), columns.elements().begin() + to);
        std::ranges::copy(m_rows.rowValues(sources[row]), values.elements().begin() + to);
    });
    m_cellIds = keptOf(std::move(m_cellIds), marks);
    own(std::move(starts), std::move(columns), std::move(values));
    m_digests = {{}, m_digests.genes, {}, {}, {}};
}

void SparseCells::keepGenes(std::span<const std::uint8_t> marks)
{
    if (allKept(marks))
        return;
    std::vector<std::uint32_t> placeOfColumn(marks.size(), kDropped);
    std::uint32_t kept = 0;
    for (std::size_t gene = 0; gene < marks.size(); ++gene) {
        if (marks[gene] != 0)
            placeOfColumn[gene] = kept++;
    }
    dropColumns(placeOfColumn);
    m_geneIds = keptOf(std::move(m_geneIds), marks);
    m_rows.columnCount = kept;
    m_digests = {m_digests.cells, {}, {}, {}, {}};
}

void SparseCells::dropColumns(const std::vector<std::uint32_t> &placeOfColumn)
{
    const std::size_t rowCount = m_rows.rowCount();
    std::vector<std::uint64_t> starts(rowCount + 1);
    forEachRow(m_threads, rowCount, [&](std::size_t row) {
        std::uint64_t count = 0;
        for (const std::uint32_t column : m_rows.rowColumns(row))
            count += placeOfColumn[column] != kDropped ? 1U : 0U;
        starts[row + 1] = count;
    });
    for (std::size_t row = 0; row < rowCount; ++row)
        starts[row + 1] += starts[row];
    Buffer<std::uint32_t> columns(starts.back());
    Buffer<float> values(starts.back());
    forEachRow(m_threads, rowCount, [&](std::size_t row) {
        // Each value is written where the next kept one belongs, so that nothing has to be guessed; the last
        // kept one ends it before a value falls behind the row.
        std::size_t from = m_rows.starts[row];
        for (std::size_t to = starts[row]; to < starts[row + 1]; ++from) {
            const std::uint32_t place = placeOfColumn[m_rows.columns[from]];
            columns.elements()[to] = place;
            values.elements()[to] = m_rows.values[from];
            to += place != kDropped ? 1U : 0U;
        }
    });
    own(std::move(starts), std::move(columns), std::move(values));
}

void SparseCells::own(std::vector<std::uint64_t> starts, Buffer<std::uint32_t> columns, Buffer<float> values)
{
    m_starts = std::move(starts);
    m_columns = std::move(columns);
    m_values = std::move(values);
    m_rows = {m_starts, m_columns.elements(), m_values.elements(), m_rows.columnCount};
}

std::span<float> SparseCells::ownValues()
{
    if (!m_values.isThere()) {
        m_values = Buffer<float>(m_rows.values.size());
        m_rows.values = m_values.elements();
    }
    m_digests.values.reset();
    return m_values.elements();
}

std::uint64_t SparseCells::normalise(float targetSum)
{
    const std::span<const float> source = m_rows.values;
    const std::span<float> target = ownValues();
    std::atomic<std::uint64_t> empty{0}; // a count: the same in any order
    forEachRow(m_threads, m_rows.rowCount(), [&](std::size_t row) {
        const std::size_t begin = m_rows.starts[row];
        const std::size_t end = m_rows.starts[row + 1];
        double sum = 0.0;
        for (std::size_t i = begin; i < end; ++i)
            sum += static_cast<double>(source[i]);
        float factor = static_cast<float>(sum) / targetSum;
        if (!std::isfinite(factor)) // not 0 for all, but an error: see checkFinite()
            factor = std::numeric_limits<float>::quiet_NaN();
        if (factor == 0.0F) {
            factor = 1.0F;
            ++empty;
        }
        for (std::size_t i = begin; i < end; ++i)
            target[i] = source[i] / factor;
    });
    return empty;
}

void SparseCells::takeLogarithms()
{
    const std::span<const float> source = m_rows.values;
    mapValues(source, ownValues(), logOfOnePlus, m_threads);
}

std::string SparseCells::digest()
{
    const std::array tasks = {
        DigestTask{{}, &m_cellIds, &m_digests.cells},
        DigestTask{{}, &m_geneIds, &m_digests.genes},
        DigestTask{std::as_bytes(m_rows.starts), nullptr, &m_digests.starts},
        DigestTask{std::as_bytes(m_rows.columns), nullptr, &m_digests.columns},
        DigestTask{std::as_bytes(m_rows.values), nullptr, &m_digests.values},
    };
    computeDigests(tasks, m_threads);
    return m_digests.sparseHex();
}

} // namespace ibidem::prepare
