// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/run_spec.h"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace ibidem::train {

/// Adam, AdamW and SGD as LibTorch's fused kernels compute them: one pass over all parameters. Throws what
/// LibTorch throws.
class LibraryOptimiser
{
public:
    /// State for parameters like `weights`, all zeros.
    LibraryOptimiser(const spec::NetworkTraining &training, const at::Tensor &weights);

    /// One step: changes `weights` and the state. Both are flat.
    void step(at::Tensor &weights, const at::Tensor &gradients);

    [[nodiscard]] std::uint64_t steps() const noexcept { return m_steps; }

    void setSteps(std::uint64_t steps) noexcept { m_steps = steps; }

    [[nodiscard]] at::Tensor &mean() noexcept
    {
        return m_mean;
    } ///< SGD: the velocity, zeros without momentum

    [[nodiscard]] at::Tensor &variance() noexcept { return m_variance; } ///< undefined for SGD

private:
    const spec::NetworkTraining &m_training;
    std::uint64_t m_steps = 0;
    at::Tensor m_stepCount; ///< the same on the device: the kernels want it as a tensor
    at::Tensor m_mean;
    at::Tensor m_variance;
};

} // namespace ibidem::train
