// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The definitions of the kernels once more, element by element and with nothing but IEEE operations and
// std::fma: written to be read, and what all other code is compared with.
#pragma once

#include "models/kernels/elementwise.h"
#include "models/kernels/moments.h"
#include "models/kernels/reductions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace ibidem::tests::plain {

using Numbers = std::span<const float>;

/// The number that a function of one number has by its definition: the scalar kernel on one number.
inline float valueOf(kernels::Function function, float x)
{
    kernels::Workplace place;
    float y = 0.0F;
    kernels::apply(place, function, {&x, 1}, {&y, 1});
    return y;
}

/// step(lane, i) for the elements of one block, then join(lane, lane) as a tree.
template <class Step, class Join>
float overLanes(std::size_t begin, std::size_t end, float start, const Step &step, const Join &join)
{
    std::array<float, kernels::kReductionLanes> lanes{};
    lanes.fill(start);
    for (std::size_t i = begin; i < end; ++i) {
        float &lane = lanes[(i - begin) % kernels::kReductionLanes];
        lane = step(lane, i);
    }
    for (std::size_t half = kernels::kReductionLanes / 2; half > 0; half /= 2)
        for (std::size_t lane = 0; lane < half; ++lane)
            lanes[lane] = join(lanes[lane], lanes[lane + half]);
    return lanes[0];
}

/// The blocks are added as numbers of type Total.
template <class Total = float, std::size_t blockSize = kernels::kReductionBlock, class Step>
Total summed(std::size_t count, const Step &step)
{
    Total total = 0;
    for (std::size_t begin = 0; begin < count; begin += blockSize) {
        const std::size_t end = std::min(begin + blockSize, count);
        const float block = overLanes(begin, end, 0.0F, step, [](float a, float b) { return a + b; });
        total = begin == 0 ? static_cast<Total>(block) : total + static_cast<Total>(block);
    }
    return total;
}

inline float sum(Numbers a)
{
    return summed(a.size(), [&](float lane, std::size_t i) { return lane + a[i]; });
}

inline float dot(Numbers a, Numbers b)
{
    return summed(a.size(), [&](float lane, std::size_t i) { return std::fma(a[i], b[i], lane); });
}

inline float sumOfSquaredDifferences(Numbers a, Numbers b)
{
    return summed(a.size(), [&](float lane, std::size_t i) {
        const float difference = a[i] - b[i];
        return std::fma(difference, difference, lane);
    });
}

inline kernels::Moments moments(Numbers a)
{
    if (a.empty())
        return {};
    const auto count = static_cast<double>(a.size());
    const double total = summed<double, kernels::kMomentsBlock>(
        a.size(), [&](float lane, std::size_t i) { return lane + a[i]; });
    const auto mean = static_cast<float>(total / count);
    const double squares = summed<double, kernels::kMomentsBlock>(a.size(), [&](float lane, std::size_t i) {
        const float deviation = a[i] - mean;
        return std::fma(deviation, deviation, lane);
    });
    return {mean, static_cast<float>(squares / count)};
}

/// step(sum, element, column) down each column.
template <class Step>
void columnChains(Numbers matrix, std::size_t columns, std::span<float> sums, const Step &step)
{
    const std::size_t rows = matrix.size() / columns;
    std::fill(sums.begin(), sums.end(), 0.0F);
    for (std::size_t column = 0; column < columns; ++column) {
        for (std::size_t begin = 0; begin < rows; begin += kernels::kColumnSumBlock) {
            float block = 0.0F;
            for (std::size_t row = begin; row < std::min(begin + kernels::kColumnSumBlock, rows); ++row)
                block = step(block, matrix[row * columns + column], column);
            sums[column] = begin == 0 ? block : sums[column] + block;
        }
    }
}

inline void columnSums(Numbers matrix, std::size_t columns, std::span<float> sums)
{
    columnChains(matrix, columns, sums, [](float chain, float x, std::size_t) { return chain + x; });
}

inline void columnMoments(Numbers matrix, std::size_t columns, std::span<float> means,
                          std::span<float> variances)
{
    const auto rows = static_cast<float>(matrix.size() / columns);
    columnSums(matrix, columns, means);
    for (float &mean : means)
        mean = rows > 0.0F ? mean / rows : 0.0F;
    columnChains(matrix, columns, variances, [&](float chain, float x, std::size_t column) {
        const float deviation = x - means[column];
        return std::fma(deviation, deviation, chain);
    });
    for (float &variance : variances)
        variance = rows > 0.0F ? variance / rows : 0.0F;
}

inline void transpose(Numbers in, std::size_t columns, std::span<float> out)
{
    const std::size_t rows = in.size() / columns;
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            out[column * rows + row] = in[row * columns + column];
}

/// The largest number of a row, and the sum of exp(x - largest).
struct RowFacts
{
    float largest;
    float total;
};

