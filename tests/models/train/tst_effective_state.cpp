// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/effective_state.h"

#include <QTest>

#include <algorithm>
#include <cfenv>
#include <cstdlib>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

using namespace ibidem;
using spec::Level;

namespace {

spec::RunSpec resolvedSpec(Level level)
{
    spec::RunSpec spec;
    spec.level = level;
    spec.seed = 42;
    spec.device = "cpu";
    spec.threads = 2;
    spec.isa = "scalar";
    return spec;
}

Json libraryState(const spec::RunSpec &spec)
{
    return {{"name", "xgboost"},    {"version", "3.4.1"},       {"nthread", spec.threads},
            {"seed", spec.seed},    {"seedPerIteration", true}, {"device", spec.device},
            {"treeMethod", "hist"}, {"ownGradients", true}};
}

Json goodState(const spec::RunSpec &spec)
{
    train::applyPins(spec);
    return train::readEffectiveState(spec, libraryState(spec));
}

spec::RunSpec networkSpec(Level level)
{
    spec::RunSpec spec = resolvedSpec(level);
    spec.kind = spec::ModelKind::Autoencoder;
    return spec;
}

Json kernelsState(const spec::RunSpec &spec)
{
    return {{"name", "ibidem-kernels"}, {"version", "matmul 1"},  {"nthread", spec.threads},
            {"seed", spec.seed},        {"device", spec.device},  {"isa", spec.isa},
            {"optimiser", "adam"},      {"floatStateExact", true}};
}

/// What the library engine reads back on a CPU, as far as a level asks for it.
Json libTorchState(const spec::RunSpec &spec)
{
    const Json ieee = {{"all", "ieee"}, {"conv", "ieee"}, {"matmul", "ieee"}, {"rnn", "ieee"}};
    const char *split = "full precision, no split k";
    Json state = {{"name", "libtorch"},
                  {"version", "2.11.0"},
                  {"nthread", spec.threads},
                  {"seed", spec.seed},
                  {"device", spec.device},
                  {"isa", spec.isa},
                  {"cpuCapability", "DEFAULT"},
                  {"interopThreads", 1},
                  {"float32MatmulPrecision", "highest"},
                  {"allowFP16ReductionCuBLAS", split},
                  {"allowBF16ReductionCuBLAS", split}};
    state["float32Precision"] = {{"cuda", ieee}, {"mkldnn", ieee}, {"generic", {{"all", "ieee"}}}};
    for (const char *on : {"deterministicAlgorithms", "deterministicCuDNN", "deterministicMkldnn"})
        state[on] = true;
    for (const char *off :
         {"deterministicAlgorithmsWarnOnly", "benchmarkCuDNN", "userEnabledNNPACK", "allowTF32CuDNN",
          "allowTF32CuBLAS", "allowTF32OneDNN", "allowFP16AccumulationCuBLAS", "allowFP16ReductionCPU"})
        state[off] = false;
    return state;
}

Json goodNetworkState(const spec::RunSpec &spec)
{
    train::applyPins(spec);
    return train::readEffectiveState(spec, spec.level == Level::Portable ? kernelsState(spec)
                                                                         : libTorchState(spec));
}

std::string refusal(const spec::RunSpec &spec, const Json &state)
{
    const Status status = train::checkLevel(spec, state);
    if (status)
        return {};
    return status.error().code == ErrorCode::Unavailable ? status.error().message : "wrong code";
}

Json changed(Json state, const char *pointer, Json value)
{
    state[Json::json_pointer(pointer)] = std::move(value);
    return state;
}

} // namespace

class TestEffectiveState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyLevelAcceptsItsOwnState_data();
    void everyLevelAcceptsItsOwnState();
    void namesEachContradiction_data();
    void namesEachContradiction();
    void everyLevelAcceptsANetworksState_data();
    void everyLevelAcceptsANetworksState();
    void namesEachContradictionOfANetwork_data();
    void namesEachContradictionOfANetwork();
    void seededLetsArithmeticBe();
    void randomDemandsNothing();
    void refusesAStateThatWasNotRead();
    void findsFlushToZeroInThisThread();
    void findsAnotherRounding();
    void findsAWrongThreadCountInTheEnvironment();
    void pinsAreSortedAndDependOnTheLevel();
    void portablePinsDoNotDependOnAvx512();
    void cudaPinsTheWorkspace();
    void applyPinsTakesAwayWhatUndoesThem();
    void randomLeavesTheEnvironmentAlone();
    void recordsNoPath();
};

