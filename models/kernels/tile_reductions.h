// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Blocks of sums for any vector type: sixteen lanes, whatever the vector's width is.
#pragma once

#include <cstddef>

namespace ibidem::kernels {
namespace {

inline constexpr std::size_t kLanes = 16;

/// accumulate(acc, a, b) -> acc, lane by lane; then the tree over the lanes.
template <class V, class Accumulate>
[[gnu::always_inline]] inline float laneSum(const Accumulate &accumulate, const float *a, const float *b,
                                            std::size_t count)
{
    constexpr std::size_t vectors = kLanes / V::lanes;
    typename V::Type sums[vectors];
    for (std::size_t v = 0; v < vectors; ++v)
        sums[v] = V::zero();
    std::size_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (std::size_t v = 0; v < vectors; ++v)
            sums[v] = accumulate(sums[v], V::load(a + i + v * V::lanes), V::load(b + i + v * V::lanes));
    float lanes[kLanes];
    for (std::size_t v = 0; v < vectors; ++v)
        V::store(lanes + v * V::lanes, sums[v]);
    if (i < count) { // the last elements: lanes without one stay as they are
        float lastA[kLanes] = {};
        float lastB[kLanes] = {};
        for (std::size_t l = 0; i + l < count; ++l) {
            lastA[l] = a[i + l];
            lastB[l] = b[i + l];
        }
        float after[kLanes];
        for (std::size_t v = 0; v < vectors; ++v)
            V::store(after + v * V::lanes,
                     accumulate(V::load(lanes + v * V::lanes), V::load(lastA + v * V::lanes),
                                V::load(lastB + v * V::lanes)));
        for (std::size_t l = 0; i + l < count; ++l)
            lanes[l] = after[l];
    }
    for (std::size_t step = kLanes / 2; step > 0; step /= 2)
        for (std::size_t l = 0; l < step; ++l)
            lanes[l] = lanes[l] + lanes[l + step];
    return lanes[0];
}

template <class V>
float sumBlockOf(const float *a, const float *b, std::size_t count)
{
    return laneSum<V>([](auto sum, auto x, auto) { return V::add(sum, x); }, a, b, count);
}

template <class V>
float dotBlockOf(const float *a, const float *b, std::size_t count)
{
    return laneSum<V>([](auto sum, auto x, auto y) { return V::fma(x, y, sum); }, a, b, count);
}

template <class V>
float squaresBlockOf(const float *a, const float *b, std::size_t count)
{
    return laneSum<V>(
        [](auto sum, auto x, auto y) {
            const auto difference = V::sub(x, y);
            return V::fma(difference, difference, sum);
        },
        a, b, count);
}

template <class V>
void columnSumsOf(const float *a, std::size_t pitch, std::size_t rows, std::size_t columns, float *sums,
                  bool add)
{
    std::size_t j = 0;
    for (; j + V::lanes <= columns; j += V::lanes) {
        typename V::Type sum = V::zero();
        for (std::size_t r = 0; r < rows; ++r)
            sum = V::add(sum, V::load(a + r * pitch + j));
        V::store(sums + j, add ? V::add(V::load(sums + j), sum) : sum);
    }
    for (; j < columns; ++j) {
        float sum = 0.0F;
        for (std::size_t r = 0; r < rows; ++r)
            sum = sum + a[r * pitch + j];
        sums[j] = add ? sums[j] + sum : sum;
    }
}

} // namespace
} // namespace ibidem::kernels
