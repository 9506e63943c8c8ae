// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/kernels/workplace.h"

#include <cstdint>
#include <span>

namespace ibidem::kernels {

/// Raise it when a definition below changes.
inline constexpr int kSoftmaxVersion = 1;

// All work on the rows of a row-major matrix of `columns` columns, one thread a row. Of a row, m is the
// largest number: lanes by index mod 16, each a chain `m > x ? m : x` from -inf, joined in the tree of
// reductions.h the same way; s is the sum of e = exp(x - m), with the lanes, tree and blocks of sum(). exp
// and log are those of elementwise.h. The same bits for every instruction set and any number of threads. A
// row with NaN or +inf becomes NaN. `in` and `out`, `dy` and `dx` may be the same.

/// y = e / s.
void softmax(Workplace &place, std::span<const float> in, std::size_t columns, std::span<float> out);

/// y = (x - m) - log(s).
void logSoftmax(Workplace &place, std::span<const float> in, std::size_t columns, std::span<float> out);

/// dx = y * (dy - dot(y, dy)), with dot() of reductions.h over the row.
void softmaxGradient(Workplace &place, std::span<const float> y, std::span<const float> dy,
                     std::size_t columns, std::span<float> dx);

/// dx = fma(-exp(y), sum(dy), dy), with sum() of reductions.h over the row.
void logSoftmaxGradient(Workplace &place, std::span<const float> y, std::span<const float> dy,
                        std::size_t columns, std::span<float> dx);

/// The mean over the rows of -log(softmax(x)[class]): a row's loss is log(s) - (x[class] - m); the rows'
/// losses are added by sum() and divided by their number, rounded to a float. `gradient` is empty, or as
/// large as `logits` and filled with ((e / s) - [class]) * (1 / rows). One class a row, 0 … columns - 1:
/// Internal if one is not. No rows: 0.
[[nodiscard]] Result<float> crossEntropy(Workplace &place, std::span<const float> logits,
                                         std::span<const std::int32_t> classes, std::size_t columns,
                                         std::span<float> gradient = {});

} // namespace ibidem::kernels
