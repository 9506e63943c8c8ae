// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QTemporaryDir>
#include <QTest>

#include <bit>
#include <cmath>
#include <limits>
#include <set>

using namespace ibidem;
using namespace ibidem::runs;
namespace fs = std::filesystem;

namespace {

Manifest fullManifest()
{
    Manifest manifest;
    manifest.program = "ibidem 0.1.0";
    manifest.outcome = "finished";
    manifest.spec = spec::RunSpec{};
    manifest.spec->data.train = {"", "train.tsv", 10, std::string(64, 'a'), std::string(64, 'b')};
    manifest.spec->seed = std::numeric_limits<std::uint64_t>::max();
    manifest.spec->trees.learningRate = 0.1;
    manifest.preparation = {{"values", "cc", 420, 100}, {"split", "dd", 420, 100}};
    manifest.splitDigest = "ee";
    manifest.classNames = {"0", "1"};
    manifest.notes = {"labels and sample names coincide"};
    manifest.effectiveState = {{"threads", {{"used", 1}}}};
    manifest.environment = {{"cpu", "some"}};
    manifest.metrics["test"] = {{"logloss", 0.1 + 0.2}, {"zero", -0.0}, {"tiny", 5e-324}};
    manifest.confusion["test"] = {70, 1, 2, 67};
    manifest.roundsDone = 1000;
    manifest.chain = std::string(64, 'f');
    manifest.digests = {{"model", "11"}};
    manifest.files = {{"model.ubj", "22"}};
    return manifest;
}

std::string canonical(const Manifest &manifest)
{
    return canonicalJson(manifest.toJson()).value();
}

/// The manifest read back after a change of its JSON.
template <class Change>
Result<Manifest> changed(Change change)
{
    Json json = fullManifest().toJson();
    change(json);
    return Manifest::fromJson(json);
}

} // namespace

class TestManifest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatItWrote();
    void keepsTheBitsOfMetrics();
    void keepsInfinityAndNanByTheirHex();
    void namesNoPathOfAFailure();
    void toleratesUnknownKeys();
    void rejectsWhatIsNoManifest();
    void refusesAnotherSchema();
    void tellsOfRunsWithoutManifest();
    void readsBackMetricsAndRounds();
    void namesTheBadLineOfATable();
    void linksDependOnEverything();
    void dataDigestDependsOnNamesAndOrder();
    void findsFilesThatChanged();
    void neverLooksOutsideTheFolder();
};

void TestManifest::readsBackWhatItWrote()
{
    const QTemporaryDir temporary;
    const fs::path folder = temporary.path().toStdString();
    QVERIFY(writeManifest(folder, fullManifest()));
    const auto read = readManifest(folder);
    QVERIFY2(read, read ? "" : describe(read.error()).c_str());
    QCOMPARE(canonical(*read), canonical(fullManifest()));
    QCOMPARE(read->spec->seed, std::numeric_limits<std::uint64_t>::max());
    QCOMPARE(read->preparation, fullManifest().preparation);
    QCOMPARE(read->confusion, fullManifest().confusion);
    // Empty members, too.
    Manifest empty;
    empty.outcome = "imported";
    QCOMPARE(canonical(Manifest::fromJson(empty.toJson()).value()), canonical(empty));
}

void TestManifest::keepsTheBitsOfMetrics()
{
    const Json json = parseJson(canonical(fullManifest())).value();
    QCOMPARE(json.at("metrics").at("test").at("logloss").at("value").dump(),
             std::string("0.30000000000000004"));
    QCOMPARE(json.at("metrics").at("test").at("logloss").at("hex").get<std::string>(),
             std::string("0x1.3333333333334p-2"));
    const Manifest read = Manifest::fromJson(json).value();
    const Manifest written = fullManifest();
    for (const auto &[metric, value] : written.metrics.at("test"))
        QCOMPARE(std::bit_cast<std::uint64_t>(read.metrics.at("test").at(metric)),
                 std::bit_cast<std::uint64_t>(value));
}

void TestManifest::keepsInfinityAndNanByTheirHex()
{
    Manifest manifest = fullManifest();
    manifest.metrics["test"] = {{"inf", -std::numeric_limits<double>::infinity()},
                                {"nan", std::numeric_limits<double>::quiet_NaN()}};
    const Manifest read = Manifest::fromJson(parseJson(canonical(manifest)).value()).value();
    QVERIFY(std::isnan(read.metrics.at("test").at("nan")));
    QCOMPARE(read.metrics.at("test").at("inf"), -std::numeric_limits<double>::infinity());
}

void TestManifest::namesNoPathOfAFailure()
{
    Manifest manifest = fullManifest();
    manifest.outcome = "failed";
    manifest.error = Error{ErrorCode::BadData, "row 3", "/home/somebody/secret/table.tsv", "mend it"};
    const std::string text = canonical(manifest);
    QVERIFY(text.find("/home") == std::string::npos);
    const Manifest read = Manifest::fromJson(parseJson(text).value()).value();
    QCOMPARE(read.error->code, ErrorCode::BadData);
    QCOMPARE(read.error->path, std::string("table.tsv"));
    QCOMPARE(read.error->cure, std::string("mend it"));
}

