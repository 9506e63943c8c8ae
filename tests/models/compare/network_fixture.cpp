// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/compare/network_fixture.h"

#include "models/analyze/cluster_agreement.h"
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/base/sha256.h"
#include "models/data/safetensors.h"
#include "models/data/tensor_list.h"
#include "models/kernels/tensor_digest.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"
#include "models/runs/trace.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace ibidem::fixture {

namespace {

using data::DType;
using Weights = Meddling::Weights;

template <class T>
std::uint64_t digestOf(const std::vector<T> &values)
{
    return kernels::tensorDigest(std::as_bytes(std::span(values)));
}

template <class T>
std::string shaOf(const std::vector<T> &values)
{
    Sha256 hash;
    hash.update(std::as_bytes(std::span(values)));
    return hash.finishHex();
}

std::vector<std::uint64_t> digestsOf(const Weights &tensors)
{
    std::vector<std::uint64_t> digests;
    for (const std::vector<float> &tensor : tensors)
        digests.push_back(digestOf(tensor));
    return digests;
}

/// Everything that a training leaves.
struct Trained
{
    spec::Network network;
    Weights weights;
    std::vector<runs::StepRecord> steps;
    std::vector<runs::EpochRecord> epochs;
    std::vector<runs::TensorRecord> tensors;
    std::vector<runs::MetricPoint> metrics;
};

Weights initialWeights(const spec::Network &network, std::uint64_t seed)
{
    RandomStream random(seed, RandomPurpose::Test, 1);
    Weights weights;
    for (const spec::Parameter &parameter : network.parameters) {
        std::vector<float> tensor(spec::elementCount(parameter.shape));
        for (float &value : tensor)
            value = parameter.isBias ? 0.0F : random.uniformFloat() - 0.5F;
        weights.push_back(std::move(tensor));
    }
    return weights;
}

std::vector<std::size_t> sampleOrder(std::size_t cells, std::uint64_t seed)
{
    std::vector<std::size_t> order(cells);
    std::iota(order.begin(), order.end(), std::size_t{0});
    RandomStream random(seed, RandomPurpose::Test, 2);
    for (std::size_t i = cells; i > 1; --i)
        std::swap(order[i - 1], order[static_cast<std::size_t>(random.bounded(i))]);
    return order;
}

/// No gradient of anything, but a number that all values and weights go into.
Weights gradientsOf(const Weights &weights, const std::vector<float> &values, double &loss)
{
    Weights gradients;
    double sum = 0.0;
    float carried = 0.0F;
    for (const std::vector<float> &tensor : weights)
        carried += std::accumulate(tensor.begin(), tensor.end(), 0.0F);
    for (const std::vector<float> &tensor : weights) {
        std::vector<float> gradient(tensor.size());
        for (std::size_t i = 0; i < tensor.size(); ++i) {
            const float value = values[i % values.size()];
            carried = 0.9F * carried + tensor[i] * value;
            gradient[i] = carried - 0.25F * value;
            sum += static_cast<double>(gradient[i]) * static_cast<double>(gradient[i]);
        }
        gradients.push_back(std::move(gradient));
    }
    loss = sum / static_cast<double>(values.size());
    return gradients;
}

/// One step, recorded. The loss comes back.
double step(const NetworkRun &run, Trained &trained, int epoch, int number, std::vector<std::size_t> batch)
{
    const Meddling &meddling = run.meddling;
    if (meddling.order)
        meddling.order(epoch, number, batch);
    const std::size_t genes = run.geneIds.size();
    std::vector<float> values;
    for (const std::size_t cell : batch)
        values.insert(values.end(), run.values.begin() + static_cast<std::ptrdiff_t>(cell * genes),
                      run.values.begin() + static_cast<std::ptrdiff_t>((cell + 1) * genes));
    if (meddling.data)
        meddling.data(epoch, number, values);
    if (meddling.weights)
        meddling.weights(epoch, number, trained.weights);
    double loss = 0.0;
    Weights gradients = gradientsOf(trained.weights, values, loss);
    if (meddling.loss)
        meddling.loss(epoch, number, loss);
    if (meddling.gradients)
        meddling.gradients(epoch, number, gradients);
    const std::vector<std::uint32_t> indices(batch.begin(), batch.end());
    trained.steps.push_back({static_cast<std::uint32_t>(epoch), static_cast<std::uint32_t>(number),
                             std::bit_cast<std::uint64_t>(loss), digestOf(values), digestOf(indices),
                             digestsOf(trained.weights), digestsOf(gradients)});
    for (std::size_t t = 0; t < gradients.size(); ++t)
        for (std::size_t i = 0; i < gradients[t].size(); ++i)
            trained.weights[t][i] -= static_cast<float>(run.spec.training.learningRate) * gradients[t][i];
    return loss;
}

/// Digests of the weights after an epoch.
std::string addEpoch(Trained &trained, int epoch)
{
    Sha256 root;
    for (std::size_t t = 0; t < trained.weights.size(); ++t) {
        const std::string &name = trained.network.parameters[t].name;
        Sha256 hash;
        hash.updateFramed(name);
        hash.update(std::as_bytes(std::span(trained.weights[t])));
        const std::string digest = hash.finishHex();
        root.updateFramed(name);
        root.updateFramed(digest);
        trained.tensors.push_back({epoch, name, digest});
    }
    return root.finishHex();
}

Trained train(const NetworkRun &run, const std::string &dataDigest)
{
    Trained trained;
    trained.network = spec::networkOf(run.spec.autoencoder, run.geneIds.size());
    trained.weights = initialWeights(trained.network, run.spec.seed);
    const std::vector<std::size_t> order = sampleOrder(run.cellIds.size(), run.spec.seed);
    const auto batchSize = static_cast<std::size_t>(run.spec.training.batchSize);
    std::string link = spec::chainStart(run.spec);
    for (int epoch = 1; epoch <= run.spec.training.epochs; ++epoch) {
        double sum = 0.0;
        int number = 0;
        for (std::size_t start = 0; start < order.size(); start += batchSize) {
            const std::size_t end = std::min(order.size(), start + batchSize);
            sum += step(run, trained, epoch, ++number,
                        {order.begin() + static_cast<std::ptrdiff_t>(start),
                         order.begin() + static_cast<std::ptrdiff_t>(end)});
        }
        const runs::MetricPoint point{epoch, "train", "loss", sum / number};
        const std::string root = addEpoch(trained, epoch);
        link = runs::nextLink(link, root, {point}, dataDigest);
        trained.epochs.push_back({epoch, root, link});
        trained.metrics.push_back(point);
    }
    return trained;
}

runs::EmbeddingFile embed(const NetworkRun &run, const Trained &trained)
{
    runs::EmbeddingFile file;
    const std::size_t genes = run.geneIds.size();
    file.cellIds = run.cellIds;
    file.geneIds = run.geneIds;
    file.latent = static_cast<std::size_t>(run.spec.autoencoder.latent);
    file.geneErrors.assign(genes, 0.0F);
    for (std::size_t cell = 0; cell < file.cellIds.size(); ++cell) {
        float error = 0.0F;
        for (std::size_t k = 0; k < file.latent; ++k) {
            float sum = 0.0F;
            for (std::size_t gene = 0; gene < genes; ++gene)
                sum += run.values[cell * genes + gene] * trained.weights[0][k * genes + gene];
            file.embedding.push_back(sum);
            error += sum * sum;
        }
        file.cellErrors.push_back(error);
        for (std::size_t gene = 0; gene < genes; ++gene)
            file.geneErrors[gene] += error * run.values[cell * genes + gene];
    }
    if (run.spec.analysis.map) {
        for (std::size_t cell = 0; cell < file.cellIds.size(); ++cell) {
            const float *const row = &file.embedding[cell * file.latent];
            file.map.push_back(row[0] * static_cast<float>(run.spec.analysis.minDistance));
            file.map.push_back(row[1]);
            file.clusters.push_back(static_cast<double>(row[0]) > run.spec.analysis.resolution - 1.0 ? 1 : 0);
        }
        if (run.mapping)
            run.mapping(file.map, file.clusters);
    }
    if (!run.labels.empty()) {
        file.labelColumn = run.spec.analysis.labelColumn;
        file.labelNames = run.labelNames;
        file.labels = run.labels;
    }
    return file;
}

Status writeWeights(const std::filesystem::path &folder, const Trained &trained)
{
    data::TensorList list;
    for (std::size_t t = 0; t < trained.weights.size(); ++t) {
        const std::vector<std::size_t> &shape = trained.network.parameters[t].shape;
        list.add(trained.network.parameters[t].name, DType::F32, {shape.begin(), shape.end()},
                 trained.weights[t]);
    }
    return data::writeSafetensors(folder / runs::kWeightsFile, list.tensors(), {});
}

Status writeReconstruction(const std::filesystem::path &folder, const NetworkRun &run,
                           const runs::EmbeddingFile &embedding)
{
    std::vector<float> values = run.values;
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] += embedding.cellErrors[i / run.geneIds.size()];
    data::TensorList list;
    list.add("values", DType::F32, {run.cellIds.size(), run.geneIds.size()}, values);
    return data::writeSafetensors(folder / runs::kReconstructionFile, list.tensors(), {});
}

