// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/map_start.h"

// One thread in every product of Eigen's: how it would cut them among threads is not ours to know.
#define EIGEN_DONT_PARALLELIZE
#include <exception>
#include <new>
#include <string>
#include <umappp/umappp.hpp>

namespace ibidem::analyze {

namespace {

using Lists = umappp::NeighborList<std::int32_t, float>;

constexpr std::size_t kMapDimensions = 2;

Lists asLists(const FuzzyGraph &graph)
{
    Lists lists(graph.cells());
    for (std::size_t cell = 0; cell < graph.cells(); ++cell) {
        lists[cell].reserve(graph.starts[cell + 1] - graph.starts[cell]);
        for (std::size_t i = graph.starts[cell]; i < graph.starts[cell + 1]; ++i)
            lists[cell].emplace_back(graph.others[i], graph.weights[i]);
    }
    return lists;
}

bool spectralPositions(const Lists &lists, std::uint64_t seed, float *positions)
{
    const umappp::Options defaults;
    irlba::Options<Eigen::VectorXd> search;
    search.seed = seed;
    try {
        return umappp::spectral_init(lists, kMapDimensions, positions, search, 1,
                                     defaults.initialize_spectral_scale, true,
                                     defaults.initialize_spectral_jitter_sd, seed);
    } catch (const std::bad_alloc &) {
        throw;
    } catch (const std::exception &) {
        return false; // no eigenvectors: their search broke down
    }
}

} // namespace

Result<std::vector<float>> startPositions(const FuzzyGraph &graph, std::uint64_t seed)
{
    // The library throws; nothing of ours does.
    try {
        std::vector<float> positions(graph.cells() * kMapDimensions);
        if (!spectralPositions(asLists(graph), seed, positions.data()))
            umappp::random_init(static_cast<std::int32_t>(graph.cells()), kMapDimensions, positions.data(),
                                seed, umappp::Options().initialize_random_scale);
        return positions;
    } catch (const std::bad_alloc &) {
        return fail(ErrorCode::Internal, "map: not enough memory for its start", {},
                    "Use a machine with more memory, or fewer cells");
    } catch (const std::exception &error) {
        return fail(ErrorCode::Internal, std::string("map: umappp failed: ") + error.what());
    }
}

LayoutCurve layoutCurve(double minDistance)
{
    const auto [a, b] = umappp::find_ab(umappp::Options().spread, minDistance);
    return {a, b};
}

} // namespace ibidem::analyze
