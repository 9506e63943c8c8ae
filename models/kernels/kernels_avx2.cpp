// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/kernel_table.h"

#include <immintrin.h>

namespace ibidem::kernels {
namespace {

struct Avx2
{
    using Type = __m256;
    static constexpr std::size_t lanes = 8;

    static Type zero() { return _mm256_setzero_ps(); }

    static Type all(float value) { return _mm256_set1_ps(value); }

    static Type load(const float *from) { return _mm256_loadu_ps(from); }

    static void store(float *to, Type value) { _mm256_storeu_ps(to, value); }

    static Type fma(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }

    static Type add(Type a, Type b) { return _mm256_add_ps(a, b); }
};

} // namespace
} // namespace ibidem::kernels

#include "models/kernels/tile_matmul.h"

namespace ibidem::kernels {

extern const KernelTable kAvx2Kernels;
/// 6 × 16 outputs: 12 of the 16 registers are sums.
const KernelTable kAvx2Kernels = {6, 16, matmulTileOf<Avx2, 6, 2>};

} // namespace ibidem::kernels
