// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/vector_avx2.h"

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

namespace ibidem::kernels {
namespace {

struct Avx512
{
    using Type = __m512;
    using Int = __m512i;
    using Mask = __mmask16;
    static constexpr std::size_t lanes = 16;

    static Type zero() { return _mm512_setzero_ps(); }

    static Type all(float value) { return _mm512_set1_ps(value); }

    static Type load(const float *from) { return _mm512_loadu_ps(from); }

    static void store(float *to, Type value) { _mm512_storeu_ps(to, value); }

    static Type fma(Type a, Type b, Type c) { return _mm512_fmadd_ps(a, b, c); }

    static Type add(Type a, Type b) { return _mm512_add_ps(a, b); }

    static Type sub(Type a, Type b) { return _mm512_sub_ps(a, b); }

    static Type mul(Type a, Type b) { return _mm512_mul_ps(a, b); }

    static Type div(Type a, Type b) { return _mm512_div_ps(a, b); }

    static Type sqrt(Type a) { return _mm512_sqrt_ps(a); }

    static Mask less(Type a, Type b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }

    static Type select(Mask mask, Type yes, Type no) { return _mm512_mask_blend_ps(mask, no, yes); }

    static Int bits(Type a) { return _mm512_castps_si512(a); }

    static Type fromBits(Int a) { return _mm512_castsi512_ps(a); }

    static Int allInt(std::int32_t value) { return _mm512_set1_epi32(value); }

    static Int addInt(Int a, Int b) { return _mm512_add_epi32(a, b); }

    static Int subInt(Int a, Int b) { return _mm512_sub_epi32(a, b); }

    static Int andInt(Int a, Int b) { return _mm512_and_si512(a, b); }

    static Int orInt(Int a, Int b) { return _mm512_or_si512(a, b); }

    template <int Bits>
    static Int shiftLeft(Int a)
    {
        return _mm512_slli_epi32(a, Bits);
    }

    template <int Bits>
    static Int shiftRight(Int a)
    {
        return _mm512_srai_epi32(a, Bits);
    }

    static constexpr std::size_t square = Avx2::square;

    static void transposeSquare(const float *in, std::size_t inPitch, float *out, std::size_t outPitch)
    {
        Avx2::transposeSquare(in, inPitch, out, outPitch);
    }

    static Type toFloat(Int a) { return _mm512_cvtepi32_ps(a); }
};

} // namespace
} // namespace ibidem::kernels
