// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// One lane: the formulas of the other headers, read with this type, are the definitions.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace ibidem::kernels {
namespace {

struct Scalar
{
    using Type = float;
    using Int = std::int32_t;
    using Mask = bool;
    static constexpr std::size_t lanes = 1;

    static Type zero() { return 0.0F; }

    static Type all(float value) { return value; }

    static Type load(const float *from) { return *from; }

    static void store(float *to, Type value) { *to = value; }

    static Type fma(Type a, Type b, Type c) { return std::fma(a, b, c); }

    static Type add(Type a, Type b) { return a + b; }

    static Type sub(Type a, Type b) { return a - b; }

    static Type mul(Type a, Type b) { return a * b; }

    static Type div(Type a, Type b) { return a / b; }

    static Type sqrt(Type a) { return std::sqrt(a); } // IEEE: correctly rounded

    static Mask less(Type a, Type b) { return a < b; } ///< false if one is NaN

    static Type select(Mask mask, Type yes, Type no) { return mask ? yes : no; }

    static Int bits(Type a) { return std::bit_cast<Int>(a); }

    static Type fromBits(Int a) { return std::bit_cast<Type>(a); }

    static Int allInt(std::int32_t value) { return value; }

    static Int addInt(Int a, Int b)
    {
        return static_cast<Int>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
    }

    static Int subInt(Int a, Int b)
    {
        return static_cast<Int>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
    }

    static Int andInt(Int a, Int b) { return a & b; }

    static Int orInt(Int a, Int b) { return a | b; }

    template <int Bits>
    static Int shiftLeft(Int a)
    {
        return static_cast<Int>(static_cast<std::uint32_t>(a) << Bits);
    }

    template <int Bits>
    static Int shiftRight(Int a) ///< keeps the sign
    {
        return a >> Bits;
    }

    static constexpr std::size_t square = 1; ///< rows and columns of transposeSquare

    static void transposeSquare(const float *in, std::size_t, float *out, std::size_t) { *out = *in; }

    static Type toFloat(Int a) { return static_cast<Type>(a); }
};

} // namespace
} // namespace ibidem::kernels
