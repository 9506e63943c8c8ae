// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/analyze/cell_map.h"
#include "models/base/result.h"

namespace ibidem::app {

/// Loads the module of maps and clusters (see moduleSymbol): igraph brings an OpenMP runtime along, which
/// must not come before the environment pins are set. Unavailable if the module or its libraries are not
/// there.
[[nodiscard]] Result<analyze::CellMapFunction *> loadCellMap();

} // namespace ibidem::app
