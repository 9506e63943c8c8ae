// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/tree_ensemble.h"
#include "models/train/checkpoints/checkpoint.h"
#include "models/train/trees/trees_trainer.h"
#include "tests/models/train/synthetic_expression.h"

#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>

using namespace ibidem;
using namespace ibidem::train;

namespace {

class Recorder : public TrainListener
{
public:
    std::stop_source stop;
    std::int64_t stopAfter = 0;
    std::int64_t fromRound = -1;
    bool refuse = false;
    Json library;
    std::vector<std::string> checkpoints;
    std::vector<std::string> warnings;
    std::int64_t rounds = 0;

    Status ready(const Json &state) override
    {
        library = state;
        if (refuse)
            return fail(ErrorCode::Unavailable, "the state contradicts the level");
        return {};
    }

    void started(std::int64_t from) override { fromRound = from; }

    void round(std::int64_t round, std::int64_t, const std::vector<runs::MetricPoint> &) override
    {
        ++rounds;
        if (round == stopAfter)
            stop.request_stop();
    }

    void checkpoint(std::int64_t, const std::string &file) override { checkpoints.push_back(file); }

    void warning(const std::string &message) override { warnings.push_back(message); }
};

Result<TrainOutcome> trained(const spec::RunSpec &spec, const prepare::PreparedExpression &data,
                             const std::filesystem::path &folder, Recorder &recorder, bool resume = false,
                             GradientProbe probe = {})
{
    return createTreesTrainer(std::move(probe))
        ->train({spec, data, folder, resume}, recorder, RunToken(recorder.stop.get_token()));
}

TrainOutcome trained(const spec::RunSpec &spec, const prepare::PreparedExpression &data,
                     GradientProbe probe = {})
{
    const QTemporaryDir folder;
    Recorder recorder;
    auto outcome = trained(spec, data, folder.path().toStdString(), recorder, false, std::move(probe));
    if (!outcome)
        qFatal("%s", describe(outcome.error()).c_str());
    return *std::move(outcome);
}

bool same(const TrainOutcome &a, const TrainOutcome &b)
{
    return a.model == b.model && a.metrics == b.metrics && a.trainMargins == b.trainMargins &&
           a.testMargins == b.testMargins && a.roundsDone == b.roundsDone;
}

double lastMetric(const TrainOutcome &outcome, const std::string &split, const std::string &metric)
{
    for (auto one = outcome.metrics.rbegin(); one != outcome.metrics.rend(); ++one) {
        if (one->split == split && one->metric == metric)
            return one->value;
    }
    return -1.0;
}

} // namespace

class TestTreesTrainer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void learns_data();
    void learns();
    void portableIsTheSameForEveryThreadCount_data();
    void portableIsTheSameForEveryThreadCount();
    void everyChangeIsSeen();
    void oneUlpInOneGradientIsSeen();
    void stopsWithACheckpointAndResumesToTheSameBits_data();
    void stopsWithACheckpointAndResumesToTheSameBits();
    void resumesWithAnotherThreadCount();
    void keepsTwoCheckpoints();
    void skipsADamagedCheckpoint();
    void refusesForeignCheckpoints();
    void reportsItsStateBeforeTheFirstRound();
    void anUnfittingObjectiveIsRefused();
};

void TestTreesTrainer::learns_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("level");
    for (const int classes : {2, 3}) {
        for (const int level : {0, 1, 2, 3})
            QTest::addRow("%d classes, level %d", classes, level) << classes << level;
    }
}

void TestTreesTrainer::learns()
{
    QFETCH(int, classes);
    QFETCH(int, level);
    spec::RunSpec spec = syntheticSpec();
    spec.level = static_cast<spec::Level>(level);
    const auto data = syntheticExpression(static_cast<std::size_t>(classes));
    const TrainOutcome outcome = trained(spec, data);
    QVERIFY(!outcome.stopped);
    QCOMPARE(outcome.roundsDone, std::int64_t{30});
    QCOMPARE(outcome.metrics.size(), std::size_t{30 * 4});
    QVERIFY(lastMetric(outcome, "train", "accuracy") > 0.9);
    QVERIFY(lastMetric(outcome, "test", "accuracy") > 0.6);
    const auto ensemble = data::parseXgboostUbjson(
        std::as_bytes(std::span(outcome.model.data(), outcome.model.size())), "model");
    QVERIFY(ensemble.has_value());
    QCOMPARE(ensemble->trees.size(), std::size_t{30} * static_cast<std::size_t>(classes == 2 ? 1 : classes));
    QVERIFY(same(outcome, trained(spec, data)));
}

void TestTreesTrainer::portableIsTheSameForEveryThreadCount_data()
{
    QTest::addColumn<int>("classes");
    QTest::newRow("two classes") << 2;
    QTest::newRow("three classes") << 3;
}

