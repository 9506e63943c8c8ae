// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/spec/run_spec.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ibidem::train {

/// The libraries that the levels are about: another version grows other trees, or computes another sum.
/// installer/setup fetches these.
inline constexpr std::string_view kPinnedXgboostVersion = "3.4.1";
inline constexpr std::string_view kPinnedLibTorchVersion = "2.11.0";

/// Environment variables that must be set before a numeric library is loaded: thread counts, passive waiting,
/// ISA caps. Sorted by name. Depends on the resolved spec alone; one table for all models and engines, though
/// our own kernels heed none of them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environmentPins(const spec::RunSpec &spec);
/// setenv for each pin, and unsets variables that would undo them (OMP_SCHEDULE, KMP_*, GOMP_CPU_AFFINITY,
/// LD_PRELOAD is only reported). Call first thing, before dlopen and threads.
void applyPins(const spec::RunSpec &spec);

/// The state as found after set-up, for the manifest: {"environment": {variable: value} for every variable
/// that a numeric library reads, "floatingPoint": {"rounding","flushToZero","denormalsAreZero"}, "isa":
/// {"available":[…],"used"}, "level","seed","device","threads": {"asked","used"}, "library": what the trainer
/// read back}. A variable that is not set is null; of paths only file names are kept. `library` of the trees:
/// {"name":"xgboost","version","nthread","seed", "seedPerIteration","device","treeMethod","ownGradients"}; of
/// a network what Engine::state() tells; "isa" where a trainer chooses kernels itself.
[[nodiscard]] Json readEffectiveState(const spec::RunSpec &spec, const Json &library);

/// Does the state found allow the level asked for? Unavailable (69) naming switch, value found and value
/// needed: another thread count or seed than asked, FTZ/DAZ on, rounding not to nearest, a pin not in force,
/// another library version than pinned, sampling not per iteration, an algorithm of LibTorch's that need not
/// repeat itself, TF32 … A network is our kernels' at `portable`, LibTorch's at `deterministic`. `random`
/// demands nothing.
[[nodiscard]] Status checkLevel(const spec::RunSpec &spec, const Json &effectiveState);

/// What this processor can: "scalar", "avx2", "avx512"; always at least scalar, best last.
[[nodiscard]] std::vector<std::string> availableIsas();

struct Device
{
    std::string name;        ///< "cpu", "cuda:0"
    std::string description; ///< "NVIDIA H100 …, driver …"
};

/// CUDA devices that answer, through the driver library loaded on demand; empty without one. `why` says what
/// was missing.
[[nodiscard]] std::vector<Device> cudaDevices(std::string *why = nullptr);

/// Replaces "auto" in device, level (if not given), threads and isa; refuses what is not there: Unavailable
/// for cuda without a GPU, for portable on CUDA, for an ISA that the processor lacks. `levelGiven`: false
/// lets the device decide (portable on a CPU, deterministic on a GPU). `cells` = samples × genes: for trees
/// one thread is faster under 10^6; a network takes every core. Whether LibTorch is there, which `random`,
/// `seeded` and `deterministic` need for a network, shows when its module is loaded.
[[nodiscard]] Result<spec::RunSpec> resolve(spec::RunSpec spec, bool levelGiven, std::uint64_t cells);

} // namespace ibidem::train
