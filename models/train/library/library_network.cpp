// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/library/library_network.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ibidem::train {

namespace {

using spec::Operation;

std::vector<std::int64_t> sizesOf(const std::vector<std::size_t> &shape)
{
    std::vector<std::int64_t> sizes;
    for (const std::size_t size : shape)
        sizes.push_back(static_cast<std::int64_t>(size));
    return sizes;
}

} // namespace

LibraryNetwork::LibraryNetwork(const spec::Network &network, at::Device device)
    : m_network(network)
{
    const auto options = at::TensorOptions().dtype(at::kFloat).device(device);
    const auto count = static_cast<std::int64_t>(network.parameterCount());
    m_weights = at::zeros({count}, options);
    m_gradients = at::zeros({count}, options);
    m_firstParameters.assign(network.nodes.size(), network.parameters.size());
    std::int64_t offset = 0;
    for (std::size_t i = 0; i < network.parameters.size(); ++i) {
        const spec::Parameter &parameter = network.parameters[i];
        const auto size = static_cast<std::int64_t>(spec::elementCount(parameter.shape));
        const std::vector<std::int64_t> sizes = sizesOf(parameter.shape);
        m_parameters.push_back(
            m_weights.narrow(0, offset, size).view(sizes).detach().set_requires_grad(true));
        m_gradientViews.push_back(m_gradients.narrow(0, offset, size).view(sizes));
        offset += size;
        std::size_t &first = m_firstParameters[parameter.node];
        first = std::min(first, i);
    }
}

LibraryNetwork::Values LibraryNetwork::forward(const at::Tensor &batch) const
{
    std::vector<at::Tensor> values(m_network.nodes.size());
    values.front() = batch;
    for (std::size_t node = 1; node < values.size(); ++node) {
        const at::Tensor &input = values[m_network.nodes[node].inputs.front()];
        const std::size_t first = m_firstParameters[node];
        switch (m_network.nodes[node].operation) {
        case Operation::Linear:
            values[node] = at::linear(input, m_parameters[first], m_parameters[first + 1]);
            break;
        case Operation::Relu:
            values[node] = at::relu(input);
            break;
        case Operation::Sigmoid:
            values[node] = at::sigmoid(input);
            break;
        case Operation::Tanh:
            values[node] = at::tanh(input);
            break;
        case Operation::Input: // only the first node is one
            break;
        }
    }
    Values result{values.back(), {}};
    if (m_network.embedding != 0)
        result.embedding = values[m_network.embedding];
    return result;
}

double LibraryNetwork::differentiate(const at::Tensor &batch)
{
    at::Tensor loss;
    {
        const at::AutoGradMode recording(true);
        loss = at::mse_loss(forward(batch).output, batch);
        loss.backward();
    }
    const at::NoGradGuard plain;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        // Taken and let go, not added up: autograd then neither clears nor adds.
        m_gradientViews[i].copy_(m_parameters[i].grad());
        m_parameters[i].mutable_grad().reset();
    }
    return loss.item<double>();
}

} // namespace ibidem::train
