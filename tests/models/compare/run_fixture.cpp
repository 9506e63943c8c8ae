// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/compare/run_fixture.h"

#include "models/analyze/classification_metrics.h"
#include "models/base/files.h"
#include "models/base/philox.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/data/safetensors.h"
#include "models/kernels/tensor_digest.h"

#include <algorithm>
#include <fstream>
#include <numeric>

namespace ibidem::fixture {

namespace {

using data::DType;
using data::TensorView;

constexpr std::size_t kClasses = 2;

template <class T>
std::span<const std::byte> bytesOf(const std::vector<T> &values)
{
    return std::as_bytes(std::span(values));
}

std::string digestOf(const Part &part)
{
    Sha256 hash;
    for (std::size_t i = 0; i < part.ids.size(); ++i) {
        hash.updateFramed(part.ids[i]);
        hash.updateInteger(static_cast<std::uint64_t>(part.classes[i]));
    }
    hash.update(bytesOf(part.values));
    return hash.finishHex();
}

Part makePart(const std::string &prefix, std::size_t samples, std::size_t genes, RandomStream &random)
{
    Part part;
    for (std::size_t i = 0; i < samples; ++i) {
        std::string number = std::to_string(i + 1);
        part.ids.push_back(prefix + std::string(4 - number.size(), '0') + number);
        part.classes.push_back(static_cast<std::int32_t>(i % kClasses));
        for (std::size_t gene = 0; gene < genes; ++gene)
            part.values.push_back(10.0F * random.uniformFloat() + static_cast<float>(part.classes.back()));
    }
    return part;
}

data::TreeNode leaf(float value)
{
    data::TreeNode node;
    node.value = value;
    node.cover = 5.0F;
    return node;
}

/// Depth two: seven nodes, thresholds taken from the data.
data::Tree makeTree(const FixtureRun &run, RandomStream &random)
{
    const std::size_t genes = run.geneIds.size();
    data::Tree tree;
    for (const auto &[left, right] : {std::pair{1, 2}, std::pair{3, 4}, std::pair{5, 6}}) {
        data::TreeNode node;
        node.left = left;
        node.right = right;
        node.feature = static_cast<std::uint32_t>(random.bounded(genes));
        const auto sample = static_cast<std::size_t>(random.bounded(run.train.ids.size()));
        node.threshold = run.train.values[sample * genes + node.feature];
        node.defaultLeft = random.bounded(2) == 0;
        node.gain = 10.0F * random.uniformFloat();
        node.cover = 20.0F;
        tree.nodes.push_back(node);
    }
    const auto rate = static_cast<float>(run.spec.trees.learningRate);
    for (int i = 0; i < 4; ++i)
        tree.nodes.push_back(leaf(rate * (random.uniformFloat() - 0.5F)));
    return tree;
}

std::vector<float> marginsOf(const FixtureRun &run, const Part &part, std::size_t rounds)
{
    const std::size_t genes = run.geneIds.size();
    std::vector<float> margins(part.ids.size());
    for (std::size_t i = 0; i < part.ids.size(); ++i)
        run.ensemble.predictMargins(std::span(part.values).subspan(i * genes, genes),
                                    std::span(margins).subspan(i, 1), rounds);
    return margins;
}

/// Margins of one part, one tree more at a time: what a trainer keeps.
class GrowingMargins
{
public:
    GrowingMargins(const FixtureRun &run, const Part &part)
        : m_run(run)
        , m_part(part)
        , m_margins(part.ids.size(), run.ensemble.baseMargin[0])
    {
        m_step.groupCount = 1;
        m_step.featureCount = run.ensemble.featureCount;
        m_step.baseMargin = {0.0F};
    }

    const std::vector<float> &after(std::size_t tree)
    {
        m_step.trees = {m_run.ensemble.trees[tree]};
        const std::size_t genes = m_run.geneIds.size();
        for (std::size_t i = 0; i < m_margins.size(); ++i) {
            float leafValue = 0.0F;
            m_step.predictMargins(std::span(m_part.values).subspan(i * genes, genes),
                                  std::span(&leafValue, 1), 1);
            m_margins[i] += leafValue;
        }
        return m_margins;
    }

private:
    const FixtureRun &m_run;
    const Part &m_part;
    data::TreeEnsemble m_step;
    std::vector<float> m_margins;
};

void addRoundMetrics(const std::string &split, const Part &part, const std::vector<float> &margins,
                     std::int64_t round, std::vector<runs::MetricPoint> &points)
{
    for (const auto &[metric, value] : analyze::roundMetrics(part.classes, margins, kClasses))
        points.push_back({round, split, metric, value});
}

std::vector<std::uint64_t> sampleDigests(const Part &part, std::size_t genes)
{
    std::vector<std::uint64_t> digests;
    for (std::size_t i = 0; i < part.ids.size(); ++i)
        digests.push_back(
            kernels::tensorDigest(std::as_bytes(std::span(part.values).subspan(i * genes, genes))));
    return digests;
}

std::vector<std::uint64_t> geneDigests(const Part &part, std::size_t genes)
{
    std::vector<std::size_t> order(part.ids.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(),
              [&](std::size_t x, std::size_t y) { return part.ids[x] < part.ids[y]; });
    std::vector<std::uint64_t> digests;
    std::vector<float> column(order.size());
    for (std::size_t gene = 0; gene < genes; ++gene) {
        for (std::size_t i = 0; i < order.size(); ++i)
            column[i] = part.values[order[i] * genes + gene];
        digests.push_back(kernels::tensorDigest(bytesOf(column)));
    }
    return digests;
}

/// Tensors with the bytes that they point to.
class TensorList
{
public:
    template <class T>
    void add(const std::string &name, DType type, std::vector<std::uint64_t> shape,
             const std::vector<T> &values)
    {
        const auto bytes = bytesOf(values);
        m_bytes.emplace_back(bytes.begin(), bytes.end());
        m_entries.push_back({name, type, std::move(shape), {}});
    }

