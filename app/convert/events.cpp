// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/events.h"

#include "models/base/text.h"

#include <cerrno>
#include <string>
#include <unistd.h>

namespace ibidem::app {

namespace {

constexpr auto kBetweenEvents = std::chrono::milliseconds(50);

void writeAll(std::string_view text) noexcept
{
    while (!text.empty()) {
        const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

/// Invalid UTF-8 can come only from a file's name; it must not cost the message.
std::string printable(std::string_view text)
{
    std::string safe;
    for (std::size_t at = 0; at < text.size(); at = safe.size()) {
        const std::size_t invalid = firstInvalidUtf8(text.substr(at));
        safe += text.substr(at, invalid);
        if (invalid == std::string_view::npos)
            break;
        safe += '?';
    }
    return safe;
}

} // namespace

void Events::progress(std::string_view stage, double fraction)
{
    const auto now = std::chrono::steady_clock::now();
    if (stage == m_stage && now - m_last < kBetweenEvents)
        return;
    m_last = now;
    m_stage = stage;
    write(Json{{"event", "progress"}, {"stage", m_stage}, {"fraction", fraction}});
}

void Events::write(const Json &event) noexcept
{
    const Result<std::string> line = compactJson(event);
    if (line)
        writeAll(*line + "\n");
}

void Events::failed(const Error &error) noexcept
{
    const Error printed{error.code, printable(error.message), printable(error.path), printable(error.cure)};
    write(Json{{"event", "failed"}, {"error", errorJson(printed)}});
}

} // namespace ibidem::app
