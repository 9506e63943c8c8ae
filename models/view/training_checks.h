// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/data_controller.h"
#include "models/view/settings_model.h"

#include <vector>

namespace ibidem::view {

/// What a training needs, point by point: data, what is set aside, how cells are prepared, the level.
/// `whyNot`: why it cannot start, empty if it can.
[[nodiscard]] std::vector<data::Check> trainingChecks(const DataController &data,
                                                      const SettingsModel &settings, const QString &whyNot);

} // namespace ibidem::view
