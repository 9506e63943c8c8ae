// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/workplace.h"

#include <cstddef>
#include <span>

namespace ibidem::kernels {

/// Raise it when a definition below changes.
inline constexpr int kMomentsVersion = 1;
inline constexpr std::size_t kMomentsBlock = 512; ///< numbers of a block; part of the definition

/// The variance is that of the numbers themselves: divided by their count n.
struct Moments
{
    float mean = 0.0F;
    float variance = 0.0F;
    bool operator==(const Moments &) const = default;
};

/// In two passes, with the lanes and tree of reductions.h in blocks of kMomentsBlock, whose sums are added in
/// order in double precision, divided by n there, and rounded once: first the mean of the numbers, then that
/// of the squares of the deviations d = x - mean, acc = fma(d, d, acc). No numbers: 0 and 0. The same bits
/// for every instruction set and any number of threads.
[[nodiscard]] Moments moments(Workplace &place, std::span<const float> values);

/// The same of each column of a row-major matrix, with the sums of columnSums (reductions.h): rows in blocks
/// of kColumnSumBlock, each a chain in order from +0, blocks added in order. `means` and `variances` have one
/// number a column.
void columnMoments(Workplace &place, std::span<const float> matrix, std::size_t columns,
                   std::span<float> means, std::span<float> variances);

} // namespace ibidem::kernels
