// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/cell_results.h"

#include "models/analyze/cluster_agreement.h"
#include "models/base/json.h"
#include "models/base/sha256.h"
#include "models/data/tensor_list.h"
#include "models/runs/network_files.h"
#include "models/runs/run_folder.h"
#include "models/runs/trace.h"
#include "models/train/network/sample_order.h"

#include <algorithm>
#include <array>

namespace ibidem::app {

namespace {

/// Which cells were only measured; empty where all were learned.
std::string splitDigest(const spec::RunSpec &spec, const data::PreparedCells &cells)
{
    const train::SampleParts parts = train::partsOf(spec, cells.cellIds.size());
    if (parts.validation.empty())
        return {};
    Sha256 sha;
    for (const std::uint32_t cell : parts.validation)
        sha.updateFramed(cells.cellIds[cell]);
    return sha.finishHex();
}

void addMetrics(const CellResults &results, runs::Manifest &manifest)
{
    for (const runs::MetricPoint &point : results.training.metrics)
        manifest.metrics[point.split][point.metric] = point.value;
    manifest.metrics["all"]["loss"] = results.evaluation.loss;
    if (!results.map)
        return;
    std::map<std::string, double> &analysis = manifest.metrics["analysis"];
    analysis["clusters"] = static_cast<double>(results.map->clusterSizes.size());
    analysis["modularity"] = results.map->modularity;
    if (results.labels.column.empty())
        return;
    const analyze::ClusterAgreement agreement =
        analyze::clusterAgreement(results.labels.codes, results.map->clusters);
    analysis["ari"] = agreement.adjustedRand;
    analysis["nmi"] = agreement.mutualInformation;
}

Status addEmbedding(const CellResults &results, ResultFiles &files)
{
    runs::EmbeddingFile file;
    file.cellIds = results.cells.cellIds;
    file.geneIds = results.cells.geneIds;
    file.latent = results.evaluation.embedding.size() / std::max<std::size_t>(1, file.cellIds.size());
    file.embedding = results.evaluation.embedding;
    file.cellErrors = results.evaluation.sampleErrors;
    file.geneErrors = results.evaluation.featureErrors;
    if (results.map) {
        file.map = results.map->map;
        file.clusters = results.map->clusters;
    }
    file.labelColumn = results.labels.column;
    file.labelNames = results.labels.names;
    file.labels = results.labels.codes;
    IBIDEM_TRY(files[std::string(runs::kEmbeddingFile)], runs::embeddingBytes(file));
    return {};
}

Status addReconstruction(const CellResults &results, ResultFiles &files)
{
    if (results.evaluation.output.empty())
        return {};
    data::TensorList file;
    file.add("values", data::DType::F32, {results.cells.cellIds.size(), results.cells.geneIds.size()},
             results.evaluation.output);
    IBIDEM_TRY(files[std::string(runs::kReconstructionFile)], data::safetensorsBytes(file.tensors(), {}));
    return {};
}

/// The trace was written as the run went on.
Status addTrace(const std::filesystem::path &folder, runs::Manifest &manifest)
{
    IBIDEM_TRY(const FileDigest digest, sha256File(folder / runs::kTraceFile));
    manifest.files[std::string(runs::kTraceFile)] = digest.sha256;
    manifest.digests["trace"] = digest.sha256;
    return {};
}

void addDigests(const CellResults &results, runs::Manifest &manifest, const ResultFiles &files)
{
    for (const auto &[name, file] :
         {std::pair{"model", runs::kWeightsFile}, std::pair{"metrics", runs::kMetricsFile},
          std::pair{"epochs", runs::kEpochsFile}, std::pair{"tensors", runs::kTensorsFile}})
        addDigest(manifest, files, name, file);
    manifest.digests["embedding"] = sha256Hex(std::as_bytes(std::span(results.evaluation.embedding)));
    if (!results.map)
        return;
    manifest.digests["graph"] = results.map->graphDigest;
    manifest.digests["map"] = results.map->mapDigest;
    manifest.digests["clusters"] = results.map->clusterDigest;
}

} // namespace

void describeCells(runs::Manifest &manifest, const spec::RunSpec &spec, const data::PreparedCells &cells,
                   const CellLabels &labels)
{
    for (const data::CellStage &stage : cells.summary.stages)
        manifest.preparation.push_back({stage.name, stage.digest, stage.cells, stage.genes});
    for (const data::Check &check : cells.summary.checks)
        if (check.state != data::CheckState::Ok)
            manifest.notes.push_back(check.message);
    manifest.splitDigest = splitDigest(spec, cells);
    manifest.classNames = labels.names;
    if (!labels.column.empty())
        manifest.notes.push_back("labels of the cells: the annotation \"" + labels.column + "\"");
}

Result<std::string> weightsBytes(const spec::RunSpec &spec, const spec::Network &network,
                                 std::span<const float> weights)
{
    std::vector<data::TensorView> tensors;
    for (const spec::Parameter &parameter : network.parameters) {
        const std::size_t count = spec::elementCount(parameter.shape);
        tensors.push_back({parameter.name,
                           data::DType::F32,
                           {parameter.shape.begin(), parameter.shape.end()},
                           std::as_bytes(weights.first(count))});
        weights = weights.subspan(count);
    }
    const Json architecture = {{"kind", spec::modelKindName(spec.kind)},
                               {"genes", network.nodes.front().shape.front()},
                               {"widths", spec.autoencoder.widths},
                               {"latent", spec.autoencoder.latent},
                               {"activation", spec.autoencoder.activation}};
    IBIDEM_TRY(const std::string text, compactJson(architecture));
    return data::safetensorsBytes(tensors, {{"format", "pt"}, {"ibidem", text}});
}

Status addCellResults(const CellResults &results, const std::filesystem::path &folder,
                      runs::Manifest &manifest, ResultFiles &files)
{
    const train::NetworkOutcome &training = results.training;
    manifest.chain = training.epochs.empty() ? spec::chainStart(results.spec) : training.epochs.back().chain;
    addMetrics(results, manifest);
    IBIDEM_TRY(files[std::string(runs::kWeightsFile)],
               weightsBytes(results.spec, results.network, results.weights));
    files[std::string(runs::kMetricsFile)] = runs::metricsCsv(training.metrics);
    files[std::string(runs::kEpochsFile)] = runs::epochsCsv(training.epochs);
    files[std::string(runs::kTensorsFile)] = runs::tensorsCsv(training.tensors);
    IBIDEM_CHECK(addEmbedding(results, files));
    IBIDEM_CHECK(addReconstruction(results, files));
    addDigests(results, manifest, files);
    return addTrace(folder, manifest);
}

} // namespace ibidem::app
