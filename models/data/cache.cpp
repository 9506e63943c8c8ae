// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/cache.h"

#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/data/count_matrix.h"
#include "models/data/expression_table.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <system_error>
#include <utility>

namespace ibidem::data {

namespace {

Status requireWord(const std::string &key, const std::string &value,
                   std::initializer_list<std::string_view> words)
{
    if (std::find(words.begin(), words.end(), value) != words.end())
        return {};
    std::string known;
    for (const std::string_view word : words)
        known += (known.empty() ? "" : ", ") + std::string(word);
    return fail(ErrorCode::BadSpec, key + " is " + ibidem::quoted(value), {}, "give one of " + known);
}

constexpr std::array<std::string_view, 3> kMtxCompanions = {"barcodes.tsv", "features.tsv", "genes.tsv"};

bool isMtxName(std::string_view name)
{
    return name.ends_with(".mtx") || name.ends_with(".mtx.gz");
}

/// What stands before "matrix.mtx" in the name, as in "GSM1_matrix.mtx.gz", stands before the companions'
/// names too.
std::string mtxPrefix(const std::string &name)
{
    const std::size_t at = name.rfind("matrix.mtx");
    return at == std::string::npos ? std::string() : name.substr(0, at);
}

struct OptionName
{
    std::string_view key;
    std::string TableOptions::*field;
};

constexpr std::array kOptionNames = {
    OptionName{"delimiter", &TableOptions::delimiter},
    OptionName{"orientation", &TableOptions::orientation},
    OptionName{"labelColumn", &TableOptions::labelColumn},
    OptionName{"matrix", &TableOptions::matrix},
    OptionName{"genome", &TableOptions::genome},
    OptionName{"featureType", &TableOptions::featureType},
};

Result<std::string TableOptions::*> fieldOf(const std::string &key)
{
    for (const OptionName &option : kOptionNames) {
        if (option.key == key)
            return option.field;
    }
    std::string known;
    for (const OptionName &option : kOptionNames)
        known += (known.empty() ? "" : ", ") + std::string(option.key);
    return fail(ErrorCode::BadSpec, "unknown table option " + ibidem::quoted(key), {},
                "the options are " + known);
}

/// Matrices once had the version of tables.
bool isMatrix(const std::filesystem::path &container)
{
    const auto summary = readTableSummary(container);
    return summary && summary->kind == kMatrixKind;
}

} // namespace

Json TableOptions::toJson() const
{
    Json json = Json::object();
    for (const OptionName &option : kOptionNames)
        json[std::string(option.key)] = this->*option.field;
    return json;
}

Result<TableOptions> TableOptions::fromJson(const Json &json)
{
    if (!json.is_object())
        return fail(ErrorCode::BadSpec, "the table options are no object");
    TableOptions options;
    for (const auto &[key, value] : json.items()) {
        IBIDEM_TRY(const auto field, fieldOf(key));
        if (!value.is_string())
            return fail(ErrorCode::BadSpec, "the table option " + key + " is no string");
        options.*field = value.get<std::string>();
        if (value.get_ref<const std::string &>().empty())
            return fail(ErrorCode::BadSpec, key + " is empty", {}, "give auto, or a name");
    }
    IBIDEM_CHECK(requireWord("delimiter", options.delimiter, {"auto", "tab", "comma", "semicolon", "blank"}));
    IBIDEM_CHECK(
        requireWord("orientation", options.orientation, {"auto", "genes-in-rows", "samples-in-rows"}));
    return options;
}

std::vector<std::filesystem::path> mtxMembers(const std::filesystem::path &path)
{
    std::error_code ignored;
    const bool isFolder = std::filesystem::is_directory(path, ignored);
    const std::filesystem::path folder = isFolder ? path : path.parent_path();
    std::vector<std::string> names{path.filename().string()};
    if (isFolder)
        names = listFolder(path).value_or(std::vector<std::string>());
    std::erase_if(names, [](const std::string &name) { return !isMtxName(name); });
    std::set<std::filesystem::path> members;
    for (const std::string &name : names) {
        members.insert(folder / name);
        for (const std::string_view companion : kMtxCompanions) {
            for (const char *const suffix : {"", ".gz"})
                members.insert(folder / (mtxPrefix(name) + std::string(companion) + suffix));
        }
    }
    std::erase_if(members, [&ignored](const std::filesystem::path &member) {
        return !std::filesystem::is_regular_file(member, ignored);
    });
    return {members.begin(), members.end()};
}

Result<FileDigest> inputDigest(const std::filesystem::path &path)
{
    const std::vector<std::filesystem::path> members = mtxMembers(path);
    std::error_code ignored;
    if (members.empty() && std::filesystem::is_directory(path, ignored))
        return fail(ErrorCode::InputMissing, "this folder holds no 10x matrix", path.string(),
                    "give a file, or a folder with matrix.mtx, barcodes.tsv and features.tsv (or genes.tsv)");
    if (members.empty())
        return sha256File(path);
    Sha256 hash;
    hash.updateFramed("ibidem/mtx-folder/1");
    FileDigest digest;
    for (const std::filesystem::path &member : members) {
        IBIDEM_TRY(const FileDigest one, sha256File(member));
        hash.updateFramed(member.filename().string());
        hash.updateFramed(one.sha256);
        digest.bytes += one.bytes;
    }
    digest.sha256 = hash.finishHex();
    return digest;
}

Cache::Cache(std::filesystem::path folder)
    : m_folder(std::move(folder))
{}

std::string Cache::key(const std::string &fileSha256, const TableOptions &options, int version)
{
    Sha256 hash;
    hash.updateFramed("ibidem/table-cache");
    hash.updateInteger(static_cast<std::uint64_t>(version));
    hash.updateFramed(fileSha256);
    for (const OptionName &option : kOptionNames)
        hash.updateFramed(options.*option.field);
    return hash.finishHex();
}

std::filesystem::path Cache::pathOf(const std::string &key) const
{
    return m_folder / (key + ".safetensors");
}

std::optional<std::filesystem::path> Cache::find(const std::string &fileSha256,
                                                 const TableOptions &options) const
{
    std::error_code ignored;
    const std::filesystem::path matrix = pathOf(key(fileSha256, options, kMatrixVersion));
    if (std::filesystem::is_regular_file(matrix, ignored))
        return matrix;
    const std::filesystem::path table = pathOf(key(fileSha256, options, kTableVersion));
    if (!std::filesystem::is_regular_file(table, ignored) || isMatrix(table))
        return std::nullopt;
    return table;
}

} // namespace ibidem::data
