// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/train/trainer.h"

#include <memory>

namespace ibidem::app {

/// Loads the module of boosted trees: from $IBIDEM_MODULES (tests), ../lib or ../lib/ibidem beside the
/// program's folder, or that folder itself. Its libraries read the environment now: pins must be set.
/// Unavailable, naming what was tried.
[[nodiscard]] Result<std::unique_ptr<train::Trainer>> loadTreesTrainer();

} // namespace ibidem::app
