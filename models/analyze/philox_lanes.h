// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace ibidem::analyze {

/// Four words; the compiler turns operators into whatever vectors the processor has.
using WordLanes = std::uint32_t __attribute__((vector_size(16)));
using LongLanes = std::uint64_t __attribute__((vector_size(16)));

/// The 64-bit products of words 0 and 2 with `factor`.
[[gnu::always_inline]] inline LongLanes evenProducts(WordLanes words, std::uint32_t factor) noexcept
{
#if defined(__SSE2__)
    return std::bit_cast<LongLanes>(
        _mm_mul_epu32(std::bit_cast<__m128i>(words), _mm_set1_epi32(static_cast<std::int32_t>(factor))));
#else
    return (std::bit_cast<LongLanes>(words) & 0xFFFFFFFFULL) * std::uint64_t{factor};
#endif
}

struct WideProduct
{
    WordLanes high;
    WordLanes low;
};

[[gnu::always_inline]] inline WideProduct wideProduct(WordLanes words, std::uint32_t factor) noexcept
{
    constexpr std::uint64_t lowHalf = 0xFFFFFFFFULL;
    const LongLanes even = evenProducts(words, factor);
    const LongLanes odd =
        evenProducts(std::bit_cast<WordLanes>(std::bit_cast<LongLanes>(words) >> 32), factor);
    return {std::bit_cast<WordLanes>((even >> 32) | (odd & ~lowHalf)),
            std::bit_cast<WordLanes>((even & lowHalf) | (odd << 32))};
}

/// philox4x32 (models/base/philox.h) under one key for four counters at a time: word w of block l is
/// result[w][l] of counter[w][l].
[[gnu::always_inline]] inline std::array<WordLanes, 4> philoxLanes(std::array<WordLanes, 4> counter,
                                                                   std::array<std::uint32_t, 2> key) noexcept
{
    for (int round = 0; round < 10; ++round) {
        const WideProduct first = wideProduct(counter[0], 0xD2511F53U);
        const WideProduct second = wideProduct(counter[2], 0xCD9E8D57U);
        counter = {second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1],
                   first.low};
        key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
    }
    return counter;
}

} // namespace ibidem::analyze
