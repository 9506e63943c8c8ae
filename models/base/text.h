// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem {

/// Numbers to text and back without locale. The whole text must be the number; no blanks, no '+', no hex.
[[nodiscard]] std::optional<double> parseDouble(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::int64_t> parseInteger(std::string_view text) noexcept;
[[nodiscard]] std::optional<std::uint64_t> parseUnsigned(std::string_view text) noexcept;

/// Shortest decimal that reads back to the same value ("0.1", "1e+300", "nan", "inf").
[[nodiscard]] std::string formatDouble(double value);
[[nodiscard]] std::string formatFloat(float value);
/// C99 hexadecimal, the bits in readable form: "0x1.8p+1", "-0x0p+0", "inf", "nan".
[[nodiscard]] std::string formatHexDouble(double value);
/// The inverse; also reads what printf's %a writes.
[[nodiscard]] std::optional<double> parseHexDouble(std::string_view text) noexcept;
/// Fixed decimals for people: formatFixed(0.98765, 3) == "0.988".
[[nodiscard]] std::string formatFixed(double value, int decimals);
/// "3.8 MB": powers of 1000, one decimal.
[[nodiscard]] std::string formatBytes(std::uint64_t bytes);

[[nodiscard]] std::string toHex(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::string toHex(std::uint64_t value); ///< 16 digits
[[nodiscard]] std::optional<std::uint64_t> parseHex64(std::string_view text) noexcept;

[[nodiscard]] bool isValidUtf8(std::string_view text) noexcept;
/// Offset of the first byte that is not UTF-8, or npos.
[[nodiscard]] std::size_t firstInvalidUtf8(std::string_view text) noexcept;
/// For messages: in single quotes, control characters and invalid bytes as \xNN, cut to `limit` bytes with
/// "…".
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = 60);

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(std::span<const std::string> parts, std::string_view separator);
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

} // namespace ibidem
