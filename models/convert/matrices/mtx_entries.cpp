// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/mtx_entries.h"

#include "models/base/text.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

namespace ibidem::convert {

namespace {

constexpr std::string_view kDamaged = "the file is damaged or cut off: fetch or write it again";

bool isBlank(char c) noexcept
{
    return c == ' ' || c == '\t' || c == '\r';
}

tl::unexpected<Error> badLine(std::uint64_t line, const std::string &what, const std::string &path,
                              std::string_view cure = kDamaged)
{
    return fail(ErrorCode::BadData, "line " + std::to_string(line) + ": " + what, path, std::string(cure));
}

/// The line at `position`, without its end; moves behind it.
std::string_view takeLine(std::string_view text, std::size_t &position)
{
    const std::size_t end = std::min(text.find('\n', position), text.size());
    const std::string_view line = text.substr(position, end - position);
    position = std::min(end + 1, text.size());
    return trimmed(line);
}

std::vector<std::string> lowerWords(std::string_view line)
{
    std::vector<std::string> words(1);
    for (const char c : line) {
        if (!isBlank(c))
            words.back() += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty())
        words.pop_back();
    return words;
}

Result<MtxHead::Field> readBanner(std::string_view line, const std::string &path)
{
    constexpr std::size_t kLongest = 200;
    const std::vector<std::string> words = lowerWords(line.substr(0, kLongest));
    if (words.empty() || words[0] != "%%matrixmarket")
        return badLine(1, "this is no Matrix Market file: it does not begin with %%MatrixMarket", path,
                       "choose the file matrix.mtx of a 10x folder");
    if (words.size() != 5 || words[1] != "matrix")
        return badLine(1, "the head " + ibidem::quoted(line) + " does not have the five words of a matrix",
                       path);
    const auto unavailable = [&](const std::string &what) {
        return fail(ErrorCode::Unavailable, "line 1: " + what + " are not supported", path,
                    "write the matrix as %%MatrixMarket matrix coordinate integer general");
    };
    if (words[2] != "coordinate")
        return unavailable("Matrix Market files of the kind " + ibidem::quoted(words[2]));
    if (words[4] != "general")
        return unavailable("matrices that are " + ibidem::quoted(words[4]));
    if (words[3] == "integer")
        return MtxHead::Field::Integer;
    if (words[3] == "real" || words[3] == "double")
        return MtxHead::Field::Real;
    if (words[3] == "pattern")
        return MtxHead::Field::Pattern;
    return unavailable("values that are " + ibidem::quoted(words[3]));
}

Status readSizes(std::string_view line, MtxHead &head, const std::string &path)
{
    const std::vector<std::string> words = lowerWords(line.substr(0, 200));
    const auto number = [&words](std::size_t i) {
        return i < words.size() ? parseUnsigned(words[i]) : std::nullopt;
    };
    if (words.size() != 3 || !number(0) || !number(1) || !number(2))
        return badLine(head.line, ibidem::quoted(line) + " is not the number of rows, columns and entries",
                       path);
    head.rows = *number(0);
    head.columns = *number(1);
    head.entries = *number(2);
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
    if (head.rows > kMost || head.columns > kMost)
        return badLine(head.line,
                       "a matrix of " + std::to_string(head.rows) + " times " + std::to_string(head.columns) +
                           " is larger than any this program reads",
                       path);
    return {};
}

/// Reads the entries one after the other. Positions only move forward and never over m_end.
class EntryReader
{
public:
    EntryReader(std::string_view text, const MtxHead &head, const std::string &path)
        : m_at(text.data() + head.position)
        , m_end(text.data() + text.size())
        , m_line(head.line)
        , m_head(head)
        , m_path(path)
    {}

    /// False at the end of the text.
    bool toNextLine()
    {
        while (m_at != m_end) {
            ++m_line;
            m_begin = m_at;
            skipBlanks();
            if (m_at == m_end)
                return false;
            if (*m_at != '\n')
                return true;
            ++m_at;
        }
        return false;
    }

    Status readEntry(MtxEntries &out)
    {
        std::uint64_t row = 0;
        std::uint64_t column = 0;
        float value = 1.0F;
        IBIDEM_CHECK(readIndex(m_head.rows, "row", row));
        IBIDEM_CHECK(readIndex(m_head.columns, "column", column));
        if (m_head.field != MtxHead::Field::Pattern)
            IBIDEM_CHECK(readValue(value, out.rounded));
        skipBlanks();
        if (m_at != m_end && *m_at != '\n')
            return bad("there is more than an entry in " + line());
        if (m_at != m_end)
            ++m_at;
        const auto at = static_cast<std::uint32_t>(column - 1);
        out.columnsAscend = out.columnsAscend && (out.columns.empty() || out.columns.back() <= at);
        out.rows.push_back(static_cast<std::uint32_t>(row - 1));
        out.columns.push_back(at);
        out.values.push_back(value);
        return {};
    }

