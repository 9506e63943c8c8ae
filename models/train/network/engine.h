// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/spec/network.h"
#include "models/spec/run_spec.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace ibidem::kernels {
struct Workplace;
}

namespace ibidem::train {

/// What an engine is made for. Everything outlives it.
struct EngineRequest
{
    const spec::RunSpec &spec; ///< resolved: level, device, threads, isa; training.* names the optimiser
    const spec::Network &network;
    std::size_t maxSamples = 0; ///< of a batch, in learning and in evaluation
};

/// What of the optimiser goes into a checkpoint: flat, in the order of the parameters. Adam and AdamW: mean
/// and variance of the gradients; SGD: `mean` is the velocity.
struct OptimiserState
{
    std::uint64_t steps = 0; ///< done so far
    std::span<float> mean;
    std::span<float> variance; ///< empty for SGD
};

/// Computes one network: the trainer owns order, batches, records and files, the engine arithmetic alone, so
/// that both engines start from the same weights and see the same batches. Flat arrays hold the parameters
/// one after the other in the network's order, in C order as PyTorch stores them. Used from one thread at a
/// time.
class Engine
{
public:
    virtual ~Engine() = default;
    Engine() = default;
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    /// What the engine reports about itself after set-up, for the manifest and the level's check: "name"
    /// ("ibidem-kernels", "libtorch"), "version", "nthread", "seed", "device", "isa", and each switch as read
    /// back.
    [[nodiscard]] virtual Result<Json> state() = 0;

    /// The weights, to read and to set: host memory that is current until the next differentiate() or
    /// update(). After writing into it call weightsChanged().
    [[nodiscard]] virtual Result<std::span<float>> weights() = 0;
    [[nodiscard]] virtual Status weightsChanged() = 0;
    /// Optimiser state as host memory, like weights(); after writing (also of `steps`) call setOptimiser().
    [[nodiscard]] virtual Result<OptimiserState> optimiser() = 0;
    [[nodiscard]] virtual Status setOptimiser(std::uint64_t steps) = 0;

    /// Forward and backward of one batch (samples × features, row-major): the mean squared error between
    /// output and batch, over all their elements. Fills gradients().
    [[nodiscard]] virtual Result<double> differentiate(std::span<const float> batch, std::size_t samples) = 0;
    /// Of the last differentiate(): flat, host memory, valid until the next call.
    [[nodiscard]] virtual Result<std::span<const float>> gradients() = 0;
    /// One step of the optimiser with those gradients.
    [[nodiscard]] virtual Status update() = 0;

    /// Forward only. `output` and `embedding` (the network's embedding node) point into the engine until the
    /// next call; `embedding` is empty if the network has none.
    struct Evaluation
    {
        std::span<const float> output;
        std::span<const float> embedding;
    };

    [[nodiscard]] virtual Result<Evaluation> evaluate(std::span<const float> batch, std::size_t samples) = 0;
};

/// The engine of our own kernels: the same bits on every machine. It works where the trainer does, with the
/// place's threads and instruction set: threads of a second pool would be in the way of the first one's.
[[nodiscard]] Result<std::unique_ptr<Engine>> createFixedEngine(const EngineRequest &request,
                                                                kernels::Workplace &place);

/// The one symbol of an engine module (lib/ibidem/…so, loaded with dlopen after the environment pins are
/// set). Returns a new Engine, or nullptr with *error filled.
inline constexpr const char *kEngineFactory = "ibidemCreateEngine";
using EngineFactory = Engine *(const EngineRequest &request, Error *error);

} // namespace ibidem::train
