// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/spec/run_spec.h"

namespace ibidem::train {

/// Sets every switch of LibTorch's that could change a bit: to the library's fastest for `random` and
/// `seeded`, to repeatable ones for `deterministic`; also seeds its generators, though nothing of ours draws
/// from them. For the whole process. Throws what LibTorch throws.
void setNumericSwitches(const spec::RunSpec &spec);

/// For the calling thread: as many threads as the specification says. LibTorch keeps the number per thread.
void holdThreadCount(int threads);

/// Every switch as LibTorch's getters tell it now, under their names; what a getter refuses to tell is a text
/// that says why. And what computes: versions, processor capability, branch of MKL, allocator. No path.
[[nodiscard]] Json readNumericSwitches();

} // namespace ibidem::train
