// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/analyze/fuzzy_graph.h"
#include "models/base/result.h"

#include <cstdint>
#include <vector>

namespace ibidem::analyze {

/// A partition of cells.
struct Clusters
{
    std::vector<std::int32_t> ofCell; ///< numbered by falling size; ties: first cell first
    std::vector<std::uint64_t> sizes;
    double modularity = 0.0; ///< at the resolution used, by our own arithmetic
};

/// Two passes of Leiden over the graph (Traag, Waltman, van Eck 2019; igraph), for modularity at a
/// resolution: what scanpy's igraph flavour does. igraph's generator is global: seeded here, one caller at a
/// time (others wait). Unavailable, Internal: what igraph says.
[[nodiscard]] Result<Clusters> leidenClusters(const FuzzyGraph &graph, double resolution, std::uint32_t seed);

/// sum over clusters of (weight inside / m - resolution (strength / 2m)²); m is the weight of all edges.
[[nodiscard]] double modularityOf(const FuzzyGraph &graph, const std::vector<std::int32_t> &clusters,
                                  double resolution);

} // namespace ibidem::analyze
