// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/run_folder.h"
#include "tests/models/compare/run_fixture.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <limits>

using namespace ibidem;
using namespace ibidem::compare;
using namespace ibidem::fixture;
namespace fs = std::filesystem;

class TestComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void measuresDistancesInUlp();
    void parsesTolerances();
    void findsTheSameRunIdentical();
    void findsRunsIdenticalOnOtherThreadCountsAndMachines();
    void namesTheFirstRoundAndNodeThatDiffer();
    void namesAGeneThatATreeSplitsAtInstead();
    void countsAMissingRound();
    void findsAMetricThatAloneDiffers();
    void isWithinATolerance();
    void namesWhatIsFirstOutOfTheTolerance();
    void isNotWithinWhenTheStructureDiffers();
    void comparesAStoppedRunWithAFinishedOne();
    void comparesAnImportedModel();
    void refusesRunsWithoutResults();
    void tellsOfMissingAndBrokenManifests();
    void writesTheDocument();
    void summarisesSeveralReruns();
    void isFastOnRunsOfThePapersSize();

private:
    [[nodiscard]] Result<Comparison> compared(const FixtureRun &a, const FixtureRun &b,
                                              const Tolerance &tolerance = {})
    {
        ++m_count;
        const fs::path folderA = m_folder / ("a" + std::to_string(m_count));
        const fs::path folderB = m_folder / ("b" + std::to_string(m_count));
        IBIDEM_CHECK(writeRun(folderA, a));
        IBIDEM_CHECK(writeRun(folderB, b));
        return compareRuns(folderA, folderB, tolerance);
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
    int m_count = 0;
};

void TestComparison::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = m_temporary->path().toStdString();
}

void TestComparison::cleanup()
{
    m_temporary.reset();
}

void TestComparison::measuresDistancesInUlp()
{
    constexpr std::uint64_t kFarthest = std::numeric_limits<std::uint64_t>::max();
    QCOMPARE(ulpDistance(1.0F, 1.0F), std::uint64_t{0});
    QCOMPARE(ulpDistance(1.0F, std::nextafter(1.0F, 2.0F)), std::uint64_t{1});
    QCOMPARE(ulpDistance(1.0, std::nextafter(std::nextafter(1.0, 0.0), 0.0)), std::uint64_t{2});
    QCOMPARE(ulpDistance(0.0F, -0.0F), std::uint64_t{0});
    QCOMPARE(ulpDistance(std::numeric_limits<float>::denorm_min(), -std::numeric_limits<float>::denorm_min()),
             std::uint64_t{2});
    QCOMPARE(ulpDistance(-5e-324, 5e-324), std::uint64_t{2});
    QCOMPARE(ulpDistance(-1.0F, 1.0F), std::uint64_t{2} * 0x3f800000U);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    QCOMPARE(ulpDistance(nan, nan), std::uint64_t{0});
    QCOMPARE(ulpDistance(nan, 1.0), kFarthest);
    QCOMPARE(ulpDistance(nan, -nan), kFarthest);
}

void TestComparison::parsesTolerances()
{
    QCOMPARE(Tolerance::parse("ulp:4")->ulp.value(), std::uint64_t{4});
    QCOMPARE(Tolerance::parse("rel:1e-6")->relative.value(), 1e-6);
    QVERIFY(!Tolerance::parse("rel:1e-6")->ulp);
    for (const char *bad : {"", "ulp", "ulp:", "ulp:-1", "ulp:1.5", "rel:", "rel:-1", "rel:nan", "rel:inf",
                            "abs:1", "ulp:4,rel:1", "4"}) {
        const auto tolerance = Tolerance::parse(bad);
        QVERIFY2(!tolerance, bad);
        QCOMPARE(tolerance.error().code, ErrorCode::Usage);
    }
}

