// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/events.h"

#include "models/base/text.h"
#include "models/runs/event_line.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ibidem::runs {

namespace {

constexpr std::size_t kLargestRead = 64U << 20U;

class Descriptor
{
public:
    explicit Descriptor(const std::filesystem::path &file)
        : m_number(::open(file.c_str(), O_RDONLY | O_CLOEXEC))
    {}

    ~Descriptor()
    {
        if (m_number >= 0)
            ::close(m_number);
    }

    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;

    [[nodiscard]] int number() const noexcept { return m_number; }

private:
    int m_number;
};

/// What the file holds from `offset` on, at most kLargestRead bytes. A file shorter than the offset is
/// another run's (the old one was replaced): it is read from its start.
Result<std::string> readFrom(int descriptor, std::uint64_t &offset, const std::string &path)
{
    struct stat info = {};
    if (::fstat(descriptor, &info) != 0)
        return fail(ErrorCode::Io, "cannot be read: " + std::generic_category().message(errno), path);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    if (size < offset)
        offset = 0;
    std::string text(static_cast<std::size_t>(std::min<std::uint64_t>(size - offset, kLargestRead)), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t got =
            ::pread(descriptor, text.data() + done, text.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ErrorCode::Io, "cannot be read: " + std::generic_category().message(errno), path);
        if (got == 0)
            break;
        done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
}

bool isEvent(const Json &json)
{
    if (!json.is_object())
        return false;
    const Json *sequence = findAt(json, "sequence");
    return stringAt(json, "schema").value_or(std::string()) == kEventSchema && stringAt(json, "event") &&
           sequence != nullptr && sequence->is_number_unsigned();
}

} // namespace

Result<Json> parseEventLine(std::string_view line, const std::string &path)
{
    IBIDEM_TRY(Json json, parseJson(line, path));
    if (!isEvent(json))
        return fail(ErrorCode::BadData,
                    std::string("'") + ibidem::quoted(line) + "' is no event of schema " +
                        std::string(kEventSchema),
                    path);
    return json;
}

/// While a run is replaced both folders are there, and the one being written is meant.
EventReader::EventReader(std::filesystem::path run)
    : m_run(partialPath(run))
{}

Result<std::vector<Json>> EventReader::poll()
{
    std::vector<Json> events;
    // The folder may be renamed between looking for it and opening the file: one more look finds it.
    for (int attempt = 0; attempt < 2; ++attempt) {
        const Result<std::filesystem::path> folder = locateRun(m_run);
        if (!folder)
            continue;
        const std::filesystem::path file = *folder / kEventsFile;
        const Descriptor descriptor(file);
        if (descriptor.number() < 0)
            continue;
        IBIDEM_TRY(const std::string text, readFrom(descriptor.number(), m_offset, file.string()));
        std::size_t start = 0;
        for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
            Result<Json> event =
                parseEventLine(std::string_view(text).substr(start, end - start), file.string());
            // What came before a bad line is delivered first; the next call stops at it.
            if (!event && events.empty())
                return tl::unexpected<Error>(
                    withContext(std::move(event).error(), "at byte " + std::to_string(m_offset)));
            if (!event)
                return events;
            events.push_back(*std::move(event));
            m_offset += end + 1 - start;
            start = end + 1;
        }
        return events;
    }
    return events;
}

} // namespace ibidem::runs
