// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"

#include "models/base/json_parser.h"
#include "models/base/sha256.h"
#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace ibidem {

namespace {

enum class Layout { Indented, Compact };

/// Prints one value; on failure `error` is not empty and the text is useless.
class Printer
{
public:
    explicit Printer(Layout layout)
        : m_layout(layout)
    {}

    Result<std::string> print(const Json &value)
    {
        printValue(value, 0);
        if (!m_error.empty())
            return fail(ErrorCode::Internal, "a JSON document cannot be written: " + m_error);
        return std::move(m_text);
    }

private:
    void printValue(const Json &value, int depth);
    void printObject(const Json &object, int depth);
    void printArray(const Json &array, int depth);
    void printString(const std::string &text);
    void printDouble(double value);
    void breakLine(int depth);

    Layout m_layout;
    std::string m_text;
    std::string m_error;
};

void Printer::breakLine(int depth)
{
    if (m_layout == Layout::Compact)
        return;
    m_text += '\n';
    m_text.append(2 * static_cast<std::size_t>(depth), ' ');
}

void Printer::printValue(const Json &value, int depth)
{
    if (value.is_structured() && depth >= kJsonMaxDepth) {
        m_error = "values are nested deeper than " + std::to_string(kJsonMaxDepth) + " levels";
        return;
    }
    switch (value.type()) {
    case Json::value_t::null:
        m_text += "null";
        break;
    case Json::value_t::boolean:
        m_text += value.get<bool>() ? "true" : "false";
        break;
    case Json::value_t::number_integer:
        m_text += std::to_string(value.get<std::int64_t>());
        break;
    case Json::value_t::number_unsigned:
        m_text += std::to_string(value.get<std::uint64_t>());
        break;
    case Json::value_t::number_float:
        printDouble(value.get<double>());
        break;
    case Json::value_t::string:
        printString(value.get_ref<const std::string &>());
        break;
    case Json::value_t::array:
        printArray(value, depth + 1);
        break;
    case Json::value_t::object:
        printObject(value, depth + 1);
        break;
    case Json::value_t::binary:
    case Json::value_t::discarded:
        m_error = "a value has no JSON form";
        break;
    }
}

void Printer::printObject(const Json &object, int depth)
{
    m_text += '{';
    bool first = true;
    for (const auto &[key, member] : object.items()) {
        if (!first)
            m_text += ',';
        first = false;
        breakLine(depth);
        printString(key);
        m_text += m_layout == Layout::Compact ? ":" : ": ";
        printValue(member, depth);
    }
    if (!object.empty())
        breakLine(depth - 1);
    m_text += '}';
}

void Printer::printArray(const Json &array, int depth)
{
    const bool onOneLine =
        std::none_of(array.begin(), array.end(), [](const Json &v) { return v.is_structured(); });
    m_text += '[';
    for (std::size_t i = 0; i < array.size(); ++i) {
        if (i > 0)
            m_text += onOneLine && m_layout == Layout::Indented ? ", " : ",";
        if (!onOneLine)
            breakLine(depth);
        printValue(array[i], depth);
    }
    if (!onOneLine)
        breakLine(depth - 1);
    m_text += ']';
}

void Printer::printString(const std::string &text)
{
    if (!isValidUtf8(text)) {
        m_error = "the text " + ibidem::quoted(text) + " is not valid UTF-8";
        return;
    }
    constexpr std::string_view kSpecial = "\"\\\b\f\n\r\t";
    constexpr std::string_view kLetters = "\"\\bfnrt";
    m_text += '"';
    for (const char c : text) {
        if (const std::size_t which = kSpecial.find(c); which != std::string_view::npos) {
            m_text += '\\';
            m_text += kLetters[which];
        } else if (static_cast<unsigned char>(c) < 0x20) {
            m_text += "\\u00" + toHex(std::array{static_cast<std::uint8_t>(c)});
        } else {
            m_text += c;
        }
    }
    m_text += '"';
}

void Printer::printDouble(double value)
{
    constexpr double kTwoTo63 = 0x1p63;
    if (!std::isfinite(value)) {
        m_error = "a number is not finite";
    } else if (value == 0.0) {
        m_text += std::signbit(value) ? "-0.0" : "0";
    } else if (std::fabs(value) < kTwoTo63 &&
               value == static_cast<double>(static_cast<std::int64_t>(value))) {
        m_text += std::to_string(static_cast<std::int64_t>(value));
    } else if (std::fabs(value) >= kTwoTo63) {
        // With an exponent, so that it is not read back as an integer that does not fit.
        std::array<char, 64> buffer{};
        const auto result =
            std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific);
        m_text.append(buffer.data(), result.ptr);
    } else {
        m_text += formatDouble(value);
    }
}

