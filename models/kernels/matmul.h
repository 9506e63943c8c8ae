// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/workplace.h"

#include <cstddef>

namespace ibidem::kernels {

/// Raise it when the definition below changes: manifests name it.
inline constexpr int kMatmulVersion = 2;
/// Terms of one chain; part of the definition.
inline constexpr std::size_t kMatmulBlock = 256;

/// C = A B, row-major, rows × columns, over `depth` terms. Which operand is stored transposed:
/// N N: A [rows][depth], B [depth][columns]; N T: B [columns][depth] (a layer's weights); T N: A
/// [depth][rows] (a weight gradient over the batch).
enum class Operands { NN, NT, TN };

struct MatmulShape
{
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t depth = 0;
};

enum class Activation { None, Relu };

/// What happens to each output after its sum: + bias[column], then the activation (relu: x < 0 ? +0 : x, so
/// NaN stays).
struct Epilogue
{
    const float *bias = nullptr; ///< one a column, or none
    Activation activation = Activation::None;
};

/// The definition: each output is the sum, in order, of block sums; a block sum is a chain of fused
/// multiply-adds over at most kMatmulBlock consecutive terms from +0, acc = fma(A(i,k), B(k,j), acc). The
/// first block's sum is taken as it is, the others are added one by one; then the epilogue. No block (depth
/// 0) is +0. The same bits for every instruction set, any number of threads and any tile size.
void matmul(Workplace &place, Operands operands, const MatmulShape &shape, const float *a, const float *b,
            float *c, const Epilogue &epilogue = {});

/// The definition as a loop of std::fma: the specification, and what the others are tested against. Slow.
void matmulReference(Operands operands, const MatmulShape &shape, const float *a, const float *b, float *c,
                     const Epilogue &epilogue = {});

} // namespace ibidem::kernels
