// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/prepare/expression.h"
#include "models/runs/manifest.h"
#include "models/spec/run_spec.h"
#include "models/train/train_listener.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ibidem::train {

/// The preparation stages as a manifest records them; their digest belongs to the chain and to checkpoints.
[[nodiscard]] inline std::vector<runs::StageRecord> stageRecords(const prepare::PreparedExpression &data)
{
    std::vector<runs::StageRecord> records;
    for (const prepare::Stage &stage : data.stages)
        records.push_back({stage.name, stage.digest, stage.samples, stage.genes});
    return records;
}

/// What a trainer is given. Everything outlives the call.
struct TrainRequest
{
    const spec::RunSpec &spec; ///< resolved and validated
    const prepare::PreparedExpression &data;
    std::filesystem::path folder; ///< "<run>.partial": checkpoints go to its checkpoints/
    bool resume = false;          ///< go on from the newest sound checkpoint, or from the start if none
};

struct TrainOutcome
{
    bool stopped = false; ///< on request; a checkpoint for roundsDone is written
    std::int64_t roundsDone = 0;
    std::vector<runs::MetricPoint> metrics; ///< of all rounds, also those before a resume
    std::string model;                      ///< UBJSON bytes
    std::vector<float> trainMargins;        ///< samples × groups
    std::vector<float> testMargins;
    Json effectiveState =
        Json::object(); ///< what the library reports after set-up (threads, parameters, version)
};

/// One engine, one process, one run. train() is called once.
class Trainer
{
public:
    virtual ~Trainer() = default;
    [[nodiscard]] virtual Result<TrainOutcome> train(const TrainRequest &request, TrainListener &listener,
                                                     const RunToken &token) = 0;
};

/// The one symbol of a trainer module (lib/ibidem/…so, loaded with dlopen after the environment pins are
/// set).
inline constexpr const char *kTrainerFactory = "ibidemCreateTrainer";
using TrainerFactory = Trainer *();

} // namespace ibidem::train