void TestEffectiveState::everyLevelAcceptsItsOwnState_data()
{
    QTest::addColumn<int>("level");
    for (const Level level : {Level::Random, Level::Seeded, Level::Deterministic, Level::Portable})
        QTest::newRow(std::string(spec::levelName(level)).c_str()) << static_cast<int>(level);
}

void TestEffectiveState::everyLevelAcceptsItsOwnState()
{
    QFETCH(int, level);
    const spec::RunSpec spec = resolvedSpec(static_cast<Level>(level));
    QCOMPARE(QString::fromStdString(refusal(spec, goodState(spec))), QString());
}

void TestEffectiveState::namesEachContradiction_data()
{
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("words");
    const auto row = [](const char *pointer, const char *value, const char *words) {
        QTest::newRow(pointer) << QByteArray(pointer) << QByteArray(value) << QString::fromUtf8(words);
    };
    row("/level", "\"seeded\"", "level = \"portable\", found \"seeded\"");
    row("/seed", "41", "seed = 42, found 41");
    row("/library/seed", "0", "library.seed = 42, found 0");
    row("/threads/asked", "3", "threads.asked = 2, found 3");
    row("/threads/used", "1", "threads.used = 2, found 1");
    row("/device", "\"cuda:0\"", "device = \"cpu\"");
    row("/library/device", "\"cuda:0\"", "library.device = \"cpu\"");
    row("/floatingPoint/rounding", "\"upward\"", "floatingPoint.rounding = \"nearest\", found \"upward\"");
    row("/floatingPoint/flushToZero", "true", "floatingPoint.flushToZero = false, found true");
    row("/floatingPoint/denormalsAreZero", "true", "floatingPoint.denormalsAreZero");
    row("/library/version", "\"3.2.0\"", "library.version = \"3.4.1\", found \"3.2.0\"");
    row("/library/name", "\"lightgbm\"", "library.name");
    row("/library/treeMethod", "\"approx\"", "library.treeMethod = \"hist\"");
    row("/library/seedPerIteration", "false", "library.seedPerIteration = true");
    row("/library/ownGradients", "false", "library.ownGradients = true");
    row("/isa/used", "\"avx512\"", "isa.used = \"scalar\"");
    row("/environment/OMP_NUM_THREADS", "\"8\"", "OMP_NUM_THREADS = \"2\", found \"8\"");
    row("/environment/OMP_WAIT_POLICY", "\"ACTIVE\"", "OMP_WAIT_POLICY = \"PASSIVE\"");
    row("/environment/OMP_DYNAMIC", "null", "OMP_DYNAMIC = \"FALSE\", found nothing");
    row("/environment/MKL_CBWR", "\"AUTO\"", "MKL_CBWR = \"COMPATIBLE\"");
    row("/environment/ATEN_CPU_CAPABILITY", "\"avx512\"", "ATEN_CPU_CAPABILITY");
    row("/environment/ONEDNN_MAX_CPU_ISA", "null", "ONEDNN_MAX_CPU_ISA");
}

void TestEffectiveState::namesEachContradiction()
{
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    QFETCH(QString, words);
    const spec::RunSpec spec = resolvedSpec(Level::Portable);
    const Json good = goodState(spec);
    const Json state = changed(good, pointer.constData(), *parseJson(value.toStdString()));
    const QString message = QString::fromStdString(refusal(spec, state));
    QVERIFY2(message.contains(words), qPrintable(message));
}

void TestEffectiveState::everyLevelAcceptsANetworksState_data()
{
    everyLevelAcceptsItsOwnState_data();
}