    [[nodiscard]] std::uint64_t lineNumber() const noexcept { return m_line; }

private:
    [[nodiscard]] std::string line() const
    {
        const char *end = m_begin;
        while (end != m_end && *end != '\n')
            ++end;
        return ibidem::quoted(trimmed(std::string_view(m_begin, static_cast<std::size_t>(end - m_begin))));
    }

    [[nodiscard]] tl::unexpected<Error> bad(const std::string &what) const
    {
        return badLine(m_line, what, m_path);
    }

    void skipBlanks() noexcept
    {
        while (m_at != m_end && isBlank(*m_at))
            ++m_at;
    }

    [[nodiscard]] bool atWordEnd() const noexcept { return m_at == m_end || isBlank(*m_at) || *m_at == '\n'; }

    Status readIndex(std::uint64_t most, const char *what, std::uint64_t &index)
    {
        skipBlanks();
        const auto [end, error] = std::from_chars(m_at, m_end, index);
        m_at = end;
        if (error == std::errc::invalid_argument || !atWordEnd())
            return bad(std::string("the ") + what + " in " + line() + " is no whole number");
        if (error != std::errc() || index == 0 || index > most)
            return bad(std::string("the ") + what + " in " + line() + " is not one of 1 to " +
                       std::to_string(most));
        return {};
    }

    Status readValue(float &value, std::uint64_t &rounded)
    {
        skipBlanks();
        constexpr std::int64_t kExactBelow = 1 << 24; // single precision holds all whole numbers up to here
        std::int64_t whole = 0;
        const auto [end, error] = std::from_chars(m_at, m_end, whole);
        const char *const begin = m_at;
        m_at = end;
        if (error == std::errc() && atWordEnd() && whole >= -kExactBelow && whole <= kExactBelow) {
            value = static_cast<float>(whole);
            return {};
        }
        if (m_head.field == MtxHead::Field::Integer && (error != std::errc() || !atWordEnd()))
            return bad("the value in " + line() + " is no whole number");
        m_at = begin;
        return readReal(value, rounded);
    }

    Status readReal(float &value, std::uint64_t &rounded)
    {
        double wide = 0.0;
        const auto [end, error] = std::from_chars(m_at, m_end, wide);
        m_at = end;
        if (error == std::errc::invalid_argument || !atWordEnd())
            return bad("the value in " + line() + " is no number");
        if (error != std::errc() || !std::isfinite(wide) ||
            std::fabs(wide) > static_cast<double>(std::numeric_limits<float>::max()))
            return bad("the value in " + line() + " is no finite number of single precision");
        value = static_cast<float>(wide);
        rounded += static_cast<double>(value) != wide ? 1U : 0U;
        return {};
    }

    const char *m_at;
    const char *m_end;
    const char *m_begin = nullptr;
    std::uint64_t m_line;
    const MtxHead &m_head;
    const std::string &m_path;
};

} // namespace

std::uint64_t bytesOf(const MtxHead &head) noexcept
{
    return head.entries * (2 * sizeof(std::uint32_t) + sizeof(float));
}

Result<MtxHead> readMtxHead(std::string_view text, const std::string &path)
{
    MtxHead head;
    ++head.line;
    IBIDEM_TRY(head.field, readBanner(takeLine(text, head.position), path));
    std::string_view line;
    while (head.position < text.size() && (line.empty() || line.front() == '%')) {
        line = takeLine(text, head.position);
        ++head.line;
    }
    if (line.empty() || line.front() == '%')
        return badLine(head.line, "the file ends before the number of rows, columns and entries", path);
    IBIDEM_CHECK(readSizes(line, head, path));
    // "1 1\n" is the shortest entry there is.
    const std::uint64_t room = (text.size() - head.position) / 4 + 1;
    if (head.entries > room)
        return badLine(head.line,
                       "the head promises " + std::to_string(head.entries) +
                           " entries, but what follows has room for " + std::to_string(room) + " at most",
                       path);
    return head;
}

Result<MtxEntries> readMtxEntries(std::string_view text, const MtxHead &head, const RunToken &token,
                                  const std::string &path)
{
    constexpr std::uint64_t kBetweenLooks = 1U << 16U;
    MtxEntries entries;
    const auto count = static_cast<std::size_t>(head.entries);
    entries.rows.reserve(count);
    entries.columns.reserve(count);
    entries.values.reserve(count);
    EntryReader reader(text, head, path);
    std::uint64_t read = 0;
    for (; reader.toNextLine(); ++read) {
        if (read == head.entries)
            return badLine(reader.lineNumber(),
                           "there are more entries than the " + std::to_string(head.entries) +
                               " that the head promises",
                           path);
        if (read % kBetweenLooks == 0) {
            if (token.stopRequested())
                return fail(ErrorCode::Stopped, "stopped on request while reading", path);
            token.progress("read", static_cast<double>(read) / static_cast<double>(head.entries));
        }
        IBIDEM_CHECK(reader.readEntry(entries));
    }
    if (read != head.entries)
        return badLine(reader.lineNumber(),
                       "the file ends after " + std::to_string(read) + " of the " +
                           std::to_string(head.entries) + " entries that the head promises",
                       path);
    return entries;
}

} // namespace ibidem::convert
