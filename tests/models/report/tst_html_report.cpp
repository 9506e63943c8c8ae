// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/report/html.h"
#include "models/report/report_content.h"
#include "models/runs/manifest.h"
#include "tests/models/report/report_page.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

using namespace ibidem;
namespace fs = std::filesystem;

namespace {

constexpr const char *kHostile = "<script>alert('x')</script> & \"quoted\" \xE2\x80\xAEgnp.exe";

std::string digestOf(const std::string &text)
{
    return sha256Hex(text);
}

spec::RunSpec sampleSpec()
{
    spec::RunSpec spec;
    spec.device = "cpu";
    spec.threads = 2;
    spec.isa = "avx2";
    spec.seed = 7;
    spec.trees.rounds = 40;
    spec.data.train.name = kHostile;
    spec.data.train.bytes = 12345;
    spec.data.train.sha256 = digestOf("train");
    spec.data.train.content = digestOf("content");
    return spec;
}

std::vector<runs::MetricPoint> sampleMetrics(int rounds, double shift)
{
    std::vector<runs::MetricPoint> points;
    for (int round = 1; round <= rounds; ++round)
        for (const char *split : {"train", "test"}) {
            const double base = split == std::string("test") ? 0.5 : 0.4;
            points.push_back({round, split, "logloss", base / round + (round > 10 ? shift : 0.0)});
            points.push_back({round, split, "accuracy", 1.0 - base / (round + 1)});
        }
    return points;
}

runs::Manifest sampleManifest(double shift)
{
    runs::Manifest manifest;
    manifest.program = "ibidem 0.1.0";
    manifest.outcome = "finished";
    manifest.spec = sampleSpec();
    manifest.preparation = {{"join-labels", digestOf("a"), 20, 5}, {"values", digestOf("b"), 20, 5}};
    manifest.splitDigest = digestOf("split");
    manifest.classNames = {"0", kHostile};
    manifest.notes = {std::string("Class and study coincide: ") + kHostile};
    manifest.effectiveState = {{"threads", {{"asked", 2}, {"used", 2}}}, {"device", "cpu"}};
    manifest.environment = {
        {"cpu", {{"brand", "A processor"}}},
        {"libraries",
         {{{"name", "libxgboost.so"}, {"version", "3.4.1"}, {"bytes", 5}, {"sha256", digestOf("library")}}}}};
    manifest.metrics = {{"test", {{"logloss", 0.0125 + shift}, {"accuracy", 0.975}}},
                        {"train", {{"accuracy", 1.0}}}};
    manifest.confusion = {{"test", {10, 1, 0, 9}}};
    manifest.roundsDone = 40;
    manifest.chain = digestOf("chain" + std::to_string(shift));
    manifest.digests = {{"model", digestOf("model")}};
    return manifest;
}

void store(runs::Manifest &manifest, const fs::path &folder, std::string_view file, const std::string &text)
{
    QVERIFY(writeFileAtomically(folder / file, text));
    manifest.files[std::string(file)] = digestOf(text);
}

/// A run as trained, but small. A shift makes its log loss differ after round 10.
fs::path writeRun(const QTemporaryDir &place, const std::string &name, double shift = 0.0)
{
    const fs::path folder = fs::path(place.path().toStdString()) / name;
    runs::Manifest manifest = sampleManifest(shift);
    [&] {
        QVERIFY(makeFolder(folder));
        store(manifest, folder, runs::kMetricsFile, runs::metricsCsv(sampleMetrics(40, shift)));
        store(manifest, folder, runs::kImportanceFile,
              std::string("gene,weight,gain,cover\n\"") + "<b>ENSG1</b>, \"\"x\"\"" +
                  "\",12,0.5,3.25\nENSG2,3,0.25,2\n");
        QVERIFY(runs::writeManifest(folder, manifest));
    }();
    return folder;
}

} // namespace

class TestHtmlReport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isWellFormedAndComplete();
    void loadsAndRunsNothing();
    void hostileNamesStayText();
    void theSameRunsGiveTheSameBytes();
    void saysIdentical();
    void saysDifferentAndWhere();
    void oneRunIsNotYetRepeated();
    void namesNoFolder();
    void claimsOnlyWhatWasObserved();
    void claimsNothingFromImportedOrSilentRuns();
    void namesChangedAndMissingFiles();
    void drawsNothingFromChangedFiles();
    void drawsNothingFromFilesNobodyListed();
    void soundFilesAreSaidToBeSound();
    void stoppedRunsAreResumedFirst();
    void importedModelsAreNotRerun();
    void otherRunsAreNotCalledReruns();
    void changedSettingsComeFirst();
    void everyTableHasHeadersAndACaption();
    void commandsQuoteOddNames();
    void failedAndBareRunsHaveAReportToo();
    void refusesWhatIsNoRun();
    void refusesDamagedImportance();
    void readsQuotedImportance();
    void escapesWhatXmlForbids();
    void longRunsStaySmall();
};

