// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"

#include <QProcess>
#include <QTest>

#include "engine_fixture.h"

using namespace ibidem;
using namespace ibidem::train;

namespace {

/// Of the largest number of a tensor: rounding of another order of additions. Seen: 8e-7 in gradients.
constexpr double kGradientTolerance = 5e-6;
/// Adam divides by the root of the variance, which lifts the rounding of gradients that are nearly zero.
/// Seen: 2.3e-5 behind two layers of sigmoid.
constexpr double kWeightTolerance = 5e-5;
constexpr const char *kDigestOnly = "IBIDEM_TEST_DIGEST_OF_ISA";

/// Weights after ten steps at `deterministic`; empty if something failed.
std::string digestOfTraining(const spec::RunSpec &spec)
{
    const spec::Network network = networkOf();
    const EngineRequest request{spec, network, kSamples};
    const auto engine = libraryEngine(request);
    if (!engine || !start(**engine, network) || !trainSteps(**engine, batchOf(), 10))
        return {};
    return sha256Hex(std::as_bytes(std::span<const float>(*(*engine)->weights())));
}

std::string refusal(const spec::RunSpec &spec, Engine &engine)
{
    applyPins(spec);
    const auto state = engine.state();
    if (!state)
        return state.error().message;
    const Status status = checkLevel(spec, readEffectiveState(spec, *state));
    return status ? std::string() : status.error().message;
}

} // namespace

class TestLibraryEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void agreesWithTheFixedEngine_data();
    void agreesWithTheFixedEngine();
    void anotherFormulaIsFound();
    void evaluatesLikeTheFixedEngine();
    void givesTheSameBitsTwice();
    void givesTheSameBitsInAFreshProcess();
    void oneUlpInOneWeightIsFound();
    void whereTheBatchLiesChangesNothing();
    void goesOnFromItsOwnState_data();
    void goesOnFromItsOwnState();
    void levelsAcceptWhatTheEngineReads_data();
    void levelsAcceptWhatTheEngineReads();
    void aSwitchThatMovedLaterIsFound();
    void tellsEverySwitch();
    void threadsAreThoseAskedFor();
    void refusesABatchThatDoesNotFit();
    void saysThatTheMemoryDoesNotSuffice();
    void refusesABrokenNetwork();
    void refusesADeviceThatIsNotThere();

private:
    static QString digestInAFreshProcess(const std::string &isa);
};

void TestLibraryEngine::initTestCase()
{
    if (!std::filesystem::exists(modulePath()))
        QSKIP("the library engine was not built: LibTorch is not set up");
    applyPins(specOf(Level::Deterministic));
    QVERIFY(libraryFactory());
}

void TestLibraryEngine::agreesWithTheFixedEngine_data()
{
    QTest::addColumn<int>("activation");
    QTest::addColumn<QString>("optimiser");
    QTest::addColumn<double>("decay");
    QTest::addColumn<double>("momentum");
    for (const Operation operation : {Operation::Relu, Operation::Sigmoid, Operation::Tanh}) {
        const auto row = [&](const char *optimiser, double decay, double momentum) {
            QTest::addRow("%s %s %g %g", spec::operationName(operation).data(), optimiser, decay, momentum)
                << static_cast<int>(operation) << QString::fromLatin1(optimiser) << decay << momentum;
        };
        row("adam", 0.0, 0.0);
        row("adam", 0.01, 0.0);
        row("adamw", 0.01, 0.0);
        row("sgd", 0.0, 0.0);
        row("sgd", 0.01, 0.9);
    }
}

