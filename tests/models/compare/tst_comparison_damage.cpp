// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Negative controls: one flipped bit in a stored file is found, and named where it is; broken files crash
// nothing.
#include "models/base/files.h"
#include "models/data/safetensors.h"
#include "tests/models/compare/run_fixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <bit>

using namespace ibidem;
using namespace ibidem::compare;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

class TestComparisonDamage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void findsAFlippedBitInEachTensor_data();
    void findsAFlippedBitInEachTensor();
    void namesTheSampleOfAFlippedPrediction();
    void namesTheNodeOfAFlippedModel();
    void findsEveryFlippedBitOfSmallFiles_data();
    void findsEveryFlippedBitOfSmallFiles();
    void findsFlippedBitsAllOverTheModel();
    void tellsWhichRunIsDamaged();
    void findsTheSameDamageInBoth();
    void survivesTruncation_data();
    void survivesTruncation();
    void refusesNonsenseThatTheManifestVouchesFor();

private:
    [[nodiscard]] fs::path file(std::string_view name) const { return m_copy / name; }

    [[nodiscard]] Comparison compared() const { return compareRuns(m_sound, m_copy).value_or(Comparison()); }

    static const Difference *find(const Comparison &comparison, std::string_view where)
    {
        for (const Difference &difference : comparison.differences)
            if (difference.what == "file" && difference.where.find(where) != std::string::npos)
                return &difference;
        return nullptr;
    }

    /// Where in the file a tensor's bytes start.
    static std::size_t offsetOf(const fs::path &path, const std::string &tensor)
    {
        const MappedFile mapped = MappedFile::open(path).value();
        const data::Safetensors container = data::Safetensors::parse(mapped.bytes(), "test").value();
        return static_cast<std::size_t>(container.find(tensor)->bytes.data() - mapped.bytes().data());
    }

    QTemporaryDir m_temporary;
    fs::path m_sound;
    fs::path m_copy;
};

void TestComparisonDamage::initTestCase()
{
    m_sound = fs::path(m_temporary.path().toStdString()) / "sound";
    m_copy = fs::path(m_temporary.path().toStdString()) / "copy";
    QVERIFY(writeRun(m_sound, makeRun()));
}

void TestComparisonDamage::init()
{
    fs::remove_all(m_copy);
    fs::copy(m_sound, m_copy);
    const Comparison same = compared();
    QVERIFY2(same.verdict == Verdict::Identical && same.trees == 30, describe(same).c_str());
}

void TestComparisonDamage::findsAFlippedBitInEachTensor_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("tensor");
    for (const std::string_view name : {runs::kPredictionsFile, runs::kFingerprintsFile}) {
        const data::Safetensors container = data::Safetensors::open(m_sound / name).value();
        for (const data::TensorView &tensor : container.tensors()) {
            const std::string row = std::string(name) + " " + tensor.name;
            QTest::newRow(row.c_str()) << QByteArray(name.data(), static_cast<qsizetype>(name.size()))
                                       << QByteArray::fromStdString(tensor.name);
        }
    }
}

void TestComparisonDamage::findsAFlippedBitInEachTensor()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, tensor);
    const std::string fileName = name.toStdString();
    const std::string tensorName = tensor.toStdString();
    const std::size_t start = offsetOf(m_sound / fileName, tensorName);
    for (const std::size_t bit : {std::size_t{0}, std::size_t{7}, std::size_t{8 * 3 + 2}}) {
        fs::copy_file(m_sound / fileName, file(fileName), fs::copy_options::overwrite_existing);
        QVERIFY(flipBit(file(fileName), start * 8 + bit));
        const Comparison result = compared();
        QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
        const Difference *damage = find(result, fileName + " of B");
        QVERIFY2(damage != nullptr, describe(result).c_str());
        QVERIFY(damage->b.find("does not match its manifest") != std::string::npos);
        QVERIFY2(damage->b.find("1 byte differs, the first at offset " + std::to_string(start + bit / 8)) !=
                     std::string::npos,
                 damage->b.c_str());
        const Difference *place = find(result, fileName + ", tensor " + tensorName + ", element ");
        QVERIFY2(place != nullptr, describe(result).c_str());
        QVERIFY(place->a != place->b);
        QCOMPARE(place->count, std::uint64_t{1});
        // Damage accuses no sample of having changed.
        for (const Difference &difference : result.differences)
            QVERIFY2(difference.what == "file" || difference.what == "prediction", describe(result).c_str());
    }
}

