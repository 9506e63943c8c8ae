// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/library/library_engine.h"

#include <utility>

/// The module's one symbol; the caller owns the engine.
extern "C" [[gnu::visibility("default")]] ibidem::train::Engine *
ibidemCreateEngine(const ibidem::train::EngineRequest &request, ibidem::Error *error)
{
    auto engine = ibidem::train::createLibraryEngine(request);
    if (engine)
        return engine->release();
    *error = std::move(engine).error();
    return nullptr;
}
