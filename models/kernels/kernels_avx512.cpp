// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/kernel_table.h"

#include <immintrin.h>

namespace ibidem::kernels {
namespace {

struct Avx512
{
    using Type = __m512;
    static constexpr std::size_t lanes = 16;

    static Type zero() { return _mm512_setzero_ps(); }

    static Type all(float value) { return _mm512_set1_ps(value); }

    static Type load(const float *from) { return _mm512_loadu_ps(from); }

    static void store(float *to, Type value) { _mm512_storeu_ps(to, value); }

    static Type fma(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }

    static Type add(Type a, Type b) { return _mm512_add_ps(a, b); }
};

} // namespace
} // namespace ibidem::kernels

#include "models/kernels/tile_matmul.h"

namespace ibidem::kernels {

extern const KernelTable kAvx512Kernels;
/// 13 × 32 outputs: 26 of the 32 registers are sums.
const KernelTable kAvx512Kernels = {13, 32, matmulTileOf<Avx512, 13, 2>};

} // namespace ibidem::kernels
