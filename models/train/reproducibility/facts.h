// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ibidem::train {

/// An object of facts in which nothing is silently absent: what was not found is null, and "why" says the
/// reason.
class Facts
{
public:
    template <class T>
    void set(const char *key, const std::optional<T> &value, std::string_view reason)
    {
        if (value)
            m_json[key] = *value;
        else
            lacks(key, reason);
    }

    void set(const char *key, Json value) { m_json[key] = std::move(value); }

    void lacks(const char *key, std::string_view reason)
    {
        m_json[key] = nullptr;
        m_json["why"][key] = reason;
    }

    [[nodiscard]] Json take() { return std::move(m_json); }

private:
    Json m_json = Json::object();
};

/// First line of a small file of the kernel, trimmed; nothing if it cannot be read or is empty. Invalid UTF-8
/// is escaped.
[[nodiscard]] std::optional<std::string> firstLine(const std::filesystem::path &file);
[[nodiscard]] std::optional<std::uint64_t> numberIn(const std::filesystem::path &file);
/// Whole text of a file of /proc (whose size is 0); empty if it cannot be read.
[[nodiscard]] std::string kernelText(const std::filesystem::path &file);
/// The value of the first "key : value" line.
[[nodiscard]] std::optional<std::string> keyedValue(std::string_view text, std::string_view key,
                                                    char separator = ':');

[[nodiscard]] Json cpuFacts(bool withClocks);
[[nodiscard]] std::optional<std::uint64_t> memoryBytes();
[[nodiscard]] Json ramFacts();
[[nodiscard]] Json swapFacts();
[[nodiscard]] Json osFacts();
[[nodiscard]] Json diskFacts();
[[nodiscard]] Json networkFacts();
[[nodiscard]] Json threadFacts();
/// Compilers and interpreters on PATH with their version line.
[[nodiscard]] Json softwareFacts();
/// The numeric libraries below `dependencies`.
[[nodiscard]] Json dependencyLibraries(const std::filesystem::path &dependencies);
/// Those loaded into this process.
[[nodiscard]] Json loadedLibraries();
/// {"gpus": […], "gpusWhy"?, "cuda": {…}}; `identifying` adds the cards' UUIDs.
[[nodiscard]] Json gpuFacts(bool identifying);
/// What a variable's value is in a manifest, for every variable that a numeric library reads.
[[nodiscard]] Json environmentVariables();
[[nodiscard]] Json floatingPointState();

} // namespace ibidem::train