void TestComparison::findsTheSameRunIdentical()
{
    const auto same = compared(makeRun(), makeRun());
    QVERIFY2(same, same ? "" : ibidem::describe(same.error()).c_str());
    QCOMPARE(same->verdict, Verdict::Identical);
    QCOMPARE(
        same->sentence,
        std::string(
            "IDENTICAL: 30 of 30 trees, 120 of 120 metric values, 56 of 56 predictions are equal bit for "
            "bit."));
    QVERIFY2(same->differences.empty(), describe(*same).c_str());
    QCOMPARE(same->tensors, same->tensorsEqual);
    QCOMPARE(same->tensors, std::uint64_t{17});
    QCOMPARE(same->settings, same->settingsEqual);
    QVERIFY(same->settings > 10);
    QCOMPARE(same->topGenes, std::uint64_t{10});
    QCOMPARE(same->topGenesShared, std::uint64_t{10});
    QVERIFY(!same->firstRound);
    QCOMPARE(same->nameA, std::string("a1"));
}

void TestComparison::findsRunsIdenticalOnOtherThreadCountsAndMachines()
{
    FixtureRun other = makeRun();
    other.spec.threads = 2;
    other.spec.isa = "avx512";
    other.spec.checkpointEvery = 7;
    other.state["threads"]["used"] = 2;
    other.environment["cpu"]["brand"] = "another";
    const auto same = compared(makeRun(), other);
    QCOMPARE(same->verdict, Verdict::Identical);
    QVERIFY2(same->sentence.ends_with("equal bit for bit, with isa avx2 and avx512, threads 1 and 2."),
             same->sentence.c_str());
    QCOMPARE(same->differences.size(), std::size_t{5});
    for (const Difference &difference : same->differences)
        QVERIFY(difference.informative);
}

void TestComparison::namesTheFirstRoundAndNodeThatDiffer()
{
    FixtureRun other = makeRun();
    for (const std::size_t tree : {std::size_t{16}, std::size_t{20}})
        other.ensemble.trees[tree].nodes[2].threshold =
            std::nextafter(other.ensemble.trees[tree].nodes[2].threshold, 99.0F);
    const auto result = compared(makeRun(), other);
    QCOMPARE(result->verdict, Verdict::Different);
    QCOMPARE(result->firstRound.value(), std::int64_t{17});
    QCOMPARE(result->firstWhat, std::string("tree 17, node 2"));
    QCOMPARE(result->trees - result->treesEqual, std::uint64_t{2});
    QVERIFY2(result->sentence.starts_with("DIFFERENT since round 17: tree 17 has the threshold "),
             result->sentence.c_str());
    QVERIFY(result->sentence.find("no recorded setting, input or state explains it") != std::string::npos);
    const Difference &tree = result->differences.at(0);
    QCOMPARE(tree.what, std::string("tree"));
    QCOMPARE(tree.where, std::string("round 17, tree 17, node 2, threshold"));
    QCOMPARE(tree.maxUlp.value(), std::uint64_t{1});
    QCOMPARE(tree.count, std::uint64_t{2});
}

void TestComparison::namesAGeneThatATreeSplitsAtInstead()
{
    FixtureRun other = makeRun();
    data::TreeNode &node = other.ensemble.trees[4].nodes[1];
    const std::string before = other.geneIds[node.feature];
    node.feature = (node.feature + 1) % 20;
    const auto result = compared(makeRun(), other);
    const std::string phrase =
        "tree 5 splits node 1 at gene " + other.geneIds[node.feature] + " instead of " + before;
    QVERIFY2(result->sentence.starts_with("DIFFERENT since round 5: " + phrase), result->sentence.c_str());
    QVERIFY(result->sentence.find("1 of 30 trees") != std::string::npos);
}