void TestEffectiveState::everyLevelAcceptsANetworksState()
{
    QFETCH(int, level);
    const spec::RunSpec spec = networkSpec(static_cast<Level>(level));
    QCOMPARE(QString::fromStdString(refusal(spec, goodNetworkState(spec))), QString());
}

void TestEffectiveState::namesEachContradictionOfANetwork_data()
{
    QTest::addColumn<int>("level");
    QTest::addColumn<QByteArray>("pointer");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("words");
    const auto row = [](Level level, const char *pointer, const char *value, const char *words) {
        QTest::addRow("%s %s", spec::levelName(level).data(), pointer)
            << static_cast<int>(level) << QByteArray(pointer) << QByteArray(value)
            << QString::fromUtf8(words);
    };
    row(Level::Portable, "/library/name", "\"libtorch\"", "library.name = \"ibidem-kernels\"");
    row(Level::Portable, "/library/version", "null", "library.version = \"a text\", found nothing");
    row(Level::Portable, "/library/floatStateExact", "false", "library.floatStateExact = true");
    row(Level::Portable, "/threads/used", "9", "threads.used = 2, found 9");
    row(Level::Portable, "/isa/used", "\"avx512\"", "isa.used = \"scalar\"");
    row(Level::Portable, "/floatingPoint/flushToZero", "true", "floatingPoint.flushToZero = false");
    const Level level = Level::Deterministic;
    row(level, "/library/name", "\"ibidem-kernels\"", "library.name = \"libtorch\"");
    row(level, "/library/version", "\"2.10.0\"", "library.version = \"2.11.0\", found \"2.10.0\"");
    row(level, "/library/deterministicAlgorithms", "false", "deterministicAlgorithms = true, found false");
    row(level, "/library/deterministicAlgorithmsWarnOnly", "true", "deterministicAlgorithmsWarnOnly = false");
    row(level, "/library/deterministicCuDNN", "false", "deterministicCuDNN = true");
    row(level, "/library/deterministicMkldnn", "false", "deterministicMkldnn = true");
    row(level, "/library/benchmarkCuDNN", "true", "benchmarkCuDNN = false, found true");
    row(level, "/library/userEnabledNNPACK", "true", "userEnabledNNPACK = false");
    row(level, "/library/interopThreads", "4", "interopThreads = 1, found 4");
    row(level, "/library/allowTF32CuDNN", "true", "allowTF32CuDNN = false");
    row(level, "/library/allowTF32CuBLAS", "\"refused: mixed\"", "allowTF32CuBLAS = false, found \"refused");
    row(level, "/library/allowTF32OneDNN", "true", "allowTF32OneDNN = false");
    row(level, "/library/float32Precision/cuda/conv", "\"tf32\"", "cuda.conv = \"ieee\", found \"tf32\"");
    row(level, "/library/float32Precision/cuda/rnn", "\"tf32\"", "cuda.rnn = \"ieee\"");
    row(level, "/library/float32Precision/cuda/matmul", "\"tf32\"", "cuda.matmul = \"ieee\"");
    row(level, "/library/float32Precision/mkldnn/matmul", "\"bf16\"", "mkldnn.matmul = \"ieee\"");
    row(level, "/library/float32Precision/generic/all", "\"none\"", "generic.all = \"ieee\"");
    row(level, "/library/float32MatmulPrecision", "\"high\"", "float32MatmulPrecision = \"highest\"");
    row(level, "/library/allowFP16ReductionCuBLAS", "null", "allowFP16ReductionCuBLAS");
    row(level, "/library/allowFP16AccumulationCuBLAS", "true", "allowFP16AccumulationCuBLAS");
    row(level, "/library/cpuCapability", "\"AVX2\"", "cpuCapability = \"DEFAULT\", found \"AVX2\"");
    row(level, "/threads/used", "1", "threads.used = 2, found 1");
    row(level, "/isa/used", "\"avx2\"", "isa.used = \"scalar\"");
    row(level, "/environment/ONEDNN_MAX_CPU_ISA", "null", "ONEDNN_MAX_CPU_ISA");
    row(level, "/environment/MKL_CBWR", "\"AUTO\"", "MKL_CBWR");
}

