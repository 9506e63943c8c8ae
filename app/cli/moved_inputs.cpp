// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/moved_inputs.h"

#include <utility>

namespace ibidem::cli {

void MovedInputs::addTo(Verb &verb)
{
    verb.text("--data", "PATH", m_train, "Where the training data lie now, if neither there nor in the cache")
        .text("--test", "PATH", m_test, "The same of the test table")
        .text("--labels", "PATH", m_labels, "… of the classes")
        .text("--genes", "PATH", m_genes, "… of the list of genes")
        .text("--split", "PATH", m_split, "… of the split");
}

std::map<std::string, std::filesystem::path> MovedInputs::byRole() const
{
    std::map<std::string, std::filesystem::path> moved;
    for (const auto &[role, path] :
         {std::pair<const char *, const std::optional<std::string> *>{"train", &m_train},
          {"test", &m_test},
          {"labels", &m_labels},
          {"genes", &m_genes},
          {"split", &m_split}})
        if (*path)
            moved.emplace(role, **path);
    return moved;
}

} // namespace ibidem::cli