void TestComparison::countsAMissingRound()
{
    FixtureRun other = makeRun();
    other.ensemble.trees.pop_back();
    const auto result = compared(makeRun(), other);
    QCOMPARE(result->verdict, Verdict::Different);
    QCOMPARE(result->trees, std::uint64_t{30});
    QCOMPARE(result->treesEqual, std::uint64_t{29});
    QCOMPARE(result->metrics, std::uint64_t{120});
    QCOMPARE(result->metricsEqual, std::uint64_t{116});
    QCOMPARE(result->firstRound.value(), std::int64_t{30});
}

void TestComparison::findsAMetricThatAloneDiffers()
{
    const fs::path a = m_folder / "a";
    const fs::path b = m_folder / "b";
    QVERIFY(writeRun(a, makeRun()));
    QVERIFY(writeRun(b, makeRun()));
    auto points = runs::parseMetricsCsv(readFile(b / runs::kMetricsFile).value(), "").value();
    points[50].value = std::nextafter(points[50].value, 9.0);
    QVERIFY(writeFileAtomically(b / runs::kMetricsFile, runs::metricsCsv(points)));
    runs::Manifest manifest = runs::readManifest(b).value();
    manifest.files.erase(std::string(runs::kMetricsFile));
    QVERIFY(runs::writeManifest(b, manifest));
    const auto result = compareRuns(a, b);
    QCOMPARE(result->verdict, Verdict::Different);
    QCOMPARE(result->metricsEqual, std::uint64_t{119});
    QCOMPARE(result->firstRound.value(), points[50].round);
    QCOMPARE(result->firstWhat, points[50].split + " " + points[50].metric);
    QCOMPARE(result->differences.at(0).maxUlp.value(), std::uint64_t{1});
    QCOMPARE(compareRuns(a, b, Tolerance::parse("ulp:1").value())->verdict, Verdict::Within);
}

void TestComparison::isWithinATolerance()
{
    FixtureRun other = makeRun();
    other.ensemble.trees[3].nodes[4].value = std::nextafter(other.ensemble.trees[3].nodes[4].value, 9.0F);
    QCOMPARE(compared(makeRun(), other)->verdict, Verdict::Different);
    const auto within = compared(makeRun(), other, Tolerance::parse("rel:1e-3").value());
    QVERIFY2(within->verdict == Verdict::Within, describe(*within).c_str());
    QVERIFY2(within->sentence.starts_with("WITHIN rel:0.001: 29 of 30 trees, "), within->sentence.c_str());
    QCOMPARE(compared(makeRun(), other, Tolerance::parse("rel:1e-12").value())->verdict, Verdict::Different);
    QVERIFY(within->differences.at(0).within == std::optional<bool>(true));
    QCOMPARE(compared(makeRun(), makeRun(), Tolerance::parse("rel:1e-3").value())->verdict,
             Verdict::Identical);
}

void TestComparison::namesWhatIsFirstOutOfTheTolerance()
{
    FixtureRun other = makeRun();
    float &near = other.ensemble.trees[3].nodes[4].value;
    near = std::nextafter(near, 9.0F);
    other.ensemble.trees[7].nodes[3].value = std::nextafter(other.ensemble.trees[7].nodes[3].value, 9.0F);
    other.ensemble.trees[7].nodes[4].value += 5.0F;
    const auto result = compared(makeRun(), other, Tolerance::parse("rel:1e-3").value());
    QVERIFY2(
        result->sentence.starts_with("DIFFERENT beyond rel:0.001 since round 8: tree 8 has the leaf value "),
        result->sentence.c_str());
    QCOMPARE(result->firstWhat, std::string("tree 8, node 4"));
    QCOMPARE(result->differences.at(0).where, std::string("round 8, tree 8, node 4, leaf value"));
    QVERIFY(result->differences.at(0).within == std::optional<bool>(false));
    QVERIFY(!result->toJson().at("differences").at(0).at("within").get<bool>());
}