Status writeFingerprints(const std::filesystem::path &folder, const NetworkRun &run)
{
    const std::size_t cells = run.cellIds.size();
    const std::size_t genes = run.geneIds.size();
    std::vector<std::size_t> order(cells);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t x, std::size_t y) { return run.cellIds[x] < run.cellIds[y]; });
    std::vector<std::uint64_t> cellDigests;
    std::vector<std::uint64_t> geneDigests;
    for (std::size_t i = 0; i < cells; ++i)
        cellDigests.push_back(
            kernels::tensorDigest(std::as_bytes(std::span(run.values).subspan(i * genes, genes))));
    for (std::size_t gene = 0; gene < genes; ++gene) {
        std::vector<float> column;
        for (const std::size_t cell : order)
            column.push_back(run.values[cell * genes + gene]);
        geneDigests.push_back(digestOf(column));
    }
    const std::vector<std::int32_t> classes =
        run.labels.empty() ? std::vector<std::int32_t>(cells, -1) : run.labels;
    data::TensorList list;
    IBIDEM_CHECK(list.addNames("gene_ids", run.geneIds));
    IBIDEM_CHECK(list.addNames("train.sample_ids", run.cellIds));
    list.add("train.sample_digests", DType::U64, {cells}, cellDigests);
    list.add("train.classes", DType::I32, {cells}, classes);
    list.add("train.gene_digests", DType::U64, {genes}, geneDigests);
    return data::writeSafetensors(folder / runs::kFingerprintsFile, list.tensors(), {});
}

