// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::train {

/// What a trainer tells while it works; called from the training thread only. A round is a round of trees or
/// an epoch of a network.
class TrainListener
{
public:
    virtual ~TrainListener() = default;
    /// After set-up, before the first round: what the library reports about itself. An error ends the run
    /// with it: the state contradicts the level.
    [[nodiscard]] virtual Status ready(const Json &library) = 0;
    virtual void started(std::int64_t fromRound) = 0;
    virtual void round(std::int64_t round, std::int64_t rounds,
                       const std::vector<runs::MetricPoint> &metrics) = 0;
    virtual void checkpoint(std::int64_t round, const std::string &file) = 0;
    virtual void warning(const std::string &message) = 0;
};

} // namespace ibidem::train
