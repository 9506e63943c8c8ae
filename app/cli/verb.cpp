// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"

#include "models/base/text.h"

#include <CLI/CLI.hpp>

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

/// The text of a choice must be one of these.
CLI::Validator oneOf(const std::vector<std::string> &choices)
{
    return CLI::IsMember(choices);
}

std::string listOf(const std::vector<std::string> &choices)
{
    std::string text;
    for (std::size_t i = 0; i < choices.size(); ++i)
        text += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
    return text;
}

} // namespace

Verb &Verb::positional(const std::string &name, std::string &value, const std::string &help)
{
    m_app->add_option(name, value, help)->required();
    return *this;
}

Verb &Verb::positionals(const std::string &name, std::vector<std::string> &values, const std::string &help)
{
    m_app->add_option(name, values, help)->required();
    return *this;
}

Verb &Verb::positionalOrOption(const std::string &option, const std::string &name, std::string &value,
                               const std::string &help)
{
    // Both ways are listed, and neither alone is required.
    m_app->add_option(option + "," + name, value, help + " (" + name + " or " + option + " " + name + ")")
        ->required()
        ->option_text(" ");
    return *this;
}

Verb &Verb::flag(const std::string &name, bool &value, const std::string &help)
{
    m_app->add_flag(name, value, help);
    return *this;
}

Verb &Verb::required(const std::string &name, const std::string &valueName, std::string &value,
                     const std::string &help)
{
    m_app->add_option(name, value, help)->required()->option_text(valueName + " REQUIRED");
    return *this;
}

Verb &Verb::text(const std::string &name, const std::string &valueName, std::optional<std::string> &value,
                 const std::string &help)
{
    m_app
        ->add_option_function<std::string>(
            name, [&value](const std::string &text) { value = text; }, help)
        ->option_text(valueName);
    return *this;
}

Verb &Verb::texts(const std::string &name, const std::string &valueName, std::vector<std::string> &values,
                  const std::string &help)
{
    m_app->add_option(name, values, help)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->option_text(valueName);
    return *this;
}

Verb &Verb::choice(const std::string &name, const std::string &valueName, std::optional<std::string> &value,
                   const std::vector<std::string> &choices, const std::string &help)
{
    m_app
        ->add_option_function<std::string>(
            name, [&value](const std::string &text) { value = text; }, help + listOf(choices))
        ->check(oneOf(choices))
        ->option_text(valueName);
    return *this;
}

Verb &Verb::wholeNumber(const std::string &name, std::optional<std::uint64_t> &value, const std::string &help)
{
    m_app
        ->add_option_function<std::string>(
            name,
            [&value, name](const std::string &text) {
                value = parseUnsigned(text);
                if (!value)
                    throw CLI::ValidationError(name,
                                               ibidem::quoted(text) + " is not a whole number from 0 on");
            },
            help)
        ->option_text("N");
    return *this;
}

Verb &Verb::number(const std::string &name, double &value, const std::string &help)
{
    m_app
        ->add_option_function<std::string>(
            name,
            [&value, name](const std::string &text) {
                const auto number = parseDouble(text);
                if (!number)
                    throw CLI::ValidationError(name, ibidem::quoted(text) + " is not a number");
                value = *number;
            },
            help)
        ->option_text("X");
    return *this;
}

Verbs::Verbs(CLI::App &app, OutputOptions &options)
    : m_app(app)
    , m_options(options)
{}

Verb Verbs::add(const std::string &name, const std::string &summary, const std::string &example,
                Action action)
{
    return addTo(m_app, name, summary, example, std::move(action));
}

Verb Verbs::add(const std::string &group, const std::string &groupSummary, const std::string &name,
                const std::string &summary, const std::string &example, Action action)
{
    const auto known =
        m_app.get_subcommands([&group](const CLI::App *verb) { return verb->get_name() == group; });
    CLI::App *parent =
        known.empty() ? m_app.add_subcommand(group, groupSummary)->require_subcommand(1) : known.front();
    return addTo(*parent, name, summary, example, std::move(action));
}

Verb Verbs::addTo(CLI::App &group, const std::string &name, const std::string &summary,
                  const std::string &example, Action action)
{
    CLI::App &verb = *group.add_subcommand(name, summary);
    verb.footer("Example:\n  " + example);
    addOutputOptions(verb, m_options);
    verb.final_callback([this, action = std::move(action)] { m_chosen = action; });
    return Verb(verb);
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
