// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/limits.h"

#include "app/convert/events.h"
#include "app/convert/system_calls.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace ibidem::app {

namespace {

constexpr std::uint64_t kGigabyte = 1ULL << 30U;
constexpr std::uint64_t kBytesPerSecond = 10'000'000; ///< slower than this is a hang
constexpr std::uint64_t kBaseSeconds = 8;

#ifdef IBIDEM_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

[[maybe_unused]] Status lower(decltype(RLIMIT_AS) resource, std::uint64_t value, const char *name)
{
    rlimit limit{};
    if (getrlimit(resource, &limit) != 0)
        return fail(ErrorCode::Internal,
                    std::string("the limit ") + name + " cannot be read: " + std::strerror(errno));
    limit.rlim_cur = std::min(limit.rlim_max, static_cast<rlim_t>(value));
    limit.rlim_max = limit.rlim_cur;
    if (setrlimit(resource, &limit) != 0)
        return fail(ErrorCode::Internal,
                    std::string("the limit ") + name + " cannot be set: " + std::strerror(errno));
    return {};
}

std::uint64_t secondsFor(std::uint64_t fileBytes)
{
    return kBaseSeconds + fileBytes / kBytesPerSecond;
}

/// Files are read without the filter too, on a machine that has none; but not in silence.
[[maybe_unused]] void warn(const std::string &message)
{
    Events::write(Json{{"event", "warning"}, {"message", message}});
    std::fputs(("ibidem-convert: warning: " + message + "\n").c_str(), stderr);
}

} // namespace

Status limitThisProcess(std::uint64_t fileBytes)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return fail(ErrorCode::Internal,
                    std::string("new privileges cannot be given up: ") + std::strerror(errno));
    // Writing over the limit, or to nobody, shall fail with an error and not end the process half-way.
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
    if constexpr (kSanitized)
        return {};
    IBIDEM_CHECK(lower(RLIMIT_AS, kGigabyte + 40 * std::min(fileBytes, 1000 * kGigabyte), "RLIMIT_AS"));
    IBIDEM_CHECK(lower(RLIMIT_FSIZE, kGigabyte + 40 * std::min(fileBytes, 1000 * kGigabyte), "RLIMIT_FSIZE"));
    IBIDEM_CHECK(lower(RLIMIT_CPU, 2 * secondsFor(fileBytes), "RLIMIT_CPU"));
    IBIDEM_CHECK(lower(RLIMIT_CORE, 0, "RLIMIT_CORE"));
    if (const Status forbidden = forbidSystemCalls(); !forbidden)
        warn(forbidden.error().message + "; the file is read with the other limits alone");
    return {};
}

std::chrono::milliseconds longestDuration(std::uint64_t fileBytes)
{
    return std::chrono::seconds(secondsFor(fileBytes) * (kSanitized ? 20 : 1));
}

} // namespace ibidem::app
