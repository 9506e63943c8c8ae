// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/network/tensor_records.h"

#include "models/kernels/finite.h"
#include "models/kernels/tensor_digest.h"

#include <algorithm>

namespace ibidem::train {

namespace {

/// A multiple of 8 bytes, small enough to share a tensor out, large enough that handing it out costs nothing.
constexpr std::size_t kPieceNumbers = std::size_t{1} << 14U;

} // namespace

TensorRecords::TensorRecords(const spec::Network &network, kernels::Workplace &place)
    : m_network(network)
    , m_place(place)
{
    std::size_t offset = 0;
    for (std::size_t tensor = 0; tensor < network.parameters.size(); ++tensor) {
        const std::size_t count = spec::elementCount(network.parameters[tensor].shape);
        m_names.push_back(network.parameters[tensor].name);
        m_offsets.push_back(offset);
        offset += count;
        for (std::size_t first = 0; first < count; first += kPieceNumbers)
            m_pieces.push_back({tensor, first, std::min(kPieceNumbers, count - first)});
    }
    m_sums.resize(m_pieces.size());
    m_areFinite.resize(m_pieces.size());
}

TensorRecords::Look TensorRecords::lookAt(std::span<const float> values)
{
    m_place.each(m_pieces.size(), m_pieces.size() > 4, [&](std::size_t i) {
        const Piece &piece = m_pieces[i];
        const auto part = values.subspan(m_offsets[piece.tensor] + piece.first, piece.count);
        m_sums[i] = kernels::partialDigest(std::as_bytes(part), piece.first * sizeof(float));
        m_areFinite[i] = kernels::firstNonFinite(m_place.isa, part) ? 0 : 1;
    });
    Look look{std::vector<std::uint64_t>(m_names.size(), 0), {}};
    for (std::size_t i = 0; i < m_pieces.size(); ++i) {
        look.digests[m_pieces[i].tensor] += m_sums[i];
        if (m_areFinite[i] == 0 && !look.notFinite)
            look.notFinite = m_pieces[i].tensor;
    }
    for (std::size_t tensor = 0; tensor < look.digests.size(); ++tensor)
        look.digests[tensor] = kernels::finishDigest(
            look.digests[tensor], spec::elementCount(m_network.parameters[tensor].shape) * sizeof(float));
    return look;
}

std::vector<Sha256Digest> TensorRecords::epochDigests(std::span<const float> values)
{
    std::vector<Sha256Digest> digests(m_names.size());
    m_place.each(m_names.size(), true, [&](std::size_t tensor) {
        const std::vector<std::size_t> &shape = m_network.parameters[tensor].shape;
        Sha256 sha;
        sha.updateFramed(m_names[tensor]);
        sha.updateFramed("F32");
        sha.updateInteger(shape.size());
        for (const std::size_t extent : shape)
            sha.updateInteger(extent);
        sha.update(std::as_bytes(values.subspan(m_offsets[tensor], spec::elementCount(shape))));
        digests[tensor] = sha.finish();
    });
    return digests;
}

std::string rootOf(const std::vector<std::string> &names, const std::vector<Sha256Digest> &leaves)
{
    Sha256 sha;
    for (std::size_t i = 0; i < names.size(); ++i) {
        sha.updateFramed(names[i]);
        sha.update(std::as_bytes(std::span(leaves[i])));
    }
    return sha.finishHex();
}

} // namespace ibidem::train
