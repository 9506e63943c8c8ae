// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::spec {

/// What a node of a network computes from its inputs.
enum class Operation { Input, Linear, Relu, Sigmoid, Tanh };

[[nodiscard]] std::string_view operationName(Operation operation) noexcept; ///< "input", "linear", …

/// One step of a network. Nodes stand in the order in which they are computed.
struct Node
{
    std::string name; ///< as a PyTorch module is called: "encoder.0"
    Operation operation = Operation::Input;
    std::vector<std::size_t> inputs; ///< indices of earlier nodes
    std::vector<std::size_t> shape;  ///< of one sample, without the batch; C order
    bool operator==(const Node &) const = default;
};

/// A tensor that is trained, named as in PyTorch's state_dict: "encoder.0.weight" [out, in], "encoder.0.bias"
/// [out].
struct Parameter
{
    std::string name;
    std::vector<std::size_t> shape;
    std::size_t node = 0;
    std::size_t fanIn = 0; ///< of its layer, for the initial values
    std::size_t fanOut = 0;
    bool isBias = false;
    bool operator==(const Parameter &) const = default;
};

/// A network as a value: which layers, joined how, of which shapes. Nothing is computed here; both engines
/// read it.
struct Network
{
    std::vector<Node> nodes;           ///< the first is the input, the last the output
    std::vector<Parameter> parameters; ///< in the order of the nodes, weight before bias
    std::size_t embedding = 0;         ///< the node whose values are the latent space; 0: none

    [[nodiscard]] std::size_t parameterCount() const; ///< numbers in all parameters
    bool operator==(const Network &) const = default;
};

/// Numbers in a shape: their product.
[[nodiscard]] std::size_t elementCount(const std::vector<std::size_t> &shape) noexcept;

/// Internal naming the node: no or several inputs, inputs that come later, shapes that do not fit, parameters
/// that are not those of the layers.
[[nodiscard]] Status check(const Network &network);

/// A fully connected autoencoder: genes, then the widths, then the latent layer, and its mirror; an
/// activation after each layer but the last. As a PyTorch module: `encoder` and `decoder`, each a Sequential
/// of Linear and activation in turn. mlf-core's is {256, 128, 64}, 32, Relu: 513 genes + 86,944 parameters.
struct AutoencoderShape
{
    std::size_t genes = 0;
    std::vector<std::size_t> widths = {256, 128, 64};
    std::size_t latent = 32;
    Operation activation = Operation::Relu;
};

[[nodiscard]] Network autoencoder(const AutoencoderShape &shape);

} // namespace ibidem::spec
