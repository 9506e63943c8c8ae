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
    typename V::Type sums[Rows][Vectors];
    for (std::size_t r = 0; r < Rows; ++r)
        for (std::size_t v = 0; v < Vectors; ++v)
            sums[r][v] = V::zero();
    for (std::size_t k = 0; k < depth; ++k) {
        typename V::Type right[Vectors];
        for (std::size_t v = 0; v < Vectors; ++v)
            right[v] = V::load(b + k * width + v * V::lanes);
        for (std::size_t r = 0; r < Rows; ++r) {
            const typename V::Type left = V::all(a[r * aPitch + k]);
            for (std::size_t v = 0; v < Vectors; ++v)
                sums[r][v] = V::fma(left, right[v], sums[r][v]);
        }
    }
    for (std::size_t r = 0; r < Rows; ++r) {
        for (std::size_t v = 0; v < Vectors; ++v) {
            if (v * V::lanes >= columns)
                break;
            float *place = c + r * cPitch + v * V::lanes;
            const std::size_t left = columns - v * V::lanes;
            if (left >= V::lanes) {
                V::store(place, add ? V::add(V::load(place), sums[r][v]) : sums[r][v]);
            } else { // the last columns of the matrix
                float spill[V::lanes];
                V::store(spill, sums[r][v]);
                for (std::size_t i = 0; i < left; ++i)
                    place[i] = add ? place[i] + spill[i] : spill[i];
            }
        }
    }
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
