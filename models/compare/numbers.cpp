// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/compare/numbers.h"

#include "models/base/text.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace ibidem::compare {

namespace {

constexpr std::uint64_t kFarthest = std::numeric_limits<std::uint64_t>::max();

/// Bits of a float in an order that follows the numbers: both zeros at 2^(width-1), negative ones below.
template <class Bits>
Bits ordered(Bits bits)
{
    constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
    return (bits & kSign) != 0 ? static_cast<Bits>(kSign - (bits - kSign)) : static_cast<Bits>(bits + kSign);
}

template <class Bits, class Number>
std::uint64_t distance(Number a, Number b)
{
    const Bits bitsA = std::bit_cast<Bits>(a);
    const Bits bitsB = std::bit_cast<Bits>(b);
    if (bitsA == bitsB)
        return 0;
    if (std::isnan(a) || std::isnan(b))
        return kFarthest;
    const Bits first = ordered(bitsA);
    const Bits second = ordered(bitsB);
    return first > second ? first - second : second - first;
}

} // namespace

std::uint64_t ulpDistance(float a, float b) noexcept
{
    return distance<std::uint32_t>(a, b);
}

std::uint64_t ulpDistance(double a, double b) noexcept
{
    return distance<std::uint64_t>(a, b);
}

Result<Tolerance> Tolerance::parse(std::string_view text)
{
    const std::string_view kind = text.substr(0, 4);
    const std::string_view number = text.substr(std::min<std::size_t>(4, text.size()));
    Tolerance tolerance;
    if (kind == "ulp:")
        tolerance.ulp = parseUnsigned(number);
    if (kind == "rel:")
        tolerance.relative = parseDouble(number);
    const bool relativeIsSound =
        tolerance.relative && std::isfinite(*tolerance.relative) && *tolerance.relative >= 0.0;
    if (!tolerance.ulp && !relativeIsSound)
        return fail(ErrorCode::Usage, ibidem::quoted(text) + " is not a tolerance", {},
                    "ulp:N with a whole number, as ulp:4, or rel:X, as rel:1e-6");
    return tolerance;
}

NumberSpread::NumberSpread(const Tolerance &tolerance)
    : m_tolerance(tolerance)
{}

bool NumberSpread::add(float a, float b)
{
    m_namesLast = false;
    if (std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b))
        return true;
    note(static_cast<double>(a), static_cast<double>(b), ulpDistance(a, b));
    return false;
}

bool NumberSpread::add(double a, double b)
{
    m_namesLast = false;
    if (std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b))
        return true;
    note(a, b, ulpDistance(a, b));
    return false;
}

void NumberSpread::note(double a, double b, std::uint64_t ulp)
{
    const double apart = std::abs(a - b);
    const double scale = std::max(std::abs(a), std::abs(b));
    // Comparisons with NaN are false: a NaN is never within.
    const bool closeInUlp = m_tolerance.ulp && ulp != kFarthest && ulp <= *m_tolerance.ulp;
    const bool closeInValue = m_tolerance.relative && apart <= *m_tolerance.relative * scale;
    const bool isClose = closeInUlp || (closeInValue && std::isfinite(scale));
    ++m_count;
    m_namesLast = m_count == 1 || (m_within && !isClose);
    m_within = m_within && isClose;
    m_maxUlp = std::max(m_maxUlp, ulp);
    m_maxAbs = std::isnan(apart) ? std::numeric_limits<double>::infinity() : std::max(m_maxAbs, apart);
}

void NumberSpread::fill(Difference &difference) const
{
    if (m_count == 0)
        return;
    difference.maxAbs = m_maxAbs;
    difference.maxUlp = m_maxUlp;
}

} // namespace ibidem::compare
