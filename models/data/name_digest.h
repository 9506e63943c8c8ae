// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/sha256.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace ibidem::data {

/// 8 bytes, little endian.
inline void appendInteger(std::string &bytes, std::uint64_t value)
{
    for (unsigned shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<unsigned char>((value >> shift) & 0xFFU));
}

/// The length, then the text.
inline void appendText(std::string &bytes, std::string_view text)
{
    appendInteger(bytes, text.size());
    bytes += text;
}

/// Count, then each name with its length before it.
template <class Names>
void appendNames(std::string &bytes, const Names &names)
{
    appendInteger(bytes, names.size());
    for (const std::string_view name : names)
        appendText(bytes, name);
}

/// The same into a hash, in one piece: many small updates would cost more than the hash.
template <class Names>
void updateNames(Sha256 &hash, const Names &names)
{
    std::string bytes;
    appendNames(bytes, names);
    hash.update(bytes);
}

} // namespace ibidem::data
