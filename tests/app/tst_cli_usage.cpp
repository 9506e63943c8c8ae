// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/app/sandbox.h"

#include <QElapsedTimer>

using namespace ibidem;

/// What the command line says before it does anything: help, versions, wrong words.
class TestCliUsage : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void printsItsVersionQuickly()
    {
        QElapsedTimer timer;
        qint64 best = 1000;
        for (int i = 0; i < 5; ++i) {
            timer.start();
            const Answer answer = m_box.run({QStringLiteral("--version")});
            best = std::min(best, timer.elapsed());
            QCOMPARE(answer.code, 0);
            QVERIFY(answer.out.starts_with("ibidem "));
            QCOMPARE(answer.err, std::string());
        }
        QVERIFY2(best < 250, "more than a quarter of a second"); // 50 ms on a quiet machine: tests/bench
    }

    void everyVerbHasHelpWithAnExample_data()
    {
        QTest::addColumn<QString>("verb");
        for (const char *verb : {"demo", "inspect", "recipe list", "recipe show", "recipe check",
                                 "generate expression", "generate cells", "train", "resume", "rerun",
                                 "compare", "report", "predict", "evaluate", "import", "system", "selftest"})
            QTest::newRow(verb) << QString::fromLatin1(verb);
    }

    void everyVerbHasHelpWithAnExample()
    {
        QFETCH(QString, verb);
        const Answer answer = m_box.run(words((verb + QStringLiteral(" --help")).toUtf8().constData()));
        QCOMPARE(answer.code, 0);
        QCOMPARE(answer.err, std::string());
        QVERIFY(answer.out.find("Example:\n  ibidem " + verb.toStdString()) != std::string::npos);
        for (const char *option : {"--json", "--quiet", "--log-file", "--progress", "--verbose"})
            QVERIFY2(answer.out.find(option) != std::string::npos, option);
    }

    void neitherWayToNameARunIsRequiredAlone()
    {
        for (const char *verb : {"predict", "evaluate"}) {
            const Answer answer = m_box.run({QString::fromLatin1(verb), QStringLiteral("--help")});
            QVERIFY2(answer.out.find("REQUIRED") == std::string::npos, answer.out.c_str());
            QVERIFY2(answer.out.find("RUN or --run RUN") != std::string::npos, answer.out.c_str());
            QCOMPARE(m_box.run({QString::fromLatin1(verb)}).code, 64);
        }
    }

    void refusesWrongCommandLinesWith64_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *line, const char *said) {
            QTest::newRow(line) << QString::fromLatin1(line) << QString::fromLatin1(said);
        };
        row("trian lcep-xgboost", "ibidem train");
        row("recipe shw x", "ibidem recipe show");
        row("qqqqqqqqqq", "ibidem --help");
        row("recipe", "subcommand");
        row("train", "SPEC");
        row("train lcep-xgboost --level best", "--level");
        row("train lcep-xgboost --threads two", "--threads");
        row("train lcep-xgboost --threads -1", "--threads");
        row("train lcep-xgboost --threads 5000", "1024");
        row("train lcep-xgboost --unknown", "--unknown");
        row("generate expression --genes 1e3", "--genes");
        row("generate expression --positive 0,5", "--positive");
        row("generate expression --positive 1.5", "positive");
        row("generate expression --json", "-o");
        row("compare one", "B");
        row("compare a b --tolerance much", "much");
        row("report run", "--html");
        row("rerun run --times 0", "--times");
        row("inspect x --progress fast", "--progress");
    }

    void refusesWrongCommandLinesWith64()
    {
        QFETCH(QString, line);
        QFETCH(QString, said);
        const Answer text = m_box.run(words(line.toUtf8().constData()));
        QCOMPARE(text.code, 64);
        QVERIFY2((text.err + text.out).find(said.toStdString()) != std::string::npos, text.err.c_str());
        if (line.contains(QLatin1String("--json")))
            return;
        QCOMPARE(text.out, std::string());
        const Answer json = m_box.run(words((line + QStringLiteral(" --json")).toUtf8().constData()));
        QCOMPARE(json.code, 64);
        QCOMPARE(stringAt(json.json(), "error.code").value_or(""), std::string("usage"));
    }

    void printsHelpOnStandardErrorWithoutVerb()
    {
        const Answer answer = m_box.run(QStringList());
        QCOMPARE(answer.code, 64);
        QCOMPARE(answer.out, std::string());
        QVERIFY(answer.err.find("Subcommands") != std::string::npos);
    }

private:
    Sandbox m_box;
};

QTEST_GUILESS_MAIN(TestCliUsage)
#include "tst_cli_usage.moc"
