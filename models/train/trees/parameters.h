// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/spec/run_spec.h"
#include "models/train/trees/xgboost_api.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace ibidem::train {

/// What the specification means in XGBoost's words, in the order in which it is set. BadSpec if the objective
/// does not fit the number of classes, or the seed does not fit XGBoost.
[[nodiscard]] Result<std::vector<std::pair<std::string, std::string>>>
boosterParameters(const spec::RunSpec &spec, std::size_t classCount);

/// 1 for two classes, else the number of classes.
[[nodiscard]] std::size_t groupCount(std::size_t classCount) noexcept;

/// What the library says about itself after set-up: see readEffectiveState. `parameters` holds every setting
/// as read back.
[[nodiscard]] Result<Json> libraryState(const Booster &booster, bool ownGradients, std::size_t rows);

} // namespace ibidem::train
