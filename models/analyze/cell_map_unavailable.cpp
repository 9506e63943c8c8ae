// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// In place of cell_map.cpp where igraph or umappp was not found at build time.
#include "models/analyze/cell_map.h"

namespace ibidem::analyze {

Result<CellMap> mapCells(std::span<const float>, std::size_t, const CellMapOptions &, const RunToken &)
{
    return fail(ErrorCode::Unavailable, "maps of cells are not in this build: igraph or umappp was not there",
                {},
                "Set analysis.map to false, or install libigraph-dev, run installer/setup and build again");
}

} // namespace ibidem::analyze
