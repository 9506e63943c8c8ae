// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/ubjson.h"

#include <bit>

namespace ibidem::data {

namespace {

constexpr int kMaxDepth = 32;

/// Bytes of a value of fixed size behind its marker, or -1.
int payloadSize(char marker) noexcept
{
    switch (marker) {
    case 'Z':
    case 'T':
    case 'F':
        return 0;
    case 'i':
    case 'U':
    case 'C':
        return 1;
    case 'I':
        return 2;
    case 'l':
    case 'd':
        return 4;
    case 'L':
    case 'D':
        return 8;
    default:
        return -1;
    }
}

} // namespace

UbjsonCursor::UbjsonCursor(std::span<const std::byte> bytes, std::string path)
    : m_bytes(bytes)
    , m_path(std::move(path))
{}

char UbjsonCursor::peek() const noexcept
{
    return m_position < m_bytes.size() ? static_cast<char>(m_bytes[m_position]) : '\0';
}

tl::unexpected<Error> UbjsonCursor::bad(std::string_view message) const
{
    return fail(ErrorCode::BadData, std::string(message) + " at byte " + std::to_string(m_position), m_path,
                "the file is damaged or is no XGBoost model in UBJSON: save the model again");
}

std::uint64_t UbjsonCursor::bigEndian(std::size_t size) noexcept
{
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = (value << 8U) | static_cast<std::uint64_t>(m_bytes[m_position + i]);
    m_position += size;
    return value;
}

Result<UbjsonCursor::Number> UbjsonCursor::number(char marker)
{
    const int size = payloadSize(marker);
    if (size <= 0 || marker == 'C')
        return bad("a number was expected");
    if (left() < static_cast<std::size_t>(size))
        return bad("the file ends inside a number");
    const std::uint64_t bits = bigEndian(static_cast<std::size_t>(size));
    Number result;
    if (marker == 'd') {
        result.real = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
        return result;
    }
    if (marker == 'D') {
        result.real = static_cast<float>(std::bit_cast<double>(bits));
        return result;
    }
    result.whole = true;
    if (marker == 'U') {
        result.integer = static_cast<std::int64_t>(bits);
    } else {
        const unsigned shift = 64U - 8U * static_cast<unsigned>(size);
        result.integer = static_cast<std::int64_t>(bits << shift) >> shift;
    }
    result.real = static_cast<float>(result.integer);
    return result;
}

Result<std::uint64_t> UbjsonCursor::length()
{
    if (atEnd())
        return bad("the file ends where a length was expected");
    const char marker = static_cast<char>(m_bytes[m_position++]);
    IBIDEM_TRY(const Number value, number(marker));
    if (!value.whole || value.integer < 0)
        return bad("a length is negative or no whole number");
    return static_cast<std::uint64_t>(value.integer);
}

Result<std::string_view> UbjsonCursor::lengthAndText()
{
    IBIDEM_TRY(const std::uint64_t size, length());
    if (size > left())
        return bad("a text is longer than the file");
    const std::string_view all(reinterpret_cast<const char *>(m_bytes.data()), m_bytes.size());
    const std::string_view result = all.substr(m_position, size);
    m_position += size;
    return result;
}

Result<std::string_view> UbjsonCursor::text()
{
    if (peek() != 'S')
        return bad("a text was expected");
    ++m_position;
    return lengthAndText();
}

/// What stands behind '[' or '{': optionally a type, optionally a count.
Result<UbjsonCursor::Header> UbjsonCursor::header()
{
    Header result;
    if (peek() == '$') {
        ++m_position;
        result.type = peek();
        if (atEnd() || (payloadSize(result.type) <= 0 && result.type != 'S'))
            return bad("an array has elements of a type that is not supported");
        ++m_position;
        if (peek() != '#')
            return bad("a typed array has no count");
    }
    if (peek() == '#') {
        ++m_position;
        IBIDEM_TRY(result.count, length());
        result.counted = true;
        const std::uint64_t smallest = result.type == 0 || result.type == 'S'
                                           ? 1U
                                           : static_cast<std::uint64_t>(payloadSize(result.type));
        if (result.count > left() / smallest)
            return bad("an array is longer than the file");
    }
    return result;
}

bool UbjsonCursor::ends(const Header &header, std::uint64_t done, char closing)
{
    if (header.counted)
        return done == header.count;
    if (peek() != closing)
        return false;
    ++m_position;
    return true;
}

Status UbjsonCursor::members(const std::function<Status(std::string_view key)> &visit)
{
    if (peek() != '{')
        return bad("an object was expected");
    ++m_position;
    if (++m_depth > kMaxDepth)
        return bad("the values are nested too deeply");
    IBIDEM_TRY(const Header head, header());
    if (head.type != 0)
        return bad("an object with members of one type is not supported");
    for (std::uint64_t i = 0; !ends(head, i, '}'); ++i) {
        IBIDEM_TRY(const std::string_view key, lengthAndText());
        IBIDEM_CHECK(visit(key));
    }
    --m_depth;
    return {};
}

Status UbjsonCursor::elements(const std::function<Status(std::size_t index)> &visit)
{
    if (peek() != '[')
        return bad("an array was expected");
    ++m_position;
    if (++m_depth > kMaxDepth)
        return bad("the values are nested too deeply");
    IBIDEM_TRY(const Header head, header());
    if (head.type != 0 && head.count != 0)
        return bad("an array of values with their own types was expected");
    for (std::uint64_t i = 0; !ends(head, i, ']'); ++i) {
        if (atEnd())
            return bad("the file ends inside an array");
        IBIDEM_CHECK(visit(static_cast<std::size_t>(i)));
    }
    --m_depth;
    return {};
}

Status UbjsonCursor::numbers(const std::function<Status(const Number &)> &take)
{
    if (peek() != '[')
        return bad("an array of numbers was expected");
    ++m_position;
    IBIDEM_TRY(const Header head, header());
    for (std::uint64_t i = 0; !ends(head, i, ']'); ++i) {
        char marker = head.type;
        if (marker == 0) {
            if (atEnd())
                return bad("the file ends inside an array");
            marker = static_cast<char>(m_bytes[m_position++]);
        }
        IBIDEM_TRY(const Number value, number(marker));
        IBIDEM_CHECK(take(value));
    }
    return {};
}

Result<std::vector<float>> UbjsonCursor::floats()
{
    std::vector<float> result;
    IBIDEM_CHECK(numbers([&](const Number &value) -> Status {
        result.push_back(value.real);
        return {};
    }));
    return result;
}

Result<std::vector<std::int64_t>> UbjsonCursor::integers()
{
    std::vector<std::int64_t> result;
    IBIDEM_CHECK(numbers([&](const Number &value) -> Status {
        if (!value.whole)
            return bad("a whole number was expected");
        result.push_back(value.integer);
        return {};
    }));
    return result;
}

Status UbjsonCursor::skip()
{
    if (atEnd())
        return bad("the file ends where a value was expected");
    const char marker = static_cast<char>(m_bytes[m_position++]);
    return skipPayload(marker, m_depth);
}

Status UbjsonCursor::skipPayload(char marker, int depth)
{
    if (marker == '[' || marker == '{')
        return skipContainer(marker, depth + 1);
    if (marker == 'S' || marker == 'H') {
        IBIDEM_CHECK(lengthAndText());
        return {};
    }
    const int size = payloadSize(marker);
    if (size < 0)
        return bad("an unknown type marker");
    if (left() < static_cast<std::size_t>(size))
        return bad("the file ends inside a value");
    m_position += static_cast<std::size_t>(size);
    return {};
}

Status UbjsonCursor::skipContainer(char marker, int depth)
{
    if (depth > kMaxDepth)
        return bad("the values are nested too deeply");
    IBIDEM_TRY(const Header head, header());
    if (head.type != 0 && head.type != 'S' && marker == '[') {
        m_position += static_cast<std::size_t>(head.count) * static_cast<std::size_t>(payloadSize(head.type));
        return {};
    }
    for (std::uint64_t i = 0; !ends(head, i, marker == '[' ? ']' : '}'); ++i) {
        if (marker == '{')
            IBIDEM_CHECK(lengthAndText());
        char type = head.type;
        if (type == 0) {
            if (atEnd())
                return bad("the file ends inside a value");
            type = static_cast<char>(m_bytes[m_position++]);
        }
        IBIDEM_CHECK(skipPayload(type, depth));
    }
    return {};
}

void UbjsonWriter::bigEndian(std::uint64_t value, int size)
{
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8)
        m_out.push_back(static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU));
}

