// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/workplace.h"

#include <cstddef>
#include <span>

namespace ibidem::kernels {

/// Raise it when a definition below changes.
inline constexpr int kReductionVersion = 1;
inline constexpr std::size_t kReductionLanes = 16;   ///< part of the definition
inline constexpr std::size_t kReductionBlock = 4096; ///< elements of a block; part of the definition
inline constexpr std::size_t kColumnSumBlock = 256;  ///< rows of a block; part of the definition

/// The definition of the three sums: the elements are cut into blocks of kReductionBlock; within a block lane
/// l takes the elements l, l + 16, l + 32 … in order, starting from +0; lanes are added as a tree (l and l +
/// 8, then + 4, + 2, + 1); the blocks' sums are added in order, starting with the first. Nothing is +0. The
/// same bits for every instruction set and any number of threads.
[[nodiscard]] float sum(Workplace &place, std::span<const float> values);
[[nodiscard]] float dot(Workplace &place, std::span<const float> a,
                        std::span<const float> b); ///< acc = fma(a, b, acc)
/// acc = fma(d, d, acc) with d = a - b.
[[nodiscard]] float sumOfSquaredDifferences(Workplace &place, std::span<const float> a,
                                            std::span<const float> b);

/// A squared error and its gradient in one pass over memory: returns sumOfSquaredDifferences(a, b) and sets d
/// as scaledDifference(a, b, factor) of elementwise.h does.
[[nodiscard]] float squaredErrorAndGradient(Workplace &place, std::span<const float> a,
                                            std::span<const float> b, float factor, std::span<float> d);

/// Sums of the columns of a row-major matrix, for the gradient of a bias: rows are cut into blocks of
/// kColumnSumBlock, summed in order from +0, and the blocks' sums are added in order.
void columnSums(Workplace &place, std::span<const float> matrix, std::size_t columns, std::span<float> sums);

} // namespace ibidem::kernels
