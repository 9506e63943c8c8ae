// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::data {

/// Reads UBJSON (draft 12) value after value, without building a tree of values: memory stays below the size
/// of the input, and depth is limited, whatever the bytes say. Every failure is BadData with the byte offset.
class UbjsonCursor
{
public:
    UbjsonCursor(std::span<const std::byte> bytes, std::string path);

    /// An object: `visit` is called for each key and must consume its value (skip() if it does not know the
    /// key).
    [[nodiscard]] Status members(const std::function<Status(std::string_view key)> &visit);
    /// An array of values of any type: `visit` must consume each.
    [[nodiscard]] Status elements(const std::function<Status(std::size_t index)> &visit);
    [[nodiscard]] Result<std::string_view> text();
    [[nodiscard]] Result<std::vector<float>> floats();          ///< an array of numbers
    [[nodiscard]] Result<std::vector<std::int64_t>> integers(); ///< an array of whole numbers
    [[nodiscard]] Status skip();

    [[nodiscard]] bool atEnd() const noexcept { return m_position == m_bytes.size(); }

    /// Marker of the next value, or 0 at the end.
    [[nodiscard]] char peek() const noexcept;
    [[nodiscard]] tl::unexpected<Error> bad(std::string_view message) const;

private:
    struct Header
    {
        char type = 0; ///< of all elements, or 0
        bool counted = false;
        std::uint64_t count = 0;
    };

    struct Number
    {
        bool whole = false;
        std::int64_t integer = 0;
        float real = 0.0F;
    };

    [[nodiscard]] std::size_t left() const noexcept { return m_bytes.size() - m_position; }

    [[nodiscard]] std::uint64_t bigEndian(std::size_t size) noexcept;
    [[nodiscard]] Result<std::uint64_t> length();
    [[nodiscard]] Result<Number> number(char marker);
    [[nodiscard]] Result<std::string_view> lengthAndText();
    [[nodiscard]] Result<Header> header();
    [[nodiscard]] Status skipPayload(char marker, int depth);
    [[nodiscard]] Status skipContainer(char marker, int depth);
    [[nodiscard]] Status numbers(const std::function<Status(const Number &)> &take);
    [[nodiscard]] bool ends(const Header &header, std::uint64_t done, char closing);

    std::span<const std::byte> m_bytes;
    std::size_t m_position = 0;
    int m_depth = 0;
    std::string m_path;
};

/// Appends UBJSON to a text, in the forms that XGBoost itself writes.
class UbjsonWriter
{
public:
    void open(char bracket) { m_out.push_back(bracket); }

    void close(char bracket) { m_out.push_back(bracket); }

    void key(std::string_view name);
    void text(std::string_view value);
    void integer(std::int32_t value);
    void beginArray(std::size_t count); ///< '[' with a count: no closing bracket follows
    void floats(std::span<const float> values);
    void integers(std::span<const std::int32_t> values);
    void longs(std::span<const std::int64_t> values);
    void bytes(std::span<const std::uint8_t> values);

    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    void bigEndian(std::uint64_t value, int size);
    void typedArray(char type, std::size_t count);
    std::string m_out;
};

} // namespace ibidem::data
