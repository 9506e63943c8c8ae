// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/train/trainer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace ibidem::train {

/// Is told the gradients of a round before they are used, and may change them: how tests make one wrong in
/// its last bit.
using GradientProbe =
    std::function<void(std::int64_t round, std::span<float> gradients, std::span<float> hessians)>;

/// Boosted trees by XGBoost. At the level "portable" with our own gradients (see gradients.h), else with the
/// library's.
[[nodiscard]] std::unique_ptr<Trainer> createTreesTrainer(GradientProbe probe = {});

} // namespace ibidem::train
