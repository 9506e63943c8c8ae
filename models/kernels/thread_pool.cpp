// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/thread_pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

namespace ibidem::kernels {

namespace {

/// How long a thread looks for what comes next before it sleeps: a step of a small network is a chain of
/// pieces of some 10 µs, and waking a thread takes as long. Beside a busy process it costs no more than this.
constexpr auto kPatience = std::chrono::microseconds(50);

void pauseProcessor() noexcept
{
#ifdef __x86_64__
    _mm_pause();
#else
    asm volatile("yield");
#endif
}

/// Looks until `isReady()` or for `patience`; whether it is.
template <class IsReady>
bool look(std::chrono::nanoseconds patience, const IsReady &isReady)
{
    constexpr int looksPerTime = 32;
    const auto end = std::chrono::steady_clock::now() + patience;
    do {
        for (int i = 0; i < looksPerTime; ++i) {
            if (isReady())
                return true;
            pauseProcessor();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

} // namespace

/// A round is open while there may be pieces left. Threads that come while it is open take part; one that
/// comes late (it slept, or another process has its core) is not waited for: the caller does its pieces.
struct ThreadPool::State
{
    static constexpr std::uint64_t kOneThread = 1; ///< of the threads at work, the lower half of `turn`
    static constexpr std::uint64_t kAtWork = 0x7FFF'FFFF;
    static constexpr std::uint64_t kOpen = 0x8000'0000;
    static constexpr std::uint64_t kOneRound = 0x1'0000'0000;

    State() = default;
    State(const State &) = delete;
    State &operator=(const State &) = delete;

    /// Also where a constructor that failed leaves threads behind.
    ~State()
    {
        {
            const std::lock_guard lock(mutex);
            quit = true;
        }
        begin.notify_all();
        for (std::thread &thread : threads)
            thread.join();
    }

    std::vector<std::thread> threads;
    std::chrono::nanoseconds patience{};
    // Written by the caller while the round is closed and nobody is at work.
    const std::function<void(std::size_t)> *work = nullptr;
    std::size_t pieces = 0;
    alignas(64) std::atomic<std::size_t> next = 0;
    alignas(64) std::atomic<std::uint64_t> turn = 0; ///< number of the round, whether open, threads at work
    alignas(64) std::atomic<std::size_t> sleepers = 0;
    std::atomic<bool> callerSleeps = false;
    std::atomic<bool> quit = false;
    std::atomic<bool> exact = true; ///< no thread found its floating-point state changed
    std::size_t started = 0;
    std::mutex mutex; ///< only to sleep and to wake
    std::condition_variable begin;
    std::condition_variable end;

    void takePieces()
    {
        for (std::size_t piece = next.fetch_add(1); piece < pieces; piece = next.fetch_add(1))
            (*work)(piece);
    }

    void checkFloatState()
    {
        if (!kernels::isFloatStateExact())
            exact = false;
    }

    void tellStart()
    {
        checkFloatState();
        const std::lock_guard lock(mutex);
        ++started;
        end.notify_one();
    }

    /// Is there a round that a thread which took part in round `served` can join? Or the end.
    [[nodiscard]] bool calls(std::uint64_t served) const
    {
        const std::uint64_t now = turn.load();
        return quit.load() || ((now & kOpen) != 0 && now / kOneRound != served);
    }

    void waitForCall(std::uint64_t served)
    {
        if (look(patience, [&] { return calls(served); }))
            return;
        std::unique_lock lock(mutex);
        ++sleepers; // before the last look: the caller opens the round, then counts the sleepers
        begin.wait(lock, [&] { return calls(served); });
        --sleepers;
    }

    /// The number of the round that the thread is now at work in; `served` if it was too late.
    std::uint64_t join(std::uint64_t served)
    {
        std::uint64_t now = turn.load();
        while ((now & kOpen) != 0 && now / kOneRound != served)
            if (turn.compare_exchange_weak(now, now + kOneThread))
                return now / kOneRound;
        return served;
    }

    void leave()
    {
        const std::uint64_t now = turn.fetch_sub(kOneThread) - kOneThread;
        if ((now & (kOpen | kAtWork)) == 0 && callerSleeps.load()) {
            const std::lock_guard lock(mutex);
            end.notify_one();
        }
    }

    void serve()
    {
        setFloatState();
        tellStart();
        std::uint64_t served = 0;
        while (true) {
            waitForCall(served);
            if (quit.load())
                return;
            const std::uint64_t round = join(served);
            if (round == served)
                continue;
            served = round;
            takePieces();
            checkFloatState();
            leave();
        }
    }

    void open()
    {
        turn.fetch_add(kOneRound + kOpen);
        if (sleepers.load() > 0) {
            const std::lock_guard lock(mutex);
            begin.notify_all();
        }
    }

    /// Nobody joins any more; returns when those who did are done.
    void close()
    {
        turn.fetch_sub(kOpen);
        const auto isDone = [this] { return (turn.load() & kAtWork) == 0; };
        if (look(patience, isDone))
            return;
        std::unique_lock lock(mutex);
        callerSleeps = true; // before the last look: a thread leaves, then looks for a sleeping caller
        end.wait(lock, isDone);
        callerSleeps = false;
    }
};

ThreadPool::ThreadPool(unsigned threads)
    : m_state(std::make_unique<State>())
{
    setFloatState();
    if (threads <= std::thread::hardware_concurrency()) // else one that looks keeps one from working
        m_state->patience = kPatience;
    m_state->threads.reserve(threads);
    try {
        while (m_state->threads.size() + 1 < threads)
            m_state->threads.emplace_back([state = m_state.get()] { state->serve(); });
    } catch (const std::system_error &) {
        // The machine gives no more: fewer threads compute the same.
    }
}

ThreadPool::~ThreadPool() = default;

unsigned ThreadPool::threadCount() const noexcept
{
    return static_cast<unsigned>(m_state->threads.size()) + 1;
}

bool ThreadPool::isFloatStateExact()
{
    std::unique_lock lock(m_state->mutex);
    m_state->end.wait(lock, [this] { return m_state->started == m_state->threads.size(); });
    m_state->checkFloatState();
    return m_state->exact;
}

void ThreadPool::run(std::size_t pieces, const std::function<void(std::size_t)> &work)
{
    if (pieces <= 1 || m_state->threads.empty()) {
        for (std::size_t piece = 0; piece < pieces; ++piece)
            work(piece);
        return;
    }
    m_state->work = &work;
    m_state->pieces = pieces;
    m_state->next = 0;
    m_state->open();

    struct Closing // also if `work` throws here: what it works on must outlive the other threads' pieces
    {
        State &state;

        ~Closing() { state.close(); }
    };

    const Closing closing{*m_state};
    m_state->takePieces();
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
