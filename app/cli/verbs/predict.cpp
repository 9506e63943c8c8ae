// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/scoring.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/base/text.h"

#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string run;
    std::string table;
    std::optional<std::string> out;
    bool force = false;
};

std::string tsvOf(const LoadedModel &model, const data::ExpressionTable &table, const Scores &scores)
{
    const std::size_t groups = model.ensemble.groupCount;
    const std::size_t classes = model.classNames.size();
    std::string text = "sample\tpredicted";
    for (std::size_t group = 0; group < groups; ++group)
        text += groups == 1 ? "\tmargin" : "\tmargin_" + model.classNames[group];
    for (const std::string &name : model.classNames)
        text += "\tprobability_" + name;
    text += "\n";
    for (std::size_t i = 0; i < table.sampleCount(); ++i) {
        text += table.sampleIds[i] + "\t" + model.classNames[static_cast<std::size_t>(scores.predicted[i])];
        for (std::size_t group = 0; group < groups; ++group)
            text += "\t" + formatFloat(scores.margins[i * groups + group]);
        for (std::size_t k = 0; k < classes; ++k)
            text += "\t" + formatDouble(scores.probabilities[i * classes + k]);
        text += "\n";
    }
    return text;
}

Json documentOf(const LoadedModel &model, const data::ExpressionTable &table, const Scores &scores)
{
    const std::size_t groups = model.ensemble.groupCount;
    const std::size_t classes = model.classNames.size();
    Json predictions = Json::array();
    for (std::size_t i = 0; i < table.sampleCount(); ++i) {
        Json margins = Json::array();
        for (std::size_t group = 0; group < groups; ++group)
            margins.push_back(static_cast<double>(scores.margins[i * groups + group]));
        Json probabilities = Json::array();
        for (std::size_t k = 0; k < classes; ++k)
            probabilities.push_back(scores.probabilities[i * classes + k]);
        predictions.push_back(
            Json{{"sample", table.sampleIds[i]},
                 {"predicted", model.classNames[static_cast<std::size_t>(scores.predicted[i])]},
                 {"margins", std::move(margins)},
                 {"probabilities", std::move(probabilities)}});
    }
    return Json{{"run", model.folder.string()},
                {"classes", model.classNames},
                {"predictions", std::move(predictions)}};
}

Result<int> predict(const Arguments &arguments, Console &console)
{
    if (arguments.out)
        IBIDEM_CHECK(refuseOverwrite(*arguments.out, arguments.force));
    IBIDEM_TRY(const LoadedModel model, loadModel(arguments.run));
    IBIDEM_TRY(const data::TableContainer container,
               openContainer(arguments.table, tableOptions(model, "test"), Places::ofUser(), console));
    auto scores = score(model, container.table, console);
    if (!scores) {
        scores.error().path = arguments.table;
        return tl::unexpected<Error>(scores.error());
    }
    if (!arguments.out) {
        console.document(documentOf(model, container.table, *scores));
        console.result(tsvOf(model, container.table, *scores));
        return 0;
    }
    IBIDEM_CHECK(writeFileAtomically(*arguments.out, tsvOf(model, container.table, *scores)));
    console.document(Json{
        {"run", model.folder.string()}, {"out", *arguments.out}, {"samples", container.table.sampleCount()}});
    console.result(*arguments.out + "\n");
    return 0;
}

} // namespace

void addPredict(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("predict", "Class, margin and probabilities of each sample of a table",
             "ibidem predict my-run new_samples.tsv --out predictions.tsv",
             [arguments](Console &console) { return predict(*arguments, console); })
        .positionalOrOption("--run", "RUN", arguments->run, "Folder of the run")
        .positionalOrOption("--data", "TABLE", arguments->table, "Table of samples")
        .text("-o,--out", "FILE", arguments->out, "TSV to write; else standard output")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
