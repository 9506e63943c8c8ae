// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace ibidem::kernels {

/// Threads that look for the next work for some microseconds and then sleep. Work is cut by outputs into
/// numbered pieces that write to different places, so who does which piece, and when, changes no bit. A
/// thread that has not begun when no piece is left (a busy machine) is not waited for. One caller at a time;
/// a piece must not use the pool.
class ThreadPool
{
public:
    /// `threads` counts the caller: 1 starts none. Fewer where the machine gives no more. Each thread gets
    /// the floating-point state of setFloatState().
    explicit ThreadPool(unsigned threads);
    ~ThreadPool();
    ThreadPool(const ThreadPool &) = delete;
    ThreadPool &operator=(const ThreadPool &) = delete;

    [[nodiscard]] unsigned threadCount() const noexcept;

    /// Calls work(piece) for 0 … pieces - 1, each once, on the threads and the caller; returns when all are
    /// done. What `work` throws on the caller passes on; on another thread it ends the program.
    void run(std::size_t pieces, const std::function<void(std::size_t piece)> &work);

    /// Whether every thread, and the caller, has the state of setFloatState() and no piece has changed it.
    [[nodiscard]] bool isFloatStateExact();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// Denormals are kept (no flush to zero, no "denormals are zero"), rounding is to nearest, exceptions are
/// masked: for this thread. A library may have changed it.
void setFloatState() noexcept;
/// Whether it is so now.
[[nodiscard]] bool isFloatStateExact() noexcept;

} // namespace ibidem::kernels
