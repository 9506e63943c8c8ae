// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/verb.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace ibidem::cli {

/// Options of the verbs that take up what a run recorded: where its inputs lie now.
class MovedInputs
{
public:
    /// The object must live until the verb has run.
    void addTo(Verb &verb);
    [[nodiscard]] std::map<std::string, std::filesystem::path> byRole() const;

private:
    std::optional<std::string> m_train;
    std::optional<std::string> m_test;
    std::optional<std::string> m_labels;
    std::optional<std::string> m_genes;
    std::optional<std::string> m_split;
};

} // namespace ibidem::cli
