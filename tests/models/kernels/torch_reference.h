// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// What LibTorch computes, as plain functions on plain pointers: its headers are read in one source only.
#pragma once

#include "models/kernels/matmul.h"

#include <span>

namespace ibidem::tests {

void setTorchThreads(int threads);

/// C = A B with at::mm into memory that is there, operands as in models/kernels/matmul.h.
void torchMatmul(kernels::Operands operands, const kernels::MatmulShape &shape, const float *a,
                 const float *b, float *c);

[[nodiscard]] float torchSum(std::span<const float> values);
[[nodiscard]] float torchDot(std::span<const float> a, std::span<const float> b);
/// The variance over all values, divided by their number.
[[nodiscard]] float torchVariance(std::span<const float> values);
/// By name: "exp", "log", "log1p", "sigmoid", "tanh".
void torchApply(const char *function, std::span<const float> in, std::span<float> out);
/// Over rows of `columns` numbers.
void torchSoftmax(bool logarithm, std::span<const float> in, std::size_t columns, std::span<float> out);
void torchColumnSums(std::span<const float> matrix, std::size_t columns, std::span<float> sums);
/// Mean over the rows.
[[nodiscard]] float torchCrossEntropy(std::span<const float> logits, std::span<const int> classes,
                                      std::size_t columns);

} // namespace ibidem::tests
