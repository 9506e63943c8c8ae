// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"

#include <vector>

namespace ibidem::prepare {

/// Mean and variance of each gene over all cells, with what is not stored as 0.
struct GeneMoments
{
    std::vector<double> means;
    std::vector<double> variances; ///< divided by the number of cells less 1; 0 for a single cell
};

/// In double: a first pass over the cells in order for the means, a second for the squared distances from
/// them, to which those of the zeros are added at last. A gene that has the same value in all cells has
/// exactly this mean and the variance 0. The same bits for any number of threads. Single precision in, one a
/// stored value.
[[nodiscard]] GeneMoments geneMoments(const data::SparseView &rows, unsigned threads);

} // namespace ibidem::prepare
