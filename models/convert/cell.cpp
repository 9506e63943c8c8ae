// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/cell.h"

#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace ibidem::convert {

namespace {

char lower(char c) noexcept
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool equalsIgnoringCase(std::string_view text, std::string_view word) noexcept
{
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

template <std::size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N> &words) noexcept
{
    return std::any_of(words.begin(), words.end(),
                       [text](std::string_view word) { return equalsIgnoringCase(text, word); });
}

constexpr std::array<std::string_view, 8> kMissing = {"na", "n/a", "#n/a", "null", "none", "-", ".", "?"};
constexpr std::array<std::string_view, 6> kNotFinite = {"nan",   "inf",     "infinity",
                                                        "#num!", "#div/0!", "#value!"};

/// digits, one comma, digits, perhaps an exponent.
bool isDecimalComma(std::string_view text) noexcept
{
    const std::size_t comma = text.find(',');
    if (comma == std::string_view::npos || comma + 1 >= text.size() || !isDigit(text[comma + 1]))
        return false;
    const std::string_view before = text.substr(text.starts_with('-') ? 1 : 0);
    const std::size_t digits = comma - (text.size() - before.size());
    if (!std::all_of(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(digits), isDigit))
        return false;
    std::string_view after = text.substr(comma + 1);
    while (!after.empty() && isDigit(after.front()))
        after.remove_prefix(1);
    if (after.empty())
        return true;
    if (lower(after.front()) != 'e')
        return false;
    after.remove_prefix(1);
    if (after.starts_with('-') || after.starts_with('+'))
        after.remove_prefix(1);
    return !after.empty() && std::all_of(after.begin(), after.end(), isDigit);
}

Cell parseNumber(std::string_view text) noexcept
{
    double value = 0.0;
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (stop != end || error == std::errc::invalid_argument)
        return {CellKind::Text, 0.0};
    if (error == std::errc::result_out_of_range)
        return {CellKind::OutOfRange, 0.0};
    return {std::isfinite(value) ? CellKind::Number : CellKind::NotFinite, value};
}

Cell readUnusualCell(std::string_view text) noexcept
{
    text = trimmed(text);
    if (text.empty())
        return {CellKind::Missing, 0.0};
    std::string_view number = text;
    if (number.size() > 1 && number.front() == '+' && (isDigit(number[1]) || number[1] == '.'))
        number.remove_prefix(1);
    const Cell cell = parseNumber(number);
    if (cell.kind != CellKind::Text)
        return cell;
    if (isOneOf(text, kMissing))
        return {CellKind::Missing, 0.0};
    const std::string_view unsignedText = text.substr(text.front() == '+' || text.front() == '-' ? 1 : 0);
    if (isOneOf(unsignedText, kNotFinite))
        return {CellKind::NotFinite, 0.0};
    return {isDecimalComma(number) ? CellKind::DecimalComma : CellKind::Text, 0.0};
}

} // namespace

Cell readCell(std::string_view text) noexcept
{
    const Cell cell = parseNumber(text);
    return cell.kind == CellKind::Number ? cell : readUnusualCell(text);
}

std::string describeCell(CellKind kind, std::string_view text)
{
    const std::string shown = ibidem::quoted(text);
    switch (kind) {
    case CellKind::Number:
        return shown + " is a number";
    case CellKind::Missing:
        return trimmed(text).empty() ? "the cell is empty" : shown + " marks a missing value";
    case CellKind::NotFinite:
        return shown + " is not a finite number";
    case CellKind::DecimalComma:
        return shown + " has a decimal comma";
    case CellKind::OutOfRange:
        return shown + " is outside the range of double numbers";
    case CellKind::Text:
        break;
    }
    return shown + " is not a number";
}

} // namespace ibidem::convert
