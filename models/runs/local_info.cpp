// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

namespace ibidem::runs {

namespace {

using Paths = std::vector<std::pair<std::string, std::string>>;

std::optional<std::string> pathOfRole(const Paths &paths, std::string_view role)
{
    for (const auto &[name, path] : paths)
        if (name == role)
            return path;
    return std::nullopt;
}

Json pathsToJson(const Paths &paths)
{
    Json json = Json::object();
    for (const auto &[role, path] : paths)
        json[role] = path;
    return json;
}

Result<Paths> pathsFromJson(const Json &json, const char *key)
{
    Paths paths;
    const Json *member = findAt(json, key);
    if (member == nullptr)
        return paths;
    if (!member->is_object())
        return fail(ErrorCode::BadData, std::string(key) + " is not an object");
    for (const auto &[role, path] : member->items()) {
        if (!path.is_string())
            return fail(ErrorCode::BadData, std::string(key) + "." + role + " is not a text");
        paths.emplace_back(role, path.get<std::string>());
    }
    return paths;
}

Result<LocalInfo> localInfoFromJson(const Json &json)
{
    LocalInfo info;
    IBIDEM_TRY(info.inputs, pathsFromJson(json, "inputs"));
    IBIDEM_TRY(info.containers, pathsFromJson(json, "containers"));
    IBIDEM_TRY(info.host, stringAt(json, "host"));
    IBIDEM_TRY(info.user, stringAt(json, "user"));
    return info;
}

} // namespace

std::optional<std::string> LocalInfo::inputPath(std::string_view role) const
{
    return pathOfRole(inputs, role);
}

std::optional<std::string> LocalInfo::containerPath(std::string_view role) const
{
    return pathOfRole(containers, role);
}

Status writeLocalInfo(const std::filesystem::path &folder, const LocalInfo &info)
{
    const Json json = {{"inputs", pathsToJson(info.inputs)},
                       {"containers", pathsToJson(info.containers)},
                       {"host", info.host},
                       {"user", info.user}};
    IBIDEM_TRY(const std::string text, canonicalJson(json));
    return writeFileAtomically(folder / kLocalFile, text);
}

Result<LocalInfo> readLocalInfo(const std::filesystem::path &folder)
{
    const std::filesystem::path file = folder / kLocalFile;
    IBIDEM_TRY(const std::string text, readFile(file, 1U << 24U));
    IBIDEM_TRY(const Json json, parseJson(text, file.string()));
    Result<LocalInfo> info = localInfoFromJson(json);
    if (!info)
        info.error().path = file.string();
    return info;
}

} // namespace ibidem::runs