void TestEffectiveState::namesEachContradictionOfANetwork()
{
    QFETCH(int, level);
    QFETCH(QByteArray, pointer);
    QFETCH(QByteArray, value);
    QFETCH(QString, words);
    const spec::RunSpec spec = networkSpec(static_cast<Level>(level));
    const Json state = changed(goodNetworkState(spec), pointer.constData(), *parseJson(value.toStdString()));
    const QString message = QString::fromStdString(refusal(spec, state));
    QVERIFY2(message.contains(words), qPrintable(message));
}

void TestEffectiveState::seededLetsArithmeticBe()
{
    const spec::RunSpec spec = resolvedSpec(Level::Seeded);
    const Json good = goodState(spec);
    QVERIFY(train::checkLevel(spec, changed(good, "/floatingPoint/flushToZero", true)));
    QVERIFY(train::checkLevel(spec, changed(good, "/library/ownGradients", false)));
    QVERIFY(!train::checkLevel(spec, changed(good, "/library/seed", 7)));
}

void TestEffectiveState::randomDemandsNothing()
{
    QVERIFY(train::checkLevel(resolvedSpec(Level::Random), Json::object()));
}

void TestEffectiveState::refusesAStateThatWasNotRead()
{
    for (const Level level : {Level::Seeded, Level::Deterministic, Level::Portable})
        QVERIFY(!train::checkLevel(resolvedSpec(level), Json::object()));
    const spec::RunSpec spec = resolvedSpec(Level::Portable);
    train::applyPins(spec);
    const std::string message = refusal(spec, train::readEffectiveState(spec, Json::object()));
    QVERIFY2(message.find("not read back") != std::string::npos, message.c_str());
}

void TestEffectiveState::findsFlushToZeroInThisThread()
{
#if defined(__x86_64__)
    const spec::RunSpec spec = resolvedSpec(Level::Portable);
    const unsigned int before = _mm_getcsr();
    _mm_setcsr(before | 0x8000U);
    const Json flushing = goodState(spec);
    _mm_setcsr(before | 0x0040U);
    const Json zeroing = goodState(spec);
    _mm_setcsr(before);
    QVERIFY(refusal(spec, flushing).find("flushToZero") != std::string::npos);
    QVERIFY(refusal(spec, zeroing).find("denormalsAreZero") != std::string::npos);
    QVERIFY(refusal(spec, goodState(spec)).empty());
#else
    QSKIP("MXCSR is a register of x86");
#endif
}

void TestEffectiveState::findsAnotherRounding()
{
    const spec::RunSpec spec = resolvedSpec(Level::Deterministic);
    std::fesetround(FE_DOWNWARD);
    const Json state = goodState(spec);
    std::fesetround(FE_TONEAREST);
    QVERIFY(refusal(spec, state).find("found \"downward\"") != std::string::npos);
}

void TestEffectiveState::findsAWrongThreadCountInTheEnvironment()
{
    const spec::RunSpec spec = resolvedSpec(Level::Seeded);
    train::applyPins(spec);
    qputenv("OMP_NUM_THREADS", "7");
    const Json state = train::readEffectiveState(spec, libraryState(spec));
    const std::string message = refusal(spec, state);
    QVERIFY2(message.find("OMP_NUM_THREADS") != std::string::npos, message.c_str());
    QVERIFY(message.find("found \"7\"") != std::string::npos);
}

