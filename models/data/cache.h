// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/base/sha256.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::data {

/// How a foreign file is to be read; "auto" is found by looking. Part of the cache key; the first three are
/// part of the run specification of tables.
struct TableOptions
{
    std::string delimiter = "auto";   ///< auto, tab, comma, semicolon, blank
    std::string orientation = "auto"; ///< auto, genes-in-rows, samples-in-rows
    std::string labelColumn = "auto"; ///< auto, none, or a column's name (samples-in-rows, annotation tables)
    std::string matrix = "auto";      ///< of several: auto (X, else the only one), X, raw, layers/NAME
    std::string genome = "auto";      ///< of several in one 10x file: its name
    std::string featureType = "auto"; ///< 10x: auto (Gene Expression where there are several), all, or a name
    bool operator==(const TableOptions &) const = default;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<TableOptions>
    fromJson(const Json &json); ///< BadSpec on unknown keys or words
};

/// The versions of the converter's meaning: raise one when the same bytes would be read to another table or
/// matrix.
inline constexpr int kTableVersion = 2;
inline constexpr int kMatrixVersion = 4;

/// Bytes and SHA-256 of what a person names as one input. Of a file its own; of a 10x MTX folder (a folder,
/// or the matrix.mtx(.gz) in it, with what others put in front of the names as in GSM1_matrix.mtx.gz) those
/// of its members together: the matrix, barcodes.tsv, features.tsv or genes.tsv, each also with .gz, the
/// SHA-256 over their names and digests in order. InputMissing, also for a folder without a matrix; Io.
[[nodiscard]] Result<FileDigest> inputDigest(const std::filesystem::path &path);

/// Paths of the members that inputDigest() would read, sorted by name; empty if the path is no such folder or
/// file.
[[nodiscard]] std::vector<std::filesystem::path> mtxMembers(const std::filesystem::path &path);

/// Content-addressed cache of converted files, a folder of `<key>.safetensors`; the key is SHA-256 over the
/// file's SHA-256, the options and the version. May be deleted at any time. Safe for several processes:
/// entries are written beside and renamed, and equal keys have equal content.
class Cache
{
public:
    explicit Cache(std::filesystem::path folder);

    [[nodiscard]] const std::filesystem::path &folder() const noexcept { return m_folder; }

    [[nodiscard]] static std::string key(const std::string &fileSha256, const TableOptions &options,
                                         int version = kTableVersion);
    [[nodiscard]] std::filesystem::path pathOf(const std::string &key) const;
    /// The entry's path if it is there, be it a table or a matrix. Matrices of older versions are none.
    [[nodiscard]] std::optional<std::filesystem::path> find(const std::string &fileSha256,
                                                            const TableOptions &options) const;

private:
    std::filesystem::path m_folder;
};

} // namespace ibidem::data
