// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ibidem::analyze {

/// How an embedding of cells becomes a map and clusters. The defaults are those of umap-learn and scanpy, but
/// that these count a cell among its own neighbours: 15 here is 16 there.
struct CellMapOptions
{
    int neighbours = 15;      ///< of each cell, without itself; fewer where there are fewer cells
    double minDistance = 0.1; ///< of points in the map
    int mapEpochs = 0;        ///< of UMAP's layout; 0: 500 up to 10,000 cells, 200 beyond
    double resolution = 1.0;  ///< of Leiden (modularity); larger gives more clusters
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< must not change a bit
};

/// The map of an embedding. Everything is the same for any number of threads and in every process of one
/// machine. Neighbours, graph and the layout of the map are our own arithmetic and the same everywhere; where
/// the layout starts (umappp, irlba) and the clusters (igraph) use libm, so another C library may give other
/// bits: hence the digests stand beside the chain, not in it.
struct CellMap
{
    std::vector<std::int32_t>
        neighbours; ///< cells × k, nearest first, without the cell itself; exact, ties by index
    std::size_t neighbourCount = 0;     ///< k
    std::vector<float> map;             ///< cells × 2, UMAP
    std::vector<std::int32_t> clusters; ///< of each cell, numbered by falling size (ties: first cell first)
    std::vector<std::uint64_t> clusterSizes;
    double modularity = 0.0;
    std::string graphDigest; ///< SHA-256 over neighbours and weights
    std::string mapDigest;
    std::string clusterDigest;
};

/// Exact nearest neighbours (Euclidean), UMAP (McInnes, Healy, Melville 2018; starts where umappp would, own
/// layout), Leiden (Traag, Waltman, van Eck 2019; igraph) on UMAP's fuzzy graph, as scanpy.tl.leiden does:
/// two passes. `embedding` is cells × dimensions, row-major. The libraries' seeds are words of Philox under
/// the options' seed (cell_map.cpp). BadData for values that are not finite, or fewer than 3 cells;
/// Unavailable in a build without igraph or umappp. Stopped between blocks of cells, between epochs of the
/// layout and between the steps; progress as "neighbours", "umap", "leiden". One caller at a time in igraph:
/// others wait.
[[nodiscard]] Result<CellMap> mapCells(std::span<const float> embedding, std::size_t dimensions,
                                       const CellMapOptions &options, const RunToken &token = {});

/// The one symbol of the module that brings the libraries of mapCells along (lib/ibidem/…so): a function
/// without arguments that returns it.
inline constexpr const char *kCellMapFactory = "ibidemCellMapFunction";
using CellMapFunction = Result<CellMap>(std::span<const float> embedding, std::size_t dimensions,
                                        const CellMapOptions &options, const RunToken &token);

} // namespace ibidem::analyze