void TestLibraryEngine::agreesWithTheFixedEngine()
{
    QFETCH(int, activation);
    QFETCH(QString, optimiser);
    QFETCH(double, decay);
    QFETCH(double, momentum);
    spec::RunSpec spec = specOf(Level::Deterministic);
    spec.training.optimiser = optimiser.toStdString();
    spec.training.weightDecay = decay;
    spec.training.momentum = momentum;
    spec.training.learningRate = optimiser == u"sgd" ? 0.1 : 1e-3;
    const spec::Network network = networkOf(static_cast<Operation>(activation));
    const EngineRequest request{spec, network, kSamples};
    const auto library = libraryEngine(request);
    const auto fixed = createFixedEngine(request, testPlace());
    QVERIFY2(library, library ? "" : describe(library.error()).c_str());
    QVERIFY(fixed && start(**library, network) && start(**fixed, network));
    const std::vector<float> batch = batchOf();
    const std::vector<float> before = copied((*fixed)->weights());
    for (int step = 1; step <= 10; ++step) {
        const auto loss = (*library)->differentiate(batch, kSamples);
        const auto expected = (*fixed)->differentiate(batch, kSamples);
        QVERIFY(loss && expected);
        QVERIFY(std::abs(*loss - *expected) <= 2e-6 * *expected);
        if (step == 1) {
            const auto gradient = worst(network, gradientsOf(**library), gradientsOf(**fixed));
            QVERIFY2(gradient.second < kGradientTolerance,
                     qPrintable(QStringLiteral("gradient of %1: %2")
                                    .arg(QString::fromStdString(gradient.first))
                                    .arg(gradient.second)));
        }
        QVERIFY((*library)->update() && (*fixed)->update());
        if (step != 1 && step != 10)
            continue;
        const auto weights = worst(network, *(*library)->weights(), *(*fixed)->weights());
        QVERIFY2(weights.second < kWeightTolerance, qPrintable(QStringLiteral("%1 after %2 steps: %3")
                                                                   .arg(QString::fromStdString(weights.first))
                                                                   .arg(step)
                                                                   .arg(weights.second)));
    }
    QVERIFY2(worst(network, before, *(*fixed)->weights()).second > 100 * kWeightTolerance,
             "ten steps moved the weights too little to tell the engines apart");
}

/// The tolerance is tight enough to see that another optimiser was used.
void TestLibraryEngine::anotherFormulaIsFound()
{
    spec::RunSpec spec = specOf(Level::Deterministic);
    spec::RunSpec other = spec;
    spec.training.weightDecay = 0.01;
    const spec::Network network = networkOf();
    const auto library = libraryEngine({spec, network, kSamples});
    const auto fixed = createFixedEngine({other, network, kSamples}, testPlace());
    QVERIFY(library && fixed && start(**library, network) && start(**fixed, network));
    const std::vector<float> batch = batchOf();
    QVERIFY(trainSteps(**library, batch, 10) && trainSteps(**fixed, batch, 10));
    QVERIFY(worst(network, *(*library)->weights(), *(*fixed)->weights()).second > 5 * kWeightTolerance);
}

void TestLibraryEngine::evaluatesLikeTheFixedEngine()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf(Operation::Tanh);
    const auto library = libraryEngine({spec, network, kSamples});
    const auto fixed = createFixedEngine({spec, network, kSamples}, testPlace());
    QVERIFY(library && fixed && start(**library, network) && start(**fixed, network));
    const std::vector<float> batch = batchOf();
    for (const std::size_t samples : {kSamples, std::size_t{5}}) {
        const auto part = std::span(batch).first(samples * kGenes);
        const auto a = (*library)->evaluate(part, samples);
        const auto b = (*fixed)->evaluate(part, samples);
        QVERIFY(a && b);
        QCOMPARE(a->output.size(), samples * kGenes);
        QCOMPARE(a->embedding.size(), samples * 20);
        QVERIFY(difference(a->output, b->output) < kGradientTolerance);
        QVERIFY(difference(a->embedding, b->embedding) < kGradientTolerance);
    }
    const auto changed = (*library)->evaluate(batchOf(2), kSamples);
    const std::vector<float> output(changed->output.begin(), changed->output.end());
    QVERIFY(difference((*library)->evaluate(batch, kSamples)->output, output) > 0.01);
}

void TestLibraryEngine::givesTheSameBitsTwice()
{
    for (const int threads : {1, 2}) {
        const std::string digest = digestOfTraining(specOf(Level::Deterministic, threads));
        QVERIFY(!digest.empty());
        QCOMPARE(digestOfTraining(specOf(Level::Deterministic, threads)), digest);
    }
}

QString TestLibraryEngine::digestInAFreshProcess(const std::string &isa)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QString::fromLatin1(kDigestOnly), QString::fromStdString(isa));
    QProcess child;
    child.setProcessEnvironment(environment);
    child.start(QCoreApplication::applicationFilePath(), QStringList());
    if (!child.waitForFinished(60'000))
        return {};
    return QString::fromLatin1(child.readAllStandardOutput()).trimmed();
}

void TestLibraryEngine::givesTheSameBitsInAFreshProcess()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const QString here = QString::fromStdString(digestOfTraining(spec));
    QCOMPARE(here.size(), 64);
    QCOMPARE(digestInAFreshProcess(spec.isa), here);
    // The numeric class is part of the promise: with other instructions there are other bits.
    const QString other = digestInAFreshProcess("scalar");
    QCOMPARE(other.size(), 64);
    if (spec.isa != "scalar")
        QVERIFY(other != here);
}

