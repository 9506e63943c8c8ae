// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/network.h"

#include "models/base/text.h"

#include <functional>
#include <numeric>
#include <string_view>

namespace ibidem::spec {

namespace {

/// Appends nodes one after the other.
class Chain
{
public:
    explicit Chain(std::size_t features)
    {
        m_network.nodes.push_back({"input", Operation::Input, {}, {features}});
    }

    void linear(const std::string &name, std::size_t features)
    {
        const std::size_t before = m_network.nodes.back().shape.front();
        const std::size_t node = append(name, Operation::Linear, features);
        m_network.parameters.push_back({name + ".weight", {features, before}, node, before, features, false});
        m_network.parameters.push_back({name + ".bias", {features}, node, before, features, true});
    }

    void activation(const std::string &name, Operation operation)
    {
        append(name, operation, m_network.nodes.back().shape.front());
    }

    void markEmbedding() { m_network.embedding = m_network.nodes.size() - 1; }

    Network take() { return std::move(m_network); }

private:
    std::size_t append(const std::string &name, Operation operation, std::size_t features)
    {
        const std::size_t index = m_network.nodes.size();
        m_network.nodes.push_back({name, operation, {index - 1}, {features}});
        return index;
    }

    Network m_network;
};

tl::unexpected<Error> wrong(const Node &node, const std::string &why)
{
    return fail(ErrorCode::Internal, "node " + ibidem::quoted(node.name) + " of the network: " + why);
}

Status checkNode(const Network &network, std::size_t index)
{
    const Node &node = network.nodes[index];
    if (elementCount(node.shape) == 0)
        return wrong(node, "its shape is empty");
    if ((node.operation == Operation::Input) != (index == 0))
        return wrong(node, "only the first is the input");
    if (index == 0)
        return {};
    if (node.inputs.size() != 1 || node.inputs.front() >= index)
        return wrong(node, "it needs one earlier node");
    if (node.operation != Operation::Linear && node.shape != network.nodes[node.inputs.front()].shape)
        return wrong(node, "an activation keeps the shape");
    return {};
}

/// The parameters that the nodes need, in order.
std::vector<Parameter> neededParameters(const Network &network)
{
    std::vector<Parameter> needed;
    for (std::size_t i = 1; i < network.nodes.size(); ++i) {
        const Node &node = network.nodes[i];
        if (node.operation != Operation::Linear)
            continue;
        const std::size_t in = elementCount(network.nodes[node.inputs.front()].shape);
        const std::size_t out = elementCount(node.shape);
        needed.push_back({node.name + ".weight", {out, in}, i, in, out, false});
        needed.push_back({node.name + ".bias", {out}, i, in, out, true});
    }
    return needed;
}

} // namespace

std::string_view operationName(Operation operation) noexcept
{
    switch (operation) {
    case Operation::Input:
        return "input";
    case Operation::Linear:
        return "linear";
    case Operation::Relu:
        return "relu";
    case Operation::Sigmoid:
        return "sigmoid";
    case Operation::Tanh:
        break;
    }
    return "tanh";
}

std::size_t elementCount(const std::vector<std::size_t> &shape) noexcept
{
    return std::accumulate(shape.begin(), shape.end(), std::size_t(1), std::multiplies<>());
}

std::size_t Network::parameterCount() const
{
    std::size_t count = 0;
    for (const Parameter &parameter : parameters)
        count += elementCount(parameter.shape);
    return count;
}

Status check(const Network &network)
{
    if (network.nodes.size() < 2)
        return fail(ErrorCode::Internal, "a network needs an input and a layer");
    for (std::size_t i = 0; i < network.nodes.size(); ++i)
        IBIDEM_CHECK(checkNode(network, i));
    if (network.embedding >= network.nodes.size())
        return fail(ErrorCode::Internal, "the network's embedding is no node of it");
    if (!(network.parameters == neededParameters(network)))
        return fail(ErrorCode::Internal, "the network's parameters are not those of its layers");
    return {};
}

Network autoencoder(const AutoencoderShape &shape)
{
    Chain chain(shape.genes);
    std::vector<std::size_t> widths = shape.widths;
    widths.push_back(shape.latent);
    for (std::size_t i = 0; i < widths.size(); ++i) {
        chain.linear("encoder." + std::to_string(2 * i), widths[i]);
        chain.activation("encoder." + std::to_string(2 * i + 1), shape.activation);
    }
    chain.markEmbedding();
    widths.assign(shape.widths.rbegin(), shape.widths.rend());
    for (std::size_t i = 0; i < widths.size(); ++i) {
        chain.linear("decoder." + std::to_string(2 * i), widths[i]);
        chain.activation("decoder." + std::to_string(2 * i + 1), shape.activation);
    }
    chain.linear("decoder." + std::to_string(2 * widths.size()), shape.genes);
    return chain.take();
}

} // namespace ibidem::spec
