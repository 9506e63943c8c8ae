// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/desktop/process_age.h"

#include "models/base/text.h"

#include <QFile>

#include <ctime>
#include <unistd.h>

namespace ibidem::desktop {

std::int64_t processAgeMs()
{
    QFile file(QStringLiteral("/proc/self/stat"));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    // The name in parentheses may hold blanks; the start time is the 20th field after it.
    const std::string line = file.readAll().toStdString();
    const std::size_t close = line.rfind(')');
    if (close == std::string::npos)
        return -1;
    const auto fields = split(std::string_view(line).substr(close + 2), ' ');
    constexpr std::size_t kStartTime = 19;
    const auto ticks = fields.size() > kStartTime ? parseInteger(fields[kStartTime]) : std::nullopt;
    timespec now{};
    if (!ticks || clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return -1;
    const std::int64_t startMs = *ticks * 1000 / sysconf(_SC_CLK_TCK);
    return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000 - startMs;
}

} // namespace ibidem::desktop
