// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace ibidem::prepare {

/// Calls work(0) … work(count - 1), each once, in up to `threads` threads (the caller's is one of them);
/// returns when all are done. Which thread gets which part is left to chance: a part must write only what no
/// other part reads or writes, so that the result does not depend on it. `work` must not throw.
void forEachPart(unsigned threads, std::size_t count, const std::function<void(std::size_t)> &work);

/// The part's share of `size` things that are handed out `perPart` at a time.
struct Range
{
    std::size_t begin = 0;
    std::size_t end = 0;
};

[[nodiscard]] constexpr std::size_t partCount(std::size_t size, std::size_t perPart) noexcept
{
    return size / perPart + (size % perPart == 0 ? 0 : 1);
}

[[nodiscard]] constexpr Range rangeOf(std::size_t part, std::size_t size, std::size_t perPart) noexcept
{
    const std::size_t begin = part * perPart;
    return {begin, size - begin < perPart ? size : begin + perPart};
}

} // namespace ibidem::prepare