void TestHtmlReport::isWellFormedAndComplete()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one"), writeRun(place, "two")});
    const QSet<QString> elements = elementsOf(page);
    for (const char *name : {"html", "title", "main", "svg", "polyline", "table", "caption", "th", "figure",
                             "figcaption", "details", "rect", "pre"})
        QVERIFY2(elements.contains(QString::fromLatin1(name)), name);
    for (const char *id : {"verdict", "notes", "results", "curves", "importance", "data", "level", "settings",
                           "redo", "state", "digests"})
        QVERIFY2(page.contains(QStringLiteral("id=\"%1\"").arg(QString::fromLatin1(id))), id);
    QVERIFY(page.contains(QStringLiteral("prefers-color-scheme: dark")));
    QVERIFY(page.contains(QStringLiteral("@media print")));
}

void TestHtmlReport::loadsAndRunsNothing()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one"), writeRun(place, "two")});
    const QSet<QString> elements = elementsOf(page);
    QVERIFY(!elements.isEmpty());
    for (const char *name :
         {"script", "link", "img", "iframe", "object", "embed", "a", "form", "base", "image", "use"})
        QVERIFY2(!elements.contains(QString::fromLatin1(name)), name);
    for (const char *words : {"http://", "https://", "url(", "@import", " src=", " href=", "javascript:"})
        QVERIFY2(!page.contains(QString::fromLatin1(words)), words);
    QVERIFY(!page.contains(QRegularExpression(QStringLiteral("<[^>]* on[a-z]+="))));
}

void TestHtmlReport::hostileNamesStayText()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one <i>&")});
    QVERIFY(!elementsOf(page).isEmpty());
    QVERIFY(!page.contains(QStringLiteral("<script")));
    QVERIFY(!page.contains(QStringLiteral("<b>ENSG1")));
    QVERIFY(!page.contains(QStringLiteral("<i>")));
    QVERIFY(!page.contains(QChar(0x202E)));
    QVERIFY(page.contains(
        QStringLiteral("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;")));
    QVERIFY(page.contains(QStringLiteral("&lt;b&gt;ENSG1&lt;/b&gt;, &quot;x&quot;")));
}

void TestHtmlReport::theSameRunsGiveTheSameBytes()
{
    const QTemporaryDir here;
    const QTemporaryDir there;
    const QString first = reportOf({writeRun(here, "one"), writeRun(here, "two")});
    QVERIFY(!first.isEmpty());
    QCOMPARE(reportOf({writeRun(there, "one"), writeRun(there, "two")}), first);
    QVERIFY(reportOf({writeRun(there, "one"), writeRun(there, "three", 1e-9)}) != first);
}

void TestHtmlReport::saysIdentical()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one"), writeRun(place, "two")});
    QVERIFY(page.contains(QStringLiteral("class=\"verdict identical\"")));
    QVERIFY(page.contains(QStringLiteral("IDENTICAL")));
    QVERIFY(page.contains(QStringLiteral("0 in every round")));
    QVERIFY(!page.contains(QStringLiteral("class=\"verdict different\"")));
    QVERIFY(!page.contains(QStringLiteral("DIFFERENT")));
}

void TestHtmlReport::saysDifferentAndWhere()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one"), writeRun(place, "two", 1e-9)});
    QVERIFY(page.contains(QStringLiteral("class=\"verdict different\"")));
    QVERIFY(page.contains(QStringLiteral("DIFFERENT")));
    QVERIFY(page.contains(QStringLiteral("id=\"differences\"")));
    QVERIFY(page.contains(QStringLiteral("round 11")));
    QVERIFY(page.contains(QStringLiteral("largest: ±")));
    QVERIFY(!page.contains(QStringLiteral("IDENTICAL")));
    QVERIFY(!page.contains(QStringLiteral("0 in every round")));
}

void TestHtmlReport::oneRunIsNotYetRepeated()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one")});
    QVERIFY(page.contains(QStringLiteral("Not yet repeated")));
    QVERIFY(!page.contains(QStringLiteral("IDENTICAL")));
    QVERIFY(page.contains(QStringLiteral("ibidem rerun one --times 2")));
}

