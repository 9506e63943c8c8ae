// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/train/network/engine.h"

#include <memory>

namespace ibidem::app {

/// Loads the module of the library engine (see moduleSymbol) and makes the engine. LibTorch reads the
/// environment now: pins must be set, and for "cuda:N" nothing may have loaded LibTorch before. Unavailable
/// if the module, its libraries or the device are not there; what createEngine says otherwise.
[[nodiscard]] Result<std::unique_ptr<train::Engine>> loadLibraryEngine(const train::EngineRequest &request);

} // namespace ibidem::app
