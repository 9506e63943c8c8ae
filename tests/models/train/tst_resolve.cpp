// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/effective_state.h"

#include <QTest>

#include <thread>

using namespace ibidem;
using spec::Level;

/// Runs twice: with the machine's own driver (if any), and as tst_resolve_gpu with a pretended one
/// (IBIDEM_FAKE_GPU).
class TestResolve : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void smallTablesTakeOneThread();
    void largeTablesTakeEveryCore();
    void networksTakeEveryCore();
    void keepsTheThreadsAskedFor();
    void takesTheBestIsa();
    void refusesAnUnknownIsa();
    void refusesPortableOnCuda();
    void refusesANonsensicalDevice();
    void portableAskedStaysOnTheCpu();
    void saysWhyThereIsNoGpu();
    void takesAGpuThatWorks();
    void refusesAGpuThatIsNotThere();
    void refusesAnOldDriver();
    void refusesADriverThatDoesNotStart();

private:
    static spec::RunSpec onCpu();
    bool m_fake = qEnvironmentVariableIntValue("IBIDEM_FAKE_GPU") == 1;
};

void TestResolve::init()
{
    qunsetenv("FAKE_CUDA_GPUS");
    qunsetenv("FAKE_CUDA_VERSION");
    qunsetenv("FAKE_CUDA_INIT");
}

spec::RunSpec TestResolve::onCpu()
{
    spec::RunSpec spec;
    spec.device = "cpu";
    return spec;
}

void TestResolve::smallTablesTakeOneThread()
{
    const auto spec = train::resolve(onCpu(), false, 999'999);
    QVERIFY(spec);
    QCOMPARE(spec->threads, 1);
    QVERIFY(spec->level == Level::Portable);
    QVERIFY(spec->isa != "auto");
}

void TestResolve::largeTablesTakeEveryCore()
{
    const auto spec = train::resolve(onCpu(), false, 1'000'000);
    QVERIFY(spec);
    QCOMPARE(spec->threads, static_cast<int>(std::thread::hardware_concurrency()));
}

void TestResolve::networksTakeEveryCore()
{
    spec::RunSpec network = onCpu();
    network.kind = spec::ModelKind::Autoencoder;
    const auto spec = train::resolve(network, false, 10);
    QVERIFY(spec);
    QCOMPARE(spec->threads, static_cast<int>(std::thread::hardware_concurrency()));
    QVERIFY(spec->level == Level::Portable);
}

void TestResolve::keepsTheThreadsAskedFor()
{
    spec::RunSpec asked = onCpu();
    asked.threads = 3;
    const auto spec = train::resolve(asked, false, 10);
    QVERIFY(spec);
    QCOMPARE(spec->threads, 3);
}

void TestResolve::takesTheBestIsa()
{
    const std::vector<std::string> isas = train::availableIsas();
    QCOMPARE(isas.front(), std::string("scalar"));
    QCOMPARE(train::resolve(onCpu(), false, 1)->isa, isas.back());
    for (const std::string &isa : isas) {
        spec::RunSpec asked = onCpu();
        asked.isa = isa;
        QCOMPARE(train::resolve(asked, false, 1)->isa, isa);
    }
}

void TestResolve::refusesAnUnknownIsa()
{
    spec::RunSpec asked = onCpu();
    asked.isa = "avx10";
    const auto spec = train::resolve(asked, false, 1);
    QVERIFY(!spec);
    QVERIFY(spec.error().code == ErrorCode::Unavailable);
    QVERIFY(spec.error().message.find("avx10") != std::string::npos);
}

void TestResolve::refusesPortableOnCuda()
{
    spec::RunSpec asked;
    asked.device = "cuda:0";
    asked.level = Level::Portable;
    const auto spec = train::resolve(asked, true, 1);
    QVERIFY(!spec);
    QVERIFY(spec.error().code == ErrorCode::Unavailable);
    QVERIFY(spec.error().message.find("portable") != std::string::npos);
}

void TestResolve::refusesANonsensicalDevice()
{
    for (const char *name : {"tpu", "cuda:", "cuda:x", "cuda:-1"}) {
        spec::RunSpec asked;
        asked.device = name;
        const auto spec = train::resolve(asked, false, 1);
        QVERIFY2(!spec, name);
        QVERIFY(spec.error().code == ErrorCode::BadSpec);
    }
}

void TestResolve::portableAskedStaysOnTheCpu()
{
    spec::RunSpec asked;
    asked.level = Level::Portable;
    const auto spec = train::resolve(asked, true, 1);
    QVERIFY(spec);
    QCOMPARE(spec->device, std::string("cpu"));
}

void TestResolve::saysWhyThereIsNoGpu()
{
    std::string why = "unchanged";
    const bool some = !train::cudaDevices(&why).empty();
    QCOMPARE(why.empty(), some);
    if (some)
        QSKIP("there is a GPU");
    spec::RunSpec asked;
    asked.device = "cuda:0";
    const auto spec = train::resolve(asked, false, 1);
    QVERIFY(!spec);
    QVERIFY(spec.error().code == ErrorCode::Unavailable);
    QVERIFY(spec.error().message.find(why) != std::string::npos);
    const auto automatic = train::resolve(spec::RunSpec{}, false, 1);
    QVERIFY(automatic);
    QCOMPARE(automatic->device, std::string("cpu"));
}

void TestResolve::takesAGpuThatWorks()
{
    if (!m_fake)
        QSKIP("needs the pretended driver");
    qputenv("FAKE_CUDA_GPUS", "2");
    const auto devices = train::cudaDevices();
    QCOMPARE(devices.size(), std::size_t{2});
    QCOMPARE(devices[1].name, std::string("cuda:1"));
    QVERIFY(devices[0].description.find("Pretended GPU, 80.0 GB, compute capability 9.0") == 0);
    const auto spec = train::resolve(spec::RunSpec{}, false, 1);
    QVERIFY(spec);
    QCOMPARE(spec->device, std::string("cuda:0"));
    QVERIFY(spec->level == Level::Deterministic);
    spec::RunSpec second;
    second.device = "cuda:1";
    QCOMPARE(train::resolve(second, false, 1)->device, std::string("cuda:1"));
}

void TestResolve::refusesAGpuThatIsNotThere()
{
    if (!m_fake)
        QSKIP("needs the pretended driver");
    spec::RunSpec asked;
    asked.device = "cuda:1";
    const auto spec = train::resolve(asked, false, 1);
    QVERIFY(!spec);
    QVERIFY(spec.error().message.find("has 1 CUDA device") != std::string::npos);
}

void TestResolve::refusesAnOldDriver()
{
    if (!m_fake)
        QSKIP("needs the pretended driver");
    qputenv("FAKE_CUDA_VERSION", "12040");
    std::string why;
    QVERIFY(train::cudaDevices(&why).empty());
    QVERIFY2(why.find("supports CUDA 12.4") != std::string::npos, why.c_str());
    QCOMPARE(train::resolve(spec::RunSpec{}, false, 1)->device, std::string("cpu"));
}

void TestResolve::refusesADriverThatDoesNotStart()
{
    if (!m_fake)
        QSKIP("needs the pretended driver");
    qputenv("FAKE_CUDA_INIT", "999");
    std::string why;
    QVERIFY(train::cudaDevices(&why).empty());
    QVERIFY2(why.find("error 999") != std::string::npos, why.c_str());
}

QTEST_GUILESS_MAIN(TestResolve)
#include "tst_resolve.moc"
