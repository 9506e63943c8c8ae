// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ibidem {

using Sha256Digest = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4), by OpenSSL where its headers were found at build time, else by our own code
/// (sha256_portable): same bytes. Not thread-safe; one object a stream.
class Sha256
{
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256 &) = delete;
    Sha256 &operator=(const Sha256 &) = delete;
    Sha256(Sha256 &&) noexcept;
    Sha256 &operator=(Sha256 &&) noexcept;

    void update(std::span<const std::byte> bytes);
    void update(std::string_view text);
    /// Length (8 bytes, little endian), then the text: so that ("ab","c") and ("a","bc") differ.
    void updateFramed(std::string_view text);
    void updateInteger(std::uint64_t value); ///< 8 bytes, little endian
    /// Ends the stream; the object must not be used afterwards.
    [[nodiscard]] Sha256Digest finish();
    [[nodiscard]] std::string finishHex();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

[[nodiscard]] std::string sha256Hex(std::string_view text);
[[nodiscard]] std::string sha256Hex(std::span<const std::byte> bytes);

struct FileDigest
{
    std::uint64_t bytes = 0;
    std::string sha256; ///< 64 hex digits
};

/// Reads the whole file once. InputMissing if it cannot be opened or is no regular file, Io if reading fails.
[[nodiscard]] Result<FileDigest> sha256File(const std::filesystem::path &path);

} // namespace ibidem
