// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/run_output.h"
#include "app/cli/scoring.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/analyze/classification_metrics.h"
#include "models/base/text.h"
#include "models/prepare/expression.h"
#include "models/prepare/labels.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string run;
    std::string table;
    std::optional<std::string> labels;
};

struct Evaluation
{
    std::size_t samples = 0;
    std::size_t samplesWithoutClass = 0;
    std::map<std::string, double> metrics;
    std::vector<std::uint64_t> confusion;
};

/// The classes of the samples that have one, by the same rules as for training.
Result<prepare::LabelledSamples> labelledSamples(const LoadedModel &model, const data::ExpressionTable &table,
                                                 const Arguments &arguments,
                                                 std::optional<data::TableContainer> labels)
{
    spec::RunSpec spec;
    if (model.manifest.spec)
        spec.data.options = model.manifest.spec->data.options;
    spec.data.train.name = arguments.table;
    if (arguments.labels) {
        spec.data.labels.emplace();
        spec.data.labels->name = *arguments.labels;
    }
    const prepare::PreparationInputs inputs{table, {}, std::move(labels), {}, {}};
    IBIDEM_TRY(prepare::JoinedLabels joined, prepare::joinLabels(inputs, spec));
    return std::move(joined.train);
}

Result<std::int32_t> classOf(const LoadedModel &model, const std::string &sample, const std::string &label)
{
    const auto found = std::find(model.classNames.begin(), model.classNames.end(), label);
    if (found == model.classNames.end())
        return fail(ErrorCode::BadData,
                    "sample " + ibidem::quoted(sample) + " has the class " + ibidem::quoted(label) +
                        ", which the model does not know",
                    {}, "the model knows " + join(model.classNames, ", "));
    return static_cast<std::int32_t>(found - model.classNames.begin());
}

Result<Evaluation> evaluationOf(const LoadedModel &model, const data::ExpressionTable &table,
                                const prepare::LabelledSamples &samples, Console &console)
{
    IBIDEM_TRY(const Scores scores, score(model, table, console));
    const std::size_t groups = model.ensemble.groupCount;
    std::vector<std::int32_t> truth;
    std::vector<std::int32_t> predicted;
    std::vector<float> margins;
    for (std::size_t i = 0; i < samples.rows.size(); ++i) {
        const std::size_t row = samples.rows[i];
        IBIDEM_TRY(const std::int32_t one, classOf(model, table.sampleIds[row], samples.labels[i]));
        truth.push_back(one);
        predicted.push_back(scores.predicted[row]);
        for (std::size_t group = 0; group < groups; ++group)
            margins.push_back(scores.margins[row * groups + group]);
    }
    const std::size_t classes = model.classNames.size();
    return Evaluation{truth.size(), table.sampleCount() - truth.size(),
                      analyze::allMetrics(truth, margins, classes),
                      analyze::confusionMatrix(truth, predicted, classes).counts};
}

Result<int> evaluate(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const LoadedModel model, loadModel(arguments.run));
    const bool labelsGiven = arguments.labels.has_value();
    const Places places = Places::ofUser();
    IBIDEM_TRY(const data::TableContainer container,
               openContainer(arguments.table, tableOptions(model, "test", labelsGiven), places, console));
    std::optional<data::TableContainer> labels;
    if (arguments.labels) {
        IBIDEM_TRY(labels, openContainer(*arguments.labels, tableOptions(model, "labels", labelsGiven),
                                         places, console));
    }
    const auto evaluation = labelledSamples(model, container.table, arguments, std::move(labels))
                                .and_then([&](const prepare::LabelledSamples &samples) {
                                    return evaluationOf(model, container.table, samples, console);
                                });
    if (!evaluation) {
        Error error = evaluation.error();
        error.path = error.path.empty() ? arguments.table : error.path;
        return tl::unexpected<Error>(std::move(error));
    }
    if (evaluation->samplesWithoutClass > 0)
        console.warn(std::to_string(evaluation->samplesWithoutClass) +
                     " samples have no class and are left out");
    console.document(Json{{"run", model.folder.string()},
                          {"table", arguments.table},
                          {"samples", evaluation->samples},
                          {"metrics", evaluation->metrics},
                          {"confusion", confusionJson(model.classNames, evaluation->confusion)}});
    console.result(metricsText({{std::to_string(evaluation->samples) + " samples", evaluation->metrics}}) +
                   "\n" + confusionText(model.classNames, evaluation->confusion));
    return 0;
}

} // namespace

void addEvaluate(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("evaluate", "Metrics and confusion matrix of a model on a table with classes",
             "ibidem evaluate my-run lcep_test.tsv",
             [arguments](Console &console) { return evaluate(*arguments, console); })
        .positionalOrOption("--run", "RUN", arguments->run, "Folder of the run")
        .positionalOrOption("--data", "TABLE", arguments->table, "Table of samples with classes")
        .text("--labels", "PATH", arguments->labels, "Classes of the samples: CLS file or annotation table");
}

} // namespace ibidem::cli
