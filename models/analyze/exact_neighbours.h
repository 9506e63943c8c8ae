// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ibidem::analyze {

/// The k nearest other cells of every cell, nearest first.
struct NeighbourLists
{
    std::size_t cells = 0;
    std::size_t perCell = 0;          ///< k
    std::vector<std::int32_t> others; ///< cells × k
    std::vector<double> distances;    ///< cells × k, Euclidean
};

/// The distance by which neighbours are ordered, squared: differences in double, four sums over every fourth
/// dimension in order, (s0 + s1) + (s2 + s3). No fused operations: the same bits everywhere.
[[nodiscard]] double squaredDistance(const float *a, const float *b, std::size_t dimensions) noexcept;

/// Exact: the lists are what sorting all cells by (squaredDistance, index) would give, for any number of
/// threads. Products by our kernels only rule out cells that cannot belong to a list, with a bound on their
/// error. `embedding` is cells × dimensions, finite; 1 <= k < cells <= 2^31 - 1. Stopped between blocks of
/// cells; reports progress as "neighbours".
[[nodiscard]] Result<NeighbourLists> exactNeighbours(std::span<const float> embedding, std::size_t dimensions,
                                                     std::size_t k, unsigned threads,
                                                     const RunToken &token = {});

} // namespace ibidem::analyze
