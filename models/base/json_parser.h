// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ibidem {

/// How deep values may be nested, in what we read and in what we write.
inline constexpr int kJsonMaxDepth = 64;

/// Recursive descent over RFC 8259, stricter where that leaves a choice: no duplicate keys, no lone
/// surrogates, no numbers that a double or a 64-bit integer cannot hold. Own, because it must neither throw
/// nor look at the locale.
class JsonParser
{
public:
    explicit JsonParser(std::string_view text)
        : m_text(text)
    {}

    /// False: error() and errorOffset() say what and where.
    [[nodiscard]] bool parse(Json &value);

    [[nodiscard]] const std::string &error() const noexcept { return m_error; }

    [[nodiscard]] std::size_t errorOffset() const noexcept { return m_errorOffset; }

private:
    bool refuse(std::string message) { return refuseAt(m_at, std::move(message)); }

    bool refuseAt(std::size_t offset, std::string message);
    void skipBlanks() noexcept;
    [[nodiscard]] bool consume(char wanted) noexcept;
    [[nodiscard]] std::string found() const;
    bool parseValue(Json &value, int depth);
    bool parseObject(Json &value, int depth);
    bool parseMember(Json &object, int depth);
    bool parseArray(Json &value, int depth);
    bool parseWord(std::string_view word, Json &value, Json meaning);
    bool parseNumber(Json &value);
    bool parseString(std::string &value);
    bool parseEscape(std::string &value);
    bool parseUnicodeEscape(std::string &value);
    [[nodiscard]] std::optional<unsigned> fourHexDigits() noexcept;
    [[nodiscard]] bool skipDigits() noexcept;

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_error;
    std::size_t m_errorOffset = 0;
};

} // namespace ibidem
