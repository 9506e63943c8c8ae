// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/network.h"

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <vector>

namespace ibidem::train {

/// A network made of LibTorch's own operations; the gradients are autograd's. All parameters lie in one flat
/// tensor in the network's order, and so do their gradients. Throws what LibTorch throws. One caller at a
/// time.
class LibraryNetwork
{
public:
    /// `network` is sound (spec::check) and outlives this. Weights start as zeros.
    LibraryNetwork(const spec::Network &network, at::Device device);

    struct Values
    {
        at::Tensor output;    ///< samples × features
        at::Tensor embedding; ///< of the embedding node; undefined if the network has none
    };

    /// `batch`: samples × features, on the network's device. Records for the backward pass where the caller's
    /// gradient mode is on.
    [[nodiscard]] Values forward(const at::Tensor &batch) const;

    /// The mean squared error between output and batch; fills gradients().
    double differentiate(const at::Tensor &batch);

    [[nodiscard]] at::Tensor &weights() noexcept { return m_weights; }

    [[nodiscard]] const at::Tensor &gradients() const noexcept { return m_gradients; }

private:
    const spec::Network &m_network;
    at::Tensor m_weights;                       ///< all parameters, one after the other
    at::Tensor m_gradients;                     ///< the same
    std::vector<at::Tensor> m_parameters;       ///< leaves of autograd's graph, in the memory of m_weights
    std::vector<at::Tensor> m_gradientViews;    ///< of m_gradients, one a parameter
    std::vector<std::size_t> m_firstParameters; ///< of each node, if it has any
};

} // namespace ibidem::train
