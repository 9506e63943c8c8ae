// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/delimited_reader.h"

#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace ibidem::convert {

namespace {

constexpr std::array<std::string_view, 4> kNames = {"tab", "comma", "semicolon", "blank"};
constexpr std::size_t kSniffRows = 20;
constexpr std::size_t kSniffBytes = 256U << 10U;

char characterOf(Delimiter delimiter) noexcept
{
    constexpr std::array<char, 4> characters = {'\t', ',', ';', ' '};
    return characters[static_cast<std::size_t>(delimiter)];
}

/// Two header cells in front of R's row names are one short: that still counts as even.
bool isEven(const std::vector<std::size_t> &counts) noexcept
{
    if (counts.size() < 2)
        return true;
    const bool rest =
        std::all_of(counts.begin() + 1, counts.end(), [&](std::size_t n) { return n == counts[1]; });
    return rest && (counts[0] == counts[1] || counts[0] + 1 == counts[1]);
}

/// Fields in each of the first records, up to one that cannot be read.
std::vector<std::size_t> fieldCounts(std::string_view text, Delimiter delimiter)
{
    std::vector<std::size_t> counts;
    RowReader reader(text, delimiter, {});
    while (counts.size() < 2 || (counts.size() < kSniffRows && reader.position() < kSniffBytes)) {
        const Result<bool> more = reader.next();
        if (!more || !*more)
            break;
        counts.push_back(reader.fields().size());
    }
    return counts;
}

/// Blocks short enough for counters of one byte, which compilers turn into vectors.
std::uint64_t countByte(std::string_view text, char wanted) noexcept
{
    constexpr std::size_t block = 128;
    std::uint64_t total = 0;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, block);
        unsigned char count = 0;
        for (const char c : part)
            count = static_cast<unsigned char>(count + static_cast<unsigned char>(c == wanted));
        total += count;
        text.remove_prefix(part.size());
    }
    return total;
}

} // namespace

std::string_view delimiterName(Delimiter delimiter) noexcept
{
    return kNames[static_cast<std::size_t>(delimiter)];
}

std::optional<Delimiter> delimiterOfName(std::string_view name) noexcept
{
    for (std::size_t i = 0; i < kNames.size(); ++i)
        if (kNames[i] == name)
            return static_cast<Delimiter>(i);
    return std::nullopt;
}

RowReader::RowReader(std::string_view text, Delimiter delimiter, std::string path, bool keepText)
    : m_text(text)
    , m_path(std::move(path))
    , m_delimiter(delimiter)
    , m_delimiterCharacter(characterOf(delimiter))
    , m_lineEnd(text.find('\n') == std::string_view::npos ? '\r' : '\n')
    , m_hasQuotes(text.find('"') != std::string_view::npos)
    , m_keepText(keepText)
{}

Result<bool> RowReader::next()
{
    while (m_position < m_text.size()) {
        if (!m_keepText)
            m_unescaped.clear();
        m_fields.clear();
        ++m_row;
        IBIDEM_CHECK(readRecord());
        const bool blank = std::all_of(m_fields.begin(), m_fields.end(),
                                       [](std::string_view field) { return trimmed(field).empty(); });
        if (!blank)
            return true;
        ++m_skipped;
    }
    return false;
}

Status RowReader::readRecord()
{
    const std::size_t end = m_text.find(m_lineEnd, m_position);
    std::string_view line = m_text.substr(m_position, end == std::string_view::npos ? end : end - m_position);
    if (m_hasQuotes && line.find('"') != std::string_view::npos)
        return readQuotedRecord();
    m_position = end == std::string_view::npos ? m_text.size() : end + 1;
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    splitLine(line);
    return {};
}

void RowReader::splitLine(std::string_view line)
{
    if (m_delimiter == Delimiter::Blank) {
        std::size_t begin = line.find_first_not_of(" \t");
        while (begin != std::string_view::npos) {
            const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
            m_fields.push_back(line.substr(begin, end - begin));
            begin = line.find_first_not_of(" \t", end);
        }
        return;
    }
    const char *begin = line.data();
    const char *const end = begin + line.size();
    for (const char *at = begin; at != end; ++at) {
        if (*at == m_delimiterCharacter) {
            m_fields.emplace_back(begin, static_cast<std::size_t>(at - begin));
            begin = at + 1;
        }
    }
    m_fields.emplace_back(begin, static_cast<std::size_t>(end - begin));
}

