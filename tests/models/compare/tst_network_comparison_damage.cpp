// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Runs of networks whose files were damaged, or lack some: found and named, and mistaken for nothing else.
#include "models/base/sha256.h"
#include "models/data/safetensors.h"
#include "models/runs/network_files.h"
#include "models/runs/trace.h"
#include "tests/models/compare/network_pair.h"

using namespace ibidem;
using namespace ibidem::compare;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

class TestNetworkComparisonDamage : public QObject, private NetworkPair
{
    Q_OBJECT

private Q_SLOTS:
    void findsADamagedTrace();
    void aDamagedTraceHidesNoDifference();
    void doesWithoutTraces();
    void survivesATraceThatMakesNoSense();
    void findsAFlippedBitOfTheModel();
    void findsAFlippedBitInEveryFile_data();
    void findsAFlippedBitInEveryFile();
};

void TestNetworkComparisonDamage::findsADamagedTrace()
{
    changed([](NetworkRun &) {});
    // The gradient of the second tensor in the second step.
    const fs::path file = m_folder / "b" / runs::kTraceFile;
    const std::size_t record = 32 + 12 * 16;
    const std::size_t start = static_cast<std::size_t>(fs::file_size(file)) - 25 * record;
    QVERIFY(flipBit(file, (start + record + 32 + 13 * 8) * 8 + 3));
    const Comparison result = compared();
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result, "DIFFERENT: trace.bin of B does not match its manifest: trace.bin, epoch 1, step 2, "
                        "gradients of encoder.0.bias is ");
    VERIFY_SAYS(result, "12 of 12 tensors, 5 of 5 epochs");
    QCOMPARE(find(result, "file", "trace.bin, epoch 1, step 2")->count, std::uint64_t{1});
    // Damage accuses no step of having gone another way.
    QVERIFY(find(result, "step") == nullptr);
    QVERIFY(!result.firstRound);
}

void TestNetworkComparisonDamage::aDamagedTraceHidesNoDifference()
{
    changed([](NetworkRun &run) {
        run.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 3 && step == 4)
                weights[2][5] += 1.0F;
        };
    });
    QVERIFY(flipBit(m_folder / "b" / runs::kTraceFile, 8 * 700));
    const Comparison result = compared();
    VERIFY_SAYS(result, "DIFFERENT: trace.bin of B does not match its manifest; ");
    VERIFY_SAYS(result, "Besides, the runs differ since epoch 3: the weights of encoder.0.weight and 11 more "
                        "differ at its end");
    QCOMPARE(first(result),
             std::string(R"({"epoch":3,"layer":"encoder.0","operation":"weights","step":null})"));
}

void TestNetworkComparisonDamage::doesWithoutTraces()
{
    for (const bool inA : {false, true}) {
        NetworkRun a = makeNetworkRun();
        a.hasTrace = inA;
        NetworkRun b = makeNetworkRun();
        b.hasTrace = false;
        const Comparison same = written(a, b);
        QVERIFY2(same.verdict == Verdict::Identical, describe(same).c_str());
        QCOMPARE(find(same, "step", "trace.bin") != nullptr, inA);
        b.meddling.weights = [](int epoch, int step, Meddling::Weights &weights) {
            if (epoch == 3 && step == 4)
                weights[2][5] += 1.0F;
        };
        const Comparison result = written(a, b);
        VERIFY_SAYS(result,
                    "DIFFERENT since epoch 3: the weights of encoder.0.weight and 11 more differ at its end");
        QCOMPARE(first(result),
                 std::string(R"({"epoch":3,"layer":"encoder.0","operation":"weights","step":null})"));
    }
}

