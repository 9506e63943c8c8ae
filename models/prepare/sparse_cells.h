// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"
#include "models/prepare/buffer.h"
#include "models/prepare/cell_digest.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ibidem::prepare {

/// A matrix of cells × genes on its way through the stages that leave it sparse. Starts as a view of somebody
/// else's arrays, which must outlive it, and owns an array once a stage has changed it. Not thread-safe;
/// works in threads of its own inside.
class SparseCells
{
public:
    SparseCells(std::vector<std::string> cellIds, std::vector<std::string> geneIds, data::SparseView rows,
                unsigned threads);

    [[nodiscard]] const data::SparseView &rows() const noexcept { return m_rows; }

    [[nodiscard]] const std::vector<std::string> &cellIds() const noexcept { return m_cellIds; }

    [[nodiscard]] const std::vector<std::string> &geneIds() const noexcept { return m_geneIds; }

    [[nodiscard]] unsigned threads() const noexcept { return m_threads; }

    /// Genes that each cell expresses: values above 0.
    [[nodiscard]] std::vector<std::uint32_t> genesPerCell() const;
    /// Cells in which each gene is expressed.
    [[nodiscard]] std::vector<std::uint32_t> cellsPerGene() const;

    /// Drops the cells whose mark is 0; the order stays. One mark a cell.
    void keepCells(std::span<const std::uint8_t> marks);
    void keepGenes(std::span<const std::uint8_t> marks);

    /// Each value divided by its cell's factor: the sum of the cell's values in their order (double, rounded
    /// to single), divided by the target sum in single precision; a cell whose sum is 0 keeps its values.
    /// Returns how many cells that are.
    std::uint64_t normalise(float targetSum);
    /// log(1 + x) of each value, in double, rounded to single.
    void takeLogarithms();

    /// Of the stage that was last.
    [[nodiscard]] std::string digest();

    [[nodiscard]] const CellDigests &digests() const noexcept { return m_digests; }

private:
    std::span<float> ownValues();
    void own(std::vector<std::uint64_t> starts, Buffer<std::uint32_t> columns, Buffer<float> values);
    void dropColumns(const std::vector<std::uint32_t> &placeOfColumn);

    std::vector<std::string> m_cellIds;
    std::vector<std::string> m_geneIds;
    data::SparseView m_rows;
    unsigned m_threads = 1;
    std::vector<std::uint64_t> m_starts; ///< behind m_rows, or empty while those are somebody else's
    Buffer<std::uint32_t> m_columns;
    Buffer<float> m_values;
    CellDigests m_digests;
};

/// Whether a value is not finite, or below 0.
[[nodiscard]] bool anyNotFinite(std::span<const float> values, unsigned threads);
[[nodiscard]] bool anyNegative(std::span<const float> values, unsigned threads);

/// function(value) of each value, remembering what it was for the last values: a cell has few different ones.
/// `function` must be pure. In place if source and target are the same.
void mapValues(std::span<const float> source, std::span<float> target, float (*function)(float) noexcept,
               unsigned threads);

} // namespace ibidem::prepare
