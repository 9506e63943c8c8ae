// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json_parser.h"

#include "models/base/text.h"

namespace ibidem {

namespace {

void appendUtf8(std::string &text, unsigned codePoint)
{
    const auto append = [&](unsigned byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (codePoint < 0x80) {
        append(codePoint);
    } else if (codePoint < 0x800) {
        append(0xC0U | codePoint >> 6U);
        append(0x80U | (codePoint & 0x3FU));
    } else if (codePoint < 0x10000) {
        append(0xE0U | codePoint >> 12U);
        append(0x80U | (codePoint >> 6U & 0x3FU));
        append(0x80U | (codePoint & 0x3FU));
    } else {
        append(0xF0U | codePoint >> 18U);
        append(0x80U | (codePoint >> 12U & 0x3FU));
        append(0x80U | (codePoint >> 6U & 0x3FU));
        append(0x80U | (codePoint & 0x3FU));
    }
}

bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

} // namespace

bool JsonParser::refuseAt(std::size_t offset, std::string message)
{
    m_errorOffset = offset;
    m_error = std::move(message);
    return false;
}

void JsonParser::skipBlanks() noexcept
{
    while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos)
        ++m_at;
}

bool JsonParser::consume(char wanted) noexcept
{
    if (m_at >= m_text.size() || m_text[m_at] != wanted)
        return false;
    ++m_at;
    return true;
}

std::string JsonParser::found() const
{
    return m_at < m_text.size() ? quoted(m_text.substr(m_at), 12) : std::string("the end of the text");
}

bool JsonParser::parse(Json &value)
{
    if (m_text.starts_with("\xEF\xBB\xBF"))
        return refuse("a byte order mark stands before the value");
    if (const std::size_t invalid = firstInvalidUtf8(m_text); invalid != std::string_view::npos)
        return refuseAt(invalid, "the text is not valid UTF-8");
    if (!parseValue(value, 0))
        return false;
    skipBlanks();
    return m_at == m_text.size() || refuse("the value has ended, but there is more: " + found());
}

bool JsonParser::parseValue(Json &value, int depth)
{
    skipBlanks();
    if (m_at == m_text.size())
        return refuse("a value is expected, found the end of the text");
    switch (m_text[m_at]) {
    case '{':
        return parseObject(value, depth + 1);
    case '[':
        return parseArray(value, depth + 1);
    case '"': {
        std::string text;
        if (!parseString(text))
            return false;
        value = std::move(text);
        return true;
    }
    case 't':
        return parseWord("true", value, true);
    case 'f':
        return parseWord("false", value, false);
    case 'n':
        return parseWord("null", value, nullptr);
    default:
        return parseNumber(value);
    }
}

bool JsonParser::parseObject(Json &value, int depth)
{
    if (depth > kJsonMaxDepth)
        return refuse("values are nested deeper than " + std::to_string(kJsonMaxDepth) + " levels");
    ++m_at;
    value = Json::object();
    skipBlanks();
    if (consume('}'))
        return true;
    while (true) {
        if (!parseMember(value, depth))
            return false;
        skipBlanks();
        if (consume('}'))
            return true;
        if (!consume(','))
            return refuse("',' or '}' is expected after a member, found " + found());
    }
}

bool JsonParser::parseMember(Json &object, int depth)
{
    skipBlanks();
    const std::size_t start = m_at;
    if (m_at == m_text.size() || m_text[m_at] != '"')
        return refuse("a key in double quotes is expected, found " + found());
    std::string key;
    if (!parseString(key))
        return false;
    skipBlanks();
    if (!consume(':'))
        return refuse("':' is expected after the key " + ibidem::quoted(key) + ", found " + found());
    const auto [member, isNew] = object.emplace(key, nullptr);
    if (!isNew)
        return refuseAt(start, "the key " + ibidem::quoted(key) + " occurs twice");
    return parseValue(*member, depth);
}

bool JsonParser::parseArray(Json &value, int depth)
{
    if (depth > kJsonMaxDepth)
        return refuse("values are nested deeper than " + std::to_string(kJsonMaxDepth) + " levels");
    ++m_at;
    value = Json::array();
    skipBlanks();
    if (consume(']'))
        return true;
    while (true) {
        value.push_back(nullptr);
        if (!parseValue(value.back(), depth))
            return false;
        skipBlanks();
        if (consume(']'))
            return true;
        if (!consume(','))
            return refuse("',' or ']' is expected after an element, found " + found());
    }
}

bool JsonParser::parseWord(std::string_view word, Json &value, Json meaning)
{
    if (!m_text.substr(m_at).starts_with(word))
        return refuse("a value is expected, found " + found());
    m_at += word.size();
    value = std::move(meaning);
    return true;
}

bool JsonParser::skipDigits() noexcept
{
    const std::size_t start = m_at;
    while (m_at < m_text.size() && isDigit(m_text[m_at]))
        ++m_at;
    return m_at > start;
}

bool JsonParser::parseNumber(Json &value)
{
    const std::size_t start = m_at;
    const bool negative = consume('-');
    if (!consume('0') && !skipDigits()) {
        m_at = start;
        return refuse("a value is expected, found " + found());
    }
    const std::size_t integerEnd = m_at;
    if (consume('.') && !skipDigits())
        return refuse("a digit is expected after the point, found " + found());
    if (consume('e') || consume('E')) {
        if (!consume('+'))
            static_cast<void>(consume('-'));
        if (!skipDigits())
            return refuse("a digit is expected in the exponent, found " + found());
    }
    const std::string_view text = m_text.substr(start, m_at - start);
    const bool integral = m_at == integerEnd && text != "-0";
    if (integral && negative) {
        if (const auto number = parseInteger(text))
            return value = *number, true;
    } else if (integral) {
        if (const auto number = parseUnsigned(text))
            return value = *number, true;
    } else if (const auto number = parseDouble(text)) {
        return value = *number, true;
    }
    return refuseAt(start, "the number " + quoted(text) + " does not fit " +
                               (integral ? "a 64-bit integer" : "a double"));
}

bool JsonParser::parseString(std::string &value)
{
    const std::size_t start = m_at++;
    while (m_at < m_text.size()) {
        const std::size_t plain = m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"' && m_text[m_at] != '\\' &&
               static_cast<unsigned char>(m_text[m_at]) >= 0x20)
            ++m_at;
        value += m_text.substr(plain, m_at - plain);
        if (consume('"'))
            return true;
        if (m_at == m_text.size())
            break;
        if (!consume('\\'))
            return refuse("a control character stands in a string");
        if (!parseEscape(value))
            return false;
    }
    return refuseAt(start, "a string has no closing quote");
}

