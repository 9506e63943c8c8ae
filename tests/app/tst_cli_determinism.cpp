// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/text.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"
#include "tests/app/sandbox.h"

#include <csignal>

using namespace ibidem;

/// The same bits whatever surrounds the run, also after stops and kills; and what is not the same is found.
class TestCliDeterminism : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_table = m_box.table();
        QVERIFY(!m_table.isEmpty());
        QCOMPARE(m_box.run(line("reference", kRounds)).code, 0);
        m_chain = chain("reference");
        QCOMPARE(m_chain.size(), std::size_t{64});
    }

    void threadsDoNotMatter_data()
    {
        QTest::addColumn<int>("threads");
        for (const int threads : {1, 2, 3})
            QTest::addRow("%d threads", threads) << threads;
    }

    void threadsDoNotMatter()
    {
        QFETCH(int, threads);
        const std::string name = "threads" + std::to_string(threads);
        QCOMPARE(
            m_box.run(line(name, kRounds) << QStringLiteral("--threads") << QString::number(threads)).code,
            0);
        QCOMPARE(chain(name), m_chain);
        QCOMPARE(m_box.run(compared(name)).code, 0);
    }

    void surroundingsDoNotMatter()
    {
        QProcessEnvironment odd = m_box.environment();
        odd.insert(QStringLiteral("LC_ALL"), QStringLiteral("de_DE.UTF-8"));
        odd.insert(QStringLiteral("LANG"), QStringLiteral("de_DE.UTF-8"));
        odd.insert(QStringLiteral("TZ"), QStringLiteral("America/St_Johns"));
        odd.insert(QStringLiteral("OMP_NUM_THREADS"), QStringLiteral("2"));
        QTemporaryDir elsewhere;
        QStringList arguments = line("surroundings", kRounds);
        arguments.replace(arguments.indexOf(QStringLiteral("surroundings")),
                          QString::fromStdString(m_box.path("surroundings")));
        QCOMPARE(m_box.run(arguments, odd, elsewhere.path()).code, 0);
        QCOMPARE(chain("surroundings"), m_chain);
    }

    void scalarCodeGivesTheSameBits()
    {
        QCOMPARE(
            m_box.run(line("scalar", kRounds) << QStringLiteral("--isa") << QStringLiteral("scalar")).code,
            0);
        QCOMPARE(chain("scalar"), m_chain);
    }

    void anotherSeedAndAnotherParameterAreFound()
    {
        QCOMPARE(m_box.run(line("other", kRounds) << QStringLiteral("--seed") << QStringLiteral("1")).code,
                 0);
        QVERIFY(chain("other") != m_chain);
        QCOMPARE(m_box.run(compared("other")).code, 1);
        QCOMPARE(
            m_box
                .run(line("deeper", kRounds) << QStringLiteral("--set") << QStringLiteral("model.maxDepth=2"))
                .code,
            0);
        const Answer deeper = m_box.run(compared("deeper"));
        QCOMPARE(deeper.code, 1);
        QVERIFY(deeper.out.find("model.maxDepth") != std::string::npos);
    }

    void stopsWithACheckpointAndResumes_data()
    {
        QTest::addColumn<int>("number");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGUSR1") << SIGUSR1;
    }

    void stopsWithACheckpointAndResumes()
    {
        QFETCH(int, number);
        const std::string name = std::string("stopped-") + QTest::currentDataTag();
        QProcess process;
        m_box.start(process, line(name, kLongRounds), m_box.environment());
        QVERIFY(m_box.waitForMetrics(name));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), number), 0);
        const Answer stopped = Sandbox::finish(process);
        QCOMPARE(stopped.code, 75);
        QCOMPARE(stringAt(stopped.json(), "outcome").value_or(""), std::string("stopped"));
        QVERIFY(stopped.err.find("ibidem resume") != std::string::npos);
        QCOMPARE(m_box.run(QStringList{QStringLiteral("rerun"), QString::fromStdString(name)}).code, 65);
        const Answer resumed =
            m_box.run({QStringLiteral("resume"), QString::fromStdString(name), QStringLiteral("--json")});
        QCOMPARE(resumed.code, 0);
        QCOMPARE(stringAt(resumed.json(), "chain").value_or(""), longChain());
        QVERIFY(!longChain().empty());
    }

    void aSecondSignalStopsAtOnce()
    {
        QProcess process;
        m_box.start(process, line("twice", 90000), m_box.environment());
        QVERIFY(m_box.waitForMetrics("twice"));
        const auto pid = static_cast<pid_t>(process.processId());
        // The child is held still, so that the first signal cannot end it before the second comes.
        const pid_t child = m_box.childOf("twice");
        QVERIFY(child > 1);
        QCOMPARE(::kill(child, SIGSTOP), 0);
        QCOMPARE(::kill(pid, SIGTERM), 0);
        std::string said;
        QVERIFY(QTest::qWaitFor(
            [&] {
                process.waitForReadyRead(10);
                said += process.readAllStandardError().toStdString();
                return said.find("stopping") != std::string::npos;
            },
            20000));
        QCOMPARE(::kill(pid, SIGTERM), 0);
        QCOMPARE(Sandbox::finish(process).code, 143);
        QVERIFY(QTest::qWaitFor([&] { return ::kill(child, 0) != 0; }, 10000));
        QVERIFY(runs::locateRun(m_box.path("twice")).has_value());
    }

    /// Killed at random rounds, resumed each time: the bits of an uninterrupted run.
    void killedAndResumedGivesTheSameBits()
    {
        RandomStream random(20, RandomPurpose::Test);
        for (int i = 0; i < 5; ++i) {
            const std::string name = "killed" + std::to_string(i);
            QProcess process;
            m_box.start(process, line(name, kLongRounds), m_box.environment());
            QVERIFY(m_box.waitForMetrics(name));
            QTest::qWait(static_cast<int>(random.bounded(300)));
            if (const pid_t child = m_box.childOf(name); child > 1)
                QCOMPARE(::kill(child, SIGKILL), 0);
            const Answer killed = Sandbox::finish(process);
            if (killed.code == 0) // it was faster
                continue;
            QCOMPARE(killed.code, 70);
            QVERIFY(killed.out.find("SIGKILL") != std::string::npos);
            const Answer resumed =
                m_box.run({QStringLiteral("resume"), QString::fromStdString(name), QStringLiteral("--json")});
            QVERIFY2(resumed.code == 0, resumed.out.c_str());
            QCOMPARE(stringAt(resumed.json(), "chain").value_or(""), longChain());
        }
    }

    /// The command dies; the training goes on and ends as if nothing had been.
    void aTrainingSurvivesTheCommandThatStartedIt()
    {
        QProcess process;
        m_box.start(process, line("orphan", kLongRounds), m_box.environment());
        QVERIFY(m_box.waitForMetrics("orphan"));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGKILL), 0);
        process.waitForFinished();
        QVERIFY2(
            QTest::qWaitFor(
                [&] { return QFile::exists(QString::fromStdString(m_box.path("orphan/run.json"))); }, 120000),
            "the training died with its parent");
        QCOMPARE(chain("orphan"), longChain());
    }

    void resumeRefusesFinishedRuns()
    {
        QCOMPARE(m_box.run(words("resume reference")).code, 64);
        QCOMPARE(m_box.run(words("resume nothing-here")).code, 66);
    }