void TestComparisonDamage::namesTheSampleOfAFlippedPrediction()
{
    const std::string name(runs::kPredictionsFile);
    const std::size_t start = offsetOf(m_sound / name, "test.probabilities");
    QVERIFY(flipBit(file(name), (start + (9 * 2 + 1) * sizeof(double)) * 8));
    const Comparison result = compared();
    const Difference *place = find(result, "tensor test.probabilities, element 19, sample TES0010");
    QVERIFY2(place != nullptr, describe(result).c_str());
    QCOMPARE(place->maxUlp.value(), std::uint64_t{1});
    QCOMPARE(result.predictions - result.predictionsEqual, std::uint64_t{1});
    QCOMPARE(result.tensors - result.tensorsEqual, std::uint64_t{1});
    QVERIFY2(
        result.sentence.starts_with("DIFFERENT: predictions.safetensors of B does not match its manifest: "),
        result.sentence.c_str());
    QVERIFY2(result.sentence.find("TES0010") != std::string::npos, result.sentence.c_str());
    const Comparison loose = compareRuns(m_sound, m_copy, Tolerance::parse("ulp:9").value()).value();
    QCOMPARE(loose.verdict, Verdict::Different); // a damaged file is not a matter of tolerance
}

void TestComparisonDamage::namesTheNodeOfAFlippedModel()
{
    FixtureRun run = makeRun();
    run.ensemble.trees[6].nodes[5].value = 0.123456F;
    fs::remove_all(m_sound);
    QVERIFY(writeRun(m_sound, run));
    fs::remove_all(m_copy);
    fs::copy(m_sound, m_copy);
    // The leaf's value, as big-endian bytes: the form of numbers in UBJSON.
    const std::string model = readFile(file(runs::kModelFile)).value();
    std::string wanted(4, '\0');
    const auto bits = std::bit_cast<std::uint32_t>(0.123456F);
    for (int i = 0; i < 4; ++i)
        wanted[static_cast<std::size_t>(i)] = static_cast<char>((bits >> (24 - 8 * i)) & 0xFFU);
    std::vector<std::size_t> places;
    for (std::size_t at = model.find(wanted); at != std::string::npos; at = model.find(wanted, at + 1))
        places.push_back(at);
    QVERIFY(!places.empty());
    bool named = false;
    for (const std::size_t place : places) {
        fs::copy_file(m_sound / runs::kModelFile, file(runs::kModelFile),
                      fs::copy_options::overwrite_existing);
        QVERIFY(flipBit(file(runs::kModelFile), (place + 3) * 8));
        const Comparison result = compared();
        QCOMPARE(result.verdict, Verdict::Different);
        QVERIFY(find(result, "model.ubj of B") != nullptr);
        named = named || (result.firstRound == 7 && result.firstWhat == "tree 7, node 5");
    }
    QVERIFY(named);
}

void TestComparisonDamage::findsEveryFlippedBitOfSmallFiles_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const std::string_view name : {runs::kMetricsFile, runs::kRoundsFile, runs::kImportanceFile,
                                        runs::kPredictionsFile, runs::kFingerprintsFile})
        QTest::newRow(std::string(name).c_str())
            << QByteArray(name.data(), static_cast<qsizetype>(name.size()));
}

void TestComparisonDamage::findsEveryFlippedBitOfSmallFiles()
{
    QFETCH(QByteArray, name);
    const std::string fileName = name.toStdString();
    const std::string bytes = readFile(m_sound / fileName).value();
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 60);
    for (std::size_t byte = 0; byte < bytes.size(); byte += step) {
        fs::copy_file(m_sound / fileName, file(fileName), fs::copy_options::overwrite_existing);
        QVERIFY(flipBit(file(fileName), byte * 8 + byte % 8));
        const Comparison result = compared();
        QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
        const Difference *damage = find(result, fileName + " of B");
        QVERIFY(damage != nullptr);
        QVERIFY(damage->b.find("the first at offset " + std::to_string(byte)) != std::string::npos);
    }
}

