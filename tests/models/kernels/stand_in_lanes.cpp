// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Vectors of 4 and of 16 lanes made of single numbers, in the places of AVX2 and AVX-512: the width of a
// processor that is not here (NEON has 4 lanes, AVX-512 has 16) must not matter either.
#include "models/kernels/tile_matmul.h"
#include "models/kernels/tile_table.h"
#include "models/kernels/vector_scalar.h"

namespace ibidem::kernels {

namespace {

template <class T, std::size_t Count>
struct Several
{
    T at[Count];
};

template <std::size_t Count>
struct StandIn
{
    using Type = Several<float, Count>;
    using Int = Several<std::int32_t, Count>;
    using Mask = Several<bool, Count>;
    static constexpr std::size_t lanes = Count;

    template <class Out, class F, class... In>
    static Out each(const F &f, const In &...in)
    {
        Out out;
        for (std::size_t i = 0; i < Count; ++i)
            out.at[i] = f(in.at[i]...);
        return out;
    }

    static Type zero() { return all(0.0F); }

    static Type all(float value)
    {
        return each<Type>([value](float) { return value; }, Type{});
    }

    static Type load(const float *from)
    {
        Type out;
        for (std::size_t i = 0; i < Count; ++i)
            out.at[i] = from[i];
        return out;
    }

    static void store(float *to, const Type &value)
    {
        for (std::size_t i = 0; i < Count; ++i)
            to[i] = value.at[i];
    }

    static Type fma(const Type &a, const Type &b, const Type &c) { return each<Type>(Scalar::fma, a, b, c); }

    static Type add(const Type &a, const Type &b) { return each<Type>(Scalar::add, a, b); }

    static Type sub(const Type &a, const Type &b) { return each<Type>(Scalar::sub, a, b); }

    static Type mul(const Type &a, const Type &b) { return each<Type>(Scalar::mul, a, b); }

    static Type div(const Type &a, const Type &b) { return each<Type>(Scalar::div, a, b); }

    static Type sqrt(const Type &a) { return each<Type>(Scalar::sqrt, a); }

    static Mask less(const Type &a, const Type &b) { return each<Mask>(Scalar::less, a, b); }

    static Type select(const Mask &mask, const Type &yes, const Type &no)
    {
        return each<Type>(Scalar::select, mask, yes, no);
    }

    static Int bits(const Type &a) { return each<Int>(Scalar::bits, a); }

    static Type fromBits(const Int &a) { return each<Type>(Scalar::fromBits, a); }

    static Int allInt(std::int32_t value)
    {
        return each<Int>([value](std::int32_t) { return value; }, Int{});
    }

    static Int addInt(const Int &a, const Int &b) { return each<Int>(Scalar::addInt, a, b); }

    static Int subInt(const Int &a, const Int &b) { return each<Int>(Scalar::subInt, a, b); }

    static Int andInt(const Int &a, const Int &b) { return each<Int>(Scalar::andInt, a, b); }

    static Int orInt(const Int &a, const Int &b) { return each<Int>(Scalar::orInt, a, b); }

    template <int Bits>
    static Int shiftLeft(const Int &a)
    {
        return each<Int>(Scalar::shiftLeft<Bits>, a);
    }

    template <int Bits>
    static Int shiftRight(const Int &a)
    {
        return each<Int>(Scalar::shiftRight<Bits>, a);
    }

    static constexpr std::size_t square = 4;

    static void transposeSquare(const float *in, std::size_t inPitch, float *out, std::size_t outPitch)
    {
        for (std::size_t i = 0; i < square; ++i)
            for (std::size_t j = 0; j < square; ++j)
                out[j * outPitch + i] = in[i * inPitch + j];
    }

    static Type toFloat(const Int &a) { return each<Type>(Scalar::toFloat, a); }
};

} // namespace

extern const KernelTable kAvx2Kernels;
const KernelTable kAvx2Kernels = tableOf<StandIn<4>, 8, 12>(matmulTileOf<StandIn<4>, 8, 3>);
extern const KernelTable kAvx512Kernels;
const KernelTable kAvx512Kernels = tableOf<StandIn<16>, 13, 32>(matmulTileOf<StandIn<16>, 13, 2>);

} // namespace ibidem::kernels
