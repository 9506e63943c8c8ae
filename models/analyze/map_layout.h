// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/analyze/fuzzy_graph.h"
#include "models/base/result.h"
#include "models/base/run_token.h"

#include <cstdint>
#include <vector>

namespace ibidem::analyze {

/// 1 / (1 + a d^2b): how strongly two cells at distance d of the map belong together.
struct LayoutCurve
{
    double a = 1.0;
    double b = 1.0;
};

/// UMAP's layout: stochastic gradient descent on the cross entropy of the graph and of the map, with the
/// schedule, the clipped gradients and the falling rate of McInnes, Healy, Melville 2018, section 4.2 (an
/// edge of the largest weight is taken every epoch, one of half of it every second). A step takes one edge
/// and five random cells, all their gradients at the same place; the cells of a step come from Philox, keyed
/// by (seed, epoch, cell). In fp32, + - × ÷ in a fixed order and powers of our own: same inputs, same bits,
/// on every machine. Serial. `positions` (cells × 2) is where it starts. Stopped between epochs, reports
/// progress as "umap".
[[nodiscard]] Result<std::vector<float>> layOutMap(const FuzzyGraph &graph, std::vector<float> positions,
                                                   const LayoutCurve &curve, int epochs, std::uint64_t seed,
                                                   const RunToken &token = {});

} // namespace ibidem::analyze
