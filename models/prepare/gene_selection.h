// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"
#include "models/data/prepared_cells.h"
#include "models/spec/cell_preparation.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ibidem::prepare {

/// Genes as near as this to a threshold may fall on the other side where somebody rounds differently.
inline constexpr double kNearThreshold = 1e-5;

struct GeneSelection
{
    data::GeneStatistics statistics;
    std::vector<std::string> nearThreshold; ///< in the order of the genes
};

/// The highly variable genes of a matrix of logarithms, as scanpy 1.11's flavor "seurat" finds them (Satija
/// et al. 2015):
///
/// 1. mean and variance (cells less 1) of e^x - 1, rounded to single precision, over all cells;
/// 2. dispersion = log(variance / mean), missing where the variance is 0; a mean of 0 counts as 1e-12;
///    mean = log(1 + mean);
/// 3. the range of the means is cut into `bins` of equal width, closed on the right, the lowest lowered by a
///    thousandth of the range;
/// 4. in each bin the dispersions become z-scores by the bin's mean and deviation (bin's size less 1); if
///    only one of the bin is not missing, it is divided by itself: 1;
/// 5. selected: minMean < mean < maxMean and z-score > minDispersion; a missing z-score counts as 0.
///
/// Where all of a bin are equal but for rounding (1e-9) they are missing, and a gene that is the same in all
/// cells has the variance 0: there, scanpy's result is an accident of rounding. The logarithm is taken back
/// whether or not it was taken, as scanpy does. BadData if the values are too large to be logarithms. The
/// same bits for any number of threads.
[[nodiscard]] Result<GeneSelection> selectGenes(const data::SparseView &logarithms,
                                                const std::vector<std::string> &geneIds,
                                                const spec::CellPreparation &preparation, unsigned threads);

/// The bin, from 0 on, of each mean; -1 where there is none (not a number).
[[nodiscard]] std::vector<std::int32_t> binsOfMeans(std::span<const double> means, int bins);

/// Step 4; bin -1 has none.
[[nodiscard]] std::vector<double> normalisedDispersions(std::span<const double> dispersions,
                                                        std::span<const std::int32_t> binOfGene, int bins);

} // namespace ibidem::prepare
