// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Whole runs of the autoencoder: the same bits whatever is allowed to differ, and every break on purpose
// found and named.
#include "app/train/training_run.h"
#include "models/compare/comparison.h"
#include "models/data/count_matrix.h"
#include "models/kernels/isa.h"
#include "models/prepare/generate_cells.h"
#include "models/runs/network_files.h"
#include "models/spec/recipes.h"
#include "tests/app/train/train_program.h"

#include <cmath>

using namespace ibidem;

namespace {

spec::RunSpec specOf(const spec::Input &input, const std::vector<std::string> &overrides = {})
{
    std::vector<std::string> all{"widths=24,12",      "latent=6",        "epochs=3",    "batchSize=64",
                                 "checkpointEvery=1", "threads=1",       "isa=scalar",  "device=cpu",
                                 "minGenes=5",        "minDispersion=0", "mapEpochs=30"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    spec::RunSpec spec = *spec::withOverrides(spec::findRecipe("sc-autoencoder")->spec, all);
    spec.data.train = input;
    return spec;
}

/// Two cells in each other's place, with all that belongs to them.
data::CountMatrix swappedCells(const data::CountMatrix &matrix, std::size_t a, std::size_t b)
{
    data::CountMatrix swapped = matrix;
    std::swap(swapped.cellIds[a], swapped.cellIds[b]);
    for (data::CellColumn &column : swapped.cellColumns) {
        if (!column.codes.empty())
            std::swap(column.codes[a], column.codes[b]);
        if (!column.numbers.empty())
            std::swap(column.numbers[a], column.numbers[b]);
    }
    const data::SparseView rows = matrix.rows.view();
    swapped.rows = {};
    swapped.rows.columnCount = rows.columnCount;
    for (std::size_t row = 0; row < rows.rowCount(); ++row) {
        const std::size_t from = row == a ? b : row == b ? a : row;
        const auto columns = rows.rowColumns(from);
        const auto values = rows.rowValues(from);
        swapped.rows.columns.insert(swapped.rows.columns.end(), columns.begin(), columns.end());
        swapped.rows.values.insert(swapped.rows.values.end(), values.begin(), values.end());
        swapped.rows.starts.push_back(swapped.rows.columns.size());
    }
    return swapped;
}

} // namespace

class TestNetworkRuns : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase();
    void holdsEverythingThatAReviewerNeeds();
    void givesTheSameBits_data();
    void givesTheSameBits();
    void goesOnAfterTwentyKills();
    void stopsAndGoesOn();
    void findsOneUlp();
    void findsAnotherOrder();
    void findsSwappedCells();
    void saysWhichNumbersWentWrong();
    void refusesAnUnknownAnnotation();

private:
    [[nodiscard]] spec::Input add(const std::string &name, const data::CountMatrix &matrix) const;
    [[nodiscard]] std::filesystem::path broken(const std::string &name, train::NetworkProbe probe) const;

    [[nodiscard]] runs::Manifest manifestOf(const std::filesystem::path &run) const
    {
        auto manifest = runs::readManifest(run);
        if (!manifest)
            qFatal("%s", manifest.error().message.c_str());
        return *std::move(manifest);
    }

    TrainProgram m_program;
    data::CountMatrix m_matrix;
    spec::Input m_input;
    std::filesystem::path m_reference;
};

spec::Input TestNetworkRuns::add(const std::string &name, const data::CountMatrix &matrix) const
{
    data::MatrixContainer container;
    container.summary.kind = std::string(data::kMatrixKind);
    container.summary.format = "h5ad-2";
    container.summary.shape = {matrix.cellIds.size(), matrix.geneIds.size()};
    container.summary.fileSha256 = sha256Hex(std::string_view(name));
    container.summary.matrix = data::MatrixFacts();
    container.summary.matrix->nonZero = matrix.rows.values.size();
    container.summary.matrix->counts = true;
    container.summary.matrix->source = "X";
    container.summary.matrix->sources = {"X"};
    container.matrix = matrix;
    const data::Cache store(m_program.cache());
    const auto file = store.pathOf(data::Cache::key(container.summary.fileSha256, {}, data::kMatrixVersion));
    if (const Status written = data::writeMatrixContainer(file, container); !written)
        qFatal("%s", written.error().message.c_str());
    const auto read = data::MatrixFile::open(file);
    if (!read)
        qFatal("%s", read.error().message.c_str());
    return {{}, name, 1, container.summary.fileSha256, (*read)->summary().digest};
}