void TestComparisonDamage::findsFlippedBitsAllOverTheModel()
{
    const std::string bytes = readFile(m_sound / runs::kModelFile).value();
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / 120);
    for (std::size_t byte = 0; byte < bytes.size(); byte += step) {
        fs::copy_file(m_sound / runs::kModelFile, file(runs::kModelFile),
                      fs::copy_options::overwrite_existing);
        QVERIFY(flipBit(file(runs::kModelFile), byte * 8 + byte % 8));
        const Comparison result = compared();
        QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
        QVERIFY(find(result, "model.ubj of B") != nullptr);
    }
}

void TestComparisonDamage::tellsWhichRunIsDamaged()
{
    QVERIFY(flipBit(file(runs::kRoundsFile), 8 * 100));
    const Comparison inB = compared();
    QVERIFY(find(inB, "rounds.csv of B") != nullptr);
    QVERIFY(find(inB, "rounds.csv of A") == nullptr);
    const Comparison inA = compareRuns(m_copy, m_sound).value();
    QVERIFY(find(inA, "rounds.csv of A") != nullptr);
    QVERIFY(find(inA, "rounds.csv of B") == nullptr);
    QVERIFY(inA.sentence.starts_with("DIFFERENT: rounds.csv of A does not match its manifest"));
}

void TestComparisonDamage::findsTheSameDamageInBoth()
{
    QVERIFY(flipBit(file(runs::kImportanceFile), 8 * 30));
    const Comparison result = compareRuns(m_copy, m_copy).value();
    QCOMPARE(result.verdict, Verdict::Different);
    QVERIFY(find(result, "importance.csv of A") != nullptr);
    QVERIFY(find(result, "importance.csv of B") != nullptr);
}

void TestComparisonDamage::survivesTruncation_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const std::string_view name : {runs::kMetricsFile, runs::kRoundsFile, runs::kImportanceFile,
                                        runs::kModelFile, runs::kPredictionsFile, runs::kFingerprintsFile})
        QTest::newRow(std::string(name).c_str())
            << QByteArray(name.data(), static_cast<qsizetype>(name.size()));
}

void TestComparisonDamage::survivesTruncation()
{
    QFETCH(QByteArray, name);
    const std::string fileName = name.toStdString();
    const std::string bytes = readFile(m_sound / fileName).value();
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{8},
                                     std::size_t{9}, bytes.size() / 3, bytes.size() / 2, bytes.size() - 1}) {
        QVERIFY(writeFileAtomically(file(fileName), bytes.substr(0, length)));
        const Comparison result = compared();
        QVERIFY2(result.verdict == Verdict::Different, describe(result).c_str());
        QVERIFY(find(result, fileName + " of B") != nullptr);
    }
    fs::remove(file(fileName));
    const Comparison result = compared();
    QCOMPARE(result.verdict, Verdict::Different);
    QVERIFY(find(result, fileName + " of B") != nullptr);
}

void TestComparisonDamage::refusesNonsenseThatTheManifestVouchesFor()
{
    for (const std::string_view name : {runs::kMetricsFile, runs::kRoundsFile, runs::kModelFile,
                                        runs::kPredictionsFile, runs::kFingerprintsFile}) {
        init();
        runs::Manifest manifest = runs::readManifest(m_copy).value();
        manifest.files.erase(std::string(name));
        QVERIFY(runs::writeManifest(m_copy, manifest));
        QVERIFY(writeFileAtomically(file(name), "nonsense"));
        const auto result = compareRuns(m_sound, m_copy);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::BadData);
        QVERIFY2(result.error().path.find(name) != std::string::npos,
                 ibidem::describe(result.error()).c_str());
    }
}

QTEST_GUILESS_MAIN(TestComparisonDamage)
#include "tst_comparison_damage.moc"