void TestTreesTrainer::portableIsTheSameForEveryThreadCount()
{
    QFETCH(int, classes);
    const auto data = syntheticExpression(static_cast<std::size_t>(classes), 700, 60, 40);
    spec::RunSpec spec = syntheticSpec();
    const TrainOutcome one = trained(spec, data);
    for (const int threads : {2, 3, 5}) {
        spec.threads = threads;
        const TrainOutcome more = trained(spec, data);
        QVERIFY(same(one, more));
        QCOMPARE(integerAt(more.effectiveState, "nthread").value(), std::int64_t{threads});
    }
}

void TestTreesTrainer::everyChangeIsSeen()
{
    const auto data = syntheticExpression(2);
    const spec::RunSpec spec = syntheticSpec();
    const TrainOutcome reference = trained(spec, data);
    spec::RunSpec seed = spec;
    seed.seed = 1;
    QVERIFY(!same(reference, trained(seed, data)));
    spec::RunSpec rate = spec;
    rate.trees.learningRate = 0.21;
    QVERIFY(!same(reference, trained(rate, data)));
    auto value = data;
    value.train.values[0] = -3.0F; // a gene that tells the classes apart, in one sample
    QVERIFY(!same(reference, trained(spec, value)));
    auto label = data;
    label.train.classes[0] = 1 - label.train.classes[0];
    QVERIFY(!same(reference, trained(spec, label)));
}

void TestTreesTrainer::oneUlpInOneGradientIsSeen()
{
    const auto data = syntheticExpression(2);
    spec::RunSpec spec = syntheticSpec();
    spec.trees.subsample = 1.0; // every sample is used in every round
    const TrainOutcome reference = trained(spec, data);
    const auto harmless = [](std::int64_t, std::span<float>, std::span<float>) {};
    QVERIFY(same(reference, trained(spec, data, harmless)));
    const auto oneUlp = [](std::int64_t round, std::span<float> gradients, std::span<float>) {
        if (round == 7)
            gradients[5] = std::nextafter(gradients[5], 2.0F);
    };
    QVERIFY(!same(reference, trained(spec, data, oneUlp)));
}

void TestTreesTrainer::stopsWithACheckpointAndResumesToTheSameBits_data()
{
    QTest::addColumn<int>("classes");
    QTest::addColumn<int>("level");
    for (const int classes : {2, 3}) {
        for (const int level : {1, 2, 3})
            QTest::addRow("%d classes, level %d", classes, level) << classes << level;
    }
}

void TestTreesTrainer::stopsWithACheckpointAndResumesToTheSameBits()
{
    QFETCH(int, classes);
    QFETCH(int, level);
    spec::RunSpec spec = syntheticSpec();
    spec.level = static_cast<spec::Level>(level);
    const auto data = syntheticExpression(static_cast<std::size_t>(classes));
    const TrainOutcome whole = trained(spec, data);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    bool resume = false;
    for (const std::int64_t stopAfter : {4, 13, 29}) {
        Recorder recorder;
        recorder.stopAfter = stopAfter;
        const auto stopped = trained(spec, data, path, recorder, resume);
        QVERIFY(stopped.has_value());
        QVERIFY(stopped->stopped);
        QCOMPARE(stopped->roundsDone, stopAfter);
        QVERIFY(!recorder.checkpoints.empty());
        QCOMPARE(recorder.checkpoints.back(), checkpointName("round", stopAfter));
        resume = true;
    }
    Recorder recorder;
    const auto finished = trained(spec, data, path, recorder, true);
    QVERIFY(finished.has_value());
    QCOMPARE(recorder.fromRound, std::int64_t{29});
    QCOMPARE(recorder.rounds, std::int64_t{1});
    QVERIFY(same(*finished, whole));
    QVERIFY(finished->effectiveState == whole.effectiveState);
}

void TestTreesTrainer::resumesWithAnotherThreadCount()
{
    spec::RunSpec spec = syntheticSpec();
    const auto data = syntheticExpression(2, 700, 60, 40);
    const TrainOutcome whole = trained(spec, data);
    const QTemporaryDir folder;
    Recorder first;
    first.stopAfter = 11;
    QVERIFY(trained(spec, data, folder.path().toStdString(), first).has_value());
    spec.threads = 3;
    Recorder second;
    const auto finished = trained(spec, data, folder.path().toStdString(), second, true);
    QVERIFY(finished.has_value());
    QCOMPARE(second.fromRound, std::int64_t{11});
    QCOMPARE(integerAt(second.library, "nthread").value(), std::int64_t{3});
    QVERIFY(same(*finished, whole));
}

void TestTreesTrainer::keepsTwoCheckpoints()
{
    spec::RunSpec spec = syntheticSpec();
    spec.checkpointEvery = 5;
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    Recorder recorder;
    QVERIFY(trained(spec, syntheticExpression(2), path, recorder).has_value());
    QCOMPARE(checkpointRounds(path / runs::kCheckpointFolder, "round"), (std::vector<std::int64_t>{25, 20}));
    QCOMPARE(recorder.checkpoints.size(), std::size_t{5});
}

