// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ibidem::kernels {

enum class Isa;

inline constexpr std::size_t kFunctionCount = 6; ///< as in Function
inline constexpr std::size_t kGradientCount = 3; ///< sigmoid, tanh, relu

/// The factors of one Adam step, rounded once.
struct AdamFactors
{
    float beta1;
    float oneMinusBeta1;
    float beta2;
    float oneMinusBeta2;
    float stepSize;           ///< learning rate / (1 - beta1^step)
    float inverseRootOfBias2; ///< 1 / sqrt(1 - beta2^step)
    float epsilon;
    float gradientDecay; ///< Adam: weight decay
    float shrink;        ///< AdamW: 1 - learning rate * weight decay; else 1
};

/// The inner loops that exist once for each instruction set: plain functions on plain pointers. They are
/// compiled with flags of their own, so their sources include nothing whose functions another source could
/// share (no standard containers, no templates outside their own unnamed namespace).
struct KernelTable
{
    std::size_t tileRows;    ///< of the matrix product: at most so many rows …
    std::size_t tileColumns; ///< … and exactly so many columns of packed B
    /// c[r * cPitch + j] (+)= chain over k of fma(a[r * aPitch + k], b[k * tileColumns + j], ·) from +0, for
    /// r < rows and j < columns. `add` adds the chain's result to what is there, in one addition.
    void (*matmulTile)(const float *a, std::size_t aPitch, const float *b, std::size_t depth, float *c,
                       std::size_t cPitch, std::size_t rows, std::size_t columns, bool add);
    void (*function[kFunctionCount])(const float *in, float *out, std::size_t count);
    void (*gradient[kGradientCount])(const float *y, const float *dy, float *dx, std::size_t count);
    void (*scaledDifference)(const float *a, const float *b, float factor, float *d, std::size_t count);
    void (*adam)(const AdamFactors &factors, float *w, const float *g, float *m, float *v, std::size_t count);
    void (*sgd)(float decay, float momentum, float rate, float *w, const float *g, float *velocity,
                std::size_t count);
    /// One block of a reduction; `b` is not read by the sum.
    float (*sumBlock)(const float *a, const float *b, std::size_t count);
    float (*dotBlock)(const float *a, const float *b, std::size_t count);
    float (*squaresBlock)(const float *a, const float *b, std::size_t count);
    /// sums[j] (+)= sum in order over `rows` of a[r * pitch + j], j < columns.
    void (*columnSums)(const float *a, std::size_t pitch, std::size_t rows, std::size_t columns, float *sums,
                       bool add);
};

[[nodiscard]] const KernelTable &kernelsFor(Isa isa) noexcept;

} // namespace ibidem::kernels