void TestManifest::toleratesUnknownKeys()
{
    const auto read = changed([](Json &json) { json["signature"] = {{"later", true}}; });
    QVERIFY(read);
    QCOMPARE(canonical(*read), canonical(fullManifest()));
}

void TestManifest::rejectsWhatIsNoManifest()
{
    const std::vector<std::pair<std::string, Json>> wrong = {
        {"outcome", "perhaps"},
        {"outcome", 3},
        {"preparation", {{"a", 1}}},
        {"preparation", {1}},
        {"preparation", {{{"name", "n"}, {"digest", "d"}, {"samples", -1}, {"genes", 1}}}},
        {"classNames", {1}},
        {"notes", "text"},
        {"effectiveState", 1},
        {"environment", Json::array()},
        {"metrics", {{"test", 1}}},
        {"metrics", {{"test", {{"logloss", 0.5}}}}},
        {"metrics", {{"test", {{"logloss", {{"value", 0.5}, {"hex", "0x1p-2"}}}}}}},
        {"metrics", {{"test", {{"logloss", {{"value", 0.5}, {"hex", "half"}}}}}}},
        {"metrics", {{"test", {{"logloss", {{"value", nullptr}, {"hex", "0x1p-2"}}}}}}},
        {"confusion", {{"test", {1, -2}}}},
        {"roundsDone", "many"},
        {"chain", nullptr},
        {"digests", {{"model", 1}}},
        {"files", Json::array({"a"})},
        {"error", {{"code", 1}}},
        {"spec", {{"unknown key", 1}}},
    };
    for (const auto &[key, value] : wrong) {
        const auto read = changed([&](Json &json) { json[key] = value; });
        QVERIFY2(!read, (key + ": " + value.dump()).c_str());
        QVERIFY2(read.error().message.find(key) != std::string::npos, describe(read.error()).c_str());
    }
    for (const Json &json : {Json(), Json(1), Json::array(), Json::object()})
        QCOMPARE(Manifest::fromJson(json).error().code, ErrorCode::BadData);
}

void TestManifest::refusesAnotherSchema()
{
    const auto read = changed([](Json &json) { json["schema"] = "ibidem/run/2"; });
    QVERIFY(!read);
    QVERIFY(read.error().message.find("ibidem/run/2") != std::string::npos);
    QVERIFY(!read.error().cure.empty());
}

void TestManifest::tellsOfRunsWithoutManifest()
{
    const QTemporaryDir temporary;
    const fs::path folder = temporary.path().toStdString();
    QCOMPARE(readManifest(folder).error().code, ErrorCode::InputMissing);
    QCOMPARE(readManifest(folder / "none").error().code, ErrorCode::InputMissing);
    QVERIFY(writeManifest(folder, fullManifest()));
    const std::string text = readFile(folder / kManifestFile).value();
    for (const std::size_t length : {std::size_t{0}, text.size() / 2, text.size() - 3}) {
        QVERIFY(writeFileAtomically(folder / kManifestFile, text.substr(0, length)));
        const auto read = readManifest(folder);
        QCOMPARE(read.error().code, ErrorCode::BadData);
        QVERIFY(read.error().path.find("run.json") != std::string::npos);
    }
}

void TestManifest::readsBackMetricsAndRounds()
{
    const std::vector<MetricPoint> points = {{1, "train", "logloss", 0.1},
                                             {1, "test", "accuracy", 1.0},
                                             {2, "test", "logloss", -0.0},
                                             {3, "test", "logloss", 5e-324},
                                             {3, "test", "inf", std::numeric_limits<double>::infinity()}};
    const std::string text = metricsCsv(points);
    QVERIFY(text.starts_with("round,split,metric,value,hex\n1,train,logloss,0.1,0x1.999999999999ap-4\n"));
    const auto read = parseMetricsCsv(text, "metrics.csv");
    QVERIFY(read);
    QCOMPARE(*read, points);
    QCOMPARE(std::signbit(read->at(2).value), true);
    QVERIFY(parseMetricsCsv("round,split,metric,value,hex\n", "").value().empty());

    const std::vector<RoundRecord> records = {{1, std::string(64, 'a'), std::string(64, '0')},
                                              {2, std::string(64, 'b'), std::string(64, '1')}};
    QCOMPARE(parseRoundsCsv(roundsCsv(records), "rounds.csv").value(), records);
}