void TestComparison::isNotWithinWhenTheStructureDiffers()
{
    const Tolerance wide = Tolerance::parse("rel:1e9").value();
    FixtureRun other = makeRun();
    other.ensemble.trees[3].nodes[1].feature = (other.ensemble.trees[3].nodes[1].feature + 1) % 20;
    QCOMPARE(compared(makeRun(), other, wide)->verdict, Verdict::Different);
    other = makeRun();
    other.ensemble.trees.pop_back();
    QCOMPARE(compared(makeRun(), other, wide)->verdict, Verdict::Different);
}

void TestComparison::comparesAStoppedRunWithAFinishedOne()
{
    FixtureRun stopped = makeRun();
    stopped.outcome = "stopped";
    stopped.ensemble.trees.resize(10);
    const auto result = compared(makeRun(), stopped);
    QCOMPARE(result->verdict, Verdict::Different);
    QCOMPARE(result->differences.at(0).what, std::string("outcome"));
    QCOMPARE(result->differences.at(0).b, std::string("stopped after 10 rounds"));
    QCOMPARE(result->treesEqual, std::uint64_t{10});
    QVERIFY2(result->sentence.find("; 20 trees, 80 metric values missing in B") != std::string::npos,
             result->sentence.c_str());
}

void TestComparison::comparesAnImportedModel()
{
    const fs::path a = m_folder / "a";
    const fs::path b = m_folder / "b";
    QVERIFY(writeRun(a, makeRun()));
    QVERIFY(makeFolder(b));
    QVERIFY(fs::copy_file(a / runs::kModelFile, b / runs::kModelFile));
    runs::Manifest manifest;
    manifest.outcome = "imported";
    manifest.roundsDone = 30;
    QVERIFY(runs::writeManifest(b, manifest));
    const auto result = compareRuns(a, b);
    QVERIFY(result);
    QCOMPARE(result->treesEqual, std::uint64_t{30});
    QVERIFY2(result->verdict == Verdict::Identical, describe(*result).c_str());
    // Without names of genes, those of the other run serve.
    FixtureRun nameless = makeRun();
    nameless.ensemble.featureNames.clear();
    QVERIFY(writeFileAtomically(b / runs::kModelFile, data::xgboostUbjson(nameless.ensemble).value()));
    const auto named = compareRuns(a, b);
    QVERIFY2(named->verdict == Verdict::Identical, describe(*named).c_str());
    QCOMPARE(named->topGenesShared, std::uint64_t{10});
    // Another model is another model all the same.
    nameless.ensemble.trees[2].nodes[0].threshold += 1.0F;
    QVERIFY(writeFileAtomically(b / runs::kModelFile, data::xgboostUbjson(nameless.ensemble).value()));
    QCOMPARE(compareRuns(a, b)->verdict, Verdict::Different);
    QCOMPARE(compareRuns(a, b)->firstRound.value(), std::int64_t{3});
}

void TestComparison::refusesRunsWithoutResults()
{
    runs::Manifest failed;
    failed.outcome = "failed";
    for (const char *name : {"a", "b"}) {
        QVERIFY(makeFolder(m_folder / name));
        QVERIFY(runs::writeManifest(m_folder / name, failed));
    }
    const auto nothing = compareRuns(m_folder / "a", m_folder / "b");
    QCOMPARE(nothing.error().code, ErrorCode::BadData);
    QVERIFY(writeRun(m_folder / "c", makeRun()));
    QCOMPARE(compareRuns(m_folder / "a", m_folder / "c")->verdict, Verdict::Different);
}

void TestComparison::tellsOfMissingAndBrokenManifests()
{
    QVERIFY(writeRun(m_folder / "a", makeRun()));
    QCOMPARE(compareRuns(m_folder / "a", m_folder / "none").error().code, ErrorCode::InputMissing);
    QVERIFY(makeFolder(m_folder / "empty"));
    QCOMPARE(compareRuns(m_folder / "empty", m_folder / "a").error().code, ErrorCode::InputMissing);
    QVERIFY(writeRun(m_folder / "b", makeRun()));
    const std::string text = readFile(m_folder / "b" / runs::kManifestFile).value();
    QVERIFY(writeFileAtomically(m_folder / "b" / runs::kManifestFile, text.substr(0, text.size() / 2)));
    const auto broken = compareRuns(m_folder / "a", m_folder / "b");
    QCOMPARE(broken.error().code, ErrorCode::BadData);
    QVERIFY(broken.error().path.find("run.json") != std::string::npos);
}

