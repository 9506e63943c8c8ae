// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/library/library_optimiser.h"

#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/GradMode.h>

#include <array>

namespace ibidem::train {

namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-8;

} // namespace

LibraryOptimiser::LibraryOptimiser(const spec::NetworkTraining &training, const at::Tensor &weights)
    : m_training(training)
    , m_stepCount(at::zeros({}, weights.options()))
    , m_mean(at::zeros_like(weights))
{
    if (training.optimiser != "sgd")
        m_variance = at::zeros_like(weights);
}

void LibraryOptimiser::step(at::Tensor &weights, const at::Tensor &gradients)
{
    const at::NoGradGuard plain;
    ++m_steps;
    m_stepCount.fill_(static_cast<double>(m_steps));
    const std::array parameters{weights};
    const std::array slopes{gradients};
    const std::array means{m_mean};
    const std::array variances{m_variance};
    const std::array counts{m_stepCount};
    const double rate = m_training.learningRate;
    const double decay = m_training.weightDecay;
    if (m_training.optimiser == "adam")
        at::_fused_adam_(parameters, slopes, means, variances, {}, counts, rate, kBeta1, kBeta2, decay,
                         kEpsilon, false, false);
    else if (m_training.optimiser == "adamw")
        at::_fused_adamw_(parameters, slopes, means, variances, {}, counts, rate, kBeta1, kBeta2, decay,
                          kEpsilon, false, false);
    else if (m_training.momentum > 0.0) // a velocity of zeros makes the first step like all others
        at::_fused_sgd_(parameters, slopes, means, decay, m_training.momentum, rate, 0.0, false, false,
                        false);
    else // the kernel insists that there is no velocity then
        at::_fused_sgd_(parameters, slopes, {}, decay, 0.0, rate, 0.0, false, false, false);
}

} // namespace ibidem::train
