// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/text_encoding.h"

#include "models/base/text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

namespace ibidem::convert {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kSaveAsUtf8 = "save the table as UTF-8 text";

bool hasHighByte(const char *bytes) noexcept
{
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return (word & 0x8080808080808080ULL) != 0;
}

/// Offset of the first byte over 0x7F, or the size.
std::size_t firstHighByte(std::string_view text) noexcept
{
    std::size_t i = 0;
    while (i + 8 <= text.size() && !hasHighByte(text.data() + i))
        i += 8;
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80U)
        ++i;
    return i;
}

std::string placeOf(std::string_view text, std::size_t offset)
{
    const std::string_view before = text.substr(0, offset);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t lineStart = before.rfind('\n') + 1; // npos + 1 is 0
    return "at byte " + std::to_string(offset) + " (line " + std::to_string(line) + ", byte " +
           std::to_string(offset - lineStart + 1) + " of it)";
}

tl::unexpected<Error> utf16(const std::string &path)
{
    return fail(ErrorCode::BadData, "the text is encoded as UTF-16, not UTF-8", path,
                std::string(kSaveAsUtf8) + " (in a spreadsheet: \"CSV UTF-8\")");
}

/// Text of ASCII letters in UTF-16 has a NUL in every second byte.
bool looksLikeUtf16(std::string_view bytes) noexcept
{
    const std::string_view head = bytes.substr(0, std::min<std::size_t>(bytes.size(), 256) & ~std::size_t{1});
    std::size_t even = 0;
    std::size_t odd = 0;
    for (std::size_t i = 0; i + 1 < head.size(); i += 2) {
        even += head[i] == '\0' ? 1U : 0U;
        odd += head[i + 1] == '\0' ? 1U : 0U;
    }
    const std::size_t pairs = head.size() / 2;
    return pairs >= 2 && ((even == 0 && odd * 10 >= pairs * 9) || (odd == 0 && even * 10 >= pairs * 9));
}

bool looksBinary(std::string_view bytes) noexcept
{
    const std::string_view head = bytes.substr(0, 1024);
    const auto controls = std::count_if(head.begin(), head.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20U && c != '\t' && c != '\n' && c != '\r';
    });
    return static_cast<std::size_t>(controls) * 10 > head.size();
}

tl::unexpected<Error> notUtf8(std::string_view text, std::size_t offset, const std::string &path)
{
    if (looksBinary(text))
        return fail(ErrorCode::BadData, "this is no text table: the content is binary", path,
                    "give a text table: TSV, CSV, GCT or CLS, also with .gz");
    const std::uint8_t byte = static_cast<std::uint8_t>(text[offset]);
    return fail(ErrorCode::BadData,
                "the byte 0x" + toHex(std::span<const std::uint8_t>(&byte, 1)) + " " + placeOf(text, offset) +
                    " is not UTF-8; the text looks like Latin-1 (ISO 8859-1 or Windows-1252)",
                path, kSaveAsUtf8.data());
}

tl::unexpected<Error> nulByte(std::string_view text, std::size_t offset, const std::string &path)
{
    if (looksLikeUtf16(text))
        return utf16(path);
    if (looksBinary(text))
        return fail(ErrorCode::BadData, "this is no text table: the content is binary", path,
                    "give a text table: TSV, CSV, GCT or CLS, also with .gz");
    return fail(ErrorCode::BadData,
                "there is a NUL byte " + placeOf(text, offset) + ": the file is damaged or no text", path,
                "export the table again");
}

} // namespace

Result<std::string_view> checkedText(std::string_view bytes, const std::string &path,
                                     std::vector<data::Check> &checks)
{
    if (bytes.starts_with("\xff\xfe\0\0"sv) || bytes.starts_with("\0\0\xfe\xff"sv))
        return fail(ErrorCode::BadData, "the text is encoded as UTF-32, not UTF-8", path, kSaveAsUtf8.data());
    if (bytes.starts_with("\xff\xfe"sv) || bytes.starts_with("\xfe\xff"sv))
        return utf16(path);
    const bool marked = bytes.starts_with("\xef\xbb\xbf"sv);
    const std::string_view text = bytes.substr(marked ? 3 : 0);
    if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos)
        return nulByte(text, nul, path);
    const std::size_t high = firstHighByte(text);
    const bool ascii = high == text.size();
    if (!ascii) {
        // A character that starts before `high` cannot reach over it: all bytes before are ASCII.
        const std::size_t invalid = firstInvalidUtf8(text.substr(high));
        if (invalid != std::string_view::npos)
            return notUtf8(text, high + invalid, path);
    }
    std::string message = ascii ? "plain ASCII text" : "UTF-8 text";
    if (marked)
        message = "UTF-8 text with a byte order mark, which was left out";
    checks.push_back({"encoding", data::CheckState::Ok, std::move(message)});
    return text;
}

} // namespace ibidem::convert
