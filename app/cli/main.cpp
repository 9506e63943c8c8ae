// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/console.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/version.h"
#include "models/spec/nearest_name.h"

#include <QCoreApplication>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace ibidem;

void addVerbs(cli::Verbs &verbs)
{
    cli::addDemo(verbs);
    cli::addInspect(verbs);
    cli::addPrepare(verbs);
    cli::addRecipe(verbs);
    cli::addTrain(verbs);
    cli::addResume(verbs);
    cli::addBatch(verbs);
    cli::addRerun(verbs);
    cli::addCompare(verbs);
    cli::addReport(verbs);
    cli::addExport(verbs);
    cli::addPredict(verbs);
    cli::addEvaluate(verbs);
    cli::addImport(verbs);
    cli::addGenerate(verbs);
    cli::addGenerateCells(verbs);
    cli::addSystem(verbs);
    cli::addSelftest(verbs);
}

/// The first word of the command line that is no verb, if it stands where a verb must.
std::string unknownVerb(const CLI::App &app, const std::vector<std::string> &arguments)
{
    const CLI::App *group = &app;
    for (const std::string &word : arguments) {
        const auto verbs = group->get_subcommands([](const CLI::App *) { return true; });
        if (verbs.empty() || word.starts_with('-'))
            return {};
        const auto found = std::find_if(verbs.begin(), verbs.end(),
                                        [&word](const CLI::App *verb) { return verb->get_name() == word; });
        if (found == verbs.end())
            return word;
        group = *found;
    }
    return {};
}

Error unknownVerbError(const CLI::App &app, const std::vector<std::string> &arguments,
                       const std::string &word)
{
    const bool top = arguments.front() == word;
    const CLI::App *group = top ? &app : app.get_subcommand(arguments.front());
    std::vector<std::string> names;
    for (const CLI::App *verb : group->get_subcommands([](const CLI::App *) { return true; }))
        names.push_back(verb->get_name());
    const auto nearest = spec::nearestName(word, {names.begin(), names.end()});
    const std::string before = top ? "ibidem " : "ibidem " + arguments.front() + " ";
    return {ErrorCode::Usage,
            "there is no \"" + before + word + "\"",
            {},
            nearest ? "did you mean \"" + before + names[*nearest] + "\"?" : "see " + before + "--help"};
}

void print(std::FILE *stream, const std::string &text)
{
    std::fwrite(text.data(), 1, text.size(), stream);
}

/// Exit code if parsing already decided; -1 to go on.
int parse(CLI::App &app, const std::vector<std::string> &arguments, cli::Console &console)
{
    if (arguments.empty()) {
        print(stderr, app.help());
        return exitCode(ErrorCode::Usage);
    }
    if (const std::string word = unknownVerb(app, arguments); !word.empty()) {
        console.error(unknownVerbError(app, arguments, word));
        return exitCode(ErrorCode::Usage);
    }
    try {
        app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::CallForHelp &) {
        print(stdout, app.help());
        return 0;
    } catch (const CLI::CallForVersion &) {
        print(stdout, std::string("ibidem ") + kVersion + "\n");
        return 0;
    } catch (const CLI::Error &error) {
        const std::string verb = arguments.front().starts_with('-') ? "" : " " + arguments.front();
        console.error({ErrorCode::Usage, error.what(), {}, "see ibidem" + verb + " --help"});
        return exitCode(ErrorCode::Usage);
    }
    return -1;
}

int perform(const cli::Action &action, cli::Console &console)
{
    Result<int> code = console.open().and_then([&]() -> Result<int> { return action(console); });
    if (code) {
        if (Status flushed = console.flush(); !flushed)
            code = tl::unexpected<Error>(flushed.error());
    }
    if (code)
        return *code;
    console.error(code.error());
    static_cast<void>(console.flush());
    return exitCode(code.error().code);
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    CLI::App app("Trains biomedical models so that training again gives the same bits, and proves it.",
                 "ibidem");
    app.set_version_flag("--version", std::string("ibidem ") + kVersion);
    app.require_subcommand(1);
    app.footer("Every verb has --help with an example. Start with: ibidem demo");
    cli::OutputOptions options;
    options.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    cli::Verbs verbs(app, options);
    addVerbs(verbs);
    cli::Console console(options);
    if (const int code = parse(app, arguments, console); code >= 0)
        return code;
    // Qt complains on standard error about locales that are not UTF-8 and switches by itself.
    qInstallMessageHandler([](QtMsgType, const QMessageLogContext &, const QString &) {});
    QCoreApplication application(argc, argv);
    return perform(verbs.chosen(), console);
}
