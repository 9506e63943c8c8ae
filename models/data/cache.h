// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <filesystem>
#include <optional>
#include <string>

namespace ibidem::data {

/// How a text table is to be read; "auto" is found by looking. Part of the cache key and of the run
/// specification.
struct TableOptions
{
    std::string delimiter = "auto";   ///< auto, tab, comma, semicolon, blank
    std::string orientation = "auto"; ///< auto, genes-in-rows, samples-in-rows
    std::string labelColumn = "auto"; ///< auto, none, or a column's name (samples-in-rows, annotation tables)
    bool operator==(const TableOptions &) const = default;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<TableOptions>
    fromJson(const Json &json); ///< BadSpec on unknown keys or words
};

/// The version of the converter's meaning: raise it when the same bytes would be read to other values.
inline constexpr int kConverterVersion = 1;

/// Content-addressed cache of converted files, a folder of `<key>.safetensors`; the key is SHA-256 over the
/// file's SHA-256, the options and kConverterVersion. May be deleted at any time. Safe for several processes:
/// entries are written beside and renamed, and equal keys have equal content.
class Cache
{
public:
    explicit Cache(std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path &folder() const noexcept { return m_folder; }

    [[nodiscard]] static std::string key(const std::string &fileSha256, const TableOptions &options);
    [[nodiscard]] std::filesystem::path pathOf(const std::string &key) const;
    /// The entry's path if it is there.
    [[nodiscard]] std::optional<std::filesystem::path> find(const std::string &fileSha256,
                                                            const TableOptions &options) const;

private:
    std::filesystem::path m_folder;
};

} // namespace ibidem::data
