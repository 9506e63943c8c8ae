// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/spec/recipes.h"
#include "models/train/checkpoints/checkpoint.h"
#include "models/train/network/sample_order.h"
#include "tests/models/train/one_training.h"

#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <limits>
#include <set>

using namespace ibidem;
using namespace ibidem::train;

namespace {

constexpr std::size_t kSamples = 230;
constexpr std::int64_t kSteps = 4; ///< an epoch: batches of 64

/// Mixtures of five patterns with noise: something that four numbers a sample can hold.
std::vector<float> samples()
{
    RandomStream random(7, RandomPurpose::Test);
    std::vector<float> patterns(5 * kGenes);
    for (float &value : patterns)
        value = static_cast<float>(random.normal());
    std::vector<float> values(kSamples * kGenes);
    for (std::size_t i = 0; i < kSamples; ++i) {
        const std::size_t pattern = i % 5;
        const float strength = 0.5F + random.uniformFloat();
        for (std::size_t gene = 0; gene < kGenes; ++gene)
            values[i * kGenes + gene] =
                strength * patterns[pattern * kGenes + gene] + 0.1F * static_cast<float>(random.normal());
    }
    return values;
}

spec::RunSpec smallSpec(const std::vector<std::string> &overrides = {})
{
    std::vector<std::string> all{"widths=16,8",       "latent=4",  "epochs=5",  "batchSize=64",
                                 "checkpointEvery=2", "threads=1", "isa=scalar"};
    all.insert(all.end(), overrides.begin(), overrides.end());
    return *spec::withOverrides(spec::findRecipe("sc-autoencoder")->spec, all);
}

/// The first step whose record differs, counted from 0.
std::size_t firstDifferentStep(const runs::Trace &a, const runs::Trace &b)
{
    std::size_t step = 0;
    while (step < a.steps.size() && step < b.steps.size() && a.steps[step] == b.steps[step])
        ++step;
    return step;
}

} // namespace

class TestNetworkTrainer : public QObject
{
    Q_OBJECT

private slots:
    void init();
    void learns();
    void givesTheSameBits_data();
    void givesTheSameBits();
    void resumesToTheSameBits_data();
    void resumesToTheSameBits();
    void goesBackToAnOlderCheckpoint();
    void takesUpWhatAKillLeft();
    void refusesForeignCheckpoints();
    void findsOneUlpOfOneWeight();
    void findsSwappedSamples();
    void findsAnotherOrder();
    void shufflesEachEpochAnew();
    void measuresWhatIsHeldOut();
    void losesPatience();
    void stopsAtNumbersThatAreNone();
    void trainsWithEveryOptimiser_data();
    void trainsWithEveryOptimiser();
    void evaluatesEverySample();

private:
    [[nodiscard]] std::filesystem::path path(const std::string &name) const
    {
        return std::filesystem::path(m_folder->path().toStdString()) / name;
    }

    Trained must(const spec::RunSpec &spec, const std::string &name, const std::vector<float> &values,
                 NetworkProbe probe = {})
    {
        Recorder recorder;
        auto result = trained(spec, path(name), values, recorder, false, std::move(probe));
        if (!result)
            qFatal("%s", result.error().message.c_str());
        return *std::move(result);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::vector<float> m_values = samples();
};

void TestNetworkTrainer::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
}

void TestNetworkTrainer::learns()
{
    Recorder recorder;
    const auto run = trained(smallSpec({"epochs=60"}), path("run"), m_values, recorder);
    QVERIFY2(run.has_value(), run ? "" : run.error().message.c_str());
    QCOMPARE(run->outcome.epochsDone, std::int64_t{60});
    QCOMPARE(recorder.points.size(), std::size_t{60});
    QVERIFY(recorder.points.back().value < 0.5 * recorder.points.front().value);
    QCOMPARE(run->trace.steps.size(), std::size_t{60 * kSteps});
    QCOMPARE(run->outcome.tensors.size(), std::size_t{60 * 12});
    QCOMPARE(run->trace.tensors.front(), std::string("encoder.0.weight"));
    QCOMPARE(*stringAt(recorder.library, "name"), std::string("ibidem-kernels"));
    // Every epoch moves the weights: no root and no link comes twice.
    std::set<std::string> roots;
    for (const runs::EpochRecord &epoch : run->outcome.epochs) {
        roots.insert(epoch.root);
        roots.insert(epoch.chain);
    }
    QCOMPARE(roots.size(), std::size_t{120});
}

