// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <atomic>
#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

namespace ibidem::app {

/// Hears the reasons to stop, in a thread of its own: "stop" on standard input (its end is none), SIGTERM,
/// SIGINT, SIGUSR1, and the end of the time that the work may take. A second signal ends the process at once
/// with 128 + signal; so does, with the error's code, work that does not hear the end of its time for 1.5 s
/// more.
class StopListener
{
public:
    enum class Reason { None, Request, Deadline };

    /// Create it before any other thread: it blocks the signals that it waits for.
    [[nodiscard]] static Result<std::unique_ptr<StopListener>> start(std::chrono::milliseconds longest,
                                                                     Error timeUp);
    ~StopListener();
    StopListener(const StopListener &) = delete;
    StopListener &operator=(const StopListener &) = delete;
    StopListener(StopListener &&) = delete;
    StopListener &operator=(StopListener &&) = delete;

    [[nodiscard]] std::stop_token token() const noexcept { return m_stop.get_token(); }

    [[nodiscard]] Reason reason() const noexcept { return m_reason.load(); }

private:
    explicit StopListener(Error timeUp);
    void listen(std::chrono::steady_clock::time_point deadline);
    void handleSignal();
    /// False if nothing more can come.
    bool handleInput();
    void stop(Reason reason) noexcept;

    std::stop_source m_stop;
    std::atomic<Reason> m_reason = Reason::None;
    Error m_timeUp;
    std::string m_line;
    int m_signals = -1;
    int m_wake = -1;
    std::thread m_thread;
};

} // namespace ibidem::app
