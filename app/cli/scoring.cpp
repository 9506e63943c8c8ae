// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/scoring.h"

#include "models/analyze/classification_metrics.h"
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/data/safetensors.h"
#include "models/prepare/values.h"
#include "models/runs/run_folder.h"

#include <span>
#include <unordered_map>
#include <utility>

namespace ibidem::cli {

namespace {

/// Gene ids as the run recorded them, if it did and they fit the model.
std::vector<std::string> recordedGenes(const std::filesystem::path &folder,
                                       const data::TreeEnsemble &ensemble)
{
    if (!ensemble.featureNames.empty())
        return ensemble.featureNames;
    const auto file = data::Safetensors::open(folder / runs::kFingerprintsFile);
    if (!file)
        return {};
    auto names = file->names("gene_ids");
    return names && names->size() == ensemble.featureCount ? *std::move(names) : std::vector<std::string>();
}

std::vector<std::string> classNamesOf(const runs::Manifest &manifest, const data::TreeEnsemble &ensemble)
{
    if (!manifest.classNames.empty())
        return manifest.classNames;
    const std::uint32_t count = ensemble.groupCount == 1 ? 2 : ensemble.groupCount;
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i)
        names.push_back(std::to_string(i));
    return names;
}

/// For each feature of the model the column of the table.
Result<std::vector<std::size_t>> matchGenes(const LoadedModel &model, const data::ExpressionTable &table,
                                            Console &console)
{
    std::vector<std::size_t> columns(model.ensemble.featureCount);
    if (model.geneIds.empty()) {
        if (table.geneCount() != columns.size())
            return fail(ErrorCode::BadData, "the model needs " + std::to_string(columns.size()) +
                                                " genes, the table has " + std::to_string(table.geneCount()));
        for (std::size_t i = 0; i < columns.size(); ++i)
            columns[i] = i;
        console.say("the model does not say which genes it knows: they are matched by their order");
        return columns;
    }
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < table.geneIds.size(); ++i)
        places.emplace(table.geneIds[i], i);
    std::size_t missing = 0;
    std::string firstMissing;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const auto found = places.find(model.geneIds[i]);
        if (found != places.end())
            columns[i] = found->second;
        else if (missing++ == 0)
            firstMissing = model.geneIds[i];
    }
    if (missing > 0)
        return fail(ErrorCode::BadData, std::to_string(missing) + " of the model's " +
                                            std::to_string(columns.size()) +
                                            " genes are not in the table, the first is " + firstMissing);
    return columns;
}

} // namespace

Result<LoadedModel> loadModel(const std::filesystem::path &run)
{
    LoadedModel model;
    IBIDEM_TRY(model.folder, runs::locateRun(run));
    IBIDEM_TRY(model.manifest, runs::readManifest(model.folder));
    if (model.manifest.isNetwork())
        return fail(ErrorCode::Unavailable,
                    "this is a run of " + model.manifest.spec->recipe +
                        ", which knows no classes; the embedding of other cells cannot be computed yet",
                    model.folder.string(),
                    "take the embedding of its own cells: ibidem export " + run.string() +
                        " --to cells.h5ad");
    const std::filesystem::path file = model.folder / runs::kModelFile;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return fail(ErrorCode::BadData, "the run is " + model.manifest.outcome + " and has no model",
                    model.folder.string(),
                    model.manifest.outcome == "stopped" ? "go on with it: ibidem resume" : "");
    IBIDEM_TRY(const std::string bytes, readFile(file));
    IBIDEM_TRY(model.ensemble, data::parseXgboostUbjson(std::as_bytes(std::span(bytes)), file.string()));
    model.geneIds = recordedGenes(model.folder, model.ensemble);
    model.classNames = classNamesOf(model.manifest, model.ensemble);
    return model;
}

data::TableOptions tableOptions(const LoadedModel &model, std::string_view role, bool labelsGiven)
{
    if (!model.manifest.spec)
        return {};
    spec::DataSpec data = model.manifest.spec->data;
    if (labelsGiven && !data.labels)
        data.labels.emplace();
    return spec::tableOptions(data, role);
}

Result<Scores> score(const LoadedModel &model, const data::ExpressionTable &table, Console &console)
{
    IBIDEM_TRY(const std::vector<std::size_t> columns, matchGenes(model, table, console));
    const std::string values = model.manifest.spec ? model.manifest.spec->preparation.values : "tpm";
    Scores scores;
    scores.margins.resize(table.sampleCount() * model.ensemble.groupCount);
    std::vector<float> features(columns.size());
    for (std::size_t sample = 0; sample < table.sampleCount(); ++sample) {
        const double *row = table.values.data() + sample * table.geneCount();
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto value = prepare::preparedValue(row[columns[i]], values);
            if (!value)
                return fail(ErrorCode::BadData, "gene " + table.geneIds[columns[i]] + " in sample " +
                                                    table.sampleIds[sample] + ": " +
                                                    formatDouble(row[columns[i]]) + " has no value as \"" +
                                                    values + "\" in single precision");
            features[i] = *value;
        }
        model.ensemble.predictMargins(
            features,
            std::span(scores.margins).subspan(sample * model.ensemble.groupCount, model.ensemble.groupCount),
            model.ensemble.roundCount());
    }
    scores.probabilities = analyze::probabilities(scores.margins, model.classNames.size());
    scores.predicted = analyze::predictedClasses(scores.probabilities, model.classNames.size());
    return scores;
}

} // namespace ibidem::cli
