// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/run_folder.h"
#include "tests/app/sandbox.h"

#include <algorithm>

using namespace ibidem;

/// The way from a table to a verdict and a report, on generated data.
class TestCliRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_table = m_box.table();
        QVERIFY(!m_table.isEmpty());
        m_first = train({QStringLiteral("--out"), QStringLiteral("first")});
        QCOMPARE(m_first.code, 0);
    }

    void trainPrintsOneDocument()
    {
        const Json document = m_first.json();
        QCOMPARE(stringAt(document, "outcome").value_or(""), std::string("finished"));
        QVERIFY(stringAt(document, "run").value_or("").ends_with("first"));
        QCOMPARE(stringAt(document, "chain").value_or("").size(), std::size_t{64});
        QVERIFY(numberAt(document, "seconds").value_or(0.0) > 0.0);
        for (const char *path : {"metrics.train.logloss", "metrics.test.logloss", "metrics.test.accuracy"})
            QVERIFY2(numberAt(document, path).has_value(), path);
    }

    void trainDoesNotReplaceARunWithoutForce()
    {
        QCOMPARE(train({QStringLiteral("--out"), QStringLiteral("first")}).code, 73);
        QCOMPARE(train({QStringLiteral("--out"), QStringLiteral("replaced")}).code, 0);
        QCOMPARE(train({QStringLiteral("--out"), QStringLiteral("replaced"), QStringLiteral("--force")}).code,
                 0);
    }

    void trainNamesNewRunsInTheStore()
    {
        const Answer one = train({});
        const Answer two = train({});
        QVERIFY(stringAt(one.json(), "run").value_or("").ends_with("lcep-xgboost-0001"));
        QVERIFY(stringAt(two.json(), "run").value_or("").ends_with("lcep-xgboost-0002"));
        QCOMPARE(stringAt(one.json(), "chain"), stringAt(two.json(), "chain"));
    }

    void trainSaysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<int>("code");
        QTest::newRow("no such table") << QStringLiteral("--data missing.tsv") << 66;
        QTest::newRow("no such key") << QStringLiteral("--set modl.rounds=1") << 78;
        QTest::newRow("epochs of trees") << QStringLiteral("--epochs 5") << 64;
        QTest::newRow("matrix of a table") << QStringLiteral("--matrix raw") << 64;
        QTest::newRow("no 10x folder") << QStringLiteral("--data .") << 66;
        QTest::newRow("no rounds") << QStringLiteral("--rounds 0") << 78;
        QTest::newRow("no such device") << QStringLiteral("--device tpu") << 78;
        QTest::newRow("no such test table") << QStringLiteral("--test missing.tsv") << 66;
        QTest::newRow("no gene is listed") << QStringLiteral("--genes empty.txt") << 65;
    }

    void trainSaysWhatIsWrong()
    {
        QFETCH(QString, options);
        QFETCH(int, code);
        QVERIFY(m_box.write("empty.txt", "nothing\n"));
        QStringList line = words("train lcep-xgboost --rounds 5 --json --out wrong");
        if (options.contains(QLatin1String("--rounds")))
            line.remove(2, 2);
        if (!options.contains(QLatin1String("--data")))
            line << QStringLiteral("--data") << m_table;
        const Answer answer = m_box.run(line + words(options.toUtf8().constData()) + words("--force"));
        QCOMPARE(answer.code, code);
        QVERIFY(answer.json().contains("error"));
    }

    void trainOnAMissingGpuIsUnavailable()
    {
        if (QFile::exists(QStringLiteral("/dev/nvidiactl")))
            QSKIP("there is a GPU");
        const Answer answer = train({QStringLiteral("--device"), QStringLiteral("cuda:0"),
                                     QStringLiteral("--out"), QStringLiteral("gpu")});
        QCOMPARE(answer.code, 69);
        QCOMPARE(stringAt(answer.json(), "error.code").value_or(""), std::string("unavailable"));
        QVERIFY2(!runs::locateRun(m_box.path("gpu")), "something was written");
    }

    void aResolvedSpecCanBeTrainedAsItIs()
    {
        const Answer again = m_box.run(words("train first/spec.json --out from-spec --json"));
        QCOMPARE(again.code, 0);
        QCOMPARE(stringAt(again.json(), "chain"), stringAt(m_first.json(), "chain"));
    }

    void rerunIsIdenticalAndSaysSo()
    {
        const Answer json = m_box.run(words("rerun first --times 2 --json"));
        QCOMPARE(json.code, 0);
        QCOMPARE(stringAt(json.json(), "verdict").value_or(""), std::string("identical"));
        QCOMPARE(json.json()["runs"].size(), std::size_t{2});
        QVERIFY(stringAt(json.json(), "sentence").value_or("").find("2 of 2") != std::string::npos);
        QVERIFY(runs::locateRun(m_box.path("first-rerun-2")).has_value());
        const Answer text = m_box.run(words("rerun first --quiet --out-prefix again-"));
        QCOMPARE(text.code, 0);
        QVERIFY(text.out.find("IDENTICAL") != std::string::npos);
        QCOMPARE(text.err, std::string());
        QVERIFY(runs::locateRun(m_box.path("again-1")).has_value());
        QCOMPARE(m_box.run(words("rerun nothing-here")).code, 66);
    }

    void compareFindsAnotherSeed()
    {
        QCOMPARE(train({QStringLiteral("--out"), QStringLiteral("seed2"), QStringLiteral("--seed"),
                        QStringLiteral("2")})
                     .code,
                 0);
        const Answer answer = m_box.run(words("compare first seed2 --json"));
        QCOMPARE(answer.code, 1);
        QCOMPARE(stringAt(answer.json(), "verdict").value_or(""), std::string("different"));
        QVERIFY(answer.json()["first"].contains("epoch"));
        QVERIFY(answer.out.find("seed") != std::string::npos);
        const Answer text = m_box.run(words("compare first seed2"));
        QCOMPARE(text.code, 1);
        QVERIFY(text.out.find("DIFFERENT") != std::string::npos);
        QCOMPARE(m_box.run(words("compare first first")).code, 0);
        QCOMPARE(m_box.run(words("compare first nothing-here")).code, 66);
        QCOMPARE(m_box.run(words("compare first seed2 --tolerance rel:1000000000")).code, 1);
    }

    void predictsAndEvaluatesWithoutTheLibrary()
    {
        const Answer tsv = m_box.run({QStringLiteral("predict"), QStringLiteral("first"), m_table});
        QCOMPARE(tsv.code, 0);
        QVERIFY(tsv.out.starts_with("sample\tpredicted\tmargin\tprobability_0\tprobability_1\n"));
        QCOMPARE(std::count(tsv.out.begin(), tsv.out.end(), '\n'), 81);
        const Answer file = m_box.run({QStringLiteral("predict"), QStringLiteral("--run"),
                                       QStringLiteral("first"), QStringLiteral("--data"), m_table,
                                       QStringLiteral("--out"), QStringLiteral("predictions.tsv")});
        QCOMPARE(file.code, 0);
        QCOMPARE(file.out, std::string("predictions.tsv\n"));
        QCOMPARE(readFile(m_box.path("predictions.tsv")).value_or(""), tsv.out);
        QCOMPARE(m_box
                     .run({QStringLiteral("predict"), QStringLiteral("first"), m_table,
                           QStringLiteral("--out"), QStringLiteral("predictions.tsv")})
                     .code,
                 73);
        const Answer evaluated = m_box.run(
            {QStringLiteral("evaluate"), QStringLiteral("first"), m_table, QStringLiteral("--json")});
        QCOMPARE(evaluated.code, 0);
        QCOMPARE(integerAt(evaluated.json(), "samples").value_or(0), std::int64_t{80});
        QVERIFY(numberAt(evaluated.json(), "metrics.accuracy").value_or(0.0) > 0.8);
        std::int64_t sum = 0;
        const Json document = evaluated.json();
        for (const Json &row : document["confusion"]["counts"])
            for (const Json &count : row)
                sum += count.get<std::int64_t>();
        QCOMPARE(sum, std::int64_t{80});
    }

    /// The test table holds the training samples under other names: both splits must have the same metrics,
    /// and evaluate, which prepares the values itself, the same again.
    void evaluateGivesTheRecordedMetrics()
    {
        std::string text = readFile(m_table.toStdString()).value_or("");
        const std::size_t end = text.find('\n');
        std::string header = text.substr(0, end);
        for (std::size_t at = header.find('\t', header.find('\t') + 1); at != std::string::npos;
             at = header.find('\t', at + 1))
            header.insert(at + 3, "other-");
        QVERIFY(m_box.write("renamed.tsv", header + text.substr(end)));
        const Answer trained = m_box.run(
            {QStringLiteral("train"), QStringLiteral("lcep-xgboost"), QStringLiteral("--data"), m_table,
             QStringLiteral("--test"), QStringLiteral("renamed.tsv"), QStringLiteral("--set"),
             QStringLiteral("preparation.values=log"), QStringLiteral("--rounds"), QStringLiteral("20"),
             QStringLiteral("--out"), QStringLiteral("log"), QStringLiteral("--json")});
        QVERIFY2(trained.code == 0, trained.out.c_str());
        const Answer evaluated = m_box.run(words("evaluate log renamed.tsv --json"));
        QCOMPARE(evaluated.code, 0);
        QVERIFY(evaluated.json()["metrics"] == trained.json()["metrics"]["test"]);
        QVERIFY(evaluated.json()["metrics"] == trained.json()["metrics"]["train"]);
        const Answer other = m_box.run(
            {QStringLiteral("evaluate"), QStringLiteral("first"), m_table, QStringLiteral("--json")});
        QVERIFY(other.json()["metrics"] != evaluated.json()["metrics"]);
    }

    void predictRefusesTablesWithOtherGenes()
    {
        QVERIFY(m_box.write("other.tsv", "Gene ID\tGene Name\t0_a\t1_b\nX1\t\t1\t2\nX2\t\t3\t4\n"));
        const Answer answer = m_box.run(words("predict first other.tsv"));
        QCOMPARE(answer.code, 65);
        QVERIFY(answer.err.find("genes are not in the table") != std::string::npos);
    }

    void reportsOnePage()
    {
        const Answer answer = m_box.run(words("report first first --html report.html --json"));
        QCOMPARE(answer.code, 0);
        QCOMPARE(stringAt(answer.json(), "report").value_or(""), std::string("report.html"));
        const std::string page = readFile(m_box.path("report.html")).value_or("");
        QVERIFY(page.starts_with("<!DOCTYPE html>"));
        QVERIFY(page.find("IDENTICAL") != std::string::npos);
        QVERIFY2(page.find(m_box.path("")) == std::string::npos, "a path of this machine");
        QCOMPARE(m_box.run(words("report first --html report.html")).code, 73);
        QCOMPARE(m_box.run(words("report first --html report.html --force")).code, 0);
        QCOMPARE(m_box.run(words("report nothing-here --html other.html")).code, 66);
    }

    /// As `export` and `compare` do: a changed file is no success, but the page is there and says so.
    void reportsChangedFiles()
    {
        QCOMPARE(train({QStringLiteral("--out"), QStringLiteral("doctored")}).code, 0);
        const Answer sound = m_box.run(words("report doctored --html doctored.html --json"));
        QCOMPARE(sound.code, 0);
        QCOMPARE(sound.json()["changed"].size(), std::size_t{0});
        QVERIFY(sound.err.find("not what the run recorded") == std::string::npos);
        const std::string metrics = readFile(m_box.path("doctored/metrics.csv")).value_or("");
        QVERIFY(m_box.write("doctored/metrics.csv", metrics.substr(0, metrics.size() - 20)));
        const Answer answer = m_box.run(words("report doctored --html doctored.html --json --force"));
        QCOMPARE(answer.code, 65);
        QCOMPARE(stringAt(answer.json()["changed"][0], "file").value_or(""), std::string("metrics.csv"));
        QVERIFY(answer.err.find("doctored: metrics.csv does not match its manifest") != std::string::npos);
        const std::string page = readFile(m_box.path("doctored.html")).value_or("");
        QVERIFY(page.find("Files changed after the run") != std::string::npos);
    }

    void aChangedInputIsSaidBeforeTrainingStarts()
    {
        const QString table = m_box.table("changing.tsv", 3);
        QCOMPARE(m_box
                     .run({QStringLiteral("train"), QStringLiteral("lcep-xgboost"), QStringLiteral("--data"),
                           table, QStringLiteral("--rounds"), QStringLiteral("10"), QStringLiteral("--out"),
                           QStringLiteral("changing")})
                     .code,
                 0);
        std::string text = readFile(table.toStdString()).value_or("");
        const std::string old = text;
        text = text.substr(0, text.rfind('\t') + 1) + "54321.5\n";
        QVERIFY(m_box.write("changing.tsv", text));
        const Answer refused = m_box.run(words("rerun changing"));
        QCOMPARE(refused.code, 65);
        QVERIFY(refused.err.find("changing.tsv") != std::string::npos);
        QVERIFY(refused.err.find("--allow-changed") != std::string::npos);
        QVERIFY2(!runs::locateRun(m_box.path("changing-rerun-1")), "it trained");
        QCOMPARE(m_box.run(words("rerun changing --allow-changed")).code, 1);
        QVERIFY(m_box.write("changing.tsv", old));
        QCOMPARE(m_box.run(words("rerun changing")).code, 0);
        QVERIFY(QFile::remove(table)); // the cache still has it
        QCOMPARE(m_box.run(words("rerun changing")).code, 0);
        QVERIFY(QDir(QString::fromStdString(m_box.path("xdg_cache_home"))).removeRecursively());
        QCOMPARE(m_box.run(words("rerun changing")).code, 66);
    }

    void levelRandomDrawsANewSeedEachTime()
    {
        const QStringList level = {QStringLiteral("--level"), QStringLiteral("random")};
        QCOMPARE(train(QStringList(level) << QStringLiteral("--out") << QStringLiteral("random")).code, 0);
        QCOMPARE(m_box.run(words("rerun random")).code, 1);
    }

    void selftestPasses()
    {
        const Answer answer = m_box.run(words("selftest --json"));
        QVERIFY2(answer.code == 0, answer.out.c_str());
        QCOMPARE(stringAt(answer.json(), "verdict").value_or(""), std::string("passed"));
        QCOMPARE(answer.json()["steps"].size(), std::size_t{11});
    }

    void demoEndsWithTheVerdict()
    {
        const Answer answer = m_box.run(words("demo --out demo"));
        QCOMPARE(answer.code, 0);
        const std::size_t last = answer.out.rfind('\n', answer.out.size() - 2) + 1;
        QVERIFY2(answer.out.substr(last).starts_with("IDENTICAL"), answer.out.c_str());
        QVERIFY(QFile::exists(QString::fromStdString(m_box.path("demo/report.html"))));
        QVERIFY(QFile::exists(QString::fromStdString(m_box.path("demo/cells-report.html"))));
        QCOMPARE(m_box.run(words("demo --out demo")).code, 73);
    }

private:
    [[nodiscard]] Answer train(const QStringList &more) const
    {
        return m_box.run(QStringList{QStringLiteral("train"), QStringLiteral("lcep-xgboost"),
                                     QStringLiteral("--data"), m_table, QStringLiteral("--rounds"),
                                     QStringLiteral("30"), QStringLiteral("--json")} +
                         more);
    }

    Sandbox m_box;
    QString m_table;
    Answer m_first;
};

QTEST_GUILESS_MAIN(TestCliRuns)
#include "tst_cli_runs.moc"
