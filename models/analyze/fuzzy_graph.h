// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/analyze/exact_neighbours.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::analyze {

/// A symmetric weighted graph of cells, each edge twice: the others of cell c are those from starts[c] up to
/// starts[c + 1], by rising index. Weights are in (0, 1]; no cell is its own neighbour.
struct FuzzyGraph
{
    std::vector<std::size_t> starts; ///< cells + 1
    std::vector<std::int32_t> others;
    std::vector<float> weights;

    [[nodiscard]] std::size_t cells() const noexcept { return starts.size() - 1; }
};

/// UMAP's fuzzy simplicial set (McInnes, Healy, Melville 2018, sections 3.1 and 3.2), which scanpy calls
/// connectivities: the weight of a neighbour at distance d is exp(-max(0, d - rho) / sigma), with rho the
/// distance to the nearest cell that is not at the same place and sigma such that the weights sum to
/// log2(k + 1), at least a thousandth of the mean distance; then a + b - a b of the two directions. In double
/// by our own functions, stored as float: the same bits on every machine.
[[nodiscard]] FuzzyGraph fuzzyGraph(const NeighbourLists &lists);

/// SHA-256 over the number of cells, k, the neighbours, and starts, others and weights of the graph.
[[nodiscard]] std::string graphDigest(const NeighbourLists &lists, const FuzzyGraph &graph);

/// The connected component of each cell, numbered by their first cells.
[[nodiscard]] std::vector<std::int32_t> components(const FuzzyGraph &graph);

} // namespace ibidem::analyze
