// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <immintrin.h>

namespace ibidem::kernels {
namespace {

struct Avx2
{
    using Type = __m256;
    using Int = __m256i;
    using Mask = __m256;
    static constexpr std::size_t lanes = 8;

    static Type zero() { return _mm256_setzero_ps(); }

    static Type all(float value) { return _mm256_set1_ps(value); }

    static Type load(const float *from) { return _mm256_loadu_ps(from); }

    static void store(float *to, Type value) { _mm256_storeu_ps(to, value); }

    static Type fma(Type a, Type b, Type c) { return _mm256_fmadd_ps(a, b, c); }

    static Type add(Type a, Type b) { return _mm256_add_ps(a, b); }

    static Type sub(Type a, Type b) { return _mm256_sub_ps(a, b); }

    static Type mul(Type a, Type b) { return _mm256_mul_ps(a, b); }

    static Type div(Type a, Type b) { return _mm256_div_ps(a, b); }

    static Type sqrt(Type a) { return _mm256_sqrt_ps(a); }

    static Mask less(Type a, Type b) { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }

    static Type select(Mask mask, Type yes, Type no) { return _mm256_blendv_ps(no, yes, mask); }

    static Int bits(Type a) { return _mm256_castps_si256(a); }

    static Type fromBits(Int a) { return _mm256_castsi256_ps(a); }

    static Int allInt(std::int32_t value) { return _mm256_set1_epi32(value); }

    static Int addInt(Int a, Int b) { return _mm256_add_epi32(a, b); }

    static Int subInt(Int a, Int b) { return _mm256_sub_epi32(a, b); }

    static Int andInt(Int a, Int b) { return _mm256_and_si256(a, b); }

    static Int orInt(Int a, Int b) { return _mm256_or_si256(a, b); }

    template <int Bits>
    static Int shiftLeft(Int a)
    {
        return _mm256_slli_epi32(a, Bits);
    }

    template <int Bits>
    static Int shiftRight(Int a)
    {
        return _mm256_srai_epi32(a, Bits);
    }

    static constexpr std::size_t square = 8;

    /// 8 × 8: pairs of rows, then pairs of pairs, then halves.
    static void transposeSquare(const float *in, std::size_t inPitch, float *out, std::size_t outPitch)
    {
        __m256 row[square];
        for (std::size_t i = 0; i < square; ++i)
            row[i] = load(in + i * inPitch);
        __m256 pairs[square];
        for (std::size_t i = 0; i < square; i += 2) {
            pairs[i] = _mm256_unpacklo_ps(row[i], row[i + 1]);
            pairs[i + 1] = _mm256_unpackhi_ps(row[i], row[i + 1]);
        }
        __m256 fours[square];
        for (std::size_t i = 0; i < square; i += 4) {
            for (std::size_t half = 0; half < 2; ++half) {
                fours[i + 2 * half] = _mm256_shuffle_ps(pairs[i + half], pairs[i + half + 2], 0x44);
                fours[i + 2 * half + 1] = _mm256_shuffle_ps(pairs[i + half], pairs[i + half + 2], 0xEE);
            }
        }
        for (std::size_t i = 0; i < square / 2; ++i) {
            store(out + i * outPitch, _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x20));
            store(out + (i + 4) * outPitch, _mm256_permute2f128_ps(fours[i], fours[i + 4], 0x31));
        }
    }

    static Type toFloat(Int a) { return _mm256_cvtepi32_ps(a); }
};

} // namespace
} // namespace ibidem::kernels
