// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/table_lines.h"

#include "models/base/text.h"

namespace ibidem::runs {

namespace {

constexpr std::size_t kDigestDigits = 64;

} // namespace

tl::unexpected<Error> badLine(std::size_t line, const std::string &message, const std::string &path)
{
    return fail(ErrorCode::BadData, "line " + std::to_string(line) + ": " + message, path);
}

Status forEachLine(std::string_view text, std::string_view header, std::size_t fieldCount,
                   const std::string &path, const std::function<Status(std::size_t, const Fields &)> &take)
{
    std::size_t number = 1;
    for (; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos)
            return badLine(number, "the file ends in the middle of a line", path);
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (number == 1) {
            if (line != header)
                return badLine(1, "the header is not '" + std::string(header) + "'", path);
            continue;
        }
        const Fields fields = split(line, ',');
        if (fields.size() != fieldCount)
            return badLine(number,
                           std::to_string(fields.size()) + " fields instead of " + std::to_string(fieldCount),
                           path);
        IBIDEM_CHECK(take(number, fields));
    }
    if (number == 1)
        return badLine(1, "the file is empty", path);
    return {};
}

bool isDigest(std::string_view text) noexcept
{
    return text.size() == kDigestDigits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Result<std::int64_t> ordinal(std::string_view text, std::string_view what, std::size_t line,
                             const std::string &path)
{
    const auto number = parseInteger(text);
    if (!number || *number < 1)
        return badLine(line, ibidem::quoted(text) + " is no " + std::string(what), path);
    return *number;
}

Result<std::string> digestField(std::string_view text, std::size_t line, const std::string &path)
{
    if (!isDigest(text))
        return badLine(line, ibidem::quoted(text) + " is no digest", path);
    return std::string(text);
}

} // namespace ibidem::runs
