// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Functions of one number, for any vector type: only + - × ÷ fma and the bits of numbers, so that each lane
// is what one lane alone would be. Coefficients: minimax polynomials, computed for this file with the Remez
// algorithm in 50 digits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ibidem::kernels {
namespace {

inline constexpr float kLog2E = 0x1.715476p0F;
inline constexpr float kLn2High = 0x1.62e4p-1F; ///< 15 bits: n * kLn2High is exact
inline constexpr float kLn2Low = 0x1.7f7d1cp-20F;

/// e^x, at most 1.5 ulp: 2^n e^r with |r| <= ln(2)/2. Denormal results are rounded once more.
template <class V>
[[gnu::always_inline]] inline typename V::Type expOf(typename V::Type x)
{
    using T = typename V::Type;
    constexpr float roundingMagic = 0x1.8p23F; // the sum has the whole number in its low bits
    constexpr float lowest = -104.0F;          // below, the result is 0; above the highest it is infinite
    constexpr float highest = 89.0F;
    x = V::select(V::less(x, V::all(lowest)), V::all(lowest), x);
    x = V::select(V::less(V::all(highest), x), V::all(highest), x);
    const T shifted = V::fma(x, V::all(kLog2E), V::all(roundingMagic));
    const T n = V::sub(shifted, V::all(roundingMagic));
    const T r = V::fma(n, V::all(-kLn2Low), V::fma(n, V::all(-kLn2High), x));
    T p = V::all(0x1.a1c046p-13F);
    p = V::fma(p, r, V::all(0x1.6d9e28p-10F));
    p = V::fma(p, r, V::all(0x1.111076p-7F));
    p = V::fma(p, r, V::all(0x1.555478p-5F));
    p = V::fma(p, r, V::all(0x1.555556p-3F));
    p = V::fma(p, r, V::all(0x1p-1F));
    const T y = V::add(V::all(1.0F), V::fma(p, V::mul(r, r), r));
    // 2^n in two halves, since n may be below the smallest exponent.
    const auto whole = V::subInt(V::bits(shifted), V::bits(V::all(roundingMagic)));
    const auto half = V::template shiftRight<1>(whole);
    const auto one = V::bits(V::all(1.0F));
    const T first = V::fromBits(V::addInt(V::template shiftLeft<23>(half), one));
    const T second = V::fromBits(V::addInt(V::template shiftLeft<23>(V::subInt(whole, half)), one));
    return V::mul(V::mul(y, first), second);
}

/// Natural logarithm of a positive finite number, at most 1 ulp: k ln 2 + log(1 + f) with 1 + f from
/// sqrt(1/2) to sqrt(2), the latter by the series of atanh.
template <class V>
[[gnu::always_inline]] inline typename V::Type logOfPositive(typename V::Type x, typename V::Type exponent)
{
    using T = typename V::Type;
    const auto rootOfHalf = V::allInt(0x3f3504f3);
    const auto offset = V::subInt(V::bits(x), rootOfHalf);
    const T k = V::add(V::toFloat(V::template shiftRight<23>(offset)), exponent);
    const T m = V::fromBits(V::addInt(V::andInt(offset, V::allInt(0x007fffff)), rootOfHalf));
    const T f = V::sub(m, V::all(1.0F));
    const T s = V::div(f, V::add(V::all(2.0F), f));
    const T z = V::mul(s, s);
    T p = V::all(0x1.de1528p-3F);
    p = V::fma(p, z, V::all(0x1.245aeep-2F));
    p = V::fma(p, z, V::all(0x1.9999eep-2F));
    p = V::fma(p, z, V::all(0x1.555556p-1F));
    const T half = V::mul(V::all(0.5F), V::mul(f, f));
    const T tail = V::fma(k, V::all(kLn2Low), V::mul(s, V::fma(p, z, half)));
    return V::fma(k, V::all(kLn2High), V::sub(f, V::sub(half, tail)));
}

/// -inf for 0, NaN for negative numbers and NaN, inf for inf. At most 1 ulp, denormals too.
template <class V>
[[gnu::always_inline]] inline typename V::Type logOf(typename V::Type x)
{
    using T = typename V::Type;
    const T infinity = V::fromBits(V::allInt(0x7f800000));
    const auto denormal = V::less(x, V::all(0x1p-126F));
    const T scaled = V::select(denormal, V::mul(x, V::all(0x1p25F)), x);
    T y = logOfPositive<V>(scaled, V::select(denormal, V::all(-25.0F), V::zero()));
    y = V::select(V::less(x, infinity), y, x); // inf, NaN
    const T notPositive = V::div(V::all(-1.0F), V::zero());
    y = V::select(V::less(V::zero(), x), y, V::select(V::less(x, V::all(0x1p-149F)), notPositive, y));
    return V::select(V::less(x, V::zero()), V::fromBits(V::allInt(0x7fc00000)), y);
}

/// log(1 + x): log of the rounded sum, and what rounding took, divided by it. At most 2 ulp.
template <class V>
[[gnu::always_inline]] inline typename V::Type log1pOf(typename V::Type x)
{
    using T = typename V::Type;
    const T one = V::all(1.0F);
    const T sum = V::add(one, x);
    // What the rounding of 1 + x took; exact whichever of the two is larger.
    const T lostOfX = V::sub(x, V::sub(sum, one));
    const T lostOfOne = V::sub(one, V::sub(sum, x));
    const T lost = V::select(V::less(x, one), lostOfX, lostOfOne);
    const T y = V::add(logOf<V>(sum), V::div(lost, sum));
    const T infinity = V::fromBits(V::allInt(0x7f800000));
    const auto usual = V::less(V::all(-1.0F), x);
    const T finite = V::select(V::less(x, infinity), y, x);
    // Small numbers keep their sign and all their bits.
    const T small = V::all(0x1p-24F);
    const T magnitude = V::fromBits(V::andInt(V::bits(x), V::allInt(0x7fffffff)));
    return V::select(V::less(magnitude, small), x, V::select(usual, finite, logOf<V>(sum)));
}

/// 1 / (1 + e^-x), without overflow on both sides. At most 3 ulp.
template <class V>
[[gnu::always_inline]] inline typename V::Type sigmoidOf(typename V::Type x)
{
    using T = typename V::Type;
    const auto negative = V::less(x, V::zero());
    const T e = expOf<V>(V::select(negative, x, V::sub(V::zero(), x)));
    return V::div(V::select(negative, e, V::all(1.0F)), V::add(V::all(1.0F), e));
}

/// Odd polynomial below 0.625, else 1 - 2 / (e^2|x| + 1). At most 2 ulp.
template <class V>
[[gnu::always_inline]] inline typename V::Type tanhOf(typename V::Type x)
{
    using T = typename V::Type;
    const auto signBit = V::allInt(static_cast<std::int32_t>(0x80000000U));
    const auto sign = V::andInt(V::bits(x), signBit);
    const T magnitude = V::fromBits(V::andInt(V::bits(x), V::allInt(0x7fffffff)));
    const T z = V::mul(x, x);
    T p = V::all(0x1.2d53b0p-9F);
    p = V::fma(p, z, V::all(-0x1.119cf2p-7F));
    p = V::fma(p, z, V::all(0x1.64b22cp-6F));
    p = V::fma(p, z, V::all(-0x1.ba0960p-5F));
    p = V::fma(p, z, V::all(0x1.1110ecp-3F));
    p = V::fma(p, z, V::all(-0x1.555556p-2F));
    const T small = V::fma(V::mul(p, z), x, x);
    const T e = expOf<V>(V::add(magnitude, magnitude));
    const T large = V::sub(V::all(1.0F), V::div(V::all(2.0F), V::add(e, V::all(1.0F))));
    const T signedLarge = V::fromBits(V::orInt(V::bits(large), sign));
    return V::select(V::less(magnitude, V::all(0.625F)), small, signedLarge);
}

template <class V>
[[gnu::always_inline]] inline typename V::Type reluOf(typename V::Type x)
{
    // This way round a NaN stays one: a training must not go on over numbers that are none.
    return V::select(V::less(x, V::zero()), V::zero(), x);
}

} // namespace
} // namespace ibidem::kernels
