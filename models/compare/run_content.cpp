// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/compare/run_content.h"

#include "models/base/files.h"
#include "models/runs/run_folder.h"

#include <functional>
#include <system_error>

namespace ibidem::compare {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestTable = 1ULL << 31U;

template <class T>
Result<std::vector<T>> copied(const data::Safetensors &file, const std::string &name, std::size_t count)
{
    IBIDEM_TRY(const std::span<const T> values, file.values<T>(name));
    if (values.size() != count)
        return fail(ErrorCode::BadData, "tensor " + name + " has " + std::to_string(values.size()) +
                                            " elements instead of " + std::to_string(count));
    return std::vector<T>(values.begin(), values.end());
}

/// Columns of a tensor with one row for each of `rows` samples.
Result<std::size_t> columnsOf(const data::Safetensors &file, const std::string &name, std::size_t rows)
{
    const data::TensorView *tensor = file.find(name);
    if (tensor == nullptr)
        return fail(ErrorCode::BadData, "tensor " + name + " is missing");
    if (tensor->shape.size() != 2 || tensor->shape[0] != rows)
        return fail(ErrorCode::BadData,
                    "tensor " + name + " has not one row for each of " + std::to_string(rows) + " samples");
    return static_cast<std::size_t>(tensor->shape[1]);
}

Result<SplitPredictions> splitPredictions(const data::Safetensors &file, const std::string &split)
{
    SplitPredictions part;
    IBIDEM_TRY(part.ids, file.names(split + ".sample_ids"));
    const std::size_t count = part.ids.size();
    IBIDEM_TRY(part.truth, copied<std::int32_t>(file, split + ".truth", count));
    IBIDEM_TRY(part.groups, columnsOf(file, split + ".margins", count));
    IBIDEM_TRY(part.classes, columnsOf(file, split + ".probabilities", count));
    IBIDEM_TRY(part.margins, copied<float>(file, split + ".margins", count * part.groups));
    IBIDEM_TRY(part.probabilities, copied<double>(file, split + ".probabilities", count * part.classes));
    return part;
}

Result<Predictions> predictionsOf(const data::Safetensors &file)
{
    Predictions predictions;
    for (const std::string_view split : kSplits) {
        const std::string name(split);
        if (file.find(name + ".sample_ids") == nullptr && file.find(name + ".margins") == nullptr)
            continue;
        IBIDEM_TRY(predictions[name], splitPredictions(file, name));
    }
    return predictions;
}

Result<Fingerprints> fingerprintsOf(const data::Safetensors &file)
{
    Fingerprints all;
    IBIDEM_TRY(all.geneIds, file.names("gene_ids"));
    for (const std::string_view split : kSplits) {
        const std::string name(split);
        if (file.find(name + ".sample_ids") == nullptr && file.find(name + ".sample_digests") == nullptr)
            continue;
        SplitFingerprints part;
        IBIDEM_TRY(part.ids, file.names(name + ".sample_ids"));
        IBIDEM_TRY(part.samples, copied<std::uint64_t>(file, name + ".sample_digests", part.ids.size()));
        IBIDEM_TRY(part.classes, copied<std::int32_t>(file, name + ".classes", part.ids.size()));
        IBIDEM_TRY(part.genes, copied<std::uint64_t>(file, name + ".gene_digests", all.geneIds.size()));
        all.splits.emplace(name, std::move(part));
    }
    return all;
}

Status readMetrics(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const std::string text, readFile(file, kLargestTable));
    IBIDEM_TRY(run.metrics, runs::parseMetricsCsv(text, file.string()));
    return {};
}

Status readRounds(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const std::string text, readFile(file, kLargestTable));
    IBIDEM_TRY(run.rounds, runs::parseRoundsCsv(text, file.string()));
    return {};
}

Status readModel(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const MappedFile mapped, MappedFile::open(file));
    IBIDEM_TRY(run.ensemble, data::parseXgboostUbjson(mapped.bytes(), file.string()));
    return {};
}

Result<const data::Safetensors *> openContainer(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(data::Safetensors container, data::Safetensors::open(file));
    return &run.containers.insert_or_assign(file.filename().string(), std::move(container)).first->second;
}

Status readPredictions(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const data::Safetensors *container, openContainer(file, run));
    IBIDEM_TRY(run.predictions, predictionsOf(*container));
    return {};
}

Status readFingerprints(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const data::Safetensors *container, openContainer(file, run));
    IBIDEM_TRY(run.fingerprints, fingerprintsOf(*container));
    return {};
}

