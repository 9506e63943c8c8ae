// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/expression_table.h"
#include "models/data/prepared_cells.h"
#include "models/prepare/sparse_cells.h"
#include "models/spec/cell_preparation.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ibidem::prepare {

/// What a threshold keeps, and what there is to say about it.
struct Filter
{
    std::vector<std::uint8_t> marks; ///< 1: kept
    std::vector<data::Check> checks; ///< "few-cells", "few-genes": more than nine of ten are dropped
};

/// BadData, saying what the data has, if no cell is left.
[[nodiscard]] Result<Filter> cellFilter(std::span<const std::uint32_t> genesPerCell, int minGenes);
[[nodiscard]] Result<Filter> geneFilter(std::span<const std::uint32_t> cellsPerGene, int minCells);

/// BadData if there are no cells, no genes or no values.
[[nodiscard]] Status checkNotEmpty(const SparseCells &cells);
/// BadData naming the first value below 0, its cell and its gene, and what else the file offers.
[[nodiscard]] Status checkNotNegative(const SparseCells &cells, const data::TableSummary &summary);
/// BadData if a value has become too large for single precision.
[[nodiscard]] Status checkFinite(const SparseCells &cells, const std::string &stage);

/// "no-counts" if the values are no counts.
[[nodiscard]] std::vector<data::Check> countChecks(const data::TableSummary &summary);
/// "empty-cells" if there are some without counts.
[[nodiscard]] std::vector<data::Check> emptyCellChecks(std::uint64_t cells);
/// "few-selected-genes" below one in fifty; BadData if none is selected.
[[nodiscard]] Result<std::vector<data::Check>> selectionChecks(const data::GeneStatistics &statistics,
                                                               const spec::CellPreparation &preparation);

} // namespace ibidem::prepare