Status writeTrace(const std::filesystem::path &folder, const Trained &trained)
{
    std::vector<std::string> names;
    for (const spec::Parameter &parameter : trained.network.parameters)
        names.push_back(parameter.name);
    IBIDEM_TRY(runs::TraceWriter writer, runs::TraceWriter::open(folder, names, 0));
    for (const runs::StepRecord &record : trained.steps)
        IBIDEM_CHECK(writer.add(record));
    return writer.flush();
}

Status writeTables(const std::filesystem::path &folder, const Trained &trained)
{
    IBIDEM_CHECK(writeFileAtomically(folder / runs::kEpochsFile, runs::epochsCsv(trained.epochs)));
    IBIDEM_CHECK(writeFileAtomically(folder / runs::kTensorsFile, runs::tensorsCsv(trained.tensors)));
    return writeFileAtomically(folder / runs::kMetricsFile, runs::metricsCsv(trained.metrics));
}

runs::Manifest manifestOf(const NetworkRun &run)
{
    runs::Manifest manifest;
    manifest.program = "ibidem test";
    manifest.outcome = "finished";
    manifest.spec = run.spec;
    manifest.classNames = run.labelNames;
    manifest.effectiveState = run.state;
    manifest.environment = run.environment;
    manifest.preparation = {{"scale", shaOf(run.values), run.cellIds.size(), run.geneIds.size()}};
    return manifest;
}

