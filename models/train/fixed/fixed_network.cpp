// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/fixed/fixed_network.h"

#include "models/kernels/elementwise.h"
#include "models/kernels/initialise.h"
#include "models/kernels/matmul.h"
#include "models/kernels/reductions.h"

#include <algorithm>
#include <utility>

namespace ibidem::train {

namespace {

using spec::Operation;

/// 64 bytes: no two nodes share a cache line.
constexpr std::size_t kAlignment = 16;

kernels::Function functionOf(Operation operation)
{
    switch (operation) {
    case Operation::Sigmoid:
        return kernels::Function::Sigmoid;
    case Operation::Tanh:
        return kernels::Function::Tanh;
    default:
        return kernels::Function::Relu;
    }
}

std::size_t aligned(std::size_t count)
{
    return (count + kAlignment - 1) / kAlignment * kAlignment;
}

} // namespace

void initialWeights(const spec::Network &network, std::uint64_t seed, std::span<float> weights)
{
    std::size_t offset = 0;
    for (std::size_t i = 0; i < network.parameters.size(); ++i) {
        const spec::Parameter &parameter = network.parameters[i];
        const auto values = weights.subspan(offset, spec::elementCount(parameter.shape));
        offset += values.size();
        if (parameter.isBias)
            std::fill(values.begin(), values.end(), 0.0F);
        else
            kernels::glorotUniform(
                RandomStream(seed, RandomPurpose::Initialise, 0, static_cast<std::uint32_t>(i)),
                parameter.fanIn, parameter.fanOut, values);
    }
}

Result<FixedNetwork> FixedNetwork::create(spec::Network network, std::size_t maxSamples)
{
    IBIDEM_CHECK(spec::check(network));
    FixedNetwork fixed;
    fixed.m_network = std::move(network);
    fixed.plan(maxSamples);
    return fixed;
}

void FixedNetwork::plan(std::size_t maxSamples)
{
    m_maxSamples = maxSamples;
    std::size_t weightCount = 0;
    m_firstParameters.assign(m_network.nodes.size(), m_network.parameters.size());
    for (std::size_t i = 0; i < m_network.parameters.size(); ++i) {
        m_weightOffsets.push_back(weightCount);
        weightCount += spec::elementCount(m_network.parameters[i].shape);
        std::size_t &first = m_firstParameters[m_network.parameters[i].node];
        first = std::min(first, i);
    }
    m_weights.assign(weightCount, 0.0F);
    m_gradients.assign(weightCount, 0.0F);
    std::size_t slot = 0;
    m_slots.assign(m_network.nodes.size(), 0);
    for (std::size_t node = 1; node < m_network.nodes.size(); ++node) {
        m_slots[node] = slot; // a fused layer has the slot of the relu behind it
        if (!isFused(node))
            slot += aligned(features(node));
    }
    m_values.assign(slot * maxSamples, 0.0F);
    m_valueGradients.assign(slot * maxSamples, 0.0F);
}

std::size_t FixedNetwork::features(std::size_t node) const noexcept
{
    return spec::elementCount(m_network.nodes[node].shape);
}

bool FixedNetwork::isFused(std::size_t node) const noexcept
{
    if (m_network.nodes[node].operation != Operation::Linear || node + 1 == m_network.nodes.size())
        return false;
    const auto reads = [node](const spec::Node &other) {
        return std::find(other.inputs.begin(), other.inputs.end(), node) != other.inputs.end();
    };
    const spec::Node &next = m_network.nodes[node + 1];
    return next.operation == Operation::Relu && reads(next) && node != m_network.embedding &&
           std::count_if(m_network.nodes.begin(), m_network.nodes.end(), reads) == 1;
}

std::span<const float> FixedNetwork::weight(std::size_t parameter) const noexcept
{
    return std::span(m_weights).subspan(m_weightOffsets[parameter],
                                        spec::elementCount(m_network.parameters[parameter].shape));
}

std::span<const float> FixedNetwork::gradient(std::size_t parameter) const noexcept
{
    return std::span(m_gradients)
        .subspan(m_weightOffsets[parameter], spec::elementCount(m_network.parameters[parameter].shape));
}

void FixedNetwork::initialise(std::uint64_t seed)
{
    initialWeights(m_network, seed, m_weights);
}

std::span<const float> FixedNetwork::values(std::size_t node) const noexcept
{
    if (node == 0)
        return {m_batch, m_samples * features(0)};
    return std::span(m_values).subspan(m_slots[node] * m_maxSamples, m_samples * features(node));
}

const float *FixedNetwork::inputOf(std::size_t node) const noexcept
{
    return values(m_network.nodes[node].inputs.front()).data();
}

std::span<const float> FixedNetwork::forward(kernels::Workplace &place, std::span<const float> batch,
                                             std::size_t samples)
{
    m_batch = batch.data();
    m_samples = samples;
    for (std::size_t node = 1; node < m_network.nodes.size(); ++node)
        computeNode(place, node);
    return values(m_network.nodes.size() - 1);
}

void FixedNetwork::computeNode(kernels::Workplace &place, std::size_t node)
{
    float *out = m_values.data() + m_slots[node] * m_maxSamples;
    const std::size_t input = m_network.nodes[node].inputs.front();
    if (m_network.nodes[node].operation != Operation::Linear) {
        if (!isFused(input) || input + 1 != node)
            kernels::apply(place, functionOf(m_network.nodes[node].operation), values(input),
                           {out, m_samples * features(node)});
        return;
    }
    const std::size_t first = m_firstParameters[node];
    const kernels::Epilogue epilogue{weight(first + 1).data(),
                                     isFused(node) ? kernels::Activation::Relu : kernels::Activation::None};
    kernels::matmul(place, kernels::Operands::NT, {m_samples, features(node), features(input)}, inputOf(node),
                    weight(first).data(), out, epilogue);
}

std::span<float> FixedNetwork::outputGradient() noexcept
{
    const std::size_t last = m_network.nodes.size() - 1;
    return std::span(m_valueGradients).subspan(m_slots[last] * m_maxSamples, m_samples * features(last));
}

void FixedNetwork::backward(kernels::Workplace &place)
{
    for (std::size_t node = m_network.nodes.size() - 1; node > 0; --node)
        differentiateNode(place, node);
}

void FixedNetwork::differentiateNode(kernels::Workplace &place, std::size_t node)
{
    float *own = m_valueGradients.data() + m_slots[node] * m_maxSamples;
    const std::size_t input = m_network.nodes[node].inputs.front();
    float *before = m_valueGradients.data() + m_slots[input] * m_maxSamples;
    const std::size_t count = m_samples * features(node);
    if (m_network.nodes[node].operation != Operation::Linear) {
        kernels::applyGradient(place, functionOf(m_network.nodes[node].operation), values(node), {own, count},
                               {before, count}); // in place where the layer before is fused
        return;
    }
    const std::size_t first = m_firstParameters[node];
    float *weightGradient = m_gradients.data() + m_weightOffsets[first];
    float *biasGradient = m_gradients.data() + m_weightOffsets[first + 1];
    kernels::matmul(place, kernels::Operands::TN, {features(node), features(input), m_samples}, own,
                    inputOf(node), weightGradient);
    kernels::columnSums(place, {own, count}, features(node), {biasGradient, features(node)});
    if (input != 0)
        kernels::matmul(place, kernels::Operands::NN, {m_samples, features(input), features(node)}, own,
                        weight(first).data(), before);
}

std::size_t FixedNetwork::plannedBytes() const noexcept
{
    return (m_weights.size() + m_gradients.size() + m_values.size() + m_valueGradients.size()) *
           sizeof(float);
}

} // namespace ibidem::train
