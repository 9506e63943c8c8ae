// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/cell_map.h"

/// The module's one symbol: mapCells.
extern "C" [[gnu::visibility("default")]] ibidem::analyze::CellMapFunction *ibidemCellMapFunction()
{
    return &ibidem::analyze::mapCells;
}
