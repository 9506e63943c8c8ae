// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace ibidem {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

template <class T, class... Options>
std::optional<T> parseWhole(std::string_view text, Options... options) noexcept
{
    T value{};
    const char *end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, options...);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

template <class T>
std::string formatShortest(T value)
{
    if (std::isnan(value))
        return "nan";
    std::array<char, 64> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
    return {buffer.data(), result.ptr};
}

/// Length of the valid UTF-8 sequence at the start of `text`, or 0. Follows table 3-7 of the Unicode
/// standard.
std::size_t utf8SequenceLength(std::string_view text) noexcept
{
    const auto byteAt = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
    };
    const auto continues = [&](std::size_t i) { return (byteAt(i) & 0xC0U) == 0x80U; };
    const unsigned first = byteAt(0);
    const unsigned second = byteAt(1);
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4 || !continues(1))
        return 0;
    if (first < 0xE0)
        return 2;
    if (!continues(2) || (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F))
        return 0;
    if (first < 0xF0)
        return 3;
    if (!continues(3) || (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F))
        return 0;
    return 4;
}

void appendEscapedByte(std::string &out, char byte)
{
    const auto value = static_cast<unsigned char>(byte);
    out += "\\x";
    out += kHexDigits[value >> 4U];
    out += kHexDigits[value & 15U];
}

} // namespace

std::optional<double> parseDouble(std::string_view text) noexcept
{
    return parseWhole<double>(text, std::chars_format::general);
}

std::optional<std::int64_t> parseInteger(std::string_view text) noexcept
{
    return parseWhole<std::int64_t>(text);
}

std::optional<std::uint64_t> parseUnsigned(std::string_view text) noexcept
{
    return parseWhole<std::uint64_t>(text);
}

std::string formatDouble(double value)
{
    return formatShortest(value);
}

std::string formatFloat(float value)
{
    return formatShortest(value);
}

std::string formatHexDouble(double value)
{
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    std::array<char, 64> buffer{};
    const auto result =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::fabs(value), std::chars_format::hex);
    return (std::signbit(value) ? "-0x" : "0x") + std::string(buffer.data(), result.ptr);
}

std::optional<double> parseHexDouble(std::string_view text) noexcept
{
    const bool negative = text.starts_with('-');
    if (negative)
        text.remove_prefix(1);
    std::optional<double> magnitude;
    if (text == "inf" || text == "nan") {
        magnitude = parseDouble(text);
    } else if (text.starts_with("0x") && text.size() > 2) {
        text.remove_prefix(2);
        const bool digit = kHexDigits.find(text.front()) != std::string_view::npos ||
                           (text.front() >= 'A' && text.front() <= 'F');
        if (digit)
            magnitude = parseWhole<double>(text, std::chars_format::hex);
    }
    if (magnitude && negative)
        return -*magnitude;
    return magnitude;
}

std::string formatFixed(double value, int decimals)
{
    if (!std::isfinite(value))
        return formatDouble(value);
    const int precision = std::clamp(decimals, 0, 60);
    std::array<char, 400> buffer{};
    const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                      std::chars_format::fixed, precision);
    std::string text(buffer.data(), result.ptr);
    if (text.starts_with('-') && text.find_first_not_of("-0.") == std::string::npos)
        text.erase(0, 1);
    return text;
}

std::string formatBytes(std::uint64_t bytes)
{
    constexpr std::array<std::string_view, 6> kUnits{"kB", "MB", "GB", "TB", "PB", "EB"};
    if (bytes < 1000)
        return std::to_string(bytes) + " B";
    double value = static_cast<double>(bytes) / 1000.0;
    std::size_t unit = 0;
    // 999.95 would be printed as "1000.0".
    while (value >= 999.95 && unit + 1 < kUnits.size()) {
        value /= 1000.0;
        ++unit;
    }
    return formatFixed(value, 1) + " " + std::string(kUnits[unit]);
}

std::string toHex(std::span<const std::uint8_t> bytes)
{
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text += kHexDigits[byte >> 4U];
        text += kHexDigits[byte & 15U];
    }
    return text;
}

std::string toHex(std::uint64_t value)
{
    std::string text(16, '0');
    for (std::size_t i = 16; i-- > 0; value >>= 4U)
        text[i] = kHexDigits[value & 15U];
    return text;
}

std::optional<std::uint64_t> parseHex64(std::string_view text) noexcept
{
    return parseWhole<std::uint64_t>(text, 16);
}

bool isValidUtf8(std::string_view text) noexcept
{
    return firstInvalidUtf8(text) == std::string_view::npos;
}

std::size_t firstInvalidUtf8(std::string_view text) noexcept
{
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = utf8SequenceLength(text.substr(at, 4));
        if (length == 0)
            return at;
        at += length;
    }
    return std::string_view::npos;
}

std::string quoted(std::string_view text, std::size_t limit)
{
    std::string out = "'";
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t length = utf8SequenceLength(text.substr(at, 4));
        if (at + std::max<std::size_t>(length, 1) > limit)
            return out + "…'";
        const auto byte = static_cast<unsigned char>(text[at]);
        if (length == 0 || byte < 0x20 || byte == 0x7F)
            appendEscapedByte(out, text[at]);
        else
            out += text.substr(at, length);
        at += std::max<std::size_t>(length, 1);
    }
    return out + "'";
}

std::vector<std::string_view> split(std::string_view text, char separator)
{
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::string join(std::span<const std::string> parts, std::string_view separator)
{
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0)
            text += separator;
        text += parts[i];
    }
    return text;
}

std::string_view trimmed(std::string_view text) noexcept
{
    constexpr std::string_view kBlanks = " \t\r\n\v\f";
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

} // namespace ibidem
