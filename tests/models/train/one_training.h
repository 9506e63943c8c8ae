// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/kernels/isa.h"
#include "models/runs/run_folder.h"
#include "models/runs/trace.h"
#include "models/train/network/network_trainer.h"

#include <filesystem>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

/// One training of a small network with the fixed engine, and what it told.
namespace ibidem::train {

inline constexpr std::size_t kGenes = 37;

class Recorder : public TrainListener
{
public:
    std::stop_source stop;
    std::int64_t fromRound = -1;
    std::vector<std::string> warnings;
    std::vector<runs::MetricPoint> points;
    Json library;

    Status ready(const Json &state) override
    {
        library = state;
        return {};
    }

    void started(std::int64_t from) override { fromRound = from; }

    void round(std::int64_t, std::int64_t, const std::vector<runs::MetricPoint> &more) override
    {
        points.insert(points.end(), more.begin(), more.end());
    }

    void checkpoint(std::int64_t, const std::string &) override {}

    void warning(const std::string &message) override { warnings.push_back(message); }
};

struct Trained
{
    NetworkOutcome outcome;
    std::vector<float> weights;
    runs::Trace trace;

    [[nodiscard]] std::string chain() const { return outcome.epochs.back().chain; }
};

/// One training in a folder, with an engine of its own, as a process would do it.
inline Result<Trained> trained(const spec::RunSpec &spec, const std::filesystem::path &folder,
                               const std::vector<float> &values, Recorder &recorder, bool resume = false,
                               NetworkProbe probe = {})
{
    const spec::Network network = spec::networkOf(spec.autoencoder, kGenes);
    IBIDEM_TRY(const kernels::Isa isa, kernels::isaOfName(spec.isa));
    kernels::ThreadPool pool(static_cast<unsigned>(spec.threads));
    kernels::Workplace place(isa, &pool);
    IBIDEM_TRY(const auto engine,
               createFixedEngine({spec, network, static_cast<std::size_t>(spec.training.batchSize)}, place));
    IBIDEM_CHECK(makeFolder(folder));
    const NetworkData data{values, values.size() / kGenes, kGenes, "data"};
    const NetworkRequest request{spec, network, place, data, folder, resume, std::move(probe)};
    Trained result;
    IBIDEM_TRY(result.outcome, trainNetwork(request, *engine, recorder, RunToken(recorder.stop.get_token())));
    IBIDEM_TRY(const std::span<float> weights, engine->weights());
    result.weights.assign(weights.begin(), weights.end());
    IBIDEM_TRY(result.trace, runs::readTrace(folder / runs::kTraceFile));
    return result;
}

} // namespace ibidem::train
