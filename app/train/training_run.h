// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/train/network/network_trainer.h"

#include <filesystem>
#include <optional>
#include <stop_token>

namespace ibidem::app {

struct TrainOptions
{
    std::filesystem::path spec;   ///< empty: the folder's own
    std::filesystem::path folder; ///< "<run>" or "<run>.partial"
    bool resume = false;
    train::NetworkProbe probe = {}; ///< tests only
};

/// One run from its specification to its folder under the final name: finished, stopped or failed, the folder
/// says so. Returns the exit code for finished (0) and stopped (75) runs; the error of a failed one.
[[nodiscard]] Result<int> runTraining(const TrainOptions &options, std::stop_token stop);

} // namespace ibidem::app