void TestEffectiveState::pinsAreSortedAndDependOnTheLevel()
{
    const auto portable = train::environmentPins(resolvedSpec(Level::Portable));
    QVERIFY(std::is_sorted(portable.begin(), portable.end()));
    QCOMPARE(portable, train::environmentPins(resolvedSpec(Level::Portable)));
    const auto seeded = train::environmentPins(resolvedSpec(Level::Seeded));
    QCOMPARE(seeded.size(), std::size_t{3});
    QCOMPARE(seeded.front(), (std::pair<std::string, std::string>("MKL_NUM_THREADS", "2")));
    spec::RunSpec deterministic = resolvedSpec(Level::Deterministic);
    deterministic.isa = "avx512";
    const auto pins = train::environmentPins(deterministic);
    const std::pair<std::string, std::string> cap("ONEDNN_MAX_CPU_ISA", "AVX512_CORE");
    QVERIFY(std::find(pins.begin(), pins.end(), cap) != pins.end());
    // LibTorch's threads wait a little before they sleep; XGBoost's sleep at once, and ours have no OpenMP.
    const std::pair<std::string, std::string> patience("GOMP_SPINCOUNT", "3000");
    const auto isPatient = [&](Level level, spec::ModelKind kind) {
        spec::RunSpec spec = resolvedSpec(level);
        spec.kind = kind;
        const auto all = train::environmentPins(spec);
        return std::find(all.begin(), all.end(), patience) != all.end();
    };
    QVERIFY(isPatient(Level::Deterministic, spec::ModelKind::Autoencoder));
    QVERIFY(!isPatient(Level::Deterministic, spec::ModelKind::Trees));
    QVERIFY(!isPatient(Level::Portable, spec::ModelKind::Autoencoder));
}

void TestEffectiveState::portablePinsDoNotDependOnAvx512()
{
    spec::RunSpec avx2 = resolvedSpec(Level::Portable);
    avx2.isa = "avx2";
    spec::RunSpec avx512 = avx2;
    avx512.isa = "avx512";
    QCOMPARE(train::environmentPins(avx2), train::environmentPins(avx512));
}

void TestEffectiveState::cudaPinsTheWorkspace()
{
    spec::RunSpec spec = resolvedSpec(Level::Deterministic);
    spec.device = "cuda:0";
    const auto pins = train::environmentPins(spec);
    const std::pair<std::string, std::string> workspace("CUBLAS_WORKSPACE_CONFIG", ":4096:8");
    QVERIFY(std::find(pins.begin(), pins.end(), workspace) != pins.end());
}

void TestEffectiveState::applyPinsTakesAwayWhatUndoesThem()
{
    qputenv("OMP_SCHEDULE", "dynamic");
    qputenv("KMP_AFFINITY", "compact");
    qputenv("KMP_BLOCKTIME", "infinite");
    qputenv("GOMP_CPU_AFFINITY", "0");
    qputenv("LD_PRELOAD", "");
    train::applyPins(resolvedSpec(Level::Portable));
    for (const char *name : {"OMP_SCHEDULE", "KMP_AFFINITY", "KMP_BLOCKTIME", "GOMP_CPU_AFFINITY"})
        QVERIFY2(!qEnvironmentVariableIsSet(name), name);
    QVERIFY(qEnvironmentVariableIsSet("LD_PRELOAD"));
    QCOMPARE(qgetenv("OMP_NUM_THREADS"), QByteArray("2"));
    qunsetenv("LD_PRELOAD");
}

void TestEffectiveState::randomLeavesTheEnvironmentAlone()
{
    qputenv("KMP_AFFINITY", "compact");
    train::applyPins(resolvedSpec(Level::Random));
    QCOMPARE(qgetenv("KMP_AFFINITY"), QByteArray("compact"));
    qunsetenv("KMP_AFFINITY");
}

void TestEffectiveState::recordsNoPath()
{
    const spec::RunSpec spec = resolvedSpec(Level::Portable);
    train::applyPins(spec);
    qputenv("LD_PRELOAD", "/home/someone/lib/libone.so:/home/someone/libtwo.so");
    qputenv("CUDA_VISIBLE_DEVICES", "GPU-0a1b2c3d");
    const Json state = train::readEffectiveState(spec, libraryState(spec));
    qunsetenv("LD_PRELOAD");
    qunsetenv("CUDA_VISIBLE_DEVICES");
    QVERIFY(state["environment"]["LD_PRELOAD"] == "libone.so:libtwo.so");
    const std::string text = *canonicalJson(state);
    QVERIFY(text.find("someone") == std::string::npos);
    QVERIFY(text.find("0a1b2c3d") == std::string::npos);
}

QTEST_GUILESS_MAIN(TestEffectiveState)
#include "tst_effective_state.moc"
