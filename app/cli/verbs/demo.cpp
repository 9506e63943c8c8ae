// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/reruns.h"
#include "app/cli/run_output.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/compare/comparison.h"
#include "models/prepare/generate_expression.h"
#include "models/report/html_report.h"

#include <memory>
#include <system_error>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::optional<std::string> out;
    bool force = false;
};

/// "ibidem-demo" here, or the first "ibidem-demo-2" … that is not there yet.
std::filesystem::path freeFolder()
{
    std::error_code ignored;
    std::filesystem::path folder = "ibidem-demo";
    for (int number = 2; std::filesystem::exists(folder, ignored); ++number)
        folder = "ibidem-demo-" + std::to_string(number);
    return folder;
}

Result<std::filesystem::path> demoFolder(const Arguments &arguments)
{
    const std::filesystem::path folder = arguments.out ? std::filesystem::path(*arguments.out) : freeFolder();
    std::error_code ignored;
    if (!arguments.force && std::filesystem::exists(folder, ignored) &&
        !std::filesystem::is_empty(folder, ignored))
        return fail(ErrorCode::CannotWrite, "this exists already and is not empty", folder.string(),
                    "name another place with --out, or replace it with --force");
    IBIDEM_CHECK(makeFolder(folder));
    return folder;
}

Result<std::filesystem::path> makeData(const std::filesystem::path &folder)
{
    prepare::ExpressionRecipe recipe;
    recipe.seed = 1;
    IBIDEM_TRY(const std::string text, prepare::generateExpressionTsv(recipe));
    const std::filesystem::path file = folder / "expression.tsv";
    IBIDEM_CHECK(writeFileAtomically(file, text));
    return file;
}

Result<Trained> trainDemo(const std::filesystem::path &table, const std::filesystem::path &run,
                          const Places &places, bool force, Console &console)
{
    jobs::TrainOrder order;
    order.recipeOrSpec = "lcep-xgboost";
    order.train = table;
    order.overrides = {"model.rounds=300"};
    order.device = "cpu"; // the same everywhere
    order.seed = 1;
    order.out = run;
    order.force = force;
    return trainRun(order, places, console);
}

Result<int> demo(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path folder, demoFolder(arguments));
    const Places places{Places::ofUser().cache, folder / "runs"};
    console.say("1 of 4: data of 240 samples and 500 genes are generated");
    IBIDEM_TRY(const std::filesystem::path dataFile, makeData(folder));
    console.say("2 of 4: boosted trees are trained");
    IBIDEM_CHECK(makeFolder(places.store));
    IBIDEM_TRY(const Trained first,
               trainDemo(dataFile, places.store / "first", places, arguments.force, console));
    if (first.exitCode != 0)
        return showTrained(first, console);
    console.say("3 of 4: they are trained again, in a fresh process, and compared bit for bit");
    IBIDEM_TRY(const Reruns reruns, rerunAndCompare({first.run, 1, {}, false}, places, console));
    if (reruns.exitCode != 0)
        return showTrained(reruns.trained.back(), console);
    console.say("4 of 4: a report is written");
    const std::filesystem::path second = reruns.trained.back().run;
    IBIDEM_TRY(const std::string page, report::htmlReport({first.run, second}));
    const std::filesystem::path report = folder / "report.html";
    IBIDEM_CHECK(writeFileAtomically(report, page));

    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(first.run));
    const std::string sentence = compare::verdictSentence(reruns.comparisons);
    Json document = runDocument(first, manifest);
    document["data"] = dataFile.string();
    document["runs"] = Json::array({first.run.string(), second.string()});
    document["report"] = report.string();
    document["verdict"] = reruns.identical() ? "identical" : "different";
    document["sentence"] = sentence;
    console.document(document);
    console.result(metricsText(manifest.metrics) + "\n" +
                   table({{"data", dataFile.string()},
                          {"run", first.run.string()},
                          {"again", second.string()},
                          {"report", report.string()}}) +
                   "\n" + console.paint(reruns.identical() ? Colour::Green : Colour::Red, sentence) + "\n");
    return reruns.identical() ? 0 : 1;
}

} // namespace

void addDemo(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("demo", "Generate data, train, train again, compare bit for bit, report",
             "ibidem demo --out demo", [arguments](Console &console) { return demo(*arguments, console); })
        .text("--out", "DIR", arguments->out, "Folder to fill; else ibidem-demo in the current folder")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