void TestHtmlReport::namesNoFolder()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one"), writeRun(place, "two", 0.5)});
    QVERIFY(!page.isEmpty());
    QVERIFY(!page.contains(place.path()));
    QVERIFY(!page.contains(QStringLiteral("/tmp")));
}

void TestHtmlReport::claimsOnlyWhatWasObserved()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    const fs::path two = writeRun(place, "two");
    const QString same = reportOf({one, two});
    QVERIFY(same.contains(QStringLiteral("Not yet observed on another machine")));
    QVERIFY(same.contains(QStringLiteral("any x86-64 processor, with FMA or without.")));
    QVERIFY(same.contains(
        QStringLiteral("Not yet observed: this stays a promise until the run of a second machine")));
    runs::Manifest manifest = *runs::readManifest(two);
    manifest.environment["cpu"]["brand"] = "Another processor";
    manifest.effectiveState["threads"]["used"] = 3;
    QVERIFY(runs::writeManifest(two, manifest));
    const QString page = reportOf({one, two});
    QVERIFY(!page.contains(QStringLiteral("Not yet observed")));
    QVERIFY(page.contains(QStringLiteral("The same bits on 2 kinds of processor")));
    QVERIFY(page.contains(QStringLiteral("different numbers of threads: 2, 3")));
}

/// A run that records no processor and no threads was not observed on another kind of them.
void TestHtmlReport::claimsNothingFromImportedOrSilentRuns()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    const fs::path two = writeRun(place, "two");
    runs::Manifest manifest = *runs::readManifest(two);
    manifest.environment = Json::object();
    manifest.effectiveState = Json::object();
    QVERIFY(runs::writeManifest(two, manifest));
    const auto claimsLittle = [](const QString &page) {
        return page.contains(QStringLiteral("IDENTICAL")) &&
               page.contains(
                   QStringLiteral("The same bits again: metrics of 1 other run equal those of one.")) &&
               page.contains(QStringLiteral("Not yet observed on another machine")) &&
               page.contains(QStringLiteral("Not yet observed: this stays a promise")) &&
               page.contains(QStringLiteral("Another number of threads is not on record")) &&
               !page.contains(QStringLiteral("kinds of processor")) &&
               !page.contains(QStringLiteral("different numbers of threads"));
    };
    const QString silent = reportOf({one, two});
    QVERIFY(claimsLittle(silent));
    QVERIFY(!silent.contains(QStringLiteral("was imported")));
    manifest.outcome = "imported";
    manifest.spec.reset();
    manifest.environment["cpu"]["brand"] = "Where it was imported";
    manifest.effectiveState["threads"]["used"] = 9;
    QVERIFY(runs::writeManifest(two, manifest));
    const QString imported = reportOf({one, two});
    QVERIFY(claimsLittle(imported));
    QVERIFY(imported.contains(QStringLiteral("two was imported: how it was trained is not on record")));
    manifest.files.erase(std::string(runs::kMetricsFile));
    QVERIFY(runs::writeManifest(two, manifest));
    QVERIFY(!reportOf({one, two}).contains(QStringLiteral("metrics of 1 other run")));
}

void TestHtmlReport::namesChangedAndMissingFiles()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    const fs::path two = writeRun(place, "two");
    QVERIFY(writeFileAtomically(one / runs::kMetricsFile, runs::metricsCsv(sampleMetrics(40, 0.5))));
    QVERIFY(fs::remove(two / runs::kImportanceFile));
    const auto report = report::htmlReport({one, two});
    QVERIFY(report);
    QCOMPARE(report->changed.size(), std::size_t{2});
    QCOMPARE(report->changed[0].run + "/" + report->changed[0].file, std::string("one/metrics.csv"));
    QCOMPARE(report->changed[1].message, std::string("importance.csv is missing"));
    const QString page = QString::fromStdString(report->page);
    QVERIFY(!elementsOf(page).isEmpty());
    const qsizetype box = page.indexOf(QStringLiteral("Files changed after the run"));
    QVERIFY(box > 0 && box < page.indexOf(QStringLiteral("<p class=\"word\">Different")));
    QVERIFY(page.contains(QStringLiteral("one: metrics.csv does not match its manifest")));
    QVERIFY(page.contains(QStringLiteral("two: importance.csv is missing")));
    QVERIFY(page.contains(
        QStringLiteral("Changed after the run or missing: metrics.csv of one, importance.csv of two")));
    QVERIFY(page.contains(QStringLiteral("<td><strong>metrics.csv does not match its manifest")));
    QVERIFY(!page.contains(QStringLiteral("has the SHA-256 it records")));
    QVERIFY(!page.contains(place.path()));
}

