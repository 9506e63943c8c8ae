// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/trees/gradients.h"

#include "models/base/portable_math.h"

#include <algorithm>
#include <bit>

namespace ibidem::train {

namespace {

/// 2^exponent, exactly, without libm.
double powerOfTwo(int exponent) noexcept
{
    return std::bit_cast<double>(static_cast<std::uint64_t>(1023 + exponent) << 52U);
}

} // namespace

int gridExponent(std::size_t rows) noexcept
{
    return std::max(0, std::min(50, 52 - static_cast<int>(std::bit_width(rows))));
}

float onGrid(double x, int exponent) noexcept
{
    // Adding 1.5 * 2^52 leaves no bits for fractions, so the hardware rounds to a whole number of steps.
    constexpr double kRounder = 6755399441055744.0;
    const double steps = static_cast<double>(static_cast<float>(x)) * powerOfTwo(exponent);
    return static_cast<float>(((steps + kRounder) - kRounder) * powerOfTwo(-exponent));
}

void logisticGradients(std::span<const float> margins, std::span<const std::int32_t> classes,
                       std::span<float> gradients, std::span<float> hessians) noexcept
{
    const int exponent = gridExponent(margins.size());
    for (std::size_t i = 0; i < margins.size(); ++i) {
        const double p = portableSigmoid(static_cast<double>(margins[i]));
        gradients[i] = onGrid(p - static_cast<double>(classes[i]), exponent);
        hessians[i] = onGrid(p * (1.0 - p), exponent);
    }
}

void softmaxGradients(std::span<const float> margins, std::span<const std::int32_t> classes,
                      std::size_t groups, std::span<float> gradients, std::span<float> hessians) noexcept
{
    const int exponent = gridExponent(classes.size());
    for (std::size_t row = 0; row < classes.size(); ++row) {
        const auto margin = margins.subspan(row * groups, groups);
        const float largest = *std::max_element(margin.begin(), margin.end());
        const auto power = [largest](float m) {
            return portableExp(static_cast<double>(m) - static_cast<double>(largest));
        };
        double sum = 0.0;
        for (const float m : margin)
            sum += power(m);
        for (std::size_t group = 0; group < groups; ++group) {
            const double p = power(margin[group]) / sum;
            const double truth = static_cast<std::size_t>(classes[row]) == group ? 1.0 : 0.0;
            gradients[row * groups + group] = onGrid(p - truth, exponent);
            hessians[row * groups + group] = onGrid(2.0 * p * (1.0 - p), exponent);
        }
    }
}

} // namespace ibidem::train