void TestNetworkRuns::initTestCase()
{
    qputenv("IBIDEM_CACHE", QByteArray::fromStdString(m_program.cache().string()));
    m_matrix = *prepare::generateCells({200, 150, 4, 2, 800.0, 0.45, 2.5, 0.15, 0.2, 3});
    m_input = add("cells.h5ad", m_matrix);
    m_reference = m_program.path("reference");
    QByteArray errors;
    const int code =
        m_program.train(m_program.writeSpec("reference.json", specOf(m_input)), m_reference, {}, {}, &errors);
    QVERIFY2(code == 0, errors);
}

void TestNetworkRuns::holdsEverythingThatAReviewerNeeds()
{
    const runs::Manifest manifest = manifestOf(m_reference);
    QCOMPARE(manifest.outcome, std::string("finished"));
    QCOMPARE(manifest.roundsDone, std::int64_t{3});
    for (const char *name :
         {"model", "metrics", "epochs", "tensors", "trace", "embedding", "graph", "map", "clusters"})
        QVERIFY2(manifest.digests.contains(name), name);
    for (const char *name : {"ari", "nmi", "clusters", "modularity"})
        QVERIFY2(manifest.metrics.at("analysis").contains(name), name);
    QVERIFY(runs::verifyFiles(m_reference, manifest).empty());
    const auto embedding = runs::readEmbeddingFile(m_reference / runs::kEmbeddingFile);
    QVERIFY2(embedding.has_value(), embedding ? "" : embedding.error().message.c_str());
    QCOMPARE(embedding->latent, std::size_t{6});
    QCOMPARE(embedding->labelColumn, std::string("cell_type"));
    QCOMPARE(embedding->map.size(), 2 * embedding->cellIds.size());
    QCOMPARE(embedding->labels.size(), embedding->cellIds.size());
    // A flipped bit of the trace is no longer what the manifest vouches for.
    const auto copy = m_program.path("flipped");
    std::filesystem::copy(m_reference, copy, std::filesystem::copy_options::recursive);
    auto trace = *readFile(copy / "trace.bin", 1 << 24);
    trace[trace.size() / 2] = static_cast<char>(trace[trace.size() / 2] ^ 4);
    QVERIFY(writeFileAtomically(copy / "trace.bin", trace).has_value());
    QCOMPARE(runs::verifyFiles(copy, manifest).size(), std::size_t{1});
}

void TestNetworkRuns::givesTheSameBits_data()
{
    QTest::addColumn<QStringList>("overrides");
    QTest::addColumn<QString>("variable");
    QTest::addColumn<QString>("value");
    QTest::addColumn<bool>("same");
    for (const kernels::Isa isa : kernels::availableIsas()) {
        const QString name = QString::fromStdString(std::string(kernels::isaName(isa)));
        for (const char *threads : {"1", "2", "3"})
            QTest::addRow("%s, %s threads", qPrintable(name), threads)
                << QStringList{"isa=" + name, QStringLiteral("threads=") + threads} << "LC_ALL"
                << "C.UTF-8" << true;
    }
    QTest::newRow("locale") << QStringList{} << "LC_ALL"
                            << "de_DE.UTF-8" << true;
    QTest::newRow("zone") << QStringList{} << "TZ"
                          << "Pacific/Chatham" << true;
    QTest::newRow("threads of libraries") << QStringList{} << "OMP_NUM_THREADS"
                                          << "5" << true;
    QTest::newRow("checkpoints") << QStringList{"checkpointEvery=3"} << "LC_ALL"
                                 << "C.UTF-8" << true;
    // Controls: what must give something else.
    QTest::newRow("seed") << QStringList{"seed=1"} << "LC_ALL"
                          << "C.UTF-8" << false;
    QTest::newRow("order") << QStringList{"order=shuffled"} << "LC_ALL"
                           << "C.UTF-8" << false;
}

