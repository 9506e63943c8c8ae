// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// What surrounds a product, for any vector type: transposition, bias and activation.
#pragma once

#include "models/kernels/tile_elementwise.h"

#include <cstddef>

namespace ibidem::kernels {
namespace {

/// Sixteen columns, 64 bytes of each row, at a time: no line of the cache is read twice.
template <class V>
void transposeOf(const float *in, std::size_t inPitch, std::size_t rows, std::size_t columns, float *out,
                 std::size_t outPitch)
{
    constexpr std::size_t band = 16;
    constexpr std::size_t square = V::square;
    const auto byElement = [&](std::size_t firstRow, std::size_t endRow, std::size_t firstColumn,
                               std::size_t endColumn) {
        for (std::size_t r = firstRow; r < endRow; ++r)
            for (std::size_t j = firstColumn; j < endColumn; ++j)
                out[j * outPitch + r] = in[r * inPitch + j];
    };
    const std::size_t wholeRows = rows - rows % square;
    const std::size_t wholeColumns = columns - columns % band;
    for (std::size_t j = 0; j < wholeColumns; j += band) {
        for (std::size_t r = 0; r < wholeRows; r += square) {
            for (std::size_t row = r; row < r + square;
                 ++row) // more rows than a processor foresees by itself
                __builtin_prefetch(in + row * inPitch + j + 2 * band);
            for (std::size_t part = j; part < j + band; part += square)
                V::transposeSquare(in + r * inPitch + part, inPitch, out + part * outPitch + r, outPitch);
        }
        byElement(wholeRows, rows, j, j + band);
    }
    byElement(0, rows, wholeColumns, columns);
}

template <class V, bool Relu>
[[gnu::always_inline]] inline void finishRow(float *c, std::size_t columns, const float *bias)
{
    const auto activated = [](auto x) {
        if constexpr (Relu)
            return reluOf<V>(x);
        else
            return x;
    };
    if (bias)
        forEach<V>([&](auto sum, auto b) { return activated(V::add(sum, b)); }, columns, c, c, bias);
    else
        forEach<V>(activated, columns, c, c);
}

template <class V>
void finishOf(float *c, std::size_t pitch, std::size_t rows, std::size_t columns, const float *bias,
              bool relu)
{
    for (std::size_t r = 0; r < rows; ++r) {
        if (relu)
            finishRow<V, true>(c + r * pitch, columns, bias);
        else
            finishRow<V, false>(c + r * pitch, columns, bias);
    }
}

} // namespace
} // namespace ibidem::kernels