void TestNetworkTrainer::givesTheSameBits_data()
{
    QTest::addColumn<QString>("isa");
    QTest::addColumn<int>("threads");
    for (const kernels::Isa isa : kernels::availableIsas())
        for (const int threads : {1, 2, 3, 7})
            QTest::addRow("%s, %d threads", kernels::isaName(isa).data(), threads)
                << QString::fromStdString(std::string(kernels::isaName(isa))) << threads;
}

void TestNetworkTrainer::givesTheSameBits()
{
    QFETCH(const QString, isa);
    QFETCH(const int, threads);
    const Trained reference = must(smallSpec(), "reference", m_values);
    const Trained other = must(smallSpec({"isa=" + isa.toStdString(), "threads=" + std::to_string(threads)}),
                               "other", m_values);
    QCOMPARE(other.chain(), reference.chain());
    QVERIFY(other.weights == reference.weights);
    QVERIFY(other.trace.steps == reference.trace.steps);
    // The control: another seed.
    QVERIFY(must(smallSpec({"seed=1"}), "control", m_values).chain() != reference.chain());
}

void TestNetworkTrainer::resumesToTheSameBits_data()
{
    QTest::addColumn<int>("stopBefore"); // in steps of the whole training
    for (int step = 1; step <= 5 * kSteps; step += 3)
        QTest::addRow("before step %d", step) << step;
}

void TestNetworkTrainer::resumesToTheSameBits()
{
    QFETCH(const int, stopBefore);
    const Trained whole = must(smallSpec(), "whole", m_values);
    Recorder first;
    int count = 0;
    NetworkProbe probe;
    probe.weights = [&](std::int64_t, std::int64_t, std::span<float>) {
        if (++count == stopBefore)
            first.stop.request_stop(); // the step is finished, then the training stops
    };
    const auto half = trained(smallSpec(), path("halves"), m_values, first, false, std::move(probe));
    QVERIFY2(half.has_value(), half ? "" : half.error().message.c_str());
    const bool wasLast = stopBefore == 5 * kSteps;
    QCOMPARE(half->outcome.stopped, !wasLast);
    QCOMPARE(half->trace.steps.size(), static_cast<std::size_t>(stopBefore));
    Recorder second;
    const auto rest = trained(smallSpec({"threads=2"}), path("halves"), m_values, second, true);
    QVERIFY2(rest.has_value(), rest ? "" : rest.error().message.c_str());
    QVERIFY2(second.warnings.empty(), second.warnings.empty() ? "" : second.warnings.front().c_str());
    QCOMPARE(second.fromRound, std::int64_t{stopBefore / kSteps});
    QCOMPARE(rest->chain(), whole.chain());
    QVERIFY(rest->weights == whole.weights);
    QVERIFY(rest->trace.steps == whole.trace.steps);
    QVERIFY(rest->outcome.metrics == whole.outcome.metrics);
    QVERIFY(rest->outcome.tensors == whole.outcome.tensors);
}

void TestNetworkTrainer::goesBackToAnOlderCheckpoint()
{
    const Trained whole = must(smallSpec(), "run", m_values);
    const std::filesystem::path checkpoints = path("run") / runs::kCheckpointFolder;
    QCOMPARE(checkpointRounds(checkpoints, "epoch"), (std::vector<std::int64_t>{5, 4}));
    auto bytes = *readFile(checkpoints / checkpointName("epoch", 5), 1 << 24);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    QVERIFY(writeFileAtomically(checkpoints / checkpointName("epoch", 5), bytes).has_value());
    Recorder recorder;
    const auto again = trained(smallSpec(), path("run"), m_values, recorder, true);
    QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
    QCOMPARE(recorder.fromRound, std::int64_t{4});
    QCOMPARE(recorder.warnings.size(), std::size_t{1});
    QVERIFY(std::filesystem::exists(checkpoints / (checkpointName("epoch", 5) + ".damaged")));
    QCOMPARE(again->chain(), whole.chain());
    QVERIFY(again->trace.steps == whole.trace.steps);
}