void TestNetworkRuns::givesTheSameBits()
{
    QFETCH(const QStringList, overrides);
    QFETCH(const QString, variable);
    QFETCH(const QString, value);
    QFETCH(const bool, same);
    std::vector<std::string> assignments;
    for (const QString &one : overrides)
        assignments.push_back(one.toStdString());
    const auto run = m_program.path("again");
    std::filesystem::remove_all(run);
    QTemporaryDir elsewhere;
    QByteArray errors;
    const int code = m_program.train(m_program.writeSpec("again.json", specOf(m_input, assignments)), run,
                                     {{variable, value}}, elsewhere.path(), &errors);
    QVERIFY2(code == 0, errors);
    const runs::Manifest a = manifestOf(m_reference);
    const runs::Manifest b = manifestOf(run);
    QCOMPARE(a.chain == b.chain, same);
    QCOMPARE(a.digests == b.digests, same); // the map's too: one machine
    const auto comparison = compare::compareRuns(m_reference, run);
    QVERIFY2(comparison.has_value(), comparison ? "" : comparison.error().message.c_str());
    QVERIFY2((comparison->verdict == compare::Verdict::Identical) == same, comparison->sentence.c_str());
}

/// Killed wherever it happens to be, again and again, until nothing is left to kill.
void TestNetworkRuns::goesOnAfterTwentyKills()
{
    const spec::RunSpec spec = specOf(m_input, {"epochs=400", "batchSize=16", "threads=2"});
    const auto file = m_program.writeSpec("killed.json", spec);
    QCOMPARE(m_program.train(file, m_program.path("whole")), 0);
    const auto run = m_program.path("killed");
    const QString name = QString::fromStdString(run.string());
    QStringList arguments = {QString::fromStdString(file.string()), name};
    RandomStream random(5, RandomPurpose::Test);
    int kills = 0;
    for (int attempt = 0; attempt < 60 && kills < 20; ++attempt) {
        const auto process = m_program.start(arguments);
        TrainProgram::waitForRound(run, *process, static_cast<std::int64_t>(random.bounded(18)) + 18 * kills);
        process->kill();
        TrainProgram::finish(*process);
        if (!std::filesystem::exists(run.string() + ".partial"))
            break;
        ++kills;
        arguments = {"--resume", name};
    }
    QCOMPARE(kills, 20);
    QByteArray errors;
    QVERIFY2(m_program.resume(run, &errors) == 0, errors);
    const auto comparison = compare::compareRuns(m_program.path("whole"), run);
    QVERIFY2(comparison.has_value(), comparison ? "" : comparison.error().message.c_str());
    QVERIFY2(comparison->verdict == compare::Verdict::Identical, comparison->sentence.c_str());
    QVERIFY(manifestOf(run).digests == manifestOf(m_program.path("whole")).digests);
}

void TestNetworkRuns::stopsAndGoesOn()
{
    const spec::RunSpec spec = specOf(m_input, {"epochs=2000", "checkpointEvery=1000"});
    const auto run = m_program.path("stopped");
    const auto process =
        m_program.start({QString::fromStdString(m_program.writeSpec("stopped.json", spec).string()),
                         QString::fromStdString(run.string())});
    TrainProgram::waitForRound(run, *process, 20);
    process->write("stop\n");
    QCOMPARE(TrainProgram::finish(*process), 75);
    const runs::Manifest manifest = manifestOf(run);
    QCOMPARE(manifest.outcome, std::string("stopped"));
    QVERIFY(manifest.roundsDone >= 19 && manifest.roundsDone < 2000);
    QVERIFY(manifest.chain.empty());
    QCOMPARE(m_program.resume(run), 0);
    QCOMPARE(manifestOf(run).roundsDone, std::int64_t{2000});
}

/// A run of the reference's specification in this process, broken on purpose.
std::filesystem::path TestNetworkRuns::broken(const std::string &name, train::NetworkProbe probe) const
{
    app::TrainOptions options;
    options.spec = m_program.path("reference.json");
    options.folder = m_program.path(name);
    options.probe = std::move(probe);
    const auto code = app::runTraining(options, {});
    if (!code || *code != 0)
        qFatal("%s", code ? "not finished" : code.error().message.c_str());
    return options.folder;
}

