// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/kernels/workplace.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"
#include "models/spec/network.h"
#include "models/spec/run_spec.h"
#include "models/train/network/engine.h"
#include "models/train/train_listener.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ibidem::train {

/// What a network learns from: samples × features, row-major, prepared. Points to somebody else's memory.
struct NetworkData
{
    std::span<const float> values;
    std::size_t samples = 0;
    std::size_t features = 0;
    std::string digest; ///< runs::dataDigest of the preparation: part of the chain and of checkpoints
};

/// For tests that break a training on purpose.
struct NetworkProbe
{
    /// Before a step (both from 1); may change the weights.
    std::function<void(std::int64_t epoch, std::int64_t step, std::span<float> weights)> weights;
    /// Once an epoch; may change the order.
    std::function<void(std::int64_t epoch, std::span<std::uint32_t> order)> order;
};

/// Everything outlives the call.
struct NetworkRequest
{
    const spec::RunSpec &spec; ///< resolved and validated, of the kind autoencoder
    const spec::Network &network;
    kernels::Workplace &place; ///< for batches and records; used by one side at a time, trainer or engine
    NetworkData data;
    std::filesystem::path folder; ///< "<run>.partial": trace.bin and checkpoints/ go there
    bool resume = false;          ///< go on from the newest sound checkpoint, or from the start if none
    NetworkProbe probe = {};
};

struct NetworkOutcome
{
    bool stopped = false; ///< on request; a checkpoint is written
    /// The epoch with the least loss, where training.patience ended the training before its last epoch; else
    /// 0.
    std::int64_t bestOfEarlyEnd = 0;
    std::int64_t epochsDone = 0;
    std::vector<runs::MetricPoint> metrics; ///< of all epochs, also those before a resume
    std::vector<runs::EpochRecord> epochs;
    std::vector<runs::TensorRecord> tensors;
};

/// Trains: the same order, batches and records for every engine. The final weights are the engine's.
/// trace.bin is complete when it returns. Errors: BadSpec naming epoch, step and tensor where a number is no
/// longer finite; what checkpoints and the engine give.
[[nodiscard]] Result<NetworkOutcome> trainNetwork(const NetworkRequest &request, Engine &engine,
                                                  TrainListener &listener, const RunToken &token);

/// What the trained network makes of every sample.
struct NetworkEvaluation
{
    std::vector<float> embedding;     ///< samples × latent
    std::vector<float> sampleErrors;  ///< mean squared error of each sample
    std::vector<float> featureErrors; ///< and of each feature
    std::vector<float> output;        ///< samples × features; empty unless asked for
    double loss = 0.0;                ///< over everything
};

[[nodiscard]] Result<NetworkEvaluation> evaluateNetwork(Engine &engine, const spec::Network &network,
                                                        const NetworkData &data, std::size_t batchSize,
                                                        bool keepOutput);

} // namespace ibidem::train