bool JsonParser::parseEscape(std::string &value)
{
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (consume('u'))
        return parseUnicodeEscape(value);
    const std::size_t which = m_at < m_text.size() ? kLetters.find(m_text[m_at]) : std::string_view::npos;
    if (which == std::string_view::npos)
        return refuse("an unknown escape stands in a string: " + found());
    ++m_at;
    value += kMeanings[which];
    return true;
}

std::optional<unsigned> JsonParser::fourHexDigits() noexcept
{
    const std::string_view digits = m_text.substr(m_at, 4);
    const auto number = digits.size() == 4 ? parseHex64(digits) : std::nullopt;
    if (!number)
        return std::nullopt;
    m_at += 4;
    return static_cast<unsigned>(*number);
}

bool JsonParser::parseUnicodeEscape(std::string &value)
{
    const std::size_t start = m_at;
    const std::optional<unsigned> first = fourHexDigits();
    if (!first)
        return refuse("four hexadecimal digits are expected after \\u, found " + found());
    if (*first < 0xD800 || *first > 0xDFFF) {
        appendUtf8(value, *first);
        return true;
    }
    const bool paired = *first < 0xDC00 && consume('\\') && consume('u');
    const std::optional<unsigned> second = paired ? fourHexDigits() : std::nullopt;
    if (!second || *second < 0xDC00 || *second > 0xDFFF)
        return refuseAt(start, "half of a surrogate pair stands alone in a string");
    appendUtf8(value, 0x10000U + ((*first - 0xD800U) << 10U) + (*second - 0xDC00U));
    return true;
}

} // namespace ibidem
