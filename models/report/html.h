// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::report {

/// Text as HTML and XML show it. Names come from other people's files: markup, control characters, invalid
/// UTF-8 and characters that turn the direction of writing do not get through.
[[nodiscard]] std::string escaped(std::string_view text);

/// Everything below takes and gives markup, so plain text is escaped first.
[[nodiscard]] std::string element(std::string_view tag, std::string_view markup,
                                  std::string_view attributes = {});
[[nodiscard]] std::string paragraph(std::string_view text); ///< escapes
[[nodiscard]] std::string code(std::string_view text);      ///< escapes
[[nodiscard]] std::string section(std::string_view id, std::string_view title, std::string_view markup);
[[nodiscard]] std::string details(std::string_view summary, std::string_view markup);

struct Table
{
    std::string caption;                        ///< plain text; needed
    std::vector<std::string> headers;           ///< plain text
    std::vector<std::vector<std::string>> rows; ///< markup; the first cell is the row's header
    std::set<std::size_t> numbers;              ///< columns aligned to the right
};

/// Nothing for a table without rows.
[[nodiscard]] std::string table(const Table &table);

/// A word of a command as a POSIX shell reads it back: quoted where it must be.
[[nodiscard]] std::string shellWord(std::string_view text);

/// The style sheet: light, dark, paper.
[[nodiscard]] std::string_view styleSheet() noexcept;

} // namespace ibidem::report
