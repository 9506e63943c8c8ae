// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"

#include "models/base/json.h"
#include "models/base/text.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace ibidem::cli {

namespace {

constexpr int kBarWidth = 24;

bool isTerminal(int descriptor)
{
    const char *terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && !(terminal && std::string_view(terminal) == "dumb");
}

bool coloursAllowed(int descriptor)
{
    const char *off = std::getenv("NO_COLOR");
    return isTerminal(descriptor) && !(off && *off);
}

std::string coloured(Colour colour, std::string_view text, int descriptor)
{
    if (colour == Colour::Plain || !coloursAllowed(descriptor))
        return std::string(text);
    const char *code = colour == Colour::Bold    ? "1"
                       : colour == Colour::Red   ? "1;31"
                       : colour == Colour::Green ? "1;32"
                                                 : "1;33";
    return std::string("\x1b[") + code + "m" + std::string(text) + "\x1b[0m";
}

void toStandardError(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

std::string barOf(const Progress &progress)
{
    const double fraction = std::clamp(progress.fraction, 0.0, 1.0);
    const auto filled = static_cast<std::size_t>(fraction * kBarWidth);
    const std::string percent = std::to_string(static_cast<int>(fraction * 100.0));
    return "\r" + progress.stage + " [" + std::string(filled, '#') +
           std::string(static_cast<std::size_t>(kBarWidth) - filled, '.') + "] " +
           std::string(3 - std::min<std::size_t>(3, percent.size()), ' ') + percent + " %  " +
           progress.detail + "\x1b[K";
}

} // namespace

Console::Console(const OutputOptions &options)
    : m_options(options)
{}

Console::~Console()
{
    endProgress();
}

Status Console::open()
{
    if (m_options.logFile.empty())
        return {};
    m_log.reset(std::fopen(m_options.logFile.c_str(), "ae"));
    if (!m_log)
        return fail(ErrorCode::CannotWrite, "the log file cannot be opened", m_options.logFile,
                    "name a file in a folder that you can write to");
    return {};
}

void Console::result(std::string_view text)
{
    if (m_options.json)
        return;
    endProgress();
    m_failed = std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || m_failed;
}

void Console::document(const Json &document)
{
    if (!m_options.json)
        return;
    endProgress();
    const auto text = canonicalJson(document);
    if (!text) {
        m_failed = true;
        return;
    }
    m_failed = std::fwrite(text->data(), 1, text->size(), stdout) != text->size() || m_failed;
}

void Console::put(std::string_view kind, std::string_view message, bool show)
{
    if (m_log) {
        const std::string line = std::string(kind) + ": " + std::string(message) + "\n";
        std::fwrite(line.data(), 1, line.size(), m_log.get());
        std::fflush(m_log.get());
    }
    if (!show)
        return;
    endProgress();
    const Colour colour = kind == "error" ? Colour::Red : kind == "warning" ? Colour::Yellow : Colour::Plain;
    const bool named = colour != Colour::Plain;
    toStandardError((named ? coloured(colour, kind, STDERR_FILENO) + ": " : std::string()) +
                    std::string(message) + "\n");
}

void Console::say(std::string_view message)
{
    put("info", message, !m_options.quiet);
}

void Console::detail(std::string_view message)
{
    put("detail", message, m_options.verbose);
}

void Console::warn(std::string_view message)
{
    put("warning", message, true);
}

void Console::error(const Error &error)
{
    put("error", describe(error), !m_options.json);
    document(Json{{"error", errorJson(error)}});
}

void Console::progress(const Progress &progress)
{
    if (m_options.quiet || m_options.progress == "none" || m_options.progress == "json")
        return;
    if (m_options.progress == "bar" || (m_options.progress == "auto" && isTerminal(STDERR_FILENO))) {
        toStandardError(barOf(progress));
        m_barShown = true;
        return;
    }
    if (progress.detail.empty()) // short stages are not worth a line
        return;
    const int tenth = static_cast<int>(progress.fraction * 10.0);
    if (progress.stage == m_lastStage && tenth == m_lastTenth)
        return;
    m_lastStage = progress.stage;
    m_lastTenth = tenth;
    put("info",
        progress.stage + ": " + std::to_string(static_cast<int>(progress.fraction * 100.0)) + " %" +
            (progress.detail.empty() ? std::string() : ", " + progress.detail),
        true);
}

void Console::endProgress()
{
    if (!m_barShown)
        return;
    m_barShown = false;
    toStandardError("\r\x1b[K");
}

void Console::event(std::string_view line)
{
    if (wantsEvents())
        toStandardError(std::string(line) + "\n");
}

std::string Console::paint(Colour colour, std::string_view text) const
{
    return coloured(colour, text, STDOUT_FILENO);
}

Status Console::flush()
{
    if (std::fflush(stdout) != 0 || m_failed)
        return fail(ErrorCode::Io, "the result could not be written to standard output");
    return {};
}

} // namespace ibidem::cli
