// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/comparison.h"

#include <cstdint>

namespace ibidem::compare {

/// How far apart two series of numbers are, collected pair by pair.
class NumberSpread
{
public:
    explicit NumberSpread(const Tolerance &tolerance);

    /// True if the two have the same bits.
    bool add(float a, float b);
    bool add(double a, double b);

    [[nodiscard]] std::uint64_t count() const noexcept { return m_count; } ///< pairs with different bits

    [[nodiscard]] bool within() const noexcept { return m_within; } ///< all of them in the tolerance

    /// The pair added last is what to name of the series: the first with other bits until one is out of the
    /// tolerance, then the first of those.
    [[nodiscard]] bool namesLast() const noexcept { return m_namesLast; }

    [[nodiscard]] double maxAbs() const noexcept { return m_maxAbs; }

    [[nodiscard]] std::uint64_t maxUlp() const noexcept { return m_maxUlp; }

    void fill(Difference &difference) const;

private:
    void note(double a, double b, std::uint64_t ulp);

    Tolerance m_tolerance;
    std::uint64_t m_count = 0;
    std::uint64_t m_maxUlp = 0;
    double m_maxAbs = 0.0;
    bool m_within = true;
    bool m_namesLast = false;
};

} // namespace ibidem::compare
