// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ibidem::cli {

/// What a verb does once its arguments are understood; the value is the exit code.
using Action = std::function<Result<int>(Console &)>;

/// The arguments of one verb. Numbers are read without locale; a wrong text is a usage error. The places for
/// the values must live until the verb has run.
class Verb
{
public:
    explicit Verb(CLI::App &app)
        : m_app(&app)
    {}

    Verb &positional(const std::string &name, std::string &value, const std::string &help);
    Verb &positionals(const std::string &name, std::vector<std::string> &values, const std::string &help);
    /// The same value as a positional or as an option: "--run" and "RUN".
    Verb &positionalOrOption(const std::string &option, const std::string &name, std::string &value,
                             const std::string &help);
    Verb &flag(const std::string &name, bool &value, const std::string &help);
    Verb &required(const std::string &name, const std::string &valueName, std::string &value,
                   const std::string &help);
    Verb &text(const std::string &name, const std::string &valueName, std::optional<std::string> &value,
               const std::string &help);
    /// May be given several times.
    Verb &texts(const std::string &name, const std::string &valueName, std::vector<std::string> &values,
                const std::string &help);
    Verb &choice(const std::string &name, const std::string &valueName, std::optional<std::string> &value,
                 const std::vector<std::string> &choices, const std::string &help = {});
    Verb &wholeNumber(const std::string &name, std::optional<std::uint64_t> &value, const std::string &help);
    Verb &number(const std::string &name, double &value, const std::string &help);

private:
    CLI::App *m_app;
};

/// The verbs of the program: each adds itself with its options, and one of them is chosen by parsing.
class Verbs
{
public:
    Verbs(CLI::App &app, OutputOptions &options);

    /// A verb with the shared options, a summary and an example.
    Verb add(const std::string &name, const std::string &summary, const std::string &example, Action action);
    /// A verb of a verb: "list" of "recipe".
    Verb add(const std::string &group, const std::string &groupSummary, const std::string &name,
             const std::string &summary, const std::string &example, Action action);

    [[nodiscard]] const Action &chosen() const noexcept { return m_chosen; }

private:
    Verb addTo(CLI::App &group, const std::string &name, const std::string &summary,
               const std::string &example, Action action);

    CLI::App &m_app;
    OutputOptions &m_options;
    Action m_chosen;
};

inline constexpr const char *kForceHelp = "Replace what is there already";

/// CannotWrite if the file exists and `force` was not given.
[[nodiscard]] Status refuseOverwrite(const std::string &path, bool force);

/// Rows of cells in columns that line up, two blanks between them.
[[nodiscard]] std::string table(const std::vector<std::vector<std::string>> &rows,
                                const std::string &indent = {});

} // namespace ibidem::cli
