// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem {

/// Whole file as bytes. InputMissing, Io; BadData if it is larger than `maxBytes`.
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path &path,
                                           std::uint64_t maxBytes = 1ULL << 32U);

/// Writes beside `path` under a temporary name, fsyncs, renames. A crash leaves the old file or the new one,
/// never half. CannotWrite or Io.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path &path, std::string_view bytes);
/// The same, of pieces that need not be copied together first.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path &path,
                                         std::span<const std::string_view> pieces);

/// Directory with parents; no error if it exists. CannotWrite.
[[nodiscard]] Status makeFolder(const std::filesystem::path &path);

/// Entries (names, not paths) sorted by bytes: never the directory's own order. InputMissing.
[[nodiscard]] Result<std::vector<std::string>> listFolder(const std::filesystem::path &path);

/// A file mapped read-only. The bytes stay valid as long as the object lives. Move only.
class MappedFile
{
public:
    /// InputMissing, Io. An empty file gives empty bytes.
    [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path &path);
    MappedFile() = default;
    ~MappedFile();
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;
    MappedFile(MappedFile &&other) noexcept;
    MappedFile &operator=(MappedFile &&other) noexcept;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {m_data, m_size}; }

    [[nodiscard]] std::string_view text() const noexcept;

private:
    const std::byte *m_data = nullptr;
    std::size_t m_size = 0;
};

/// XDG base folders with "/ibidem" appended: from $XDG_…_HOME, else below $HOME, else below
/// /tmp/ibidem-<uid>. IBIDEM_CACHE, IBIDEM_RUNS override the cache and the run store.
[[nodiscard]] std::filesystem::path cacheFolder();
[[nodiscard]] std::filesystem::path runStoreFolder(); ///< $XDG_DATA_HOME/ibidem/runs
[[nodiscard]] std::filesystem::path stateFolder();

} // namespace ibidem
