// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/portable_math.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace ibidem {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// ln 2 in two parts: the first has 32 bits, so that its product with an exponent is exact.
constexpr double kLn2High = 0x1.62e42feep-1;
constexpr double kLn2Low = 0x1.a39ef35793c76p-33;
constexpr double kInverseLn2 = 0x1.71547652b82fep+0;
constexpr std::uint64_t kMantissaMask = 0xFFFFFFFFFFFFFULL;
constexpr std::uint64_t kOneBits = 0x3FF0000000000000ULL;

/// 2^exponent for -1022 … 1023.
double powerOfTwo(int exponent) noexcept
{
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52U);
}

/// value * 2^exponent with one rounding, value near 1, exponent in -1080 … 1025.
double scaled(double value, int exponent) noexcept
{
    if (exponent > 1023)
        return value * 2.0 * powerOfTwo(exponent - 1);
    if (exponent < -1021)
        return value * powerOfTwo(exponent + 100) * 0x1p-100;
    return value * powerOfTwo(exponent);
}

/// (e^r - 1 - r) / r^2 for |r| <= 0.35: the Taylor polynomial, whose first missing term is below 2^-60 of
/// e^r.
double expTail(double r) noexcept
{
    constexpr std::array<double, 13> kInverseFactorials{
        1.0 / 1307674368000.0, 1.0 / 87178291200.0, 1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0,
        1.0 / 3628800.0,       1.0 / 362880.0,      1.0 / 40320.0,      1.0 / 5040.0,      1.0 / 720.0,
        1.0 / 120.0,           1.0 / 24.0,          1.0 / 6.0};
    double sum = kInverseFactorials[0];
    for (std::size_t i = 1; i < kInverseFactorials.size(); ++i)
        sum = sum * r + kInverseFactorials[i];
    return sum * r + 0.5;
}

/// x = 2^exponent * mantissa, mantissa in [sqrt(1/2), sqrt(2)).
struct Split
{
    int exponent = 0;
    double mantissa = 1.0;
};

/// x positive and finite.
Split splitExponent(double x) noexcept
{
    constexpr std::uint64_t kSqrtTwoMantissa = 0x6A09E667F3BCDULL;
    int exponent = 0;
    if (x < std::numeric_limits<double>::min()) {
        x *= 0x1p54;
        exponent = -54;
    }
    const auto bits = std::bit_cast<std::uint64_t>(x);
    exponent += static_cast<int>(bits >> 52U) - 1023;
    const std::uint64_t fraction = bits & kMantissaMask;
    const bool halved = fraction >= kSqrtTwoMantissa;
    const std::uint64_t bias = halved ? kOneBits - (1ULL << 52U) : kOneBits;
    return {exponent + (halved ? 1 : 0), std::bit_cast<double>(bias | fraction)};
}

/// exponent * ln 2 + log(1 + f) + correction, for 1 + f in [sqrt(1/2), sqrt(2)]. With s = f / (2 + f):
/// log(1 + f) = 2 atanh(s), and 2 s = f - f^2/2 + s f^2/2, so that the largest term, f, enters without error.
double assembledLog(int exponent, double f, double correction) noexcept
{
    constexpr std::array<double, 12> kTwoOverOdd{2.0 / 25.0, 2.0 / 23.0, 2.0 / 21.0, 2.0 / 19.0,
                                                 2.0 / 17.0, 2.0 / 15.0, 2.0 / 13.0, 2.0 / 11.0,
                                                 2.0 / 9.0,  2.0 / 7.0,  2.0 / 5.0,  2.0 / 3.0};
    const double s = f / (2.0 + f);
    const double z = s * s;
    double series = kTwoOverOdd[0];
    for (std::size_t i = 1; i < kTwoOverOdd.size(); ++i)
        series = series * z + kTwoOverOdd[i];
    const double halfSquare = 0.5 * f * f;
    const double tail = s * (halfSquare + z * series);
    const auto k = static_cast<double>(exponent);
    return k * kLn2High + (f - (halfSquare - (tail + (k * kLn2Low + correction))));
}

} // namespace

double portableExp(double x) noexcept
{
    if (x != x)
        return kNaN;
    if (x > 709.79)
        return kInfinity;
    if (x < -745.14)
        return 0.0;
    const double quotient = x * kInverseLn2;
    const int k = static_cast<int>(quotient < 0.0 ? quotient - 0.5 : quotient + 0.5);
    const double high = x - static_cast<double>(k) * kLn2High;
    const double low = static_cast<double>(k) * kLn2Low;
    const double r = high - low;
    return scaled(1.0 + (high + (r * r * expTail(r) - low)), k);
}

double portableLog(double x) noexcept
{
    if (x != x || x < 0.0)
        return kNaN;
    if (x == 0.0)
        return -kInfinity;
    if (x == kInfinity)
        return kInfinity;
    const Split split = splitExponent(x);
    return assembledLog(split.exponent, split.mantissa - 1.0, 0.0);
}

double portableLog1p(double x) noexcept
{
    if (x != x || x < -1.0)
        return kNaN;
    if (x == -1.0)
        return -kInfinity;
    if (x == kInfinity)
        return kInfinity;
    if (x > -0x1p-54 && x < 0x1p-54)
        return x;
    if (x > -0.29 && x < 0.41)
        return assembledLog(0, x, 0.0);
    const double sum = 1.0 + x;
    // What the addition lost, seen from the larger operand.
    const double lost = x >= 1.0 ? 1.0 - (sum - x) : x - (sum - 1.0);
    const Split split = splitExponent(sum);
    return assembledLog(split.exponent, split.mantissa - 1.0, lost / sum);
}

double portableLog2(double x) noexcept
{
    if (x > 0.0 && x < kInfinity) {
        const Split split = splitExponent(x);
        if (split.mantissa == 1.0)
            return static_cast<double>(split.exponent);
    }
    return portableLog(x) * kInverseLn2;
}

double portableSigmoid(double x) noexcept
{
    if (x >= 0.0)
        return 1.0 / (1.0 + portableExp(-x));
    const double power = portableExp(x);
    return power / (1.0 + power);
}

} // namespace ibidem
