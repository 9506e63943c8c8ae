// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/elementwise.h"
#include "models/kernels/matmul.h"
#include "models/kernels/reductions.h"
#include "models/train/fixed/fixed_network.h"
#include "models/train/network/engine.h"

#include <utility>

namespace ibidem::train {

namespace {

constexpr const char *kName = "ibidem-kernels";

std::string kernelVersions()
{
    return "matmul " + std::to_string(kernels::kMatmulVersion) + ", elementwise " +
           std::to_string(kernels::kElementwiseVersion) + ", reduction " +
           std::to_string(kernels::kReductionVersion);
}

kernels::AdamOptions adamOptions(const spec::NetworkTraining &training)
{
    kernels::AdamOptions options;
    options.learningRate = static_cast<float>(training.learningRate);
    options.weightDecay = static_cast<float>(training.weightDecay);
    options.decoupled = training.optimiser == "adamw";
    return options;
}

kernels::SgdOptions sgdOptions(const spec::NetworkTraining &training)
{
    return {static_cast<float>(training.learningRate), static_cast<float>(training.momentum),
            static_cast<float>(training.weightDecay)};
}

class FixedEngine final : public Engine
{
public:
    FixedEngine(FixedNetwork network, const EngineRequest &request, kernels::Workplace &place)
        : m_network(std::move(network))
        , m_spec(request.spec)
        , m_place(place)
        , m_isSgd(request.spec.training.optimiser == "sgd")
        , m_mean(m_network.weights().size(), 0.0F)
        , m_variance(m_isSgd ? 0 : m_network.weights().size(), 0.0F)
    {}

    Result<Json> state() override
    {
        return Json{{"name", kName},
                    {"version", kernelVersions()},
                    {"isa", kernels::isaName(m_place.isa)},
                    {"nthread", m_place.threadCount()},
                    {"seed", m_spec.seed},
                    {"device", "cpu"},
                    {"optimiser", m_spec.training.optimiser},
                    {"floatStateExact", m_place.isFloatStateExact()}};
    }

    Result<std::span<float>> weights() override { return m_network.weights(); }

    Status weightsChanged() override { return {}; }

    Result<OptimiserState> optimiser() override { return OptimiserState{m_steps, m_mean, m_variance}; }

    Status setOptimiser(std::uint64_t steps) override
    {
        m_steps = steps;
        m_powers = {};
        for (std::uint64_t i = 0; i < steps && !m_isSgd; ++i)
            m_powers = kernels::nextPowers(adamOptions(m_spec.training), m_powers);
        return {};
    }

    Result<double> differentiate(std::span<const float> batch, std::size_t samples) override
    {
        const std::span<const float> output = m_network.forward(m_place, batch, samples);
        const auto count = static_cast<double>(output.size());
        const float sum = kernels::squaredErrorAndGradient(
            m_place, output, batch, static_cast<float>(2.0 / count), m_network.outputGradient());
        m_network.backward(m_place);
        return static_cast<double>(sum) / count;
    }

    Result<std::span<const float>> gradients() override { return std::as_const(m_network).gradients(); }

    Status update() override
    {
        ++m_steps;
        if (m_isSgd) {
            kernels::sgdStep(m_place, sgdOptions(m_spec.training), m_network.weights(),
                             std::as_const(m_network).gradients(), m_mean);
            return {};
        }
        const kernels::AdamOptions options = adamOptions(m_spec.training);
        m_powers = kernels::nextPowers(options, m_powers);
        kernels::adamStep(m_place, options, m_powers, m_network.weights(),
                          std::as_const(m_network).gradients(), m_mean, m_variance);
        return {};
    }

    Result<Evaluation> evaluate(std::span<const float> batch, std::size_t samples) override
    {
        Evaluation evaluation;
        evaluation.output = m_network.forward(m_place, batch, samples);
        if (m_network.network().embedding != 0)
            evaluation.embedding = m_network.values(m_network.network().embedding);
        return evaluation;
    }

private:
    FixedNetwork m_network;
    const spec::RunSpec &m_spec;
    kernels::Workplace &m_place;
    bool m_isSgd;
    std::vector<float> m_mean;
    std::vector<float> m_variance;
    kernels::AdamPowers m_powers;
    std::uint64_t m_steps = 0;
};

} // namespace

Result<std::unique_ptr<Engine>> createFixedEngine(const EngineRequest &request, kernels::Workplace &place)
{
    IBIDEM_TRY(FixedNetwork network, FixedNetwork::create(request.network, request.maxSamples));
    return std::unique_ptr<Engine>(std::make_unique<FixedEngine>(std::move(network), request, place));
}

} // namespace ibidem::train
