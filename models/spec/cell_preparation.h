// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <string>
#include <vector>

namespace ibidem::spec {

/// How a matrix of counts becomes the input of a network: the defaults are what mlf-core's autoencoder does
/// through scanpy (filter_cells, filter_genes, normalize_total, log1p, highly_variable_genes with flavor
/// seurat, scale).
struct CellPreparation
{
    int minGenes = 200; ///< cells with fewer expressed genes are dropped
    int minCells = 3;   ///< genes expressed in fewer cells are dropped
    bool normalise = true;
    double targetSum = 1e4; ///< of each cell's counts after normalisation
    bool logarithm = true;  ///< log(1 + x)
    bool selectGenes = true;
    double minMean = 0.0125; ///< a highly variable gene lies between, exclusive
    double maxMean = 3.0;
    double minDispersion = 0.5; ///< and above
    int bins = 20;
    bool scale = true; ///< to unit variance
    bool zeroCentre = true;
    double maxValue = 3.0; ///< scaled values are clipped here, on both sides if centred; 0: not at all
    bool operator==(const CellPreparation &) const = default;

    /// One flat object, the members' names as keys.
    [[nodiscard]] Json toJson() const;
    /// Absent keys keep the defaults. BadSpec on unknown keys (with the nearest in the cure) and wrong types.
    [[nodiscard]] static Result<CellPreparation> fromJson(const Json &json);
};

/// Ranges and combinations: BadSpec naming key, value and what is allowed.
[[nodiscard]] Status validate(const CellPreparation &preparation);

/// Applies "minGenes=20" or "preparation.minGenes=20". BadSpec with the nearest key in the cure.
[[nodiscard]] Result<CellPreparation> withOverrides(CellPreparation preparation,
                                                    const std::vector<std::string> &assignments);

} // namespace ibidem::spec
