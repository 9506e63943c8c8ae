// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/kernels/workplace.h"
#include "models/spec/network.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ibidem::train {

/// Glorot-uniform weights, zero biases: one stream of random numbers a parameter, (seed, Initialise, 0,
/// index). `weights` holds all parameters one after the other. The same for every engine.
void initialWeights(const spec::Network &network, std::uint64_t seed, std::span<float> weights);

/// A network executed with our kernels: explicit forward and backward, all memory planned at the start, no
/// library. The same bits for every instruction set and any number of threads. One caller at a time.
class FixedNetwork
{
public:
    /// Plans memory for batches of up to `maxSamples`. Internal if the network is not sound.
    [[nodiscard]] static Result<FixedNetwork> create(spec::Network network, std::size_t maxSamples);

    [[nodiscard]] const spec::Network &network() const noexcept { return m_network; }

    /// All parameters one after the other, in the network's order: for optimisers, which work element by
    /// element.
    [[nodiscard]] std::span<float> weights() noexcept { return m_weights; }

    [[nodiscard]] std::span<const float> weights() const noexcept { return m_weights; }

    [[nodiscard]] std::span<const float> gradients() const noexcept { return m_gradients; }

    [[nodiscard]] std::span<const float> weight(std::size_t parameter) const noexcept;
    [[nodiscard]] std::span<const float> gradient(std::size_t parameter) const noexcept;

    /// initialWeights() of the network.
    void initialise(std::uint64_t seed);

    /// Computes all nodes; `batch` is samples × features, row-major, and must stay as it is until backward().
    /// The result points into this object and lives until the next call.
    std::span<const float> forward(kernels::Workplace &place, std::span<const float> batch,
                                   std::size_t samples);

    /// The values of a node after forward(): samples × features. A linear layer whose only reader is a relu
    /// shares that one's.
    [[nodiscard]] std::span<const float> values(std::size_t node) const noexcept;

    /// Where the gradient of the output is put before backward(): samples × features of the last forward().
    [[nodiscard]] std::span<float> outputGradient() noexcept;
    /// After forward(): fills gradients() from outputGradient().
    void backward(kernels::Workplace &place);

    [[nodiscard]] std::size_t plannedBytes() const noexcept; ///< of weights, gradients and values

private:
    FixedNetwork() = default;

    void plan(std::size_t maxSamples);
    void computeNode(kernels::Workplace &place, std::size_t node);
    void differentiateNode(kernels::Workplace &place, std::size_t node);
    [[nodiscard]] std::size_t features(std::size_t node) const noexcept;
    [[nodiscard]] const float *inputOf(std::size_t node) const noexcept;
    [[nodiscard]] bool isFused(std::size_t node) const noexcept; ///< a linear layer followed by its relu

    spec::Network m_network;
    std::vector<std::size_t> m_weightOffsets;   ///< of each parameter
    std::vector<std::size_t> m_firstParameters; ///< of each node, if it has any
    std::vector<std::size_t> m_slots;           ///< of each node: where its values are, in floats a sample
    std::vector<float> m_weights;
    std::vector<float> m_gradients;
    std::vector<float> m_values;         ///< slot × maxSamples
    std::vector<float> m_valueGradients; ///< the same
    const float *m_batch = nullptr;
    std::size_t m_samples = 0;
    std::size_t m_maxSamples = 0;
};

} // namespace ibidem::train
