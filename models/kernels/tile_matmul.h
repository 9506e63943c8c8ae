// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The tile of the matrix product for any vector type. Included by one source for each instruction set, which
// defines the vector type in its unnamed namespace before; everything here has internal linkage for the same
// reason.
#pragma once

#include <cstddef>

namespace ibidem::kernels {
namespace {

/// Rows × (Vectors * V::lanes) outputs, all in registers.
template <class V, std::size_t Rows, std::size_t Vectors>
[[gnu::always_inline]] inline void tileOf(const float *a, std::size_t aPitch, const float *b,
                                          std::size_t depth, float *c, std::size_t cPitch,
                                          std::size_t columns, bool add)
{
    constexpr std::size_t width = Vectors * V::lanes;
    // All loops over rows and vectors are unrolled: an array that is indexed at run time would lie in memory.
    typename V::Type sums[Rows][Vectors];
#pragma GCC unroll 32
    for (std::size_t r = 0; r < Rows; ++r) {
        __builtin_prefetch(c + r * cPitch, 1); // written when the chains are done
        __builtin_prefetch(c + r * cPitch + width - 1, 1);
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v)
            sums[r][v] = V::zero();
    }
    for (std::size_t k = 0; k < depth; ++k) {
        typename V::Type right[Vectors];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v)
            right[v] = V::load(b + k * width + v * V::lanes);
#pragma GCC unroll 32
        for (std::size_t r = 0; r < Rows; ++r) {
            const typename V::Type left = V::all(a[r * aPitch + k]);
#pragma GCC unroll 4
            for (std::size_t v = 0; v < Vectors; ++v)
                sums[r][v] = V::fma(left, right[v], sums[r][v]);
        }
    }
    float spill[Rows][width];
    const bool whole = columns == width;
    float *out = whole ? c : spill[0];
    const std::size_t outPitch = whole ? cPitch : width;
    const bool addHere = whole && add;
#pragma GCC unroll 32
    for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
        for (std::size_t v = 0; v < Vectors; ++v) {
            float *place = out + r * outPitch + v * V::lanes;
            V::store(place, addHere ? V::add(V::load(place), sums[r][v]) : sums[r][v]);
        }
    }
    if (whole)
        return;
    for (std::size_t r = 0; r < Rows; ++r) // the last columns of the matrix
        for (std::size_t j = 0; j < columns; ++j)
            c[r * cPitch + j] = add ? c[r * cPitch + j] + spill[r][j] : spill[r][j];
}

/// The tile with as many rows as there are: a function of its own for each number.
template <class V, std::size_t Rows, std::size_t Vectors>
void matmulTileOf(const float *a, std::size_t aPitch, const float *b, std::size_t depth, float *c,
                  std::size_t cPitch, std::size_t rows, std::size_t columns, bool add)
{
    if (rows == Rows) {
        tileOf<V, Rows, Vectors>(a, aPitch, b, depth, c, cPitch, columns, add);
        return;
    }
    if constexpr (Rows > 1)
        matmulTileOf<V, Rows - 1, Vectors>(a, aPitch, b, depth, c, cPitch, rows, columns, add);
}

} // namespace
} // namespace ibidem::kernels
