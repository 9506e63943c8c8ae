// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"
#include "models/kernels/workplace.h"
#include "models/spec/network.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ibidem::train {

/// Digests of flat arrays of parameters, tensor by tensor, on the threads of a workplace.
class TensorRecords
{
public:
    TensorRecords(const spec::Network &network, kernels::Workplace &place);

    [[nodiscard]] const std::vector<std::string> &names() const noexcept { return m_names; }

    struct Look
    {
        std::vector<std::uint64_t> digests;   ///< kernels::tensorDigest of each tensor
        std::optional<std::size_t> notFinite; ///< the first tensor with a value that is not finite
    };

    /// One pass over memory: of a large network this is what a step's records cost.
    [[nodiscard]] Look lookAt(std::span<const float> values);
    /// SHA-256 over name, dtype, shape and bytes of each tensor: the leaves of an epoch's root.
    [[nodiscard]] std::vector<Sha256Digest> epochDigests(std::span<const float> values);

private:
    struct Piece
    {
        std::size_t tensor;
        std::size_t first; ///< within the tensor, in numbers
        std::size_t count;
    };

    const spec::Network &m_network;
    kernels::Workplace &m_place;
    std::vector<std::string> m_names;
    std::vector<std::size_t> m_offsets;
    std::vector<Piece> m_pieces;
    std::vector<std::uint64_t> m_sums;     ///< of each piece
    std::vector<std::uint8_t> m_areFinite; ///< and whether its values are
};

/// SHA-256 over the names and digests of the tensors.
[[nodiscard]] std::string rootOf(const std::vector<std::string> &names,
                                 const std::vector<Sha256Digest> &leaves);

} // namespace ibidem::train
