// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/cell_map.h"

#include "models/analyze/exact_neighbours.h"
#include "models/analyze/fuzzy_graph.h"
#include "models/analyze/leiden.h"
#include "models/analyze/map_layout.h"
#include "models/analyze/map_start.h"
#include "models/base/philox.h"
#include "models/base/sha256.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ibidem::analyze {

namespace {

constexpr std::size_t kFewestCells = 3;
constexpr std::size_t kManyCells = 10'000;
constexpr std::uint32_t kSeedPurpose = 0x4d4150; // "MAP", in the place of a RandomPurpose

/// The seeds of the two libraries: two Philox blocks under the options' seed.
struct Seeds
{
    std::uint64_t start = 0;
    std::uint64_t layout = 0;
    std::uint32_t clusters = 0;
};

Seeds seedsOf(std::uint64_t seed) noexcept
{
    const std::array<std::uint32_t, 2> key = {static_cast<std::uint32_t>(seed),
                                              static_cast<std::uint32_t>(seed >> 32U)};
    const auto map = philox4x32({0, kSeedPurpose, 0, 0}, key);
    const auto clusters = philox4x32({1, kSeedPurpose, 0, 0}, key);
    const auto wide = [](std::uint32_t low, std::uint32_t high) {
        return std::uint64_t{low} | std::uint64_t{high} << 32U;
    };
    return {wide(map[0], map[1]), wide(map[2], map[3]), clusters[0]};
}

Status checkEmbedding(std::span<const float> embedding, std::size_t dimensions)
{
    if (dimensions == 0 || embedding.size() % dimensions != 0)
        return fail(ErrorCode::Internal, "map: the embedding is not cells times dimensions");
    const std::size_t cells = embedding.size() / dimensions;
    if (cells < kFewestCells)
        return fail(ErrorCode::BadData, "map: " + std::to_string(cells) + " cells are too few; it takes 3",
                    {}, "Use more cells, or set analysis.map to false");
    for (std::size_t i = 0; i < embedding.size(); ++i) {
        if (!std::isfinite(embedding[i]))
            return fail(ErrorCode::BadData,
                        "map: the embedding of cell " + std::to_string(i / dimensions + 1) + ", dimension " +
                            std::to_string(i % dimensions + 1) + " is not finite",
                        {}, "The training diverged: lower the learning rate");
    }
    return {};
}

std::size_t neighboursOf(const CellMapOptions &options, std::size_t cells) noexcept
{
    return std::min(static_cast<std::size_t>(std::max(options.neighbours, 1)), cells - 1);
}

int epochsOf(const CellMapOptions &options, std::size_t cells) noexcept
{
    return options.mapEpochs > 0 ? options.mapEpochs : (cells <= kManyCells ? 500 : 200);
}

template <class T>
std::string digestOf(const std::vector<T> &values)
{
    return sha256Hex(std::as_bytes(std::span(values)));
}

Status checkStop(const RunToken &token)
{
    if (token.stopRequested())
        return fail(ErrorCode::Stopped, "stopped between the steps of the map");
    return {};
}

} // namespace

Result<CellMap> mapCells(std::span<const float> embedding, std::size_t dimensions,
                         const CellMapOptions &options, const RunToken &token)
{
    IBIDEM_CHECK(checkEmbedding(embedding, dimensions));
    const std::size_t cells = embedding.size() / dimensions;
    const Seeds seeds = seedsOf(options.seed);
    CellMap map;
    map.neighbourCount = neighboursOf(options, cells);
    IBIDEM_TRY(NeighbourLists lists,
               exactNeighbours(embedding, dimensions, map.neighbourCount, options.threads, token));
    const FuzzyGraph graph = fuzzyGraph(lists);
    map.graphDigest = graphDigest(lists, graph);

    IBIDEM_CHECK(checkStop(token));
    token.progress("umap", 0.0);
    IBIDEM_TRY(std::vector<float> start, startPositions(graph, seeds.start));
    IBIDEM_TRY(map.map, layOutMap(graph, std::move(start), layoutCurve(options.minDistance),
                                  epochsOf(options, cells), seeds.layout, token));
    map.mapDigest = digestOf(map.map);

    IBIDEM_CHECK(checkStop(token));
    token.progress("leiden", 0.0);
    IBIDEM_TRY(Clusters clusters, leidenClusters(graph, options.resolution, seeds.clusters));
    token.progress("leiden", 1.0);
    map.clusters = std::move(clusters.ofCell);
    map.clusterSizes = std::move(clusters.sizes);
    map.modularity = clusters.modularity;
    map.clusterDigest = digestOf(map.clusters);
    map.neighbours = std::move(lists.others);
    return map;
}

} // namespace ibidem::analyze
