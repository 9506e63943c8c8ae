// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/initialise.h"

#include <cmath>

namespace ibidem::kernels {

namespace {

void uniform(RandomStream stream, double fan, std::span<float> values)
{
    const auto bound = static_cast<float>(std::sqrt(6.0 / fan)); // IEEE: correctly rounded
    for (float &value : values)
        value = std::fma(stream.uniformFloat(), 2.0F * bound, -bound);
}

} // namespace

void glorotUniform(RandomStream stream, std::size_t fanIn, std::size_t fanOut, std::span<float> values)
{
    uniform(stream, static_cast<double>(fanIn + fanOut), values);
}

void heUniform(RandomStream stream, std::size_t fanIn, std::span<float> values)
{
    uniform(stream, static_cast<double>(fanIn), values);
}

} // namespace ibidem::kernels
