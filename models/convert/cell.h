// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace ibidem::convert {

enum class CellKind {
    Number,       ///< a finite double
    Missing,      ///< empty, NA, N/A, NULL, None, "-", …
    NotFinite,    ///< nan or inf in any spelling
    DecimalComma, ///< 0,5
    OutOfRange,   ///< a number that no double holds
    Text,         ///< anything else
};

struct Cell
{
    CellKind kind = CellKind::Text;
    double value = 0.0;
};

/// What one cell of a table says. Blanks around it and one leading '+' are allowed; no locale.
[[nodiscard]] Cell readCell(std::string_view text) noexcept;

/// For messages: "is text", "is empty", …
[[nodiscard]] std::string describeCell(CellKind kind, std::string_view text);

} // namespace ibidem::convert