inline RowFacts rowFacts(Numbers row)
{
    const float largest = overLanes(
        0, row.size(), -std::numeric_limits<float>::infinity(),
        [&](float lane, std::size_t i) { return lane > row[i] ? lane : row[i]; },
        [](float a, float b) { return a > b ? a : b; });
    const float total = summed(row.size(), [&](float lane, std::size_t i) {
        return lane + valueOf(kernels::Function::Exp, row[i] - largest);
    });
    return {largest, total};
}

inline void softmaxRow(Numbers row, std::span<float> out)
{
    const RowFacts facts = rowFacts(row);
    for (std::size_t i = 0; i < row.size(); ++i)
        out[i] = valueOf(kernels::Function::Exp, row[i] - facts.largest) / facts.total;
}

inline void logSoftmaxRow(Numbers row, std::span<float> out)
{
    const RowFacts facts = rowFacts(row);
    const float logarithm = valueOf(kernels::Function::Log, facts.total);
    for (std::size_t i = 0; i < row.size(); ++i)
        out[i] = (row[i] - facts.largest) - logarithm;
}

inline void softmaxGradientRow(Numbers y, Numbers dy, std::span<float> dx)
{
    const float product = dot(y, dy);
    for (std::size_t i = 0; i < y.size(); ++i)
        dx[i] = y[i] * (dy[i] - product);
}

inline void logSoftmaxGradientRow(Numbers y, Numbers dy, std::span<float> dx)
{
    const float total = sum(dy);
    for (std::size_t i = 0; i < y.size(); ++i)
        dx[i] = std::fma(-valueOf(kernels::Function::Exp, y[i]), total, dy[i]);
}

inline float crossEntropy(Numbers logits, std::span<const std::int32_t> classes, std::size_t columns,
                          std::span<float> gradient)
{
    const auto rows = static_cast<float>(classes.size());
    const float share = 1.0F / rows;
    std::vector<float> losses;
    for (std::size_t row = 0; row < classes.size(); ++row) {
        const Numbers x = logits.subspan(row * columns, columns);
        const auto wanted = static_cast<std::size_t>(classes[row]);
        const RowFacts facts = rowFacts(x);
        losses.push_back(valueOf(kernels::Function::Log, facts.total) - (x[wanted] - facts.largest));
        softmaxRow(x, gradient.subspan(row * columns, columns));
        for (std::size_t i = 0; i < columns; ++i) {
            float &dx = gradient[row * columns + i];
            dx = (i == wanted ? dx - 1.0F : dx) * share;
        }
    }
    return sum(losses) / rows;
}

inline void scaledDifference(Numbers a, Numbers b, float factor, std::span<float> d)
{
    for (std::size_t i = 0; i < a.size(); ++i)
        d[i] = (a[i] - b[i]) * factor;
}

inline float gradientOf(kernels::Function function, float y, float dy)
{
    switch (function) {
    case kernels::Function::Sigmoid:
        return (dy * y) * (1.0F - y);
    case kernels::Function::Tanh:
        return dy * std::fma(0.0F - y, y, 1.0F);
    default:
        return y > 0.0F ? dy : 0.0F;
    }
}

inline void adamStep(const kernels::AdamOptions &options, const kernels::AdamPowers &powers,
                     std::span<float> w, Numbers gradient, std::span<float> m, std::span<float> v)
{
    const auto rate = static_cast<double>(options.learningRate);
    const auto decay = static_cast<double>(options.weightDecay);
    const auto stepSize = static_cast<float>(rate / (1.0 - powers.beta1));
    const auto inverseRoot = static_cast<float>(1.0 / std::sqrt(1.0 - powers.beta2));
    const auto other1 = static_cast<float>(1.0 - static_cast<double>(options.beta1));
    const auto other2 = static_cast<float>(1.0 - static_cast<double>(options.beta2));
    const float shrink = options.decoupled ? static_cast<float>(1.0 - rate * decay) : 1.0F;
    for (std::size_t i = 0; i < w.size(); ++i) {
        const float g = std::fma(options.decoupled ? 0.0F : options.weightDecay, w[i], gradient[i]);
        m[i] = std::fma(options.beta1, m[i], other1 * g);
        v[i] = std::fma(options.beta2, v[i], (other2 * g) * g);
        const float divisor = std::fma(std::sqrt(v[i]), inverseRoot, options.epsilon);
        w[i] = w[i] * shrink - (stepSize * m[i]) / divisor;
    }
}

inline void sgdStep(const kernels::SgdOptions &options, std::span<float> w, Numbers gradient,
                    std::span<float> velocity)
{
    for (std::size_t i = 0; i < w.size(); ++i) {
        velocity[i] =
            std::fma(options.momentum, velocity[i], std::fma(options.weightDecay, w[i], gradient[i]));
        w[i] = std::fma(-options.learningRate, velocity[i], w[i]);
    }
}

} // namespace ibidem::tests::plain