void TestTreesTrainer::skipsADamagedCheckpoint()
{
    const spec::RunSpec spec = syntheticSpec();
    const auto data = syntheticExpression(2);
    const TrainOutcome whole = trained(spec, data);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    Recorder first;
    first.stopAfter = 25;
    QVERIFY(trained(spec, data, path, first).has_value());
    const std::filesystem::path newest = path / runs::kCheckpointFolder / checkpointName("round", 25);
    std::string bytes = readFile(newest).value();
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    QVERIFY(writeFileAtomically(newest, bytes).has_value());
    Recorder second;
    const auto finished = trained(spec, data, path, second, true);
    QVERIFY(finished.has_value());
    QCOMPARE(second.warnings.size(), std::size_t{1});
    QVERIFY(second.warnings[0].find("round-000025") != std::string::npos);
    QCOMPARE(second.fromRound, std::int64_t{20});
    QVERIFY(same(*finished, whole));

    // Both damaged, one of them cut off: from the start, with the same bits.
    for (const std::int64_t round : checkpointRounds(path / runs::kCheckpointFolder, "round"))
        QVERIFY(
            writeFileAtomically(path / runs::kCheckpointFolder / checkpointName("round", round), "half").has_value());
    Recorder third;
    const auto again = trained(spec, data, path, third, true);
    QVERIFY(again.has_value());
    QCOMPARE(third.fromRound, std::int64_t{0});
    QVERIFY(!third.warnings.empty());
    QVERIFY(same(*again, whole));
}

void TestTreesTrainer::refusesForeignCheckpoints()
{
    const spec::RunSpec spec = syntheticSpec();
    const auto data = syntheticExpression(2);
    const QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    Recorder recorder;
    recorder.stopAfter = 12;
    QVERIFY(trained(spec, data, path, recorder).has_value());
    spec::RunSpec other = spec;
    other.trees.maxDepth = 4;
    Recorder second;
    const auto wrongSpec = trained(other, data, path, second, true);
    QVERIFY(!wrongSpec.has_value());
    QCOMPARE(wrongSpec.error().code, ErrorCode::BadSpec);
    auto otherData = data;
    otherData.stages[0].digest = std::string(64, '0');
    Recorder third;
    const auto wrongData = trained(spec, otherData, path, third, true);
    QVERIFY(!wrongData.has_value());
    QCOMPARE(wrongData.error().code, ErrorCode::BadData);
    Recorder fourth;
    QVERIFY(trained(spec, data, path, fourth, true).has_value());
    QCOMPARE(fourth.fromRound, std::int64_t{12});
}

void TestTreesTrainer::reportsItsStateBeforeTheFirstRound()
{
    spec::RunSpec spec = syntheticSpec();
    spec.seed = 42;
    spec.threads = 2;
    const QTemporaryDir folder;
    Recorder recorder;
    recorder.refuse = true;
    const auto refused = trained(spec, syntheticExpression(2), folder.path().toStdString(), recorder);
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ErrorCode::Unavailable);
    QCOMPARE(recorder.rounds, std::int64_t{0});
    QCOMPARE(recorder.fromRound, std::int64_t{-1});
    const Json &library = recorder.library;
    QCOMPARE(stringAt(library, "name").value(), std::string("xgboost"));
    QCOMPARE(stringAt(library, "version").value(), std::string("3.4.1"));
    QCOMPARE(integerAt(library, "nthread").value(), std::int64_t{2});
    QCOMPARE(integerAt(library, "seed").value(), std::int64_t{42});
    QCOMPARE(boolAt(library, "seedPerIteration").value(), true);
    QCOMPARE(boolAt(library, "ownGradients").value(), true);
    QCOMPARE(stringAt(library, "device").value(), std::string("cpu"));
    QCOMPARE(stringAt(library, "treeMethod").value(), std::string("hist"));
    const Json &parameters = library.at("parameters");
    QCOMPARE(parameters.at("gradient_booster.tree_train_param.sampling_method").get<std::string>(),
             std::string("uniform"));
    QCOMPARE(parameters.at("gradient_booster.tree_train_param.subsample").get<std::string>(),
             std::string("0.699999988"));
    QVERIFY(!parameters.contains("generic_param.rng_state"));
}

void TestTreesTrainer::anUnfittingObjectiveIsRefused()
{
    spec::RunSpec spec = syntheticSpec();
    spec.trees.objective = "binary:logistic";
    const QTemporaryDir folder;
    Recorder recorder;
    const auto refused = trained(spec, syntheticExpression(3), folder.path().toStdString(), recorder);
    QVERIFY(!refused.has_value());
    QCOMPARE(refused.error().code, ErrorCode::BadSpec);
}

QTEST_GUILESS_MAIN(TestTreesTrainer)
#include "tst_trees_trainer.moc"
