// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/engine_module.h"

#include "app/train/module_folder.h"

#include <cstring>
#include <utility>

namespace ibidem::app {

namespace {

constexpr const char *kWithoutModule =
    "run installer/setup and build again, or train at level \"portable\", which needs no LibTorch";

} // namespace

Result<std::unique_ptr<train::Engine>> loadLibraryEngine(const train::EngineRequest &request)
{
    auto symbol =
        moduleSymbol("ibidem-library.so", train::kEngineFactory, "the module of the library engine");
    if (!symbol) {
        Error error = std::move(symbol).error();
        error.cure = kWithoutModule;
        return tl::unexpected<Error>(std::move(error));
    }
    train::EngineFactory *create = nullptr;
    std::memcpy(&create, &*symbol, sizeof create);
    Error error;
    std::unique_ptr<train::Engine> engine(create(request, &error));
    if (!engine)
        return tl::unexpected<Error>(std::move(error));
    return engine;
}

} // namespace ibidem::app