private:
    static constexpr int kRounds = 60;
    static constexpr int kLongRounds = 1500;

    [[nodiscard]] QStringList line(const std::string &name, int rounds) const
    {
        return {QStringLiteral("train"),     QStringLiteral("lcep-xgboost"),
                QStringLiteral("--data"),    m_table,
                QStringLiteral("--rounds"),  QString::number(rounds),
                QStringLiteral("--set"),     QStringLiteral("training.checkpointEvery=50"),
                QStringLiteral("--level"),   QStringLiteral("portable"),
                QStringLiteral("--device"),  QStringLiteral("cpu"),
                QStringLiteral("--json"),    QStringLiteral("--out"),
                QString::fromStdString(name)};
    }

    [[nodiscard]] static QStringList compared(const std::string &name)
    {
        return {QStringLiteral("compare"), QStringLiteral("reference"), QString::fromStdString(name)};
    }

    [[nodiscard]] std::string chain(const std::string &name) const
    {
        const auto manifest = runs::readManifest(m_box.path(name));
        return manifest ? manifest->chain : std::string();
    }

    /// Of the uninterrupted long run, trained when first asked for.
    [[nodiscard]] std::string longChain()
    {
        if (m_longChain.empty() && m_box.run(line("long", kLongRounds)).code == 0)
            m_longChain = chain("long");
        return m_longChain;
    }

    Sandbox m_box;
    QString m_table;
    std::string m_chain;
    std::string m_longChain;
};

QTEST_GUILESS_MAIN(TestCliDeterminism)
#include "tst_cli_determinism.moc"