    Status addNames(const std::string &name, const std::vector<std::string> &names)
    {
        IBIDEM_TRY(const std::string packed, data::packNames(names));
        add(name, DType::U8, {packed.size()}, std::vector<char>(packed.begin(), packed.end()));
        return {};
    }

    Status write(const std::filesystem::path &file)
    {
        for (std::size_t i = 0; i < m_entries.size(); ++i)
            m_entries[i].bytes = m_bytes[i];
        return data::writeSafetensors(file, m_entries, {});
    }

private:
    std::vector<std::vector<std::byte>> m_bytes;
    std::vector<TensorView> m_entries;
};

Status writePredictions(const std::filesystem::path &folder, const FixtureRun &run)
{
    TensorList list;
    for (const auto &[name, part] : {std::pair{"train", &run.train}, std::pair{"test", &run.test}}) {
        const std::string split = name;
        const std::uint64_t count = part->ids.size();
        const std::vector<float> margins = marginsOf(run, *part, run.ensemble.roundCount());
        IBIDEM_CHECK(list.addNames(split + ".sample_ids", part->ids));
        list.add(split + ".truth", DType::I32, {count}, part->classes);
        list.add(split + ".margins", DType::F32, {count, 1}, margins);
        list.add(split + ".probabilities", DType::F64, {count, kClasses},
                 analyze::probabilities(margins, kClasses));
    }
    return list.write(folder / runs::kPredictionsFile);
}

Status writeFingerprints(const std::filesystem::path &folder, const FixtureRun &run)
{
    TensorList list;
    const std::size_t genes = run.geneIds.size();
    IBIDEM_CHECK(list.addNames("gene_ids", run.geneIds));
    for (const auto &[name, part] : {std::pair{"train", &run.train}, std::pair{"test", &run.test}}) {
        const std::string split = name;
        IBIDEM_CHECK(list.addNames(split + ".sample_ids", part->ids));
        list.add(split + ".sample_digests", DType::U64, {part->ids.size()}, sampleDigests(*part, genes));
        list.add(split + ".classes", DType::I32, {part->ids.size()}, part->classes);
        list.add(split + ".gene_digests", DType::U64, {genes}, geneDigests(*part, genes));
    }
    return list.write(folder / runs::kFingerprintsFile);
}

Status writeTables(const std::filesystem::path &folder, const FixtureRun &run, runs::Manifest &manifest)
{
    std::vector<runs::MetricPoint> all;
    std::vector<runs::RoundRecord> rounds;
    const std::string data = runs::dataDigest(manifest.preparation);
    std::string link = spec::chainStart(run.spec);
    GrowingMargins train(run, run.train);
    GrowingMargins test(run, run.test);
    for (std::size_t i = 0; i < run.ensemble.trees.size(); ++i) {
        const auto round = static_cast<std::int64_t>(i) + 1;
        std::vector<runs::MetricPoint> points;
        addRoundMetrics("train", run.train, train.after(i), round, points);
        addRoundMetrics("test", run.test, test.after(i), round, points);
        Sha256 hash;
        hash.updateFramed(run.ensemble.treeBytes(i));
        const std::string tree = hash.finishHex();
        link = runs::nextLink(link, tree, points, data);
        rounds.push_back({round, tree, link});
        all.insert(all.end(), points.begin(), points.end());
    }
    manifest.chain = run.outcome == "finished" ? link : std::string();
    manifest.roundsDone = static_cast<std::int64_t>(run.ensemble.trees.size());
    IBIDEM_CHECK(writeFileAtomically(folder / runs::kMetricsFile, runs::metricsCsv(all)));
    return writeFileAtomically(folder / runs::kRoundsFile, runs::roundsCsv(rounds));
}

Status writeImportance(const std::filesystem::path &folder, const FixtureRun &run)
{
    std::string text = "gene,weight,gain,cover\n";
    for (const data::FeatureImportance &one : data::featureImportance(run.ensemble))
        text += run.geneIds[one.feature] + "," + std::to_string(one.weight) + "," + formatDouble(one.gain) +
                "," + formatDouble(one.cover) + "\n";
    return writeFileAtomically(folder / runs::kImportanceFile, text);
}

runs::Manifest manifestOf(const FixtureRun &run)
{
    runs::Manifest manifest;
    manifest.program = "ibidem test";
    manifest.outcome = run.outcome;
    manifest.spec = run.spec;
    manifest.classNames = {"healthy", "tumour"};
    manifest.effectiveState = run.state;
    manifest.environment = run.environment;
    const std::uint64_t samples = run.train.ids.size() + run.test.ids.size();
    Sha256 values;
    values.updateFramed(digestOf(run.train));
    values.updateFramed(digestOf(run.test));
    manifest.preparation = {{"values", values.finishHex(), samples, run.geneIds.size()}};
    for (const auto &[split, part] : {std::pair{"train", &run.train}, std::pair{"test", &run.test}})
        manifest.metrics[split] =
            analyze::allMetrics(part->classes, marginsOf(run, *part, run.ensemble.roundCount()), kClasses);
    return manifest;
}

} // namespace

FixtureRun makeRun(const Size &size)
{
    FixtureRun run;
    RandomStream random(1, RandomPurpose::Test);
    for (std::size_t i = 0; i < size.genes; ++i)
        run.geneIds.push_back("ENSG" + std::to_string(10000 + i));
    run.train = makePart("TRA", size.train, size.genes, random);
    run.test = makePart("TES", size.test, size.genes, random);
    run.spec.trees.rounds = size.rounds;
    run.spec.device = "cpu";
    run.spec.threads = 1;
    run.spec.isa = "avx2";
    run.state = {{"threads", {{"used", 1}}}, {"seed", 0}, {"library", {{"version", "3.4.1"}}}};
    run.environment = {{"cpu", {{"brand", "one"}}}};
    trainEnsemble(run);
    return run;
}

void trainEnsemble(FixtureRun &run)
{
    run.spec.data.train = {"", "train.tsv", 1000, digestOf(run.train), digestOf(run.train)};
    run.spec.data.test = spec::Input{"", "test.tsv", 500, digestOf(run.test), digestOf(run.test)};
    run.ensemble = {};
    run.ensemble.objective = "binary:logistic";
    run.ensemble.featureCount = static_cast<std::uint32_t>(run.geneIds.size());
    run.ensemble.featureNames = run.geneIds;
    run.ensemble.baseMargin = {0.0F};
    for (int round = 1; round <= run.spec.trees.rounds; ++round) {
        RandomStream random(run.spec.seed, RandomPurpose::Test, static_cast<std::uint32_t>(round));
        run.ensemble.trees.push_back(makeTree(run, random));
    }
}

Status writeRun(const std::filesystem::path &folder, const FixtureRun &run)
{
    IBIDEM_CHECK(makeFolder(folder));
    runs::Manifest manifest = manifestOf(run);
    IBIDEM_CHECK(writeTables(folder, run, manifest));
    IBIDEM_TRY(const std::string model, data::xgboostUbjson(run.ensemble));
    IBIDEM_CHECK(writeFileAtomically(folder / runs::kModelFile, model));
    IBIDEM_CHECK(writePredictions(folder, run));
    IBIDEM_CHECK(writeFingerprints(folder, run));
    IBIDEM_CHECK(writeImportance(folder, run));
    IBIDEM_TRY(const std::vector<std::string> files, listFolder(folder));
    for (const std::string &file : files) {
        IBIDEM_TRY(const FileDigest digest, sha256File(folder / file));
        manifest.files[file] = digest.sha256;
    }
    return runs::writeManifest(folder, manifest);
}

Status flipBit(const std::filesystem::path &file, std::size_t bit)
{
    IBIDEM_TRY(std::string bytes, readFile(file));
    if (bit / 8 >= bytes.size())
        return fail(ErrorCode::Internal, "the file has no such bit", file.string());
    bytes[bit / 8] = static_cast<char>(static_cast<unsigned char>(bytes[bit / 8]) ^ (1U << (bit % 8)));
    // Not writeFileAtomically: hundreds of bits are flipped, and waiting for the disk each time is of no use
    // here.
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << bytes;
    out.close();
    return out ? Status{} : fail(ErrorCode::CannotWrite, "cannot be written", file.string());
}

std::string describe(const compare::Comparison &comparison)
{
    std::string text = comparison.sentence + "\n";
    for (const compare::Difference &one : comparison.differences)
        text += one.what + " | " + one.where + " | " + one.a + " | " + one.b + " | " +
                std::to_string(one.count) + (one.informative ? " | informative\n" : "\n");
    return text;
}

} // namespace ibidem::fixture
