// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::convert {

enum class Delimiter { Tab, Comma, Semicolon, Blank };

[[nodiscard]] std::string_view
delimiterName(Delimiter delimiter) noexcept; ///< "tab", "comma", "semicolon", "blank"
[[nodiscard]] std::optional<Delimiter> delimiterOfName(std::string_view name) noexcept;

/// The records of a delimited text, one after the other, by RFC 4180: quoted fields may hold delimiters, line
/// ends and doubled quotes; lines end with LF, CR LF, or CR alone where the text has no LF. A quote inside an
/// unquoted field is a character like any other. With Blank, runs of blanks and tabs part the fields. Records
/// whose fields are all empty are skipped.
class RowReader
{
public:
    /// The text must outlive the reader. `path` is for messages. With `keepText` the fields of all records
    /// stay valid until the reader is gone, else those of the last record.
    RowReader(std::string_view text, Delimiter delimiter, std::string path, bool keepText = false);

    /// False at the end. BadData for a quote that is not closed and for text after a closing quote.
    [[nodiscard]] Result<bool> next();

    [[nodiscard]] const std::vector<std::string_view> &fields() const noexcept { return m_fields; }

    /// Number of the last record in the file, from 1; skipped ones count.
    [[nodiscard]] std::uint64_t row() const noexcept { return m_row; }

    [[nodiscard]] std::uint64_t skippedRows() const noexcept { return m_skipped; }

    [[nodiscard]] std::size_t position() const noexcept { return m_position; }

private:
    [[nodiscard]] Status readRecord();
    void splitLine(std::string_view line);
    [[nodiscard]] Status readQuotedRecord();
    [[nodiscard]] Result<std::string_view> readQuotedField();
    [[nodiscard]] std::string_view readPlainField();
    [[nodiscard]] bool isDelimiter(char c) const noexcept;
    [[nodiscard]] bool atLineEnd() const noexcept;
    void skipBlanks() noexcept;
    void skipLineEnd() noexcept;

    std::string_view m_text;
    std::string m_path;
    std::vector<std::string_view> m_fields;
    std::deque<std::string> m_unescaped;
    std::size_t m_position = 0;
    std::uint64_t m_row = 0;
    std::uint64_t m_skipped = 0;
    Delimiter m_delimiter;
    char m_delimiterCharacter;
    char m_lineEnd;
    bool m_hasQuotes;
    bool m_keepText;
};

/// The delimiter that parts the first records into the most fields, the same number in each; of equals tab,
/// then semicolon, then comma. Blank only where none of them parts anything.
[[nodiscard]] Delimiter findDelimiter(std::string_view text);

/// No more cells than this are in the text: for estimates of memory.
[[nodiscard]] std::uint64_t mostCells(std::string_view text, Delimiter delimiter) noexcept;

} // namespace ibidem::convert
