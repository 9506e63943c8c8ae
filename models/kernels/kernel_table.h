// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ibidem::kernels {

enum class Isa;

inline constexpr std::size_t kFunctionCount = 6; ///< as in Function
inline constexpr std::size_t kGradientCount = 3; ///< sigmoid, tanh, relu

/// Columns of B that the matrix product packs together: of a wide matrix each row lies in another page, so
/// that what is taken from one should be worth the way.
inline constexpr std::size_t kPackedColumns = 128;

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
    /// out[j * outPitch + r] = in[r * inPitch + j] for r < rows and j < columns; the two do not overlap.
    void (*transpose)(const float *in, std::size_t inPitch, std::size_t rows, std::size_t columns, float *out,
                      std::size_t outPitch);
    /// What follows a product, for r < rows and j < columns: c[r * pitch + j] + bias[j] if there is a bias,
    /// then, for a relu, x > 0 ? x : +0.
    void (*finish)(float *c, std::size_t pitch, std::size_t rows, std::size_t columns, const float *bias,
                   bool relu);
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
    float (*deviationsBlock)(const float *a, float mean,
                             std::size_t count); ///< acc = fma(d, d, acc), d = a - mean
    float (*expSumBlock)(const float *a, float shift, std::size_t count); ///< acc = acc + exp(a - shift)
    float (*maxBlock)(const float *a,
                      std::size_t count); ///< from -inf, acc > a ? acc : a; lanes the same way
    /// sums[j] (+)= sum in order over `rows` of a[r * pitch + j], j < columns.
    void (*columnSums)(const float *a, std::size_t pitch, std::size_t rows, std::size_t columns, float *sums,
                       bool add);
    /// The same of fma(d, d, ·) with d = a[r * pitch + j] - means[j].
    void (*columnDeviations)(const float *a, std::size_t pitch, std::size_t rows, std::size_t columns,
                             const float *means, float *sums, bool add);
    void (*expShifted)(const float *in, float shift, float *out, std::size_t count); ///< exp(in - shift)
    void (*divided)(const float *in, float divisor, float *out, std::size_t count);  ///< in / divisor
    void (*scaled)(const float *in, float factor, float *out, std::size_t count);    ///< in * factor
    void (*shiftedTwice)(const float *in, float a, float b, float *out, std::size_t count); ///< (in - a) - b
    void (*softmaxGradient)(const float *y, const float *dy, float dot, float *dx,
                            std::size_t count); ///< y * (dy - dot)
    void (*logSoftmaxGradient)(const float *y, const float *dy, float sum, float *dx,
                               std::size_t count); ///< fma(-exp(y), sum, dy)
    /// The index of the first number that is infinite or not a number; `count` if there is none.
    std::size_t (*firstNonFinite)(const float *values, std::size_t count);
};

[[nodiscard]] const KernelTable &kernelsFor(Isa isa) noexcept;

} // namespace ibidem::kernels
