// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/limits.h"
#include "app/convert/system_calls.h"

#include <QTest>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kNotAvailable = 42;

using Deed = int (*)();

/// How a child ends that does this, with or without the limits: its exit code, or minus the signal.
int endOf(Deed deed, bool limited)
{
    const pid_t child = ::fork();
    if (child == 0) {
        if (limited && !ibidem::app::limitThisProcess(1'000'000))
            ::_exit(kNotAvailable);
        ::_exit(deed());
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child)
        return kNotAvailable;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// Whether the machine filters system calls at all; the limits alone only warn.
bool canFilter()
{
    return endOf(
               [] {
                   ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
                   return ibidem::app::forbidSystemCalls() ? kDone : kNotAvailable;
               },
               false) == kDone;
}

int openSocket()
{
    return ::socket(AF_INET, SOCK_STREAM, 0) >= 0 ? kDone : kFailed;
}

int openSocketPair()
{
    int ends[2] = {-1, -1};
    return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0 ? kDone : kFailed;
}

int runProgram()
{
    ::execl("/bin/true", "true", nullptr);
    return kFailed;
}

int forkItself()
{
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child ? kDone : kFailed;
}

int signalParent()
{
    return ::kill(::getppid(), 0) == 0 ? kDone : kFailed;
}

int askToBeTraced()
{
    return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? kDone : kFailed;
}

int unmountNothing()
{
    return ::umount("/no/such/folder") != 0 ? kDone : kFailed;
}

int startThreads()
{
    int sum = 0;
    for (int i = 0; i < 3; ++i) {
        std::thread([&sum, i] { sum += i; }).join();
    }
    return sum == 3 ? kDone : kFailed;
}

int writeAFile()
{
    std::string name = "/tmp/ibidem-system-calls-XXXXXX";
    const int file = ::mkstemp(name.data());
    const bool written = file >= 0 && ::write(file, "x", 1) == 1 && ::fsync(file) == 0 && ::close(file) == 0;
    const std::string other = name + ".moved";
    return written && ::rename(name.c_str(), other.c_str()) == 0 && ::unlink(other.c_str()) == 0 ? kDone
                                                                                                 : kFailed;
}

int abortItself()
{
    std::signal(SIGABRT, SIG_DFL); // Qt Test's own handler starts a debugger
    std::abort();
}

struct Case
{
    const char *name;
    Deed deed;
    int withLimits;
    int without;
};

const Case kCases[] = {
    {"socket", openSocket, -SIGSYS, kDone},
    {"socket pair", openSocketPair, -SIGSYS, kDone},
    {"another program", runProgram, -SIGSYS, kDone},
    {"another process", forkItself, -SIGSYS, kDone},
    {"a signal to another", signalParent, -SIGSYS, kDone},
    {"tracing", askToBeTraced, -SIGSYS, kDone},
    {"mounts", unmountNothing, -SIGSYS, kDone},
    {"threads", startThreads, kDone, kDone},
    {"files", writeAFile, kDone, kDone},
    {"abort", abortItself, -SIGABRT, -SIGABRT},
};

} // namespace

/// What a file that takes over the reader cannot do; beside each, that it can be done without the limits.
class TestSystemCalls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void filters_data();
    void filters();
};

void TestSystemCalls::filters_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Case &each : kCases)
        QTest::newRow(each.name) << index++;
}

void TestSystemCalls::filters()
{
#ifdef IBIDEM_SANITIZED
    QSKIP("sanitizers need what the filter forbids");
#endif
    if (!canFilter())
        QSKIP("this machine does not filter system calls");
    QFETCH(const int, index);
    const Case &each = kCases[index];
    QCOMPARE(endOf(each.deed, false), each.without);
    QCOMPARE(endOf(each.deed, true), each.withLimits);
}

QTEST_GUILESS_MAIN(TestSystemCalls)
#include "tst_system_calls.moc"
