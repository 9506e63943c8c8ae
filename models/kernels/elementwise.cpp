// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/elementwise.h"

#include "models/kernels/kernel_table.h"

#include <cmath>

namespace ibidem::kernels {

namespace {

constexpr std::size_t kPiece = 8192; ///< elements of one thread's piece

/// The gradients' place in the table.
std::size_t gradientIndex(Function function)
{
    switch (function) {
    case Function::Sigmoid:
        return 0;
    case Function::Tanh:
        return 1;
    default:
        return 2;
    }
}

AdamFactors factorsOf(const AdamOptions &options, const AdamPowers &powers)
{
    const double rate = static_cast<double>(options.learningRate);
    const double decay = static_cast<double>(options.weightDecay);
    AdamFactors factors{};
    factors.beta1 = options.beta1;
    factors.oneMinusBeta1 = static_cast<float>(1.0 - static_cast<double>(options.beta1));
    factors.beta2 = options.beta2;
    factors.oneMinusBeta2 = static_cast<float>(1.0 - static_cast<double>(options.beta2));
    factors.stepSize = static_cast<float>(rate / (1.0 - powers.beta1));
    factors.inverseRootOfBias2 = static_cast<float>(1.0 / std::sqrt(1.0 - powers.beta2));
    factors.epsilon = options.epsilon;
    factors.gradientDecay = options.decoupled ? 0.0F : options.weightDecay;
    factors.shrink = options.decoupled ? static_cast<float>(1.0 - rate * decay) : 1.0F;
    return factors;
}

} // namespace

void apply(Workplace &place, Function function, std::span<const float> in, std::span<float> out)
{
    const auto kernel = kernelsFor(place.isa).function[static_cast<std::size_t>(function)];
    place.eachRange(in.size(), kPiece, [&](std::size_t first, std::size_t count) {
        kernel(in.data() + first, out.data() + first, count);
    });
}

void applyGradient(Workplace &place, Function function, std::span<const float> y, std::span<const float> dy,
                   std::span<float> dx)
{
    const auto kernel = kernelsFor(place.isa).gradient[gradientIndex(function)];
    place.eachRange(y.size(), kPiece, [&](std::size_t first, std::size_t count) {
        kernel(y.data() + first, dy.data() + first, dx.data() + first, count);
    });
}

void scaledDifference(Workplace &place, std::span<const float> a, std::span<const float> b, float factor,
                      std::span<float> d)
{
    const auto kernel = kernelsFor(place.isa).scaledDifference;
    place.eachRange(a.size(), kPiece, [&](std::size_t first, std::size_t count) {
        kernel(a.data() + first, b.data() + first, factor, d.data() + first, count);
    });
}

void adamStep(Workplace &place, const AdamOptions &options, const AdamPowers &powers,
              std::span<float> weights, std::span<const float> gradient, std::span<float> mean,
              std::span<float> variance)
{
    const auto kernel = kernelsFor(place.isa).adam;
    const AdamFactors factors = factorsOf(options, powers);
    place.eachRange(weights.size(), kPiece, [&](std::size_t first, std::size_t count) {
        kernel(factors, weights.data() + first, gradient.data() + first, mean.data() + first,
               variance.data() + first, count);
    });
}

AdamPowers nextPowers(const AdamOptions &options, const AdamPowers &powers) noexcept
{
    return {powers.beta1 * static_cast<double>(options.beta1),
            powers.beta2 * static_cast<double>(options.beta2)};
}

void sgdStep(Workplace &place, const SgdOptions &options, std::span<float> weights,
             std::span<const float> gradient, std::span<float> velocity)
{
    const auto kernel = kernelsFor(place.isa).sgd;
    place.eachRange(weights.size(), kPiece, [&](std::size_t first, std::size_t count) {
        kernel(options.weightDecay, options.momentum, options.learningRate, weights.data() + first,
               gradient.data() + first, velocity.data() + first, count);
    });
}

} // namespace ibidem::kernels
