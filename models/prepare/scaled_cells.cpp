// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/scaled_cells.h"

#include "models/prepare/buffer.h"
#include "models/prepare/gene_moments.h"
#include "models/prepare/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ibidem::prepare {

namespace {

constexpr std::size_t kRowsPerPart = 32;

class Scaling
{
public:
    Scaling(const DenseCells &cells, const spec::CellPreparation &preparation)
        : m_cells(cells)
        , m_preparation(preparation)
    {}

    [[nodiscard]] float operator()(double value, std::size_t gene) const
    {
        if (!m_preparation.scale)
            return static_cast<float>(value);
        const double distance = m_preparation.zeroCentre ? value - m_cells.means[gene] : value;
        const double scaled = distance / m_cells.deviations[gene];
        const double limit = m_preparation.maxValue;
        if (limit > 0.0 && scaled > limit)
            return static_cast<float>(limit);
        if (limit > 0.0 && scaled < -limit && m_preparation.zeroCentre)
            return static_cast<float>(-limit);
        return static_cast<float>(scaled);
    }

private:
    const DenseCells &m_cells;
    const spec::CellPreparation &m_preparation;
};

} // namespace

DenseCells scaledCells(const data::SparseView &rows, const spec::CellPreparation &preparation,
                       unsigned threads)
{
    DenseCells cells;
    GeneMoments moments = geneMoments(rows, threads);
    cells.means = std::move(moments.means);
    for (const double variance : moments.variances)
        cells.deviations.push_back(variance > 0.0 ? std::sqrt(variance) : 1.0);
    const Scaling scaling(cells, preparation);
    const std::size_t genes = rows.columnCount;
    std::vector<float> zeros; // what becomes of a value that is not stored
    for (std::size_t gene = 0; gene < genes; ++gene)
        zeros.push_back(scaling(0.0, gene));
    cells.values.reserve(rows.rowCount() * genes);
    preferLargePages(cells.values.data(), rows.rowCount() * genes * sizeof(float));
    cells.values.resize(rows.rowCount() * genes);
    forEachPart(threads, partCount(rows.rowCount(), kRowsPerPart), [&](std::size_t part) {
        const Range range = rangeOf(part, rows.rowCount(), kRowsPerPart);
        for (std::size_t row = range.begin; row < range.end; ++row) {
            const std::span<float> target = std::span(cells.values).subspan(row * genes, genes);
            std::ranges::copy(zeros, target.begin());
            for (std::size_t at = rows.starts[row]; at < rows.starts[row + 1]; ++at) {
                const std::uint32_t gene = rows.columns[at];
                target[gene] = scaling(static_cast<double>(rows.values[at]), gene);
            }
        }
    });
    return cells;
}

} // namespace ibidem::prepare
