// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/data/expression_table.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ibidem::data {

/// What one stage of the preparation left.
struct CellStage
{
    std::string
        name; ///< "loaded", "filter-cells", "filter-genes", "normalise", "log1p", "select-genes", "scale"
    std::string digest;
    std::uint64_t cells = 0;
    std::uint64_t genes = 0;
    std::uint64_t nonZero = 0; ///< stored values; after scaling cells * genes
    bool operator==(const CellStage &) const = default;
};

/// The numbers by which a gene was kept or dropped, in the order of the genes after filtering; empty without
/// selection.
struct GeneStatistics
{
    std::vector<std::string> geneIds;
    std::vector<double> means;                 ///< log1p of the mean of normalised counts
    std::vector<double> dispersions;           ///< log of variance / mean; NaN where it is 0
    std::vector<double> normalisedDispersions; ///< z-score within the bin of equal means
    std::vector<std::uint8_t> selected;        ///< 1 or 0
    bool operator==(const GeneStatistics &) const = default;
};

/// The answer about a preparation: what `ibidem prepare` prints and the window shows.
struct PreparedSummary
{
    std::string content; ///< content digest of the matrix it was made of
    Json preparation;    ///< its parameters, see spec::CellPreparation
    std::vector<CellStage> stages;
    std::vector<Check> checks; ///< warnings in words: thresholds that drop much, values that are no counts
    std::vector<std::string> nearThreshold; ///< genes within 1e-5 of a threshold of the selection
    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<PreparedSummary> fromJson(const Json &json);
    bool operator==(const PreparedSummary &) const = default;
};

/// Cells × genes ready for a network: dense, row-major, single precision.
struct PreparedCells
{
    PreparedSummary summary;
    std::vector<std::string> cellIds;
    std::vector<std::string> geneIds;
    std::vector<float> values;
    std::vector<double> geneMeans;      ///< of each kept gene before scaling
    std::vector<double> geneDeviations; ///< 1 where a gene is the same in all cells
    GeneStatistics statistics;
};

/// Tensors: `values` F32 [cells, genes], `cell_ids`, `gene_ids` names, `gene_means`, `gene_deviations` F64,
/// and the statistics as `statistics.gene_ids`, `statistics.means` …; metadata `ibidem`: the summary.
[[nodiscard]] Status writePreparedCells(const std::filesystem::path &path, const PreparedCells &prepared);
[[nodiscard]] Result<PreparedCells> readPreparedCells(const std::filesystem::path &path);

} // namespace ibidem::data
