// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/cache.h"

#include "models/base/sha256.h"
#include "models/base/text.h"

#include <algorithm>
#include <initializer_list>
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

} // namespace

Json TableOptions::toJson() const
{
    return {{"delimiter", delimiter}, {"orientation", orientation}, {"labelColumn", labelColumn}};
}

Result<TableOptions> TableOptions::fromJson(const Json &json)
{
    if (!json.is_object())
        return fail(ErrorCode::BadSpec, "the table options are no object");
    TableOptions options;
    for (const auto &[key, value] : json.items()) {
        std::string *field = key == "delimiter"     ? &options.delimiter
                             : key == "orientation" ? &options.orientation
                             : key == "labelColumn" ? &options.labelColumn
                                                    : nullptr;
        if (!field)
            return fail(ErrorCode::BadSpec, "unknown table option " + ibidem::quoted(key), {},
                        "the options are delimiter, orientation and labelColumn");
        if (!value.is_string())
            return fail(ErrorCode::BadSpec, "the table option " + key + " is no string");
        *field = value.get<std::string>();
    }
    IBIDEM_CHECK(requireWord("delimiter", options.delimiter, {"auto", "tab", "comma", "semicolon", "blank"}));
    IBIDEM_CHECK(
        requireWord("orientation", options.orientation, {"auto", "genes-in-rows", "samples-in-rows"}));
    if (options.labelColumn.empty())
        return fail(ErrorCode::BadSpec, "labelColumn is empty", {},
                    "give auto, none or the name of a column");
    return options;
}

Cache::Cache(std::filesystem::path folder)
    : m_folder(std::move(folder))
{}

std::string Cache::key(const std::string &fileSha256, const TableOptions &options)
{
    Sha256 hash;
    hash.updateFramed("ibidem/table-cache");
    hash.updateInteger(static_cast<std::uint64_t>(kConverterVersion));
    hash.updateFramed(fileSha256);
    hash.updateFramed(options.delimiter);
    hash.updateFramed(options.orientation);
    hash.updateFramed(options.labelColumn);
    return hash.finishHex();
}

std::filesystem::path Cache::pathOf(const std::string &key) const
{
    return m_folder / (key + ".safetensors");
}

std::optional<std::filesystem::path> Cache::find(const std::string &fileSha256,
                                                 const TableOptions &options) const
{
    const std::filesystem::path path = pathOf(key(fileSha256, options));
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored))
        return std::nullopt;
    return path;
}

} // namespace ibidem::data