void TestLibraryEngine::oneUlpInOneWeightIsFound()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf(Operation::Tanh);
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(engine && start(**engine, network));
    const std::vector<float> batch = batchOf();
    const auto gradients = [&] {
        return (*engine)->differentiate(batch, kSamples) ? gradientsOf(**engine) : std::vector<float>();
    };
    const std::vector<float> before = gradients();
    QVERIFY(!before.empty());
    QVERIFY(sameBits(gradients(), before));
    const std::span<float> weights = *(*engine)->weights();
    const auto layer = weights.subspan(0, kGenes * 64);
    float &largest = *std::max_element(layer.begin(), layer.end());
    largest = std::nextafter(largest, 2.0F);
    QVERIFY((*engine)->weightsChanged());
    QVERIFY(!sameBits(gradients(), before));
}

void TestLibraryEngine::whereTheBatchLiesChangesNothing()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf();
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(engine && start(**engine, network));
    const std::vector<float> batch = batchOf();
    QVERIFY((*engine)->differentiate(batch, kSamples));
    const std::vector<float> expected = gradientsOf(**engine);
    for (std::size_t offset = 1; offset < 5; ++offset) {
        std::vector<float> moved(offset);
        moved.insert(moved.end(), batch.begin(), batch.end());
        QVERIFY((*engine)->differentiate(std::span(moved).subspan(offset), kSamples));
        QVERIFY(sameBits(gradientsOf(**engine), expected));
    }
}

void TestLibraryEngine::goesOnFromItsOwnState_data()
{
    QTest::addColumn<QString>("optimiser");
    for (const char *name : {"adam", "adamw", "sgd"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestLibraryEngine::goesOnFromItsOwnState()
{
    QFETCH(QString, optimiser);
    spec::RunSpec spec = specOf(Level::Deterministic);
    spec.training.optimiser = optimiser.toStdString();
    spec.training.momentum = 0.9;
    const spec::Network network = networkOf();
    const std::vector<float> batch = batchOf();
    const auto first = libraryEngine({spec, network, kSamples});
    QVERIFY(first && start(**first, network) && trainSteps(**first, batch, 3));
    const std::vector<float> weights = copied((*first)->weights());
    const auto state = (*first)->optimiser();
    QVERIFY(state);
    QCOMPARE(state->steps, std::uint64_t{3});
    QCOMPARE(state->variance.empty(), optimiser == u"sgd");

    const auto second = libraryEngine({spec, network, kSamples});
    const auto forgetful = libraryEngine({spec, network, kSamples});
    QVERIFY(second && forgetful);
    for (const auto *engine : {&second, &forgetful}) {
        std::copy(weights.begin(), weights.end(), (**engine)->weights()->begin());
        QVERIFY((**engine)->weightsChanged());
    }
    const auto target = (*second)->optimiser();
    std::copy(state->mean.begin(), state->mean.end(), target->mean.begin());
    std::copy(state->variance.begin(), state->variance.end(), target->variance.begin());
    QVERIFY((*second)->setOptimiser(state->steps));
    QVERIFY(trainSteps(**first, batch, 3) && trainSteps(**second, batch, 3) &&
            trainSteps(**forgetful, batch, 3));
    QVERIFY(sameBits(*(*second)->weights(), *(*first)->weights()));
    QVERIFY(!sameBits(*(*forgetful)->weights(), *(*first)->weights()));
}

void TestLibraryEngine::levelsAcceptWhatTheEngineReads_data()
{
    QTest::addColumn<int>("level");
    for (const Level level : {Level::Random, Level::Seeded, Level::Deterministic})
        QTest::newRow(std::string(spec::levelName(level)).c_str()) << static_cast<int>(level);
}

void TestLibraryEngine::levelsAcceptWhatTheEngineReads()
{
    QFETCH(int, level);
    const spec::RunSpec spec = specOf(static_cast<Level>(level));
    const spec::Network network = networkOf();
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(engine);
    QCOMPARE(QString::fromStdString(refusal(spec, **engine)), QString());
    const spec::RunSpec portable = specOf(Level::Portable);
    if (spec.level == Level::Deterministic) // LibTorch's sums are no portable ones
        QVERIFY(refusal(portable, **engine).find("library.name = \"ibidem-kernels\"") != std::string::npos);
}

/// The state is read, not remembered: an engine for another level moves the process's switches.
void TestLibraryEngine::aSwitchThatMovedLaterIsFound()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf();
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(engine);
    QVERIFY(refusal(spec, **engine).empty());
    const spec::RunSpec seeded = specOf(Level::Seeded);
    QVERIFY(libraryEngine({seeded, network, kSamples}));
    const std::string message = refusal(spec, **engine);
    QVERIFY2(message.find("library.deterministicAlgorithms = true, found false") != std::string::npos,
             message.c_str());
}

void TestLibraryEngine::tellsEverySwitch()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf();
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(engine);
    const auto state = (*engine)->state();
    QVERIFY(state);
    for (const char *name : {"deterministicAlgorithms",
                             "deterministicFillUninitializedMemory",
                             "benchmarkCuDNN",
                             "allowTF32CuDNN",
                             "allowTF32CuBLAS",
                             "float32MatmulPrecision",
                             "float32Precision",
                             "userEnabledMkldnn",
                             "userEnabledNNPACK",
                             "versionMKL",
                             "versionMKLDNN",
                             "versionOpenMP",
                             "versionCUDART",
                             "cpuCapability",
                             "nthread",
                             "interopThreads",
                             "mklBranch",
                             "allocator",
                             "parallel",
                             "hasCUDA"})
        QVERIFY2(state->contains(name), name);
    QVERIFY((*state)["name"] == "libtorch");
    QVERIFY((*state)["version"] == kPinnedLibTorchVersion);
    QVERIFY((*state)["mklBranch"] != "off");
    QVERIFY(canonicalJson(*state)->find("/root") == std::string::npos);
    QVERIFY(canonicalJson(*state)->find("/home") == std::string::npos);
}

void TestLibraryEngine::threadsAreThoseAskedFor()
{
    const spec::Network network = networkOf();
    const spec::RunSpec one = specOf(Level::Deterministic, 1);
    const spec::RunSpec three = specOf(Level::Deterministic, 3);
    const auto first = libraryEngine({one, network, kSamples});
    const auto second = libraryEngine({three, network, kSamples});
    QVERIFY(first && second);
    QVERIFY((*(*first)->state())["nthread"] == 1);
    QVERIFY((*(*second)->state())["nthread"] == 3);
    QVERIFY((*(*first)->state())["nthread"] == 1);
    QVERIFY(refusal(one, **second).find("threads.used = 1, found 3") != std::string::npos);
}

void TestLibraryEngine::refusesABatchThatDoesNotFit()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf();
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(engine);
    const std::vector<float> batch = batchOf();
    QVERIFY((*engine)->differentiate(batch, kSamples));
    QVERIFY(!(*engine)->differentiate(batch, kSamples - 1));
    QVERIFY(!(*engine)->differentiate({}, 0));
    const std::vector<float> large((kSamples + 1) * kGenes);
    QVERIFY(!(*engine)->evaluate(large, kSamples + 1));
}