void TestComparison::writesTheDocument()
{
    FixtureRun other = makeRun();
    other.spec.seed = 1;
    trainEnsemble(other);
    const Json json = compared(makeRun(), other)->toJson();
    QVERIFY(canonicalJson(json));
    QCOMPARE(json.at("verdict").get<std::string>(), std::string("different"));
    QCOMPARE(json.at("compared").at("trees").at("total").get<int>(), 30);
    QCOMPARE(json.at("compared").at("predictions").at("total").get<int>(), 56);
    QCOMPARE(json.at("compared").at("tensors").at("total").get<int>(), 17);
    QCOMPARE(json.at("first").at("epoch").get<int>(), 1);
    QVERIFY(json.at("first").at("step").is_null());
    QCOMPARE(json.at("first").at("layer").get<std::string>(), std::string("tree 1"));
    QVERIFY(json.at("first").at("operation").is_string());
    for (const char *key :
         {"what", "where", "a", "b", "max_abs", "max_ulp", "count", "informative", "within"})
        QVERIFY(json.at("differences").at(0).contains(key));
    const Json same = compared(makeRun(), makeRun())->toJson();
    QVERIFY(same.at("first").at("epoch").is_null());
    QVERIFY(same.at("differences").empty());
}

void TestComparison::summarisesSeveralReruns()
{
    const Comparison same = compared(makeRun(), makeRun()).value();
    FixtureRun changed = makeRun();
    changed.ensemble.trees[16].nodes[3].value += 0.5F;
    const Comparison different = compared(makeRun(), changed).value();
    QVERIFY(verdictSentence({same, same, same}).starts_with("IDENTICAL: 3 of 3 reruns"));
    QVERIFY(verdictSentence({same}).starts_with("IDENTICAL: 1 of 1 rerun "));
    const std::string sentence = verdictSentence({same, different, same});
    QVERIFY2(sentence.starts_with("DIFFERENT: 1 of 3 reruns"), sentence.c_str());
    QVERIFY(sentence.find("since round 17") != std::string::npos);
    Comparison within = different;
    within.verdict = Verdict::Within;
    QVERIFY(verdictSentence({same, within}).starts_with("WITHIN: 2 of 2 reruns"));
}

void TestComparison::isFastOnRunsOfThePapersSize()
{
    const FixtureRun run = makeRun({420, 140, 3400, 1000});
    FixtureRun other = run;
    for (data::Tree &tree : other.ensemble.trees)
        tree.nodes[0].threshold += 0.5F;
    QVERIFY(writeRun(m_folder / "a", run));
    QVERIFY(writeRun(m_folder / "b", run));
    QVERIFY(writeRun(m_folder / "c", other));
    QElapsedTimer timer;
    timer.start();
    QCOMPARE(compareRuns(m_folder / "a", m_folder / "b")->verdict, Verdict::Identical);
    const qint64 same = timer.restart();
    QCOMPARE(compareRuns(m_folder / "a", m_folder / "c")->verdict, Verdict::Different);
    qInfo("identical runs compared in %lld ms, different ones in %lld ms", static_cast<long long>(same),
          static_cast<long long>(timer.elapsed()));
#if !defined(IBIDEM_SANITIZED)
    QVERIFY(same < 1000); // 100 ms is the aim; the test leaves room for busy machines
#endif
}

QTEST_GUILESS_MAIN(TestComparison)
#include "tst_comparison.moc"