/// Neither a doctored file nor one that cannot be read any more keeps a report from telling.
void TestHtmlReport::drawsNothingFromChangedFiles()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    QVERIFY(reportOf({one}).contains(QStringLiteral("id=\"curves\"")));
    QVERIFY(writeFileAtomically(one / runs::kMetricsFile, runs::metricsCsv(sampleMetrics(40, 0.5))));
    QVERIFY(writeFileAtomically(one / runs::kImportanceFile, "no table\nat all\n"));
    const QString page = reportOf({one});
    QVERIFY(page.contains(QStringLiteral("Nothing on this page is drawn from them.")));
    QVERIFY(!page.contains(QStringLiteral("id=\"curves\"")));
    QVERIFY(!page.contains(QStringLiteral("id=\"importance\"")));
}

/// Somebody put them there after the import, the stop or the failure.
void TestHtmlReport::drawsNothingFromFilesNobodyListed()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    runs::Manifest manifest = *runs::readManifest(one);
    for (const char *outcome : {"imported", "stopped", "failed"}) {
        manifest.outcome = outcome;
        manifest.files.erase(std::string(runs::kImportanceFile));
        QVERIFY(runs::writeManifest(one, manifest));
        const QString page = reportOf({one});
        QVERIFY(page.contains(QStringLiteral("id=\"curves\"")));
        QVERIFY(!page.contains(QStringLiteral("id=\"importance\"")));
        QVERIFY(page.contains(QStringLiteral("nothing vouches for files that it does not list")));
    }
    manifest.files.clear();
    QVERIFY(runs::writeManifest(one, manifest));
    QVERIFY(!reportOf({one}).contains(QStringLiteral("id=\"curves\"")));
}

void TestHtmlReport::soundFilesAreSaidToBeSound()
{
    const QTemporaryDir place;
    const auto report = report::htmlReport({writeRun(place, "one")});
    QVERIFY(report);
    QVERIFY(report->changed.empty());
    const QString page = QString::fromStdString(report->page);
    QVERIFY(page.contains(QStringLiteral("Every file that run.json lists (2) has the SHA-256 it records.")));
    QCOMPARE(page.count(QStringLiteral("<td>the same</td>")), qsizetype(2));
    QVERIFY(!page.contains(QStringLiteral("Files changed")));
}

void TestHtmlReport::stoppedRunsAreResumedFirst()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    QVERIFY(!reportOf({one}).contains(QStringLiteral("ibidem resume")));
    runs::Manifest manifest = *runs::readManifest(one);
    manifest.outcome = "stopped";
    QVERIFY(runs::writeManifest(one, manifest));
    const QString page = reportOf({one});
    const qsizetype resume = page.indexOf(QStringLiteral("ibidem resume one\n"));
    QVERIFY(resume > 0 && resume < page.indexOf(QStringLiteral("ibidem rerun one")));
    manifest.outcome = "failed";
    QVERIFY(runs::writeManifest(one, manifest));
    QVERIFY(!reportOf({one}).contains(QStringLiteral("ibidem rerun")));
    QVERIFY(reportOf({one}).contains(QStringLiteral("ibidem train one/spec.json")));
}

void TestHtmlReport::importedModelsAreNotRerun()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    runs::Manifest manifest = *runs::readManifest(one);
    manifest.outcome = "imported";
    manifest.spec.reset();
    QVERIFY(runs::writeManifest(one, manifest));
    const QString page = reportOf({one});
    QVERIFY(!page.isEmpty());
    QVERIFY(!page.contains(QStringLiteral("ibidem rerun")));
    QVERIFY(!page.contains(QStringLiteral("id=\"redo\"")));
}

void TestHtmlReport::otherRunsAreNotCalledReruns()
{
    const QTemporaryDir place;
    const fs::path one = writeRun(place, "one");
    const fs::path two = writeRun(place, "two");
    const fs::path three = writeRun(place, "three", 1e-9);
    const QString page = reportOf({one, two, three});
    QVERIFY(page.contains(QStringLiteral("DIFFERENT: 1 of 2 other runs differs from one. three: DIFFERENT")));
    QVERIFY(reportOf({one, two, two})
                .contains(QStringLiteral("IDENTICAL: 2 of 2 other runs are equal to one bit for bit.")));
    QVERIFY(!page.contains(QStringLiteral("reruns")));
}

void TestHtmlReport::changedSettingsComeFirst()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one")});
    const qsizetype start = page.indexOf(QStringLiteral("id=\"settings\""));
    const qsizetype changed = page.indexOf(QStringLiteral("model.rounds"), start);
    const qsizetype unchanged = page.indexOf(QStringLiteral("model.alpha"), start);
    QVERIFY(start > 0 && changed > start && unchanged > changed);
}

