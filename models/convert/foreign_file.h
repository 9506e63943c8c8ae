// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/base/result.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ibidem::convert {

/// A file of somebody else's, mapped read-only, with its identity. Only regular files that are not empty are
/// opened.
class ForeignFile
{
public:
    /// InputMissing for what is not there, a folder, a pipe or a device; BadData for an empty file.
    [[nodiscard]] static Result<ForeignFile> open(const std::filesystem::path &path);

    /// Bytes that are in memory already; `path` gives name and suffix.
    [[nodiscard]] static ForeignFile inMemory(const std::filesystem::path &path, std::string bytes);

    [[nodiscard]] const std::filesystem::path &path() const noexcept { return m_path; }

    [[nodiscard]] std::string_view bytes() const noexcept
    {
        return m_memory ? std::string_view(*m_memory) : m_map.text();
    }

    /// SHA-256 (hex) of the bytes: computed on the first call. Not thread-safe.
    [[nodiscard]] const std::string &sha256() const;

private:
    std::filesystem::path m_path;
    MappedFile m_map;
    std::optional<std::string> m_memory;
    mutable std::string m_sha256;
};

/// Name of the format if these bytes, or the file's suffix, belong to one that is known but not a text table
/// ("HDF5", "NIfTI"); empty otherwise. A ".gz" at the end of the name is not looked at.
[[nodiscard]] std::string_view foreignFormat(std::string_view bytes,
                                             const std::filesystem::path &path) noexcept;

/// The error that says so: Unavailable.
[[nodiscard]] tl::unexpected<Error> notSupported(std::string_view format, const std::filesystem::path &path);

[[nodiscard]] bool isGzip(std::string_view bytes) noexcept;

} // namespace ibidem::convert
