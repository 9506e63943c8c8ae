// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ibidem::train {

/// Gradients and Hessians of the level "portable". Each is computed in double by our own arithmetic, rounded
/// to fp32 and then to a multiple of 2^-k. XGBoost sums them in double: with every addend a multiple of 2^-k
/// and every partial sum below 2^53 such steps, all sums are exact, so the order in which threads add them up
/// cannot matter.

/// k = min(50, 52 - bits of the number of rows): rows * 1.0 * 2^k <= 2^52. Gradients are at most 1, Hessians
/// 0.5.
[[nodiscard]] int gridExponent(std::size_t rows) noexcept;

/// The multiple of 2^-exponent nearest to the fp32 value nearest to x (ties to even); an fp32 value again.
/// |x| <= 1.
[[nodiscard]] float onGrid(double x, int exponent) noexcept;

/// Binary logistic loss: p - y and p (1 - p) with p = sigmoid(margin).
void logisticGradients(std::span<const float> margins, std::span<const std::int32_t> classes,
                       std::span<float> gradients, std::span<float> hessians) noexcept;

/// Softmax cross entropy: p_c - [y = c] and 2 p_c (1 - p_c), as XGBoost defines them; arrays are rows ×
/// groups.
void softmaxGradients(std::span<const float> margins, std::span<const std::int32_t> classes,
                      std::size_t groups, std::span<float> gradients, std::span<float> hessians) noexcept;

} // namespace ibidem::train
