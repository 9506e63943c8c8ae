// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace ibidem {

/// A file descriptor that closes itself; of use inside models/base only. Errors name the path. Move only.
class FileHandle
{
public:
    /// InputMissing.
    [[nodiscard]] static Result<FileHandle> openForReading(const std::filesystem::path &path);
    /// The file must not exist yet. CannotWrite.
    [[nodiscard]] static Result<FileHandle> create(const std::filesystem::path &path);
    ~FileHandle();
    FileHandle(const FileHandle &) = delete;
    FileHandle &operator=(const FileHandle &) = delete;
    FileHandle(FileHandle &&other) noexcept;
    FileHandle &operator=(FileHandle &&other) noexcept;

    [[nodiscard]] int descriptor() const noexcept { return m_descriptor; }

    /// Size in bytes. InputMissing if it is no regular file.
    [[nodiscard]] Result<std::uint64_t> size() const;
    [[nodiscard]] Status requireRegular() const;
    /// Bytes read into the front of `block`, 0 at the end of the file. Io.
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> block) const;
    /// Io.
    [[nodiscard]] Status writeAll(std::string_view bytes) const;
    [[nodiscard]] Status synchronise() const;
    /// Io: some file systems report a failed write only here.
    [[nodiscard]] Status close();

private:
    FileHandle(int descriptor, std::filesystem::path path)
        : m_descriptor(descriptor)
        , m_path(std::move(path))
    {}

    [[nodiscard]] tl::unexpected<Error> failure(ErrorCode code, std::string_view what, int errorNumber) const;

    int m_descriptor = -1;
    std::filesystem::path m_path;
};

} // namespace ibidem
