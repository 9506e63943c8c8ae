// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ibidem {

/// Functions whose bits do not depend on the machine: only + - × ÷ and std::fma-free IEEE double operations
/// in a fixed order, no libm (glibc picks other code on processors with FMA). Stated errors are against
/// correctly rounded values.

/// e^x. Error at most 1 ulp. 0 below -745.14, +inf above 709.79, NaN for NaN.
[[nodiscard]] double portableExp(double x) noexcept;
/// Natural logarithm. Error at most 1 ulp. -inf for 0, NaN for negative numbers and NaN. Subnormals are exact
/// in range.
[[nodiscard]] double portableLog(double x) noexcept;
/// log(1+x), accurate for small x. Error at most 1 ulp. -inf for -1, NaN below.
[[nodiscard]] double portableLog1p(double x) noexcept;
/// log2(x) = portableLog(x) * (1/ln 2), exact for powers of two. Error at most 2 ulp.
[[nodiscard]] double portableLog2(double x) noexcept;
/// 1/(1+e^-x), computed without overflow on both sides. Error at most 3 ulp.
[[nodiscard]] double portableSigmoid(double x) noexcept;

} // namespace ibidem
