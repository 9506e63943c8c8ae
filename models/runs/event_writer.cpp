// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/event_line.h"
#include "models/runs/events.h"
#include "models/runs/manifest.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <poll.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ibidem::runs {

namespace {

constexpr std::int64_t kMetricRounds = 500;
constexpr std::chrono::milliseconds kProgressInterval{50};
constexpr std::uint64_t kLargestFile = 1ULL << 32U;

/// What of a file is whole: everything up to the last line that is an event, and that event's sequence
/// number.
struct SoundPart
{
    std::size_t bytes = 0;
    std::uint64_t sequence = 0;
};

SoundPart soundPart(std::string_view text)
{
    std::size_t end = text.rfind('\n');
    while (end != std::string_view::npos) {
        const std::size_t before = end == 0 ? std::string_view::npos : text.rfind('\n', end - 1);
        const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
        const Result<Json> event = parseEventLine(text.substr(start, end - start), {});
        if (event)
            return {end + 1, event->at("sequence").get<std::uint64_t>()};
        end = before;
    }
    return {};
}

bool writeWhole(int descriptor, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Says that there is news; false if nobody will ever listen again. A listener that went away must not end
/// the run by SIGPIPE, nor one that sleeps hold it up: news that do not fit are left out, the next ones say
/// as much.
bool announceNews(int descriptor, std::string_view line)
{
    pollfd ready{descriptor, POLLOUT, 0};
    if (::poll(&ready, 1, 0) <= 0)
        return true;
    sigset_t pipeSignal;
    sigset_t before;
    sigset_t pending;
    sigemptyset(&pipeSignal);
    sigaddset(&pipeSignal, SIGPIPE);
    sigpending(&pending);
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &before);
    const bool written = ::write(descriptor, line.data(), line.size()) >= 0;
    const bool gone = !written && errno != EAGAIN && errno != EINTR;
    if (gone && sigismember(&pending, SIGPIPE) == 0) {
        const timespec now{};
        while (sigtimedwait(&pipeSignal, nullptr, &now) < 0 && errno == EINTR)
            continue;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return !gone;
}

/// 500 rounds evenly spread over all, always with the first and the last.
bool isMetricRound(std::int64_t round, std::int64_t rounds)
{
    if (rounds <= kMetricRounds || round <= 1)
        return true;
    const std::int64_t steps = kMetricRounds - 1;
    return round * steps / rounds != (round - 1) * steps / rounds;
}

} // namespace

struct EventWriter::State
{
    ~State() { closeFile(); }

    State() = default;
    State(const State &) = delete;
    State &operator=(const State &) = delete;

    void closeFile()
    {
        if (descriptor >= 0)
            ::close(std::exchange(descriptor, -1));
    }

    void remember(Error failure)
    {
        if (!error)
            error = std::move(failure);
    }

    bool isThrottled(std::string_view event, const Json &fields);
    bool isProgressThrottled(const Json &fields);

    std::mutex mutex;
    std::string path;
    int descriptor = -1;
    int announce = -1;
    std::uint64_t sequence = 0;
    std::int64_t rounds = 0;
    std::string stage;
    std::chrono::steady_clock::time_point lastProgress;
    std::optional<Error> error;
};

bool EventWriter::State::isProgressThrottled(const Json &fields)
{
    const auto now = std::chrono::steady_clock::now();
    std::string newStage = stringAt(fields, "stage").value_or(std::string());
    const bool isLast = numberAt(fields, "fraction").value_or(0.0) >= 1.0;
    if (newStage == stage && !isLast && now - lastProgress < kProgressInterval)
        return true;
    stage = std::move(newStage);
    lastProgress = now;
    return false;
}

bool EventWriter::State::isThrottled(std::string_view event, const Json &fields)
{
    if (event == "started")
        rounds = integerAt(fields, "rounds").value_or(0);
    if (event == "metric")
        return !isMetricRound(integerAt(fields, "round").value_or(0), rounds);
    return event == "progress" && isProgressThrottled(fields);
}

EventWriter::EventWriter()
    : m_state(std::make_unique<State>())
{}

EventWriter::EventWriter(EventWriter &&) noexcept = default;
EventWriter &EventWriter::operator=(EventWriter &&) noexcept = default;
EventWriter::~EventWriter() = default;

Result<EventWriter> EventWriter::open(const std::filesystem::path &folder, int announce)
{
    const std::filesystem::path file = folder / kEventsFile;
    EventWriter writer;
    State &state = *writer.m_state;
    state.path = file.string();
    state.announce = announce;
    state.descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (state.descriptor < 0)
        return fail(ErrorCode::CannotWrite, "cannot be opened: " + std::generic_category().message(errno),
                    state.path);
    IBIDEM_TRY(const std::string text, readFile(file, kLargestFile));
    const SoundPart sound = soundPart(text);
    if (sound.bytes < text.size() && ::ftruncate(state.descriptor, static_cast<off_t>(sound.bytes)) != 0)
        return fail(ErrorCode::Io, "cannot be cut: " + std::generic_category().message(errno), state.path);
    state.sequence = sound.sequence;
    return writer;
}

void EventWriter::write(std::string_view event, Json fields)
{
    const std::lock_guard guard(m_state->mutex);
    State &state = *m_state;
    if (!fields.is_object())
        fields = Json::object();
    if (state.descriptor < 0 || state.isThrottled(event, fields))
        return;
    fields["schema"] = kEventSchema;
    fields["sequence"] = state.sequence + 1;
    fields["event"] = event;
    Result<std::string> line = compactJson(fields);
    if (!line) {
        state.remember(withContext(std::move(line).error(), "event '" + std::string(event) + "'"));
        return;
    }
    *line += '\n';
    if (!writeWhole(state.descriptor, *line)) {
        state.remember(
            {ErrorCode::Io, "cannot be written: " + std::generic_category().message(errno), state.path, {}});
        return;
    }
    ++state.sequence;
    if (state.announce >= 0 && !announceNews(state.announce, std::to_string(state.sequence) + "\n"))
        state.announce = -1;
}

Status EventWriter::close()
{
    const std::lock_guard guard(m_state->mutex);
    m_state->closeFile();
    if (m_state->error)
        return tl::unexpected<Error>(*m_state->error);
    return {};
}

} // namespace ibidem::runs
