// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::runs {

/// Events of a child, one compact JSON object a line in `events.jsonl` of the run folder, schema
/// "ibidem/event/1":
///   {"schema","sequence":1…,"event":…} plus
///   started     {"recipe","level","seed","device","threads","rounds"}      (resumed: "fromRound")
///   progress    {"stage","fraction","round","rounds"}                       at most 20 a second
///   metric      {"round","split","metric","value"}                          for curves; throttled by the
///   writer to at most
///                                                                           500 rounds evenly spread, always
///                                                                           first and last
///   checkpoint  {"round","file"}
///   warning     {"message"}
///   finished    {"outcome":"finished","chain","seconds"} or {"outcome":"stopped","round"}
///   failed      {"error":{"code","message","path","cure"}}
/// The sequence goes on where a resumed file ended. Wall-clock time stands only here and in local files,
/// never in digests.
class EventWriter
{
public:
    /// Opens for appending; a torn last line (kill) is cut off first. `announce` (a file descriptor, -1:
    /// none) gets one short line per event: only that there is news.
    [[nodiscard]] static Result<EventWriter> open(const std::filesystem::path &folder, int announce = -1);
    EventWriter(EventWriter &&) noexcept;
    EventWriter &operator=(EventWriter &&) noexcept;
    ~EventWriter();

    /// Adds schema and sequence. Io errors are remembered and returned by close().
    void write(std::string_view event, Json fields);
    [[nodiscard]] Status close();

private:
    EventWriter();
    struct State;
    std::unique_ptr<State> m_state;
};

/// Reads what came since the last call; whole lines only. Finds the file again after the folder was renamed.
class EventReader
{
public:
    explicit EventReader(std::filesystem::path run);
    /// New events in order; empty if there is no file yet. BadData on a line that is no event.
    [[nodiscard]] Result<std::vector<Json>> poll();

private:
    std::filesystem::path m_run;
    std::uint64_t m_offset = 0;
};

} // namespace ibidem::runs
