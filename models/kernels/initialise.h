// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/philox.h"

#include <cstddef>
#include <span>

namespace ibidem::kernels {

/// Uniform on [-b, b) with b = sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010): each value is 2 u b - b
/// with u from the stream's uniformFloat(), in order, one fused multiply-add.
void glorotUniform(RandomStream stream, std::size_t fanIn, std::size_t fanOut, std::span<float> values);

/// The same with b = sqrt(6 / fanIn) (He et al. 2015), for layers before a relu.
void heUniform(RandomStream stream, std::size_t fanIn, std::span<float> values);

} // namespace ibidem::kernels
