// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/tree_results.h"

#include "models/analyze/classification_metrics.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/data/tensor_list.h"
#include "models/data/tree_ensemble.h"

#include <algorithm>
#include <bit>

namespace ibidem::app {

namespace {

std::span<const std::byte> bytesOf(std::string_view text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

Result<std::string> predictionBytes(const prepare::PreparedExpression &data,
                                    const train::TrainOutcome &outcome)
{
    data::TensorList file;
    std::vector<std::vector<double>> kept;
    kept.reserve(2);
    const auto add = [&](const std::string &split, const prepare::PreparedSet &set,
                         const std::vector<float> &margins) -> Status {
        const std::uint64_t samples = set.sampleIds.size();
        const std::uint64_t classes = data.classNames.size();
        IBIDEM_CHECK(file.addNames(split + ".sample_ids", set.sampleIds));
        file.add(split + ".truth", data::DType::I32, {samples}, set.classes);
        file.add(split + ".margins", data::DType::F32, {samples, margins.size() / samples}, margins);
        kept.push_back(analyze::probabilities(margins, data.classNames.size()));
        file.add(split + ".probabilities", data::DType::F64, {samples, classes}, kept.back());
        return {};
    };
    IBIDEM_CHECK(add("train", data.train, outcome.trainMargins));
    IBIDEM_CHECK(add("test", data.test, outcome.testMargins));
    return data::safetensorsBytes(file.tensors(), {});
}

std::string importanceCsv(const data::TreeEnsemble &ensemble, const std::vector<std::string> &genes)
{
    std::string text = "gene,weight,gain,cover\n";
    for (const data::FeatureImportance &one : data::featureImportance(ensemble))
        text += genes[one.feature] + "," + std::to_string(one.weight) + "," + formatDouble(one.gain) + "," +
                formatDouble(one.cover) + "\n";
    return text;
}

std::string roundDigest(const data::TreeEnsemble &ensemble, std::size_t round)
{
    Sha256 sha;
    for (std::size_t group = 0; group < ensemble.groupCount; ++group)
        sha.updateFramed(ensemble.treeBytes(round * ensemble.groupCount + group));
    return sha.finishHex();
}

std::vector<runs::RoundRecord> roundRecords(const data::TreeEnsemble &ensemble, const spec::RunSpec &spec,
                                            const std::vector<runs::MetricPoint> &metrics,
                                            const std::string &dataDigest)
{
    std::vector<runs::RoundRecord> records;
    std::string link = spec::chainStart(spec);
    auto next = metrics.begin();
    for (std::size_t i = 0; i < ensemble.roundCount(); ++i) {
        const auto round = static_cast<std::int64_t>(i) + 1;
        const auto end = std::find_if(next, metrics.end(),
                                      [round](const runs::MetricPoint &one) { return one.round != round; });
        std::string tree = roundDigest(ensemble, i);
        link = runs::nextLink(link, tree, {next, end}, dataDigest);
        records.push_back({round, std::move(tree), link});
        next = end;
    }
    return records;
}

Status checkMargins(const data::TreeEnsemble &ensemble, const prepare::PreparedSet &set,
                    const std::vector<float> &margins)
{
    std::vector<float> own(ensemble.groupCount);
    for (std::size_t i = 0; i < set.sampleIds.size(); ++i) {
        ensemble.predictMargins(
            std::span(set.values).subspan(i * ensemble.featureCount, ensemble.featureCount), own,
            ensemble.roundCount());
        for (std::size_t group = 0; group < own.size(); ++group) {
            const float trained = margins[i * own.size() + group];
            if (std::bit_cast<std::uint32_t>(own[group]) != std::bit_cast<std::uint32_t>(trained))
                return fail(ErrorCode::Internal, "sample " + set.sampleIds[i] + ": XGBoost's margin " +
                                                     formatFloat(trained) + " is not the saved model's " +
                                                     formatFloat(own[group]));
        }
    }
    return {};
}

void addMetrics(runs::Manifest &manifest, const std::string &split, const prepare::PreparedSet &set,
                const std::vector<float> &margins, std::size_t classCount)
{
    manifest.metrics[split] = analyze::allMetrics(set.classes, margins, classCount);
    const auto probabilities = analyze::probabilities(margins, classCount);
    const auto predicted = analyze::predictedClasses(probabilities, classCount);
    manifest.confusion[split] = analyze::confusionMatrix(set.classes, predicted, classCount).counts;
}

} // namespace

void describeExpression(runs::Manifest &manifest, const prepare::PreparedExpression &data)
{
    manifest.preparation = train::stageRecords(data);
    manifest.splitDigest = data.splitDigest;
    manifest.classNames = data.classNames;
    manifest.notes = data.notes;
}

Status addTreeResults(runs::Manifest &manifest, ResultFiles &files, const spec::RunSpec &spec,
                      const prepare::PreparedExpression &data, const train::TrainOutcome &outcome)
{
    IBIDEM_TRY(const data::TreeEnsemble ensemble,
               data::parseXgboostUbjson(bytesOf(outcome.model), std::string(runs::kModelFile)));
    if (static_cast<std::int64_t>(ensemble.roundCount()) != outcome.roundsDone)
        return fail(ErrorCode::Internal, "the model has " + std::to_string(ensemble.roundCount()) +
                                             " rounds, not " + std::to_string(outcome.roundsDone));
    if (spec.level == spec::Level::Portable) {
        IBIDEM_CHECK(checkMargins(ensemble, data.train, outcome.trainMargins));
        IBIDEM_CHECK(checkMargins(ensemble, data.test, outcome.testMargins));
    }
    const std::vector<runs::RoundRecord> records =
        roundRecords(ensemble, spec, outcome.metrics, runs::dataDigest(manifest.preparation));
    manifest.chain = records.empty() ? spec::chainStart(spec) : records.back().chain;
    addMetrics(manifest, "train", data.train, outcome.trainMargins, data.classNames.size());
    addMetrics(manifest, "test", data.test, outcome.testMargins, data.classNames.size());
    IBIDEM_TRY(std::string predictions, predictionBytes(data, outcome));
    files[std::string(runs::kModelFile)] = outcome.model;
    files[std::string(runs::kMetricsFile)] = runs::metricsCsv(outcome.metrics);
    files[std::string(runs::kRoundsFile)] = runs::roundsCsv(records);
    files[std::string(runs::kPredictionsFile)] = std::move(predictions);
    files[std::string(runs::kImportanceFile)] = importanceCsv(ensemble, data.geneIds);
    for (const auto &[name, file] :
         {std::pair{"model", runs::kModelFile}, std::pair{"metrics", runs::kMetricsFile},
          std::pair{"rounds", runs::kRoundsFile}, std::pair{"predictions", runs::kPredictionsFile},
          std::pair{"importance", runs::kImportanceFile}})
        addDigest(manifest, files, name, file);
    return {};
}

} // namespace ibidem::app