void TestHtmlReport::everyTableHasHeadersAndACaption()
{
    const QTemporaryDir place;
    const QString page = reportOf({writeRun(place, "one"), writeRun(place, "two", 0.5)});
    const qsizetype tables = page.count(QStringLiteral("<table>"));
    QVERIFY(tables > 8);
    QCOMPARE(page.count(QStringLiteral("<caption>")), tables);
    QCOMPARE(page.count(QStringLiteral("<thead>")), tables);
}

void TestHtmlReport::commandsQuoteOddNames()
{
    QCOMPARE(report::shellWord("lcep-xgboost-0001"), std::string("lcep-xgboost-0001"));
    QCOMPARE(report::shellWord("my run"), std::string("'my run'"));
    QCOMPARE(report::shellWord("it's; rm -r ."), std::string("'it'\\''s; rm -r .'"));
    QCOMPARE(report::shellWord("-rf"), std::string("./-rf"));
    QCOMPARE(report::shellWord(""), std::string("''"));
    QCOMPARE(report::shellWord("$(x)"), std::string("'$(x)'"));
}

void TestHtmlReport::failedAndBareRunsHaveAReportToo()
{
    const QTemporaryDir place;
    const fs::path folder = fs::path(place.path().toStdString()) / "bare";
    QVERIFY(makeFolder(folder));
    runs::Manifest manifest;
    manifest.program = "ibidem 0.1.0";
    manifest.outcome = "failed";
    manifest.error = Error{ErrorCode::BadData, "row 3 is <short>", "", ""};
    QVERIFY(runs::writeManifest(folder, manifest));
    const QString page = reportOf({folder});
    QVERIFY(!elementsOf(page).isEmpty());
    QVERIFY(page.contains(QStringLiteral("This run failed: row 3 is &lt;short&gt;")));
    QVERIFY(page.contains(QStringLiteral("run.json of bare lists no files: nothing vouches")));
}

void TestHtmlReport::refusesWhatIsNoRun()
{
    const QTemporaryDir place;
    const fs::path empty(place.path().toStdString());
    QVERIFY(!report::htmlReport({empty}));
    QVERIFY(report::htmlReport({empty / "missing"}).error().code == ErrorCode::InputMissing);
    QVERIFY(report::htmlReport({}).error().code == ErrorCode::Usage);
}

void TestHtmlReport::refusesDamagedImportance()
{
    const auto rows = report::parseImportanceCsv("gene,weight,gain,cover\nENSG1,1,x,2\n", "importance.csv");
    QVERIFY(!rows);
    QVERIFY(rows.error().message.find("line 2") != std::string::npos);
}

void TestHtmlReport::readsQuotedImportance()
{
    const auto rows =
        report::parseImportanceCsv("gene,weight,gain,cover\n\"a,\"\"b\"\"\",3,0.5,1\nx,y,2,1,1\n", {});
    QVERIFY(rows);
    QCOMPARE(rows->at(0).gene, std::string("a,\"b\""));
    QCOMPARE(rows->at(1).gene, std::string("x,y"));
    QCOMPARE(rows->at(1).weight, std::uint64_t{2});
}

void TestHtmlReport::escapesWhatXmlForbids()
{
    QCOMPARE(report::escaped("a<b>&\"'"), std::string("a&lt;b&gt;&amp;&quot;&#39;"));
    QCOMPARE(report::escaped(std::string_view("a\0b\x1b", 4)), std::string("a\xEF\xBF\xBD"
                                                                           "b\xEF\xBF\xBD"));
    QVERIFY(report::escaped("\xFF\xFE").find('\xFF') == std::string::npos);
    QCOMPARE(report::escaped("Größe …"), std::string("Größe …"));
}

void TestHtmlReport::longRunsStaySmall()
{
    const QTemporaryDir place;
    const fs::path folder = writeRun(place, "long");
    runs::Manifest manifest = *runs::readManifest(folder);
    store(manifest, folder, runs::kMetricsFile, runs::metricsCsv(sampleMetrics(20'000, 0.0)));
    QVERIFY(runs::writeManifest(folder, manifest));
    const QString page = reportOf({folder});
    QVERIFY(!elementsOf(page).isEmpty());
    QVERIFY2(page.size() < 200'000, qPrintable(QString::number(page.size())));
}

QTEST_GUILESS_MAIN(TestHtmlReport)
#include "tst_html_report.moc"