/// More records than the checkpoint knows of, the last one torn.
void TestNetworkTrainer::takesUpWhatAKillLeft()
{
    const Trained whole = must(smallSpec(), "run", m_values);
    const std::filesystem::path folder = path("run");
    QVERIFY(std::filesystem::remove(folder / runs::kCheckpointFolder / checkpointName("epoch", 5)));
    auto trace = *readFile(folder / runs::kTraceFile, 1 << 24);
    trace.resize(trace.size() - 5);
    QVERIFY(writeFileAtomically(folder / runs::kTraceFile, trace).has_value());
    Recorder recorder;
    const auto again = trained(smallSpec(), folder, m_values, recorder, true);
    QVERIFY2(again.has_value(), again ? "" : again.error().message.c_str());
    QCOMPARE(recorder.fromRound, std::int64_t{4});
    QVERIFY(again->trace.steps == whole.trace.steps);
    QCOMPARE(again->chain(), whole.chain());
    // A trace that is too short for a checkpoint makes the checkpoint useless, not the run.
    QVERIFY(writeFileAtomically(folder / runs::kTraceFile, "").has_value());
    Recorder fresh;
    const auto fromStart = trained(smallSpec(), folder, m_values, fresh, true);
    QVERIFY2(fromStart.has_value(), fromStart ? "" : fromStart.error().message.c_str());
    QCOMPARE(fresh.fromRound, std::int64_t{0});
    QVERIFY(!fresh.warnings.empty());
    QCOMPARE(fromStart->chain(), whole.chain());
}

void TestNetworkTrainer::refusesForeignCheckpoints()
{
    must(smallSpec(), "run", m_values);
    Recorder recorder;
    const auto other = trained(smallSpec({"learningRate=0.002"}), path("run"), m_values, recorder, true);
    QVERIFY(!other.has_value());
    QCOMPARE(other.error().code, ErrorCode::BadSpec);
    // Nor what another library wrote; and it is kept for that one.
    const std::filesystem::path newest = path("run") / runs::kCheckpointFolder / checkpointName("epoch", 5);
    const CheckpointOwner older{spec::chainStart(smallSpec()), "data", "ibidem-kernels (matmul 0)", "epoch"};
    bool foreign = false;
    QVERIFY(!readCheckpoint(newest, older, &foreign).has_value());
    QVERIFY(foreign);
    QVERIFY(std::filesystem::exists(newest));
    // Nor what another version wrote.
    const std::string bytes = *readFile(newest, 1 << 24);
    std::string versioned = bytes;
    versioned.replace(versioned.find("ibidem/checkpoint/3"), 19, "ibidem/checkpoint/2");
    QVERIFY(writeFileAtomically(newest, versioned).has_value());
    const auto early = trained(smallSpec(), path("run"), m_values, recorder, true);
    QVERIFY(!early && early.error().code == ErrorCode::Unavailable && !early.error().cure.empty());
    QCOMPARE(*readFile(newest, 1 << 24), versioned);
    QVERIFY(writeFileAtomically(newest, bytes).has_value());
    // What must not change a result does not refuse either.
    const auto longer =
        trained(smallSpec({"checkpointEvery=1", "isa=auto"}), path("run"), m_values, recorder, true);
    QVERIFY2(longer.has_value(), longer ? "" : longer.error().message.c_str());
}

void TestNetworkTrainer::findsOneUlpOfOneWeight()
{
    const Trained sound = must(smallSpec(), "sound", m_values);
    NetworkProbe probe;
    probe.weights = [](std::int64_t epoch, std::int64_t step, std::span<float> weights) {
        if (epoch == 3 && step == 2)
            weights[5] = std::nextafter(weights[5], 10.0F);
    };
    const Trained broken = must(smallSpec(), "broken", m_values, std::move(probe));
    const std::size_t first = firstDifferentStep(sound.trace, broken.trace);
    QCOMPARE(first, std::size_t{2 * kSteps + 1});
    const runs::StepRecord &a = sound.trace.steps[first];
    const runs::StepRecord &b = broken.trace.steps[first];
    QCOMPARE(b.epoch, 3U);
    QCOMPARE(b.step, 2U);
    QVERIFY(a.batchDigest == b.batchDigest && a.orderDigest == b.orderDigest);
    QVERIFY(a.weights[0] != b.weights[0]);
    QVERIFY(std::equal(a.weights.begin() + 1, a.weights.end(), b.weights.begin() + 1));
    QCOMPARE(broken.outcome.epochs[1], sound.outcome.epochs[1]);
    QVERIFY(!(broken.outcome.epochs[2] == sound.outcome.epochs[2]));
}

