// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace ibidem::convert {

/// Where HDF5 puts texts of variable length: pieces cut from blocks, given back all at once, and never more
/// than a limit between two clear()s. Serves H5Pset_vlen_mem_manager.
class TextArena
{
public:
    static constexpr std::size_t kLimitBytes = std::size_t{256} << 20U;

    [[nodiscard]] static void *allocate(std::size_t bytes, void *arena) noexcept
    {
        return static_cast<TextArena *>(arena)->take(bytes);
    }

    static void release(void *, void *) noexcept {}

    void clear() noexcept
    {
        m_blocks.resize(m_blocks.empty() ? 0 : 1);
        m_used = 0;
        m_total = 0;
    }

    /// Whether something was refused.
    [[nodiscard]] bool isFull() const noexcept { return m_full; }

private:
    struct Block
    {
        std::unique_ptr<char[]> bytes;
        std::size_t size = 0;
    };

    void *take(std::size_t bytes) noexcept
    {
        constexpr std::size_t blockBytes = std::size_t{1} << 20U;
        if (bytes > kLimitBytes || m_total > kLimitBytes - bytes) {
            m_full = true;
            return nullptr;
        }
        if (m_blocks.empty() || m_blocks.back().size - m_used < bytes) {
            try {
                const std::size_t size = bytes > blockBytes ? bytes : blockBytes;
                m_blocks.push_back({std::make_unique_for_overwrite<char[]>(size), size});
            } catch (const std::bad_alloc &) {
                m_full = true;
                return nullptr;
            }
            m_used = 0;
        }
        char *piece = m_blocks.back().bytes.get() + m_used;
        m_used += bytes;
        m_total += bytes;
        return piece;
    }

    std::vector<Block> m_blocks;
    std::size_t m_used = 0; ///< of the last block
    std::size_t m_total = 0;
    bool m_full = false;
};

} // namespace ibidem::convert
