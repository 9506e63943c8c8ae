// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/train/reproducibility/system_facts.h"

#include <cstdlib>
#include <filesystem>

namespace ibidem::cli {

namespace {

/// Where installer/setup puts XGBoost and LibTorch; empty if it is not there.
std::filesystem::path dependencies()
{
    std::filesystem::path folder;
    if (const char *given = std::getenv("IBIDEM_DEPENDENCIES"))
        folder = given;
    else if (const char *cache = std::getenv("XDG_CACHE_HOME"))
        folder = std::filesystem::path(cache) / "ibidem/dependencies";
    else if (const char *home = std::getenv("HOME"))
        folder = std::filesystem::path(home) / ".cache/ibidem/dependencies";
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? folder : std::filesystem::path();
}

std::string scalarText(const Json &value)
{
    if (value.is_string())
        return value.get<std::string>();
    return compactJson(value).value_or("?");
}

bool isFlat(const Json &value)
{
    if (!value.is_array())
        return !value.is_object();
    for (const Json &item : value)
        if (item.is_structured())
            return false;
    return true;
}

void addLines(std::string &text, const std::string &name, const Json &value, const std::string &indent)
{
    if (isFlat(value)) {
        text += indent + name + ": ";
        if (value.is_array()) {
            std::string list;
            for (const Json &item : value)
                list += (list.empty() ? "" : ", ") + scalarText(item);
            text += list.empty() ? std::string("none") : list;
        } else {
            text += value.is_null() ? std::string("not known") : scalarText(value);
        }
        text += "\n";
        return;
    }
    text += indent + name + "\n";
    if (value.is_object()) {
        for (const auto &[key, member] : value.items())
            addLines(text, key, member, indent + "  ");
        return;
    }
    for (std::size_t i = 0; i < value.size(); ++i)
        addLines(text, std::to_string(i + 1), value[i], indent + "  ");
}

Result<int> systemVerb(Console &console)
{
    const Json facts = train::systemFacts(dependencies());
    console.document(facts);
    std::string text;
    for (const auto &[key, value] : facts.items())
        addLines(text, key, value, {});
    console.result(text);
    return 0;
}

} // namespace

void addSystem(Verbs &verbs)
{
    verbs.add("system", "Hardware and software of this machine, as far as numbers depend on them",
              "ibidem system --json >system.json", systemVerb);
}

} // namespace ibidem::cli
