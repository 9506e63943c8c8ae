// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/result.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::cli {

/// What a verb does once its arguments are understood; the value is the exit code.
using Action = std::function<Result<int>(Console &)>;

/// The verbs of the program: each adds itself with its options, and one of them is chosen by parsing.
class Verbs
{
public:
    Verbs(CLI::App &app, OutputOptions &options);

    /// A verb with the shared options, a summary and an example. `example` is one or more lines of shell.
    CLI::App &add(const std::string &name, const std::string &summary, const std::string &example,
                  Action action);
    /// A verb that has verbs of its own ("recipe").
    CLI::App &addGroup(const std::string &name, const std::string &summary);
    CLI::App &addTo(CLI::App &group, const std::string &name, const std::string &summary,
                    const std::string &example, Action action);

    [[nodiscard]] const Action &chosen() const noexcept { return m_chosen; }

private:
    CLI::App &m_app;
    OutputOptions &m_options;
    Action m_chosen;
};

/// Options whose text is read without locale; a wrong text is a usage error.
CLI::Option *addUnsigned(CLI::App &verb, const std::string &name, std::optional<std::uint64_t> &value,
                         const std::string &help);
CLI::Option *addNumber(CLI::App &verb, const std::string &name, double &value, const std::string &help);
CLI::Option *addText(CLI::App &verb, const std::string &name, std::optional<std::string> &value,
                     const std::string &help);
/// A run and a table, as positionals or as --run and --data.
void addRunAndTable(CLI::App &verb, std::string &run, std::string &table);
CLI::Option *addForce(CLI::App &verb, bool &value);

/// CannotWrite if the file exists and `force` was not given.
[[nodiscard]] Status refuseOverwrite(const std::string &path, bool force);

/// Rows of cells in columns that line up, two blanks between them.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>> &rows,
                                const std::string &indent = {});

} // namespace ibidem::cli
