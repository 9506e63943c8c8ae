// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"

#include <cstdint>

namespace ibidem::prepare {

/// Realistic counts of single cells: negative binomial (gamma-Poisson) with gene-wise means and dispersions,
/// library sizes that spread log-normally, types of unequal size with genes that mark them, batches that
/// shift every gene a little, and counts that are lost, the more likely the smaller their mean (dropout / (1
/// + mean)).
struct CellRecipe
{
    std::uint64_t cells = 2000;
    std::uint64_t genes = 3000;
    std::uint64_t types = 6;
    std::uint64_t batches = 2;
    double depth = 3000.0;        ///< mean of a cell's counts, before some are lost
    double markerFraction = 0.45; ///< share of genes that are higher in one of the types
    double effect = 2.5;          ///< mean log2 fold change of those
    double batchEffect = 0.15;    ///< standard deviation of a gene's log2 change in a batch
    double dropout = 0.2;         ///< largest probability that a count is lost
    std::uint64_t seed = 0;
};

/// The same on every machine. Cells are called by barcodes ("ACGT…-1", the number is the batch's), genes by
/// symbols and accessions; the cell columns are "batch" and "cell_type". BadSpec on sizes out of range (cells
/// 1…5000000, genes 2…100000, cells times genes at most 10^9, types and batches 1…50, shares in [0,1], the
/// others not negative).
[[nodiscard]] Result<data::CountMatrix> generateCells(const CellRecipe &recipe);

} // namespace ibidem::prepare
