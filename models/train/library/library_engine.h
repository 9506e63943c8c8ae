// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/train/network/engine.h"

namespace ibidem::train {

/// The engine made of LibTorch, on a CPU or a CUDA device. For "cuda:N" the CUDA part of LibTorch is loaded
/// first: nothing may have asked LibTorch for CUDA before. Unavailable where part, driver or device is
/// missing; BadData where the memory does not suffice. On a CPU weights, gradients and optimiser state are
/// LibTorch's own memory.
[[nodiscard]] Result<std::unique_ptr<Engine>> createLibraryEngine(const EngineRequest &request);

} // namespace ibidem::train
