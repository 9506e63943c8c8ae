// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

namespace ibidem::kernels {

struct ThreadPool::State
{
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::condition_variable begin;
    std::condition_variable end;
    const std::function<void(std::size_t)> *work = nullptr;
    std::size_t pieces = 0;
    std::atomic<std::size_t> next = 0;
    std::size_t busy = 0;    ///< threads that have not yet finished the round
    std::uint64_t round = 0; ///< counts run()
    bool quit = false;

    void takePieces()
    {
        for (std::size_t piece = next.fetch_add(1); piece < pieces; piece = next.fetch_add(1))
            (*work)(piece);
    }

    void serve()
    {
        setFloatState();
        std::uint64_t served = 0;
        std::unique_lock lock(mutex);
        while (true) {
            begin.wait(lock, [&] { return quit || round != served; });
            if (quit)
                return;
            served = round;
            lock.unlock();
            takePieces();
            lock.lock();
            if (--busy == 0)
                end.notify_one();
        }
    }
};

ThreadPool::ThreadPool(unsigned threads)
    : m_state(std::make_unique<State>())
{
    setFloatState();
    for (unsigned i = 1; i < threads; ++i)
        m_state->threads.emplace_back([state = m_state.get()] { state->serve(); });
}

ThreadPool::~ThreadPool()
{
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->quit = true;
    }
    m_state->begin.notify_all();
    for (std::thread &thread : m_state->threads)
        thread.join();
}

unsigned ThreadPool::threadCount() const noexcept
{
    return static_cast<unsigned>(m_state->threads.size()) + 1;
}

void ThreadPool::run(std::size_t pieces, const std::function<void(std::size_t)> &work)
{
    if (pieces <= 1 || m_state->threads.empty()) {
        for (std::size_t piece = 0; piece < pieces; ++piece)
            work(piece);
        return;
    }
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->work = &work;
        m_state->pieces = pieces;
        m_state->next = 0;
        m_state->busy = m_state->threads.size();
        ++m_state->round;
    }
    m_state->begin.notify_all();
    m_state->takePieces();
    std::unique_lock lock(m_state->mutex);
    m_state->end.wait(lock, [this] { return m_state->busy == 0; });
}

#ifdef __x86_64__

namespace {
constexpr unsigned kExactState = 0x1F80; ///< MXCSR after reset: all exceptions masked, nothing else
constexpr unsigned kFlags = 0x3F;        ///< sticky: which exceptions happened
} // namespace

void setFloatState() noexcept
{
    _mm_setcsr(kExactState);
}

bool isFloatStateExact() noexcept
{
    return (_mm_getcsr() & ~kFlags) == kExactState;
}

#elif defined(__aarch64__)

void setFloatState() noexcept
{
    std::uint64_t zero = 0;
    asm volatile("msr fpcr, %0" ::"r"(zero));
}

bool isFloatStateExact() noexcept
{
    std::uint64_t state = 0;
    asm volatile("mrs %0, fpcr" : "=r"(state));
    return state == 0;
}

#else
#error "the floating-point state of this processor is not known here"
#endif

} // namespace ibidem::kernels
