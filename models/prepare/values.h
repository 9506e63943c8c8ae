// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/portable_math.h"

#include <cmath>
#include <optional>
#include <string_view>

namespace ibidem::prepare {

/// One value as a learner gets it, "tpm" or "log" (log2(x + 1)), rounded once to single precision: the rule
/// for training and for prediction. Nothing where it has no such value: negative under "log", or too large.
[[nodiscard]] inline std::optional<float> preparedValue(double value, std::string_view values)
{
    const bool isLog = values == "log";
    if (isLog && value < 0.0)
        return std::nullopt;
    const auto result = static_cast<float>(isLog ? portableLog2(1.0 + value) : value);
    return std::isfinite(result) ? std::optional(result) : std::nullopt;
}

} // namespace ibidem::prepare