void TestNetworkComparisonDamage::survivesATraceThatMakesNoSense()
{
    changed([](NetworkRun &) {});
    // Even where the manifest vouches for it.
    QVERIFY(writeFileAtomically(m_folder / "b" / runs::kTraceFile, "nonsense"));
    runs::Manifest manifest = runs::readManifest(m_folder / "b").value();
    manifest.files[std::string(runs::kTraceFile)] = sha256Hex("nonsense");
    QVERIFY(runs::writeManifest(m_folder / "b", manifest));
    const Comparison result = compared();
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    QVERIFY(find(result, "file", "trace.bin of B")->b.find("makes no sense") != std::string::npos);
    QCOMPARE(result.tensorsEqual, std::uint64_t{12});
    // Cut off in the middle of a record, or gone: found too.
    manifest.files[std::string(runs::kTraceFile)] =
        sha256File(m_folder / "a" / runs::kTraceFile).value().sha256;
    QVERIFY(runs::writeManifest(m_folder / "b", manifest));
    fs::copy_file(m_folder / "a" / runs::kTraceFile, m_folder / "b" / runs::kTraceFile,
                  fs::copy_options::overwrite_existing);
    QVERIFY(compared().verdict == Verdict::Identical);
    fs::resize_file(m_folder / "b" / runs::kTraceFile, fs::file_size(m_folder / "b" / runs::kTraceFile) - 9);
    QVERIFY(find(compared(), "file", "trace.bin of B")->b.find("is torn") != std::string::npos);
    fs::remove(m_folder / "b" / runs::kTraceFile);
    QVERIFY(find(compared(), "file", "trace.bin of B") != nullptr);
}

void TestNetworkComparisonDamage::findsAFlippedBitOfTheModel()
{
    changed([](NetworkRun &) {});
    const fs::path file = m_folder / "b" / runs::kWeightsFile;
    std::size_t start = 0;
    {
        const MappedFile mapped = MappedFile::open(file).value();
        const data::Safetensors container = data::Safetensors::parse(mapped.bytes(), "test").value();
        start = static_cast<std::size_t>(container.find("encoder.2.weight")->bytes.data() -
                                         mapped.bytes().data());
    }
    QVERIFY(flipBit(file, (start + 4 * 9) * 8)); // the lowest bit of element 9, in row 1, column 3
    const Comparison result = compared();
    QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
    VERIFY_SAYS(result,
                "DIFFERENT: model.safetensors of B does not match its manifest: model.safetensors, tensor "
                "encoder.2.weight, element 9 is ");
    VERIFY_SAYS(result, "11 of 12 tensors, 5 of 5 epochs");
    const Difference *tensor = find(result, "tensor", "encoder.2.weight [1, 3]");
    QVERIFY2(tensor != nullptr, describe(result).c_str());
    QCOMPARE(tensor->maxUlp.value_or(0), std::uint64_t{1});
    QCOMPARE(tensor->count, std::uint64_t{1});
}

void TestNetworkComparisonDamage::findsAFlippedBitInEveryFile_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const std::string_view name :
         {runs::kMetricsFile, runs::kEpochsFile, runs::kTensorsFile, runs::kTraceFile, runs::kWeightsFile,
          runs::kEmbeddingFile, runs::kReconstructionFile, runs::kFingerprintsFile})
        QTest::newRow(name.data()) << QByteArray(name.data());
}

void TestNetworkComparisonDamage::findsAFlippedBitInEveryFile()
{
    QFETCH(QByteArray, name);
    NetworkRun run = makeNetworkRun();
    run.spec.analysis.reconstruction = true;
    const Comparison same = written(run, run);
    QVERIFY2(same.verdict == Verdict::Identical, describe(same).c_str());
    const fs::path sound = m_folder / "a" / name.toStdString();
    const fs::path file = m_folder / "b" / name.toStdString();
    const std::size_t bits = static_cast<std::size_t>(fs::file_size(file)) * 8;
    for (std::size_t i = 0; i < 40; ++i) {
        fs::copy_file(sound, file, fs::copy_options::overwrite_existing);
        QVERIFY(flipBit(file, (i * bits + 17 * i) / 40 % bits));
        const Comparison result = compared();
        QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
        QVERIFY2(find(result, "file", name.toStdString() + " of B") != nullptr, describe(result).c_str());
        VERIFY_SAYS(result, name.toStdString() + " of B does not match its manifest");
    }
}

QTEST_GUILESS_MAIN(TestNetworkComparisonDamage)
#include "tst_network_comparison_damage.moc"
