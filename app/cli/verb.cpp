// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"

#include "models/base/text.h"

#include <algorithm>
#include <filesystem>
#include <utility>

namespace ibidem::cli {

namespace {

void addOutputOptions(CLI::App &verb, OutputOptions &options)
{
    const std::string group = "Output";
    verb.add_flag("--json", options.json, "Print one JSON document instead of text")->group(group);
    verb.add_flag("-q,--quiet", options.quiet, "Only results, warnings and errors")->group(group);
    verb.add_flag("-v,--verbose", options.verbose, "Say more on standard error")->group(group);
    verb.add_option("--log-file", options.logFile, "Append all messages to this file")
        ->option_text("FILE")
        ->group(group);
    verb.add_option("--progress", options.progress, "auto, bar, lines, json or none")
        ->option_text("HOW")
        ->check(CLI::IsMember({"auto", "bar", "lines", "json", "none"}))
        ->group(group);
}

/// Characters, not bytes; every code point counts one.
std::size_t width(const std::string &text)
{
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace

Verbs::Verbs(CLI::App &app, OutputOptions &options)
    : m_app(app)
    , m_options(options)
{}

CLI::App &Verbs::add(const std::string &name, const std::string &summary, const std::string &example,
                     Action action)
{
    return addTo(m_app, name, summary, example, std::move(action));
}

CLI::App &Verbs::addGroup(const std::string &name, const std::string &summary)
{
    CLI::App &group = *m_app.add_subcommand(name, summary);
    group.require_subcommand(1);
    return group;
}

CLI::App &Verbs::addTo(CLI::App &group, const std::string &name, const std::string &summary,
                       const std::string &example, Action action)
{
    CLI::App &verb = *group.add_subcommand(name, summary);
    verb.footer("Example:\n  " + example);
    addOutputOptions(verb, m_options);
    verb.final_callback([this, action = std::move(action)] { m_chosen = action; });
    return verb;
}

CLI::Option *addUnsigned(CLI::App &verb, const std::string &name, std::optional<std::uint64_t> &value,
                         const std::string &help)
{
    return verb
        .add_option_function<std::string>(
            name,
            [&value, name](const std::string &text) {
                value = parseUnsigned(text);
                if (!value)
                    throw CLI::ValidationError(name,
                                               ibidem::quoted(text) + " is not a whole number from 0 on");
            },
            help)
        ->option_text("N");
}

CLI::Option *addNumber(CLI::App &verb, const std::string &name, double &value, const std::string &help)
{
    return verb
        .add_option_function<std::string>(
            name,
            [&value, name](const std::string &text) {
                const auto number = parseDouble(text);
                if (!number)
                    throw CLI::ValidationError(name, ibidem::quoted(text) + " is not a number");
                value = *number;
            },
            help)
        ->option_text("X");
}

CLI::Option *addText(CLI::App &verb, const std::string &name, std::optional<std::string> &value,
                     const std::string &help)
{
    return verb.add_option_function<std::string>(
        name, [&value](const std::string &text) { value = text; }, help);
}

void addRunAndTable(CLI::App &verb, std::string &run, std::string &table)
{
    verb.add_option("--run,RUN", run, "Folder of the run")->required();
    verb.add_option("--data,TABLE", table, "Table of samples")->required();
}

CLI::Option *addForce(CLI::App &verb, bool &value)
{
    return verb.add_flag("--force", value, "Replace what is there already");
}

Status refuseOverwrite(const std::string &path, bool force)
{
    std::error_code ignored;
    if (force || !std::filesystem::exists(path, ignored))
        return {};
    return fail(ErrorCode::CannotWrite, "this exists already", path,
                "name another place, or replace it with --force");
}

std::string table(const std::vector<std::vector<std::string>> &rows, const std::string &indent)
{
    std::vector<std::size_t> widths;
    for (const auto &row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    }
    std::string text;
    for (const auto &row : rows) {
        std::string line = indent;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] +
                    (i + 1 < row.size() ? std::string(widths[i] - width(row[i]) + 2, ' ') : std::string());
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

} // namespace ibidem::cli