Status RowReader::readQuotedRecord()
{
    skipBlanks();
    while (true) {
        if (m_position < m_text.size() && m_text[m_position] == '"') {
            IBIDEM_TRY(const std::string_view field, readQuotedField());
            m_fields.push_back(field);
        } else if (m_delimiter != Delimiter::Blank || !atLineEnd()) {
            m_fields.push_back(readPlainField());
        }
        if (atLineEnd())
            break;
        ++m_position; // the delimiter
        skipBlanks();
    }
    skipLineEnd();
    return {};
}

Result<std::string_view> RowReader::readQuotedField()
{
    const std::string column = std::to_string(m_fields.size() + 1);
    const std::size_t begin = ++m_position;
    std::string *unescaped = nullptr;
    std::size_t copied = begin;
    while (true) {
        const std::size_t quote = m_text.find('"', m_position);
        if (quote == std::string_view::npos)
            return fail(ErrorCode::BadData,
                        "row " + std::to_string(m_row) + ", column " + column + ": the quote is never closed",
                        m_path, "close the quote, or double it where it belongs to the text");
        m_position = quote + 1;
        if (m_position >= m_text.size() || m_text[m_position] != '"')
            break;
        if (!unescaped)
            unescaped = &m_unescaped.emplace_back();
        unescaped->append(m_text.substr(copied, m_position - copied));
        copied = ++m_position;
    }
    if (!atLineEnd() && !isDelimiter(m_text[m_position]))
        return fail(ErrorCode::BadData,
                    "row " + std::to_string(m_row) + ", column " + column +
                        ": there is text after the closing quote",
                    m_path, "put the whole field in quotes and double the quotes within");
    const std::string_view tail = m_text.substr(copied, m_position - 1 - copied);
    if (!unescaped)
        return tail;
    return std::string_view(unescaped->append(tail));
}

std::string_view RowReader::readPlainField()
{
    const std::size_t begin = m_position;
    while (!atLineEnd() && !isDelimiter(m_text[m_position]))
        ++m_position;
    return m_text.substr(begin, m_position - begin);
}

bool RowReader::isDelimiter(char c) const noexcept
{
    return c == m_delimiterCharacter || (m_delimiter == Delimiter::Blank && c == '\t');
}

bool RowReader::atLineEnd() const noexcept
{
    if (m_position >= m_text.size() || m_text[m_position] == m_lineEnd)
        return true;
    return m_text[m_position] == '\r' && m_position + 1 < m_text.size() && m_text[m_position + 1] == '\n';
}

void RowReader::skipBlanks() noexcept
{
    if (m_delimiter == Delimiter::Blank)
        while (m_position < m_text.size() && isDelimiter(m_text[m_position]))
            ++m_position;
}

void RowReader::skipLineEnd() noexcept
{
    if (m_position < m_text.size() && m_text[m_position] == '\r' && m_lineEnd == '\n')
        ++m_position;
    if (m_position < m_text.size())
        ++m_position;
}

Delimiter findDelimiter(std::string_view text)
{
    Delimiter best = Delimiter::Blank;
    std::size_t bestFields = 1;
    bool bestEven = false;
    for (const Delimiter candidate : {Delimiter::Tab, Delimiter::Semicolon, Delimiter::Comma}) {
        const std::vector<std::size_t> counts = fieldCounts(text, candidate);
        if (counts.empty())
            continue;
        const bool even = isEven(counts);
        const std::size_t fields = counts.front();
        if (fields > 1 &&
            (bestFields == 1 || (even && !bestEven) || (even == bestEven && fields > bestFields))) {
            best = candidate;
            bestFields = fields;
            bestEven = even;
        }
    }
    return best;
}

std::uint64_t mostCells(std::string_view text, Delimiter delimiter) noexcept
{
    std::uint64_t ends =
        countByte(text, characterOf(delimiter)) + countByte(text, '\n') + countByte(text, '\r');
    if (delimiter == Delimiter::Blank)
        ends += countByte(text, '\t');
    return ends + 1;
}

} // namespace ibidem::convert