void TestManifest::namesTheBadLineOfATable()
{
    const std::string head = "round,split,metric,value,hex\n1,test,logloss,0.5,0x1p-1\n";
    QVERIFY(parseMetricsCsv(head, ""));
    for (const char *bad :
         {"2,test,logloss,0.5,0x1p-2\n", "2,test,logloss,0.5\n", "2,test,logloss,0.5,0x1p-1,\n",
          "two,test,logloss,0.5,0x1p-1\n", "0,test,logloss,0.5,0x1p-1\n", "2,test,logloss,half,0x1p-1\n",
          "2,test,logloss,0.5,half\n", "2,test,logloss,\"0.5\",0x1p-1\n", "\n",
          "2,test,logloss,0.5,0x1p-1"}) {
        const auto read = parseMetricsCsv(head + bad, "m.csv");
        QVERIFY2(!read, bad);
        QCOMPARE(read.error().code, ErrorCode::BadData);
        QVERIFY2(read.error().message.starts_with("line 3: "), read.error().message.c_str());
        QCOMPARE(read.error().path, std::string("m.csv"));
    }
    QVERIFY(!parseMetricsCsv("", ""));
    QVERIFY(!parseMetricsCsv("round;split\n", ""));
    const std::string digest(64, 'a');
    for (const std::string &bad :
         {"1," + digest + ",xyz\n", "1," + digest + "\n", "-1," + digest + "," + digest + "\n"})
        QVERIFY(!parseRoundsCsv("round,tree,chain\n" + bad, ""));
}

void TestManifest::linksDependOnEverything()
{
    const std::vector<MetricPoint> points = {{1, "train", "logloss", 0.5}, {1, "test", "logloss", 0.25}};
    std::set<std::string> links = {nextLink("p", "t", points, "d")};
    QCOMPARE(*links.begin(), nextLink("p", "t", points, "d"));
    QCOMPARE(links.begin()->size(), std::size_t{64});
    const auto isNew = [&](const std::string &link) { return links.insert(link).second; };
    QVERIFY(isNew(nextLink("q", "t", points, "d")));
    QVERIFY(isNew(nextLink("p", "u", points, "d")));
    QVERIFY(isNew(nextLink("p", "t", points, "e")));
    QVERIFY(isNew(nextLink("pt", "", points, "d")));
    QVERIFY(isNew(nextLink("p", "t", {points[1], points[0]}, "d")));
    QVERIFY(isNew(nextLink("p", "t", {points[0]}, "d")));
    QVERIFY(isNew(nextLink("p", "t", {}, "d")));
    for (int change = 0; change < 4; ++change) {
        std::vector<MetricPoint> other = points;
        other[1].round += change == 0 ? 1 : 0;
        other[1].split += change == 1 ? "x" : "";
        other[1].metric += change == 2 ? "x" : "";
        other[1].value = change == 3 ? std::nextafter(0.25, 1.0) : 0.25;
        QVERIFY(isNew(nextLink("p", "t", other, "d")));
    }
    std::vector<MetricPoint> zero = points;
    zero[0].value = 0.0;
    QVERIFY(isNew(nextLink("p", "t", zero, "d")));
    zero[0].value = -0.0;
    QVERIFY(isNew(nextLink("p", "t", zero, "d")));
}

void TestManifest::dataDigestDependsOnNamesAndOrder()
{
    const StageRecord one{"values", "aa", 1, 2};
    const StageRecord two{"split", "bb", 1, 2};
    std::set<std::string> digests;
    QVERIFY(digests.insert(dataDigest({})).second);
    QVERIFY(digests.insert(dataDigest({one})).second);
    QVERIFY(digests.insert(dataDigest({one, two})).second);
    QVERIFY(digests.insert(dataDigest({two, one})).second);
    QVERIFY(digests.insert(dataDigest({{"value", "saa", 1, 2}})).second);
}

void TestManifest::findsFilesThatChanged()
{
    const QTemporaryDir temporary;
    const fs::path folder = temporary.path().toStdString();
    QVERIFY(writeFileAtomically(folder / "a.bin", "bytes"));
    QVERIFY(writeFileAtomically(folder / "b.bin", "other"));
    Manifest manifest = fullManifest();
    manifest.files = {{"a.bin", sha256Hex("bytes")}, {"b.bin", sha256Hex("other")}};
    QVERIFY(verifyFiles(folder, manifest).empty());
    QVERIFY(writeFileAtomically(folder / "a.bin", "bytez"));
    fs::remove(folder / "b.bin");
    const auto problems = verifyFiles(folder, manifest);
    QCOMPARE(problems.size(), std::size_t{2});
    QCOMPARE(problems[0].file, std::string("a.bin"));
    QVERIFY(problems[0].message.find("a.bin does not match its manifest") != std::string::npos);
    QCOMPARE(problems[1].file, std::string("b.bin"));
}

void TestManifest::neverLooksOutsideTheFolder()
{
    const QTemporaryDir temporary;
    const fs::path folder = fs::path(temporary.path().toStdString()) / "run";
    QVERIFY(makeFolder(folder));
    QVERIFY(writeFileAtomically(folder / "../outside", "x"));
    Manifest manifest = fullManifest();
    manifest.files = {{"../outside", sha256Hex("x")}, {"/etc/hostname", "00"}, {"", "00"}};
    const auto problems = verifyFiles(folder, manifest);
    QCOMPARE(problems.size(), std::size_t{3});
    for (const FileProblem &problem : problems)
        QVERIFY(problem.message.find("does not lie in") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestManifest)
#include "tst_manifest.moc"