void addResults(runs::Manifest &manifest, const NetworkRun &run, const Trained &trained,
                const runs::EmbeddingFile &embedding)
{
    manifest.roundsDone = static_cast<std::int64_t>(trained.epochs.size());
    manifest.chain = trained.epochs.back().chain;
    manifest.metrics["train"]["loss"] = trained.metrics.back().value;
    manifest.metrics["all"]["loss"] = trained.metrics.back().value;
    manifest.digests["embedding"] = shaOf(embedding.embedding);
    if (embedding.map.empty())
        return;
    manifest.digests["graph"] = sha256Hex(run.graph + manifest.digests["embedding"]);
    manifest.digests["map"] = shaOf(embedding.map);
    manifest.digests["clusters"] = shaOf(embedding.clusters);
    auto &metrics = manifest.metrics["analysis"];
    metrics["clusters"] = 2.0;
    if (!embedding.labels.empty()) {
        const auto agreement = analyze::clusterAgreement(embedding.clusters, embedding.labels);
        metrics["ari"] = agreement.adjustedRand;
        metrics["nmi"] = agreement.mutualInformation;
    }
}

} // namespace

NetworkRun makeNetworkRun(const NetworkSize &size)
{
    NetworkRun run;
    RandomStream random(3, RandomPurpose::Test);
    for (std::size_t i = 0; i < size.genes; ++i)
        run.geneIds.push_back("GENE" + std::to_string(100 + i));
    for (std::size_t i = 0; i < size.cells; ++i) {
        run.cellIds.push_back("CELL" + std::to_string(1000 + i));
        run.labels.push_back(i % 7 == 0 ? -1 : static_cast<std::int32_t>(i % 2));
    }
    for (std::size_t i = 0; i < size.cells * size.genes; ++i)
        run.values.push_back(2.0F * random.uniformFloat() - 1.0F);
    run.labelNames = {"B cells", "T cells"};
    run.spec.recipe = "sc-autoencoder";
    run.spec.kind = spec::ModelKind::Autoencoder;
    run.spec.autoencoder.widths = {6, 4};
    run.spec.autoencoder.latent = 3;
    run.spec.training.epochs = size.epochs;
    run.spec.training.batchSize = size.batchSize;
    run.spec.analysis.labelColumn = "louvain";
    run.spec.device = "cpu";
    run.spec.threads = 1;
    run.spec.isa = "avx2";
    run.state = {{"threads", {{"used", 1}}}, {"seed", 0}};
    run.environment = {{"cpu", {{"brand", "one"}}}};
    return run;
}

Status writeNetworkRun(const std::filesystem::path &folder, const NetworkRun &given)
{
    NetworkRun run = given;
    const std::string content = shaOf(run.values);
    run.spec.data.train = {"", "cells.h5ad", 1000, content, content};
    IBIDEM_CHECK(makeFolder(folder));
    runs::Manifest manifest = manifestOf(run);
    const Trained trained = train(run, runs::dataDigest(manifest.preparation));
    const runs::EmbeddingFile embedding = embed(run, trained);
    addResults(manifest, run, trained, embedding);
    IBIDEM_CHECK(writeTables(folder, trained));
    IBIDEM_CHECK(writeWeights(folder, trained));
    if (run.spec.analysis.reconstruction)
        IBIDEM_CHECK(writeReconstruction(folder, run, embedding));
    IBIDEM_TRY(const std::string bytes, runs::embeddingBytes(embedding));
    IBIDEM_CHECK(writeFileAtomically(folder / runs::kEmbeddingFile, bytes));
    if (run.hasTrace)
        IBIDEM_CHECK(writeTrace(folder, trained));
    if (run.hasFingerprints)
        IBIDEM_CHECK(writeFingerprints(folder, run));
    IBIDEM_TRY(const std::vector<std::string> files, listFolder(folder));
    for (const std::string &file : files) {
        if (file == runs::kManifestFile)
            continue;
        IBIDEM_TRY(const FileDigest digest, sha256File(folder / file));
        manifest.files[file] = digest.sha256;
    }
    return runs::writeManifest(folder, manifest);
}

} // namespace ibidem::fixture
