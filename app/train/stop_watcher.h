// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <thread>

namespace ibidem::app {

/// Hears requests to stop: the line "stop" on standard input (its end is none), SIGTERM, SIGINT, SIGUSR1. The
/// first one asks the computation to stop at its next step; a second signal ends the process at once with 130
/// (SIGINT) or 143. One object a process.
class StopWatcher
{
public:
    StopWatcher();
    ~StopWatcher();
    StopWatcher(const StopWatcher &) = delete;
    StopWatcher &operator=(const StopWatcher &) = delete;

    [[nodiscard]] std::stop_token token() const noexcept { return m_source.get_token(); }

private:
    void watch();

    std::stop_source m_source;
    int m_wake[2] = {-1, -1};
    std::thread m_thread;
};

} // namespace ibidem::app
