// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"
#include "models/spec/cell_preparation.h"

#include <vector>

namespace ibidem::prepare {

/// Cells × genes as a network reads them.
struct DenseCells
{
    std::vector<float> values;      ///< row-major
    std::vector<double> means;      ///< of each gene, before scaling
    std::vector<double> deviations; ///< 1 where a gene has the same value in all cells
};

/// Each value, less its gene's mean if `zeroCentre`, divided by its gene's deviation and clipped at
/// `maxValue` (also below, if centred), in double, rounded to single; only written out if `scale` is off. The
/// same bits for any number of threads.
[[nodiscard]] DenseCells scaledCells(const data::SparseView &rows, const spec::CellPreparation &preparation,
                                     unsigned threads);

} // namespace ibidem::prepare
