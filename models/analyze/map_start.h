// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/analyze/fuzzy_graph.h"
#include "models/analyze/map_layout.h"
#include "models/base/result.h"

#include <cstdint>
#include <vector>

namespace ibidem::analyze {

/// Where the cells are before the layout, cells × 2: as umap-learn does it, the two eigenvectors of the
/// normalised Laplacian after the first (umappp, irlba), scaled to at most 10, with normal noise of 1e-4,
/// which parts cells at one place. Where the graph has several components, or the eigenvectors are not found,
/// a uniform draw from the square of -10 … 10. The seed is that of the search and of the noise. In one
/// thread: irlba starts threads anew for every product, which made two of them slower than one. The C library
/// and the sizes of the processor's caches may change bits.
[[nodiscard]] Result<std::vector<float>> startPositions(const FuzzyGraph &graph, std::uint64_t seed);

/// The curve that comes nearest to 1 up to minDistance and exp(minDistance - d) beyond, up to d = 3 (umappp).
[[nodiscard]] LayoutCurve layoutCurve(double minDistance);

} // namespace ibidem::analyze
