// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/matrix_export.h"
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
#include <string>
#include <system_error>
#include <vector>

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

/// One of the two models that are shown: what it learns from, and how.
struct Part
{
    std::string title; ///< "boosted trees on gene expression (240 samples, 500 genes)"
    std::string recipe;
    std::filesystem::path data;
    std::vector<std::string> settings;
    std::string runName; ///< of its first run
    std::string report;  ///< file name
};

struct Shown
{
    Json document;
    std::string text;
    bool identical = false;
    int exitCode = 0; ///< of a training that a signal ended
};

Status makeTable(const std::filesystem::path &file)
{
    prepare::ExpressionRecipe recipe;
    recipe.seed = 1;
    IBIDEM_TRY(const std::string text, prepare::generateExpressionTsv(recipe));
    return writeFileAtomically(file, text);
}

Status makeCells(const std::filesystem::path &file, Console &console)
{
    prepare::CellRecipe recipe;
    recipe.cells = 1500;
    recipe.genes = 1000;
    recipe.types = 5;
    recipe.seed = 1;
    IBIDEM_TRY(const Json written, writeCells(recipe, "h5ad", file, console));
    return {};
}

/// Counts what is announced: two models, four steps each.
class Steps
{
public:
    explicit Steps(Console &console)
        : m_console(console)
    {}

    void next(const std::string &what)
    {
        m_console.say(std::to_string(++m_done) + " of " + std::to_string(kSteps) + ": " + what);
    }

private:
    static constexpr int kSteps = 8;
    Console &m_console;
    int m_done = 0;
};

Result<Trained> trainPart(const Part &part, const Places &places, bool force, Console &console)
{
    jobs::TrainOrder order;
    order.recipeOrSpec = part.recipe;
    order.train = part.data;
    order.overrides = part.settings;
    order.device = "cpu"; // the same everywhere
    order.seed = 1;
    order.out = places.store / part.runName;
    order.force = force;
    return trainRun(order, places, console);
}

Result<Shown> shown(const Part &part, const Trained &first, const Reruns &reruns,
                    const std::filesystem::path &report, const Console &console)
{
    const std::filesystem::path second = reruns.trained.back().run;
    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(first.run));
    const std::string sentence = compare::verdictSentence(reruns.comparisons);
    Shown shown;
    shown.identical = reruns.identical();
    shown.document = runDocument(first, manifest);
    shown.document["data"] = part.data.string();
    shown.document["runs"] = Json::array({first.run.string(), second.string()});
    shown.document["report"] = report.string();
    shown.document["verdict"] = shown.identical ? "identical" : "different";
    shown.document["sentence"] = sentence;
    shown.text = console.paint(Colour::Bold, part.title) + "\n" + metricsText(manifest.metrics) + "\n" +
                 table({{"data", part.data.string()},
                        {"run", first.run.string()},
                        {"again", second.string()},
                        {"report", report.string()}}) +
                 "\n" + console.paint(shown.identical ? Colour::Green : Colour::Red, sentence) + "\n";
    return shown;
}

/// Trains, trains again, compares, reports.
Result<Shown> show(const Part &part, const std::filesystem::path &folder, const Places &places, bool force,
                   Steps &steps, Console &console)
{
    steps.next("training: " + part.title);
    IBIDEM_TRY(const Trained first, trainPart(part, places, force, console));
    if (first.exitCode != 0) {
        IBIDEM_TRY(const int code, showTrained(first, console));
        return Shown{{}, {}, false, code};
    }
    steps.next("the same again, in a fresh process, compared bit for bit");
    IBIDEM_TRY(const Reruns reruns, rerunAndCompare({first.run, 1, {}, false}, places, console));
    if (reruns.exitCode != 0) {
        IBIDEM_TRY(const int code, showTrained(reruns.trained.back(), console));
        return Shown{{}, {}, false, code};
    }
    steps.next("a report");
    IBIDEM_TRY(const report::HtmlReport made, report::htmlReport({first.run, reruns.trained.back().run}));
    const std::filesystem::path report = folder / part.report;
    IBIDEM_CHECK(writeFileAtomically(report, made.page));
    return shown(part, first, reruns, report, console);
}

Result<int> demo(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path folder, demoFolder(arguments));
    const Places places{Places::ofUser().cache, folder / "runs"};
    IBIDEM_CHECK(makeFolder(places.store));
    Steps steps(console);
    const Part trees{"boosted trees on gene expression (240 samples, 500 genes)",
                     "lcep-xgboost",
                     folder / "expression.tsv",
                     {"model.rounds=300"},
                     "first",
                     "report.html"};
    steps.next("expression of 240 samples and 500 genes is generated");
    IBIDEM_CHECK(makeTable(trees.data));
    IBIDEM_TRY(const Shown ofTrees, show(trees, folder, places, arguments.force, steps, console));
    if (ofTrees.exitCode != 0)
        return ofTrees.exitCode;
    const Part cells{"autoencoder on single cells (1500 cells, 1000 genes)",
                     "sc-autoencoder",
                     folder / "cells.h5ad",
                     {"training.epochs=20"},
                     "cells",
                     "cells-report.html"};
    steps.next("counts of 1500 cells and 1000 genes are generated");
    IBIDEM_CHECK(makeCells(cells.data, console));
    IBIDEM_TRY(const Shown ofCells, show(cells, folder, places, arguments.force, steps, console));
    if (ofCells.exitCode != 0)
        return ofCells.exitCode;
    const bool identical = ofTrees.identical && ofCells.identical;
    Json document = ofTrees.document;
    document["cells"] = ofCells.document;
    document["verdict"] = identical ? "identical" : "different";
    console.document(document);
    console.result(ofTrees.text + "\n" + ofCells.text);
    return identical ? 0 : 1;
}

} // namespace

void addDemo(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("demo", "Generate data, train two models, train them again, compare bit for bit, report",
             "ibidem demo --out demo", [arguments](Console &console) { return demo(*arguments, console); })
        .text("--out", "DIR", arguments->out, "Folder to fill; else ibidem-demo in the current folder")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