struct Position
{
    std::size_t line = 1;
    std::size_t column = 1;
};

Position positionOf(std::string_view text, std::size_t offset) noexcept
{
    Position position;
    for (const char c : text.substr(0, offset)) {
        if (c == '\n')
            position = {position.line + 1, 1};
        else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
            ++position.column;
    }
    return position;
}

tl::unexpected<Error> wrongMember(const Json *found, std::string_view at, std::string_view wanted)
{
    const std::string key = quoted(at, 200);
    if (!found)
        return fail(ErrorCode::BadData, "the member " + key + " is missing");
    return fail(ErrorCode::BadData, "the member " + key + " is " + std::string(found->type_name()) +
                                        ", but " + std::string(wanted) + " is expected");
}

std::optional<std::int64_t> integerOf(const Json &value)
{
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return std::nullopt;
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    if (!value.is_number_float())
        return std::nullopt;
    // Whole doubles are printed as integers: they must read the same before and after.
    const auto number = value.get<double>();
    if (!(std::fabs(number) < 0x1p63) || std::trunc(number) != number)
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

} // namespace

Result<std::string> canonicalJson(const Json &value)
{
    IBIDEM_TRY(std::string text, Printer(Layout::Indented).print(value));
    return text + '\n';
}

Result<std::string> compactJson(const Json &value)
{
    return Printer(Layout::Compact).print(value);
}

Result<std::string> jsonDigest(const Json &value)
{
    IBIDEM_TRY(const std::string text, canonicalJson(value));
    return sha256Hex(text);
}

Result<Json> parseJson(std::string_view text, const std::string &path)
{
    JsonParser parser(text);
    Json value;
    if (parser.parse(value))
        return value;
    const Position position = positionOf(text, parser.errorOffset());
    return fail(ErrorCode::BadData,
                "line " + std::to_string(position.line) + ", column " + std::to_string(position.column) +
                    ": " + parser.error(),
                path, "the file must be one valid JSON value");
}

const Json *findAt(const Json &object, std::string_view at)
{
    const Json *level = &object;
    while (true) {
        if (!level->is_object())
            return nullptr;
        if (const auto whole = level->find(std::string(at)); whole != level->end())
            return &*whole;
        const std::size_t dot = at.find('.');
        if (dot == std::string_view::npos)
            return nullptr;
        const auto next = level->find(std::string(at.substr(0, dot)));
        if (next == level->end())
            return nullptr;
        level = &*next;
        at.remove_prefix(dot + 1);
    }
}

Result<std::string> stringAt(const Json &object, std::string_view at)
{
    const Json *found = findAt(object, at);
    if (!found || !found->is_string())
        return wrongMember(found, at, "a string");
    return found->get<std::string>();
}

Result<std::int64_t> integerAt(const Json &object, std::string_view at)
{
    const Json *found = findAt(object, at);
    const std::optional<std::int64_t> value = found ? integerOf(*found) : std::nullopt;
    if (!value)
        return wrongMember(found, at, "a 64-bit integer");
    return *value;
}

Result<double> numberAt(const Json &object, std::string_view at)
{
    const Json *found = findAt(object, at);
    if (!found || !found->is_number())
        return wrongMember(found, at, "a number");
    return found->get<double>();
}

Result<bool> boolAt(const Json &object, std::string_view at)
{
    const Json *found = findAt(object, at);
    if (!found || !found->is_boolean())
        return wrongMember(found, at, "true or false");
    return found->get<bool>();
}

Json errorJson(const Error &error)
{
    return Json{{"code", std::string(codeName(error.code))},
                {"message", error.message},
                {"path", error.path},
                {"cure", error.cure}};
}

Error errorFromJson(const Json &json)
{
    const auto text = [&json](const char *key) { return stringAt(json, key).value_or(std::string()); };
    return Error{codeOfName(text("code")), text("message"), text("path"), text("cure")};
}

} // namespace ibidem
