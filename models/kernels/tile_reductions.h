// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Blocks of sums for any vector type: sixteen lanes, whatever the vector's width is.
#pragma once

#include "models/kernels/tile_functions.h"

#include <cstddef>

namespace ibidem::kernels {
namespace {

inline constexpr std::size_t kLanes = 16;

template <class V>
[[gnu::always_inline]] inline typename V::Type largerOf(typename V::Type a, typename V::Type b)
{
    return V::select(V::less(b, a), a, b);
}

/// Sixteen lanes from `first`: accumulate(acc, a, b) -> acc in each, then the tree join(lane, lane) over
/// them.
template <class V, class Accumulate, class Join>
[[gnu::always_inline]] inline float overLanes(float first, const Accumulate &accumulate, const Join &join,
                                              const float *a, const float *b, std::size_t count)
{
    constexpr std::size_t vectors = kLanes / V::lanes;
    typename V::Type sums[vectors];
    for (std::size_t v = 0; v < vectors; ++v)
        sums[v] = V::all(first);
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
            lanes[l] = join(lanes[l], lanes[l + step]);
    return lanes[0];
}

template <class V, class Accumulate>
[[gnu::always_inline]] inline float laneSum(const Accumulate &accumulate, const float *a, const float *b,
                                            std::size_t count)
{
    return overLanes<V>(
        0.0F, accumulate, [](float x, float y) { return x + y; }, a, b, count);
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
float deviationsBlockOf(const float *a, float mean, std::size_t count)
{
    return laneSum<V>(
        [mean](auto sum, auto x, auto) {
            const auto deviation = V::sub(x, V::all(mean));
            return V::fma(deviation, deviation, sum);
        },
        a, a, count);
}

template <class V>
float expSumBlockOf(const float *a, float shift, std::size_t count)
{
    return laneSum<V>(
        [shift](auto sum, auto x, auto) { return V::add(sum, expOf<V>(V::sub(x, V::all(shift)))); }, a, a,
        count);
}

template <class V>
float maxBlockOf(const float *a, std::size_t count)
{
    return overLanes<V>(
        -__builtin_inff(), [](auto most, auto x, auto) { return largerOf<V>(most, x); },
        [](float x, float y) { return x > y ? x : y; }, a, a, count);
}

/// Chains down the columns, accumulate(sum, element, column) -> sum: `Group` vectors side by side, so that
/// each row's cache lines are read at once.
template <class V, std::size_t Group, class Accumulate>
[[gnu::always_inline]] inline std::size_t columnGroups(const Accumulate &accumulate, std::size_t column,
                                                       const float *a, std::size_t pitch, std::size_t rows,
                                                       std::size_t columns, float *sums, bool add)
{
    constexpr std::size_t width = Group * V::lanes;
    for (; column + width <= columns; column += width) {
        typename V::Type sum[Group];
        for (std::size_t v = 0; v < Group; ++v)
            sum[v] = V::zero();
        for (std::size_t r = 0; r < rows; ++r)
            for (std::size_t v = 0; v < Group; ++v)
                sum[v] =
                    accumulate(sum[v], V::load(a + r * pitch + column + v * V::lanes), column + v * V::lanes);
        for (std::size_t v = 0; v < Group; ++v) {
            float *place = sums + column + v * V::lanes;
            V::store(place, add ? V::add(V::load(place), sum[v]) : sum[v]);
        }
    }
    return column;
}

template <class V>
void columnSumsOf(const float *a, std::size_t pitch, std::size_t rows, std::size_t columns, float *sums,
                  bool add)
{
    const auto accumulate = [](auto sum, auto x, std::size_t) { return V::add(sum, x); };
    std::size_t column = columnGroups<V, 8>(accumulate, 0, a, pitch, rows, columns, sums, add);
    column = columnGroups<V, 1>(accumulate, column, a, pitch, rows, columns, sums, add);
    for (; column < columns; ++column) {
        float sum = 0.0F;
        for (std::size_t r = 0; r < rows; ++r)
            sum = sum + a[r * pitch + column];
        sums[column] = add ? sums[column] + sum : sum;
    }
}

template <class V>
void columnDeviationsOf(const float *a, std::size_t pitch, std::size_t rows, std::size_t columns,
                        const float *means, float *sums, bool add)
{
    const auto accumulate = [means](auto sum, auto x, std::size_t column) {
        const auto deviation = V::sub(x, V::load(means + column));
        return V::fma(deviation, deviation, sum);
    };
    std::size_t column = columnGroups<V, 4>(accumulate, 0, a, pitch, rows, columns, sums, add);
    column = columnGroups<V, 1>(accumulate, column, a, pitch, rows, columns, sums, add);
    for (; column < columns; ++column) {
        float sum = 0.0F;
        for (std::size_t r = 0; r < rows; ++r) {
            const float deviation = a[r * pitch + column] - means[column];
            sum = __builtin_fmaf(deviation, deviation, sum);
        }
        sums[column] = add ? sums[column] + sum : sum;
    }
}

/// Some hundred numbers are checked at once; only where one of them is not finite, each.
template <class V>
std::size_t firstNonFiniteOf(const float *values, std::size_t count)
{
    const auto isFinite = [](auto x) {
        const auto magnitude = V::fromBits(V::andInt(V::bits(x), V::allInt(0x7fffffff)));
        return V::less(magnitude, V::fromBits(V::allInt(0x7f800000)));
    };
    constexpr std::size_t stride = 32 * V::lanes;
    std::size_t i = 0;
    for (; i + stride <= count; i += stride) {
        typename V::Type found = V::zero();
        for (std::size_t k = i; k < i + stride; k += V::lanes)
            found = V::select(isFinite(V::load(values + k)), found, V::all(1.0F));
        float lanes[V::lanes];
        V::store(lanes, found);
        bool any = false;
        for (std::size_t l = 0; l < V::lanes; ++l)
            any = any || lanes[l] > 0.0F;
        if (any)
            break;
    }
    while (i < count && __builtin_isfinite(values[i]))
        ++i;
    return i;
}

} // namespace
} // namespace ibidem::kernels