void TestNetworkRuns::findsOneUlp()
{
    // Without a break the run in this process is the reference.
    QCOMPARE(manifestOf(broken("sound", {})).chain, manifestOf(m_reference).chain);
    train::NetworkProbe probe;
    probe.weights = [](std::int64_t epoch, std::int64_t step, std::span<float> weights) {
        if (epoch == 2 && step == 3)
            weights[11] = std::nextafter(weights[11], 10.0F);
    };
    const auto comparison = compare::compareRuns(m_reference, broken("ulp", std::move(probe)));
    QVERIFY2(comparison.has_value(), comparison ? "" : comparison.error().message.c_str());
    QVERIFY(comparison->verdict == compare::Verdict::Different);
    QCOMPARE(comparison->firstRound, std::optional<std::int64_t>(2));
    QCOMPARE(comparison->firstStep, std::optional<std::int64_t>(3));
    QCOMPARE(comparison->firstLayer, std::string("encoder.0"));
    const QString sentence = QString::fromStdString(comparison->sentence);
    QVERIFY2(sentence.contains("epoch 2") && sentence.contains("step 3") && sentence.contains("weights") &&
                 sentence.contains("encoder.0.weight"),
             qPrintable(sentence));
}

void TestNetworkRuns::findsAnotherOrder()
{
    train::NetworkProbe probe;
    probe.order = [](std::int64_t epoch, std::span<std::uint32_t> order) {
        if (epoch == 3)
            std::swap(order[64], order[70]);
    };
    const auto comparison = compare::compareRuns(m_reference, broken("order", std::move(probe)));
    QVERIFY2(comparison.has_value(), comparison ? "" : comparison.error().message.c_str());
    QCOMPARE(comparison->firstRound, std::optional<std::int64_t>(3));
    QCOMPARE(comparison->firstStep, std::optional<std::int64_t>(2));
    QVERIFY2(QString::fromStdString(comparison->sentence).contains("order"), comparison->sentence.c_str());
}

void TestNetworkRuns::findsSwappedCells()
{
    const spec::Input input = add("swapped.h5ad", swappedCells(m_matrix, 3, 8));
    const auto run = m_program.path("swapped");
    QByteArray errors;
    QVERIFY2(m_program.train(m_program.writeSpec("swapped.json", specOf(input)), run, {}, {}, &errors) == 0,
             errors);
    const auto comparison = compare::compareRuns(m_reference, run);
    QVERIFY2(comparison.has_value(), comparison ? "" : comparison.error().message.c_str());
    QVERIFY(comparison->verdict == compare::Verdict::Different);
    const QString sentence = QString::fromStdString(comparison->sentence);
    QCOMPARE(comparison->firstRound, std::optional<std::int64_t>(1));
    QVERIFY2(sentence.contains(QString::fromStdString(m_matrix.cellIds[3])) &&
                 sentence.contains("changed places"),
             qPrintable(sentence));
}

void TestNetworkRuns::saysWhichNumbersWentWrong()
{
    const auto run = m_program.path("diverged");
    QByteArray errors;
    const int code = m_program.train(
        m_program.writeSpec("diverged.json",
                            specOf(m_input, {"optimiser=sgd", "learningRate=1", "epochs=300", "scale=false",
                                             "logarithm=false", "selectGenes=false"})),
        run, {}, {}, &errors);
    QCOMPARE(code, 78);
    QVERIFY2(errors.contains("epoch ") && errors.contains("step ") && errors.contains("learningRate"),
             errors);
    QCOMPARE(manifestOf(run).outcome, std::string("failed"));
}

void TestNetworkRuns::refusesAnUnknownAnnotation()
{
    QByteArray errors;
    const int code =
        m_program.train(m_program.writeSpec("label.json", specOf(m_input, {"analysis.labelColumn=tissue"})),
                        m_program.path("label"), {}, {}, &errors);
    QCOMPARE(code, 78);
    QVERIFY2(errors.contains("tissue") && errors.contains("cell_type"), errors);
}

QTEST_GUILESS_MAIN(TestNetworkRuns)
#include "tst_network_runs.moc"
