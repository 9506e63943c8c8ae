// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/workplace.h"

#include <span>

namespace ibidem::kernels {

/// Raise it when a definition below changes.
inline constexpr int kElementwiseVersion = 2;

enum class Function { Exp, Log, Log1p, Sigmoid, Tanh, Relu };

/// out[i] = f(in[i]), in single precision, the same bits for every instruction set and any number of threads.
/// Errors against the correctly rounded value: exp, log 1 ulp; log1p, tanh 2 ulp; sigmoid 3 ulp. Denormals in
/// and out. log of 0 is -inf, of a negative number NaN. Relu is x < 0 ? +0 : x, so that NaN stays. `in` and
/// `out` may be the same. Definitions: tile_functions.h, with one lane.
void apply(Workplace &place, Function function, std::span<const float> in, std::span<float> out);

/// Gradient of a function by its result: dx[i] = dy[i] * f'. Relu: y > 0 ? dy : +0; Sigmoid: (dy * y) * (1 -
/// y); Tanh: dy * fma(-y, y, 1). `dy` and `dx` may be the same. Only these three.
void applyGradient(Workplace &place, Function function, std::span<const float> y, std::span<const float> dy,
                   std::span<float> dx);

/// d[i] = (a[i] - b[i]) * factor: the gradient of the mean squared error with factor 2 / n.
void scaledDifference(Workplace &place, std::span<const float> a, std::span<const float> b, float factor,
                      std::span<float> d);

/// One step of Adam (Kingma and Ba 2015) or AdamW (Loshchilov and Hutter 2019) on one tensor. `step` counts
/// from 1.
struct AdamOptions
{
    float learningRate = 1e-3F;
    float beta1 = 0.9F;
    float beta2 = 0.999F;
    float epsilon = 1e-8F;
    float weightDecay = 0.0F;
    bool decoupled =
        false; ///< AdamW: the weights shrink before the step; else the decay is part of the gradient
};

/// beta^step by repeated multiplication in double: the same on every machine. Keep one for a run.
struct AdamPowers
{
    double beta1 = 1.0;
    double beta2 = 1.0;
};

/// m = fma(b1, m, (1 - b1) g), v = fma(b2, v, ((1 - b2) g) g), w = w - (lr / c1) m / (sqrt(v) / sqrt(c2) +
/// eps) with c = 1 - beta^step; the factors are computed in double and rounded once. `powers` are those of
/// this step.
void adamStep(Workplace &place, const AdamOptions &options, const AdamPowers &powers,
              std::span<float> weights, std::span<const float> gradient, std::span<float> mean,
              std::span<float> variance);
/// The powers of the next step.
[[nodiscard]] AdamPowers nextPowers(const AdamOptions &options, const AdamPowers &powers) noexcept;

struct SgdOptions
{
    float learningRate = 1e-2F;
    float momentum = 0.0F;
    float weightDecay = 0.0F;
};

/// g' = fma(decay, w, g); velocity = fma(momentum, velocity, g'); w = fma(-lr, velocity, w). Start with
/// velocity 0.
void sgdStep(Workplace &place, const SgdOptions &options, std::span<float> weights,
             std::span<const float> gradient, std::span<float> velocity);

} // namespace ibidem::kernels
