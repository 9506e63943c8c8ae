// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/maps_module.h"

#include "app/train/module_folder.h"

#include <cstring>

namespace ibidem::app {

Result<analyze::CellMapFunction *> loadCellMap()
{
    IBIDEM_TRY(void *const symbol,
               moduleSymbol("ibidem-maps.so", analyze::kCellMapFactory, "the module of maps and clusters"));
    analyze::CellMapFunction *(*factory)() = nullptr;
    std::memcpy(&factory, &symbol, sizeof factory);
    return factory();
}

} // namespace ibidem::app