void TestNetworkTrainer::findsSwappedSamples()
{
    const Trained sound = must(smallSpec(), "sound", m_values);
    std::vector<float> swapped = m_values;
    std::swap_ranges(swapped.begin(), swapped.begin() + kGenes, swapped.begin() + 9 * kGenes);
    const Trained broken = must(smallSpec(), "broken", swapped);
    const std::size_t first = firstDifferentStep(sound.trace, broken.trace);
    const runs::StepRecord &a = sound.trace.steps[first];
    const runs::StepRecord &b = broken.trace.steps[first];
    QCOMPARE(b.epoch, 1U);
    QVERIFY(a.orderDigest == b.orderDigest && a.weights == b.weights);
    QVERIFY(a.batchDigest != b.batchDigest);
}

void TestNetworkTrainer::findsAnotherOrder()
{
    const Trained sound = must(smallSpec(), "sound", m_values);
    NetworkProbe probe;
    probe.order = [](std::int64_t epoch, std::span<std::uint32_t> order) {
        if (epoch == 2)
            std::swap(order[64], order[65]); // within the second batch
    };
    const Trained broken = must(smallSpec(), "broken", m_values, std::move(probe));
    const std::size_t first = firstDifferentStep(sound.trace, broken.trace);
    QCOMPARE(first, std::size_t{kSteps + 1});
    QVERIFY(sound.trace.steps[first].orderDigest != broken.trace.steps[first].orderDigest);
    QVERIFY(sound.trace.steps[first].weights == broken.trace.steps[first].weights);
}

void TestNetworkTrainer::shufflesEachEpochAnew()
{
    const auto orders = [](const runs::Trace &trace) {
        std::set<std::uint64_t> digests;
        for (const runs::StepRecord &step : trace.steps)
            digests.insert(step.orderDigest);
        return digests.size();
    };
    QCOMPARE(orders(must(smallSpec(), "fixed", m_values).trace), std::size_t{kSteps});
    QCOMPARE(orders(must(smallSpec({"order=shuffled"}), "shuffled", m_values).trace),
             std::size_t{5 * kSteps});
    const spec::RunSpec spec = smallSpec({"order=shuffled", "validationFraction=0.3"});
    const SampleParts parts = partsOf(spec, kSamples);
    QCOMPARE(parts.validation.size(), std::size_t{69});
    std::vector<std::uint32_t> all = orderOf(spec, parts.learned, 3);
    QVERIFY(all != parts.learned);
    all.insert(all.end(), parts.validation.begin(), parts.validation.end());
    QCOMPARE(std::set<std::uint32_t>(all.begin(), all.end()).size(), kSamples);
}

void TestNetworkTrainer::measuresWhatIsHeldOut()
{
    const Trained run = must(smallSpec({"validationFraction=0.2", "epochs=3"}), "run", m_values);
    QCOMPARE(run.outcome.metrics.size(), std::size_t{6});
    QCOMPARE(run.outcome.metrics[1].split, std::string("validation"));
    QVERIFY(run.outcome.metrics[1].value > 0.0);
    QVERIFY(run.chain() != must(smallSpec({"epochs=3"}), "all", m_values).chain());
}

void TestNetworkTrainer::losesPatience()
{
    // A learning rate at which the loss goes up and down.
    const Trained run = must(smallSpec({"patience=2", "epochs=400", "learningRate=0.05"}), "run", m_values);
    QVERIFY(run.outcome.epochsDone < 400);
    const auto &metrics = run.outcome.metrics;
    const auto best = std::min_element(metrics.begin(), metrics.end(),
                                       [](const auto &a, const auto &b) { return a.value < b.value; });
    QCOMPARE(run.outcome.epochsDone - best->round, std::int64_t{2});
    Recorder recorder; // nothing is left to do
    const auto again = trained(smallSpec({"patience=2", "epochs=400", "learningRate=0.05"}), path("run"),
                               m_values, recorder, true);
    QCOMPARE(again->chain(), run.chain());
}

