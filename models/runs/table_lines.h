// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ibidem::runs {

using Fields = std::vector<std::string_view>;

/// BadData "line 3: message".
[[nodiscard]] tl::unexpected<Error> badLine(std::size_t line, const std::string &message,
                                            const std::string &path);

/// Calls `take` with number and fields of each line after the header of one of our comma-separated tables.
/// BadData: another header, another number of fields, or a last line without LF, which is torn.
[[nodiscard]] Status forEachLine(std::string_view text, std::string_view header, std::size_t fieldCount,
                                 const std::string &path,
                                 const std::function<Status(std::size_t, const Fields &)> &take);

/// 64 lower-case hexadecimal digits.
[[nodiscard]] bool isDigest(std::string_view text) noexcept;

/// A whole number from 1, as of rounds and epochs; BadData saying that `text` is no `what`.
[[nodiscard]] Result<std::int64_t> ordinal(std::string_view text, std::string_view what, std::size_t line,
                                           const std::string &path);

/// A digest as text; BadData.
[[nodiscard]] Result<std::string> digestField(std::string_view text, std::size_t line,
                                              const std::string &path);

/// The records of such a table: `record` makes one of a line's number and fields, and the path for messages.
template <class Record>
[[nodiscard]] Result<std::vector<Record>>
parseRecords(std::string_view text, std::string_view header, std::size_t fieldCount, const std::string &path,
             Result<Record> (*record)(std::size_t line, const Fields &fields, const std::string &path))
{
    std::vector<Record> records;
    IBIDEM_CHECK(
        forEachLine(text, header, fieldCount, path, [&](std::size_t line, const Fields &fields) -> Status {
            IBIDEM_TRY(Record one, record(line, fields, path));
            records.push_back(std::move(one));
            return {};
        }));
    return records;
}

} // namespace ibidem::runs