void UbjsonWriter::key(std::string_view name)
{
    m_out.push_back('L');
    bigEndian(name.size(), 8);
    m_out.append(name);
}

void UbjsonWriter::text(std::string_view value)
{
    m_out.push_back('S');
    key(value);
}

void UbjsonWriter::integer(std::int32_t value)
{
    m_out.push_back('l');
    bigEndian(static_cast<std::uint32_t>(value), 4);
}

void UbjsonWriter::beginArray(std::size_t count)
{
    m_out.append("[#L");
    bigEndian(count, 8);
}

void UbjsonWriter::typedArray(char type, std::size_t count)
{
    m_out.append("[$");
    m_out.push_back(type);
    m_out.append("#L");
    bigEndian(count, 8);
}

void UbjsonWriter::floats(std::span<const float> values)
{
    typedArray('d', values.size());
    for (const float value : values)
        bigEndian(std::bit_cast<std::uint32_t>(value), 4);
}

void UbjsonWriter::integers(std::span<const std::int32_t> values)
{
    typedArray('l', values.size());
    for (const std::int32_t value : values)
        bigEndian(static_cast<std::uint32_t>(value), 4);
}

void UbjsonWriter::longs(std::span<const std::int64_t> values)
{
    typedArray('L', values.size());
    for (const std::int64_t value : values)
        bigEndian(static_cast<std::uint64_t>(value), 8);
}

void UbjsonWriter::bytes(std::span<const std::uint8_t> values)
{
    typedArray('U', values.size());
    for (const std::uint8_t value : values)
        m_out.push_back(static_cast<char>(value));
}

} // namespace ibidem::data