void TestNetworkTrainer::stopsAtNumbersThatAreNone()
{
    NetworkProbe probe;
    probe.weights = [](std::int64_t epoch, std::int64_t step, std::span<float> weights) {
        if (epoch == 2 && step == 3)
            weights[3] = std::numeric_limits<float>::quiet_NaN();
    };
    Recorder recorder;
    const auto run = trained(smallSpec(), path("run"), m_values, recorder, false, std::move(probe));
    QVERIFY(!run.has_value());
    QCOMPARE(run.error().code, ErrorCode::BadSpec);
    const QString message = QString::fromStdString(run.error().message);
    QVERIFY2(message.contains("epoch 2, step 3") && message.contains(".weight"), qPrintable(message));
    // Also in the very last step, after which no step looks.
    Recorder last;
    const auto huge = trained(smallSpec({"optimiser=sgd", "learningRate=1", "epochs=1", "batchSize=512"}),
                              path("last"), std::vector<float>(kSamples * kGenes, 3e18F), last);
    QVERIFY(!huge.has_value());
    QVERIFY2(QString::fromStdString(huge.error().message).contains("epoch 1, step 1"),
             huge.error().message.c_str());
    // Growing without bound is found as well, whichever number goes first.
    Recorder other;
    const auto diverged =
        trained(smallSpec({"optimiser=sgd", "learningRate=1", "epochs=500", "activation=relu"}),
                path("diverged"), std::vector<float>(kSamples * kGenes, 900.0F), other);
    QVERIFY(!diverged.has_value());
    QVERIFY(QString::fromStdString(diverged.error().cure).contains("learningRate"));
}

void TestNetworkTrainer::trainsWithEveryOptimiser_data()
{
    QTest::addColumn<QString>("optimiser");
    QTest::addColumn<QString>("activation");
    QTest::newRow("adam") << "adam"
                          << "tanh";
    QTest::newRow("adamw") << "adamw"
                           << "sigmoid";
    QTest::newRow("sgd") << "sgd"
                         << "relu";
}

void TestNetworkTrainer::trainsWithEveryOptimiser()
{
    QFETCH(const QString, optimiser);
    QFETCH(const QString, activation);
    const spec::RunSpec spec =
        smallSpec({"optimiser=" + optimiser.toStdString(), "activation=" + activation.toStdString(),
                   "epochs=20", "weightDecay=0.001", "learningRate=0.01", "momentum=0.9"});
    const Trained run = must(spec, "run", m_values);
    QVERIFY(run.outcome.metrics.back().value < run.outcome.metrics.front().value);
    // Resumed from its middle, the state of each optimiser comes back.
    Recorder first;
    NetworkProbe probe;
    probe.weights = [&](std::int64_t epoch, std::int64_t step, std::span<float>) {
        if (epoch == 7 && step == 2)
            first.stop.request_stop();
    };
    QVERIFY(trained(spec, path("halves"), m_values, first, false, std::move(probe)).has_value());
    Recorder second;
    QCOMPARE(trained(spec, path("halves"), m_values, second, true)->chain(), run.chain());
}

void TestNetworkTrainer::evaluatesEverySample()
{
    const spec::RunSpec spec = smallSpec();
    const spec::Network network = spec::networkOf(spec.autoencoder, kGenes);
    kernels::Workplace place(kernels::Isa::Scalar, nullptr);
    const auto engine = *createFixedEngine({spec, network, 64}, place);
    Recorder recorder;
    const NetworkData data{m_values, kSamples, kGenes, "data"};
    QVERIFY(makeFolder(path("run")).has_value());
    QVERIFY(
        trainNetwork({spec, network, place, data, path("run")}, *engine, recorder, RunToken()).has_value());
    const auto whole = *evaluateNetwork(*engine, network, data, 64, true);
    QCOMPARE(whole.embedding.size(), kSamples * 4);
    QCOMPARE(whole.sampleErrors.size(), kSamples);
    QCOMPARE(whole.featureErrors.size(), kGenes);
    double sum = 0.0;
    for (std::size_t i = 0; i < m_values.size(); ++i)
        sum += std::pow(static_cast<double>(whole.output[i]) - static_cast<double>(m_values[i]), 2);
    QVERIFY(std::abs(whole.loss - sum / static_cast<double>(m_values.size())) < 1e-6 * whole.loss);
    // The size of the batches is a matter of memory here, not of results.
    const auto single = *evaluateNetwork(*engine, network, data, 1, false);
    QVERIFY(single.embedding == whole.embedding && single.sampleErrors == whole.sampleErrors);
    QVERIFY(single.output.empty());
    QCOMPARE(single.loss, whole.loss);
}

QTEST_GUILESS_MAIN(TestNetworkTrainer)
#include "tst_network_trainer.moc"
