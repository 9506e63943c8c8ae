// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <filesystem>

namespace ibidem::train {

/// The facts of mlf-core's system-intelligence and those it leaves empty: cpu (vendor, brand, arch, cores,
/// clocks, caches, isa), ram, swap, gpus (name, compute capability, memory, clocks in MHz, multiprocessors,
/// uuid, ECC, MIG, driver), os, libc, disks, network, compilers, numericLibraries (name, version, path-free
/// file name, SHA-256), cuda (driver, runtime), threads, locale, environment. `dependencies`: where XGBoost
/// and LibTorch lie (may be empty). Reads files only; no root.
[[nodiscard]] Json systemFacts(const std::filesystem::path &dependencies);

/// The part that enters run.json's environment: no host, user, path, serial number, address or changing
/// value: cpu brand, isa, caches, memory size, gpus with driver, os, libc, libraries loaded into this process
/// with version and SHA-256.
[[nodiscard]] Json environmentFacts();

} // namespace ibidem::train