Status readEpochs(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const std::string text, readFile(file, kLargestTable));
    IBIDEM_TRY(run.network.epochs, runs::parseEpochsCsv(text, file.string()));
    return {};
}

Status readTensors(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(const std::string text, readFile(file, kLargestTable));
    IBIDEM_TRY(run.network.tensors, runs::parseTensorsCsv(text, file.string()));
    return {};
}

Status readTrace(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY(run.network.traceFile, MappedFile::open(file));
    IBIDEM_TRY(run.network.trace, runs::TraceView::parse(run.network.traceFile.text(), file.string()));
    return {};
}

Status readEmbedding(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY([[maybe_unused]] const data::Safetensors *const container, openContainer(file, run));
    IBIDEM_TRY(run.network.embedding, runs::readEmbeddingFile(file));
    return {};
}

Status readContainer(const fs::path &file, RunContent &run)
{
    IBIDEM_TRY([[maybe_unused]] const data::Safetensors *const container, openContainer(file, run));
    return {};
}

/// A file that cannot be read is an error, unless the manifest already says that it is damaged: that is a
/// finding.
Status readPart(RunContent &run, std::string_view name,
                const std::function<Status(const fs::path &, RunContent &)> &read)
{
    const fs::path file = run.folder / name;
    std::error_code ignored;
    if (!fs::exists(file, ignored))
        return {};
    Status done = read(file, run);
    const auto damage = run.damages.find(std::string(name));
    if (done) {
        if (damage != run.damages.end())
            damage->second.isReadable = true;
        return {};
    }
    if (damage == run.damages.end()) {
        if (done.error().path.empty())
            done.error().path = file.string();
        return done;
    }
    damage->second.message += "; it cannot be read any more: " + done.error().message;
    return {};
}

/// The trace only tells where to look: one that makes no sense is a finding, whoever vouches for it.
void readTraceIfSound(RunContent &run)
{
    const Status done = readPart(run, runs::kTraceFile, readTrace);
    if (!done)
        run.damages[std::string(runs::kTraceFile)].message =
            std::string(runs::kTraceFile) + " makes no sense: " + done.error().message;
}

Status readNetwork(RunContent &run)
{
    IBIDEM_CHECK(readPart(run, runs::kEpochsFile, readEpochs));
    IBIDEM_CHECK(readPart(run, runs::kTensorsFile, readTensors));
    IBIDEM_CHECK(readPart(run, runs::kWeightsFile, readContainer));
    IBIDEM_CHECK(readPart(run, runs::kEmbeddingFile, readEmbedding));
    IBIDEM_CHECK(readPart(run, runs::kReconstructionFile, readContainer));
    readTraceIfSound(run);
    return {};
}

} // namespace

std::string RunContent::geneName(std::uint32_t feature) const
{
    if (ensemble && feature < ensemble->featureNames.size())
        return ensemble->featureNames[feature];
    if (fingerprints && feature < fingerprints->geneIds.size())
        return fingerprints->geneIds[feature];
    return "feature " + std::to_string(feature);
}

Result<RunContent> readRunContent(const fs::path &path)
{
    RunContent run;
    IBIDEM_TRY(run.folder, runs::locateRun(path));
    std::error_code ignored;
    const fs::path absolute = fs::weakly_canonical(run.folder, ignored);
    run.name = runs::finalPath(absolute.empty() ? run.folder : absolute).filename().string();
    IBIDEM_TRY(run.manifest, runs::readManifest(run.folder));
    for (runs::FileProblem &problem : runs::verifyFiles(run.folder, run.manifest))
        run.damages[problem.file].message = std::move(problem.message);
    IBIDEM_CHECK(readPart(run, runs::kMetricsFile, readMetrics));
    if (run.isNetwork()) {
        IBIDEM_CHECK(readNetwork(run));
        IBIDEM_CHECK(readPart(run, runs::kFingerprintsFile, readFingerprints));
        return run;
    }
    IBIDEM_CHECK(readPart(run, runs::kRoundsFile, readRounds));
    IBIDEM_CHECK(readPart(run, runs::kModelFile, readModel));
    IBIDEM_CHECK(readPart(run, runs::kPredictionsFile, readPredictions));
    IBIDEM_CHECK(readPart(run, runs::kFingerprintsFile, readFingerprints));
    return run;
}

} // namespace ibidem::compare
