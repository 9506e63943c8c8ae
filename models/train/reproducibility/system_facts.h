// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <filesystem>

namespace ibidem::train {

/// The facts of mlf-core's system-intelligence under its names (cpu, gpus, ram, host, os, hdd, swap, network,
/// software), and those it leaves empty: isa, libc, libraries (those in the dependency folder: name, version,
/// bytes, SHA-256), loadedLibraries (of this process), cuda, threads, locale, environment, floatingPoint.
/// What is not known is null and "why" beside it says the reason. `dependencies`: where XGBoost and LibTorch
/// lie (may be empty). No root needed; starts the compilers found on PATH to ask for their version, each for
/// at most two seconds. Takes about a second.
[[nodiscard]] Json systemFacts(const std::filesystem::path &dependencies);

/// The part that enters run.json's environment: no host, user, path, serial number, address or changing
/// value: cpu brand, isa, caches, memory size, gpus with driver, os, libc, libraries loaded into this process
/// with version and SHA-256.
[[nodiscard]] Json environmentFacts();

} // namespace ibidem::train
