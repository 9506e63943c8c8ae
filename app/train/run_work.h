// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/train/result_files.h"
#include "models/base/json.h"
#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/runs/manifest.h"
#include "models/spec/run_spec.h"
#include "models/train/network/network_trainer.h"
#include "models/train/train_listener.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

namespace ibidem::app {

/// What a training came to, whatever kind of model it was.
struct WorkOutcome
{
    bool stopped = false;
    std::int64_t roundsDone = 0;
    std::vector<runs::MetricPoint> metrics;
};

/// What lies between a resolved specification and the results, for one kind of model. The calls come in this
/// order, each once, from one thread; the specification outlives the object.
class RunWork
{
public:
    virtual ~RunWork() = default;

    /// Right after the environment pins are set: libraries are loaded in the background while the data is
    /// read.
    virtual void begin() = 0;
    /// Reads the inputs and prepares them; describes them in the manifest.
    [[nodiscard]] virtual Status prepare(const std::filesystem::path &folder, runs::Manifest &manifest,
                                         const RunToken &token) = 0;
    [[nodiscard]] virtual Result<WorkOutcome> train(const std::filesystem::path &folder, bool resume,
                                                    train::TrainListener &listener,
                                                    const RunToken &token) = 0;
    /// Facts about machine and libraries, once they are loaded. Also after a training that failed.
    [[nodiscard]] virtual Json environment() = 0;
    /// What a stopped run has as well: fingerprints of the data.
    [[nodiscard]] virtual Status addRecords(ResultFiles &files) = 0;
    /// Of a finished training: files, metrics, chain and digests. Stopped if it was asked to stop meanwhile;
    /// the run can be resumed then.
    [[nodiscard]] virtual Status addResults(const std::filesystem::path &folder, runs::Manifest &manifest,
                                            ResultFiles &files, const RunToken &token) = 0;
};

[[nodiscard]] std::unique_ptr<RunWork> makeTreesWork(const spec::RunSpec &spec);
[[nodiscard]] std::unique_ptr<RunWork> makeCellsWork(const spec::RunSpec &spec, train::NetworkProbe probe);

} // namespace ibidem::app
