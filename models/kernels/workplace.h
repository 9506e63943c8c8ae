// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/isa.h"
#include "models/kernels/thread_pool.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace ibidem::kernels {

/// Where a kernel works: instruction set, threads, and memory that is kept between calls. One caller at a
/// time.
struct Workplace
{
    Workplace() = default;

    Workplace(Isa wantedIsa, ThreadPool *threads)
        : isa(wantedIsa)
        , pool(threads)
    {}

    Isa isa = Isa::Scalar;
    ThreadPool *pool = nullptr; ///< none: the caller alone
    bool shareSmallWork =
        false; ///< threads take part even where waking them costs more than the work: for tests
    std::vector<float> partialSums;

    [[nodiscard]] unsigned threadCount() const noexcept { return pool ? pool->threadCount() : 1; }

    /// Of every thread that computes, and the caller: ThreadPool::isFloatStateExact().
    [[nodiscard]] bool isFloatStateExact() const
    {
        return pool ? pool->isFloatStateExact() : kernels::isFloatStateExact();
    }

    /// Whether the threads take part in something that is, or is not, worth waking them.
    [[nodiscard]] bool isShared(bool worthIt) const noexcept { return pool && (worthIt || shareSmallWork); }

    /// work(piece) for 0 … pieces - 1, on the threads if the whole is `worthIt`.
    template <class Work>
    void each(std::size_t pieces, bool worthIt, const Work &work) const
    {
        if (isShared(worthIt)) {
            pool->run(pieces, work);
            return;
        }
        for (std::size_t piece = 0; piece < pieces; ++piece)
            work(piece);
    }

    /// work(first, count) over pieces of `total` elements.
    template <class Work>
    void eachRange(std::size_t total, std::size_t pieceSize, const Work &work) const
    {
        each((total + pieceSize - 1) / pieceSize, total > 4 * pieceSize, [&](std::size_t piece) {
            const std::size_t first = piece * pieceSize;
            work(first, std::min(pieceSize, total - first));
        });
    }
};

} // namespace ibidem::kernels
