// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/stop_watcher.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace ibidem::app {

namespace {

constexpr char kStop = 's';
constexpr char kQuit = 'q';

volatile std::sig_atomic_t signalsSeen = 0;
volatile std::sig_atomic_t wakeDescriptor = -1;

extern "C" void onStopSignal(int signal)
{
    if (signalsSeen != 0)
        ::_exit(signal == SIGINT ? 130 : 143);
    signalsSeen = 1;
    const int before = errno;
    // Nothing useful can be done here if the pipe is full: it then holds a request already.
    [[maybe_unused]] const ssize_t written = ::write(static_cast<int>(wakeDescriptor), &kStop, 1);
    errno = before;
}

void install(int signal)
{
    struct sigaction action = {};
    action.sa_handler = onStopSignal;
    action.sa_flags = SA_RESTART;
    ::sigaction(signal, &action, nullptr);
}

/// Adds what was read to `line`; true if a whole line "stop" was among it.
bool saysStop(std::string &line, const char *bytes, std::size_t size)
{
    bool found = false;
    for (std::size_t i = 0; i < size; ++i) {
        if (bytes[i] == '\n') {
            found = found || line == "stop" || line == "stop\r";
            line.clear();
        } else if (line.size() < 16) {
            line.push_back(bytes[i]);
        }
    }
    return found;
}

} // namespace

StopWatcher::StopWatcher()
{
    if (::pipe2(m_wake, O_CLOEXEC | O_NONBLOCK) != 0)
        return;
    wakeDescriptor = m_wake[1];
    for (const int signal : {SIGTERM, SIGINT, SIGUSR1})
        install(signal);
    m_thread = std::thread([this] { watch(); });
}

StopWatcher::~StopWatcher()
{
    if (!m_thread.joinable())
        return;
    [[maybe_unused]] const ssize_t written = ::write(m_wake[1], &kQuit, 1);
    m_thread.join();
    // The pipe stays open: a late signal may still write to it.
}

void StopWatcher::watch()
{
    std::string line;
    std::array<pollfd, 2> waits = {pollfd{m_wake[0], POLLIN, 0}, pollfd{STDIN_FILENO, POLLIN, 0}};
    for (;;) {
        if (::poll(waits.data(), waits.size(), -1) < 0)
            continue;
        char bytes[256];
        if (waits[0].revents != 0) {
            const ssize_t got = ::read(m_wake[0], bytes, sizeof bytes);
            for (ssize_t i = 0; i < got; ++i) {
                if (bytes[i] == kQuit)
                    return;
                m_source.request_stop();
            }
        }
        if (waits[1].revents != 0) {
            const ssize_t got = ::read(STDIN_FILENO, bytes, sizeof bytes);
            if (got > 0 && saysStop(line, bytes, static_cast<std::size_t>(got)))
                m_source.request_stop();
            else if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
                waits[1].fd = -1; // poll leaves it out from now on
        }
    }
}

} // namespace ibidem::app
