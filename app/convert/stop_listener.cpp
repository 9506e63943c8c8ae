// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/stop_listener.h"

#include "app/convert/events.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <utility>

namespace ibidem::app {

namespace {

constexpr auto kGrace = std::chrono::milliseconds(1500);

sigset_t stopSignals() noexcept
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGUSR1);
    return set;
}

int millisecondsUntil(std::chrono::steady_clock::time_point time)
{
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(time - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

} // namespace

Result<std::unique_ptr<StopListener>> StopListener::start(std::chrono::milliseconds longest, Error timeUp)
{
    std::unique_ptr<StopListener> listener(new StopListener(std::move(timeUp)));
    const sigset_t set = stopSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    listener->m_signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    listener->m_wake = eventfd(0, EFD_CLOEXEC);
    if (listener->m_signals < 0 || listener->m_wake < 0)
        return fail(ErrorCode::Internal, "signals cannot be listened to");
    const auto deadline = std::chrono::steady_clock::now() + longest;
    listener->m_thread = std::thread([raw = listener.get(), deadline] { raw->listen(deadline); });
    return listener;
}

StopListener::StopListener(Error timeUp)
    : m_timeUp(std::move(timeUp))
{}

StopListener::~StopListener()
{
    if (m_thread.joinable()) {
        const std::uint64_t one = 1;
        if (::write(m_wake, &one, sizeof one) == static_cast<ssize_t>(sizeof one))
            m_thread.join();
        else
            m_thread.detach();
    }
    if (m_signals >= 0)
        ::close(m_signals);
    if (m_wake >= 0)
        ::close(m_wake);
}

void StopListener::listen(std::chrono::steady_clock::time_point deadline)
{
    std::array<pollfd, 3> waiting = {pollfd{m_wake, POLLIN, 0}, pollfd{m_signals, POLLIN, 0},
                                     pollfd{STDIN_FILENO, POLLIN, 0}};
    while (true) {
        const int ready = ::poll(waiting.data(), waiting.size(), millisecondsUntil(deadline));
        if (ready == 0) {
            if (m_reason == Reason::Deadline) {
                Events::failed(m_timeUp);
                std::_Exit(exitCode(m_timeUp.code));
            }
            stop(Reason::Deadline);
            deadline += kGrace;
            continue;
        }
        if (waiting[0].revents != 0)
            return;
        if (waiting[1].revents != 0)
            handleSignal();
        if (waiting[2].revents != 0 && !handleInput())
            waiting[2].fd = -1; // poll passes over negative descriptors
    }
}

void StopListener::handleSignal()
{
    signalfd_siginfo info{};
    while (::read(m_signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        if (m_reason == Reason::Request)
            std::_Exit(128 + static_cast<int>(info.ssi_signo));
        stop(Reason::Request);
    }
}

bool StopListener::handleInput()
{
    std::array<char, 256> buffer{};
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count <= 0)
        return false;
    for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(count))) {
        if (c != '\n') {
            // A longer line is no command; its memory must not grow.
            if (m_line.size() < 64)
                m_line += c;
            continue;
        }
        if (m_line == "stop" || m_line == "stop\r")
            stop(Reason::Request);
        m_line.clear();
    }
    return true;
}

void StopListener::stop(Reason reason) noexcept
{
    Reason none = Reason::None;
    m_reason.compare_exchange_strong(none, reason);
    m_stop.request_stop();
}

} // namespace ibidem::app
