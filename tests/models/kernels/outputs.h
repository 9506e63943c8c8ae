// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Where kernels under test write: memory with guard words around it, and the comparison of whole buffers.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace ibidem::tests {

/// The buffers that one call of a kernel fills. Each lies between guard words and starts at another distance
/// from a cache line.
class Outputs
{
public:
    /// A buffer that holds `start`.
    std::span<float> take(std::span<const float> start)
    {
        const std::size_t offset = kGuards + (7 * m_buffers.size() + 3) % kGuards;
        std::vector<float> memory(start.size() + offset + kGuards, kGuard);
        std::copy(start.begin(), start.end(), memory.begin() + static_cast<std::ptrdiff_t>(offset));
        m_buffers.push_back({std::move(memory), offset, start.size()});
        return std::span(m_buffers.back().memory).subspan(offset, start.size());
    }

    /// A buffer of so many numbers that no kernel should leave as they are.
    std::span<float> take(std::size_t count) { return take(std::vector<float>(count, 7.0F)); }

    void note(float value) { take(std::vector<float>{value}); }

    void note(std::uint64_t value) { m_numbers.push_back(value); }

    [[nodiscard]] bool guardsAreWhole() const
    {
        for (const Buffer &buffer : m_buffers)
            for (std::size_t i = 0; i < buffer.memory.size(); ++i)
                if ((i < buffer.offset || i >= buffer.offset + buffer.size) &&
                    std::bit_cast<std::uint32_t>(buffer.memory[i]) != std::bit_cast<std::uint32_t>(kGuard))
                    return false;
        return true;
    }

    /// All bits of all buffers; NaN has many bits, which count as one.
    [[nodiscard]] std::vector<std::uint64_t> bits() const
    {
        std::vector<std::uint64_t> all = m_numbers;
        for (const Buffer &buffer : m_buffers)
            for (const float value : std::span(buffer.memory).subspan(buffer.offset, buffer.size))
                all.push_back(std::isnan(value) ? 0x7fc00000U : std::bit_cast<std::uint32_t>(value));
        return all;
    }

private:
    static constexpr std::size_t kGuards = 16;
    static constexpr float kGuard = -12345.678F;

    struct Buffer
    {
        std::vector<float> memory;
        std::size_t offset;
        std::size_t size;
    };

    std::deque<Buffer> m_buffers;
    std::vector<std::uint64_t> m_numbers;
};

} // namespace ibidem::tests