/// More than any address space holds, so that no system promises it.
void TestLibraryEngine::saysThatTheMemoryDoesNotSuffice()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = spec::autoencoder({std::size_t{1} << 24U, {std::size_t{1} << 24U}, 8});
    const auto engine = libraryEngine({spec, network, 1});
    QVERIFY(!engine);
    QVERIFY(engine.error().code == ErrorCode::BadData);
    QVERIFY2(engine.error().message.find("not enough memory for the network") != std::string::npos,
             engine.error().message.c_str());
}

void TestLibraryEngine::refusesABrokenNetwork()
{
    const spec::RunSpec spec = specOf(Level::Deterministic);
    spec::Network network = networkOf();
    network.nodes[2].shape = {3};
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(!engine);
    QVERIFY(engine.error().code == ErrorCode::Internal);
}

/// Last: it may load LibTorch's CUDA part.
void TestLibraryEngine::refusesADeviceThatIsNotThere()
{
    spec::RunSpec spec = specOf(Level::Deterministic);
    const spec::Network network = networkOf();
    spec.device = "cuda:99";
    const auto engine = libraryEngine({spec, network, kSamples});
    QVERIFY(!engine);
    QVERIFY(engine.error().code == ErrorCode::Unavailable);
    QVERIFY(engine.error().message.find("cuda:99") != std::string::npos);
    QVERIFY(engine.error().cure.find("--device cpu") != std::string::npos);
}

int main(int argc, char **argv)
{
    if (const QByteArray isa = qgetenv(kDigestOnly); !isa.isEmpty()) {
        spec::RunSpec spec = specOf(Level::Deterministic);
        spec.isa = isa.toStdString();
        applyPins(spec);
        std::printf("%s\n", digestOfTraining(spec).c_str());
        return 0;
    }
    QCoreApplication app(argc, argv);
    TestLibraryEngine test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_library_engine.moc"
