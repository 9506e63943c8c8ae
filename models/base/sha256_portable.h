// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace ibidem {

/// SHA-256 in plain C++, for builds without OpenSSL and as the check of the other one. Ten times slower.
class PortableSha256
{
public:
    void update(std::span<const std::byte> bytes) noexcept;
    [[nodiscard]] Sha256Digest finish() noexcept;

private:
    void compress(const std::byte *block) noexcept;

    std::array<std::uint32_t, 8> m_hash{0x6a09e667U, 0xbb67ae85U, 0x3c6ef372U, 0xa54ff53aU,
                                        0x510e527fU, 0x9b05688cU, 0x1f83d9abU, 0x5be0cd19U};
    std::array<std::byte, 64> m_pending{};
    std::size_t m_pendingBytes = 0;
    std::uint64_t m_totalBytes = 0;
};

} // namespace ibidem
