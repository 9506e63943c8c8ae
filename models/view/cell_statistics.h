// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

namespace ibidem::view {

/// How a quantity is spread: one number for each cell, or for each gene.
struct Distribution
{
    /// Bar i counts the values from edges[i] up to, but without, edges[i + 1]; the last bar includes its end.
    /// Edges are equally far apart on a logarithmic scale; of whole numbers they are whole numbers. Empty if
    /// no value is above 0.
    std::vector<double> edges;
    std::vector<std::uint64_t> bars;
    std::uint64_t size = 0;        ///< how many values
    std::uint64_t notPositive = 0; ///< how many are 0 or below: a logarithmic scale has no place for them
    double minimum = 0.0;
    double lowerQuartile = 0.0; ///< between two values in proportion, as NumPy does by default
    double median = 0.0;
    double upperQuartile = 0.0;
    double maximum = 0.0;
    bool operator==(const Distribution &) const = default;
};

/// The distribution of finite values, in at most `bars` bars.
[[nodiscard]] Distribution distributionOf(std::vector<double> values, int bars = 40);

/// What is looked at before cells and genes are filtered. A gene is expressed in a cell whose value is above
/// 0.
struct CellStatistics
{
    Distribution genesPerCell;  ///< expressed genes
    Distribution countsPerCell; ///< sum of the cell's values
    Distribution cellsPerGene;  ///< cells that express it
    bool operator==(const CellStatistics &) const = default;
};

/// One pass over the rows, in order. Nothing if `cancelled` became true meanwhile.
[[nodiscard]] std::optional<CellStatistics> cellStatistics(const data::SparseView &rows,
                                                           const std::atomic_bool &cancelled);

} // namespace ibidem::view
