// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/jobs/child_jobs.h"

#include <QDir>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <memory>
#include <unistd.h>

using namespace ibidem;
using namespace ibidem::jobs;

/// Children that are shell scripts: what becomes of jobs whose child dies, hangs or says strange things.
class TestChildJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->path().toStdString();
        QVERIFY(writeFileAtomically(m_path / "input.tsv", "content").has_value());
    }

    void opensAFileThroughTheConverterAndThenFromTheCache()
    {
        QVERIFY(writeFileAtomically(
                    m_path / "table.tsv",
                    "Gene ID\tGene Name\t0_a\t1_b\t0_c\t1_d\nG1\t\t1\t2\t3\t4\nG2\t\t5\t6\t7\t8\n")
                    .has_value());
        const Programs programs = Programs::besideThisProgram();
        for (const bool fromCache : {false, true}) {
            ConvertJob job(programs, m_path / "table.tsv", {}, m_path / "cache");
            QVERIFY(runs(job));
            QVERIFY2(job.result().has_value(), job.result() ? "" : describe(job.result().error()).c_str());
            QCOMPARE(job.result()->fromCache, fromCache);
            QCOMPARE(job.result()->summary.shape, (std::vector<std::uint64_t>{4, 2}));
            QVERIFY(std::filesystem::exists(job.result()->container));
        }
    }

    void aDamagedCacheEntryIsMadeAgain()
    {
        opensAFileThroughTheConverterAndThenFromTheCache();
        for (const auto &entry : std::filesystem::directory_iterator(m_path / "cache"))
            QVERIFY(writeFileAtomically(entry.path(), "damaged").has_value());
        ConvertJob job(Programs::besideThisProgram(), m_path / "table.tsv", {}, m_path / "cache");
        QVERIFY(runs(job));
        QVERIFY(job.result().has_value());
        QVERIFY(!job.result()->fromCache);
    }

    void aMissingFileIsInputMissing()
    {
        ConvertJob job(Programs::besideThisProgram(), m_path / "nothing", {}, m_path / "cache");
        QVERIFY(runs(job));
        QCOMPARE(job.result().error().code, ErrorCode::InputMissing);
    }

    void aConverterThatDiesIsAnErrorAboutTheFile()
    {
        ConvertJob job(scripts("kill -SEGV $$", ""), m_path / "input.tsv", {}, m_path / "cache");
        QVERIFY(runs(job));
        QCOMPARE(job.result().error().code, ErrorCode::BadData);
        QVERIFY(job.result().error().message.find("SIGSEGV") != std::string::npos);
        QCOMPARE(job.result().error().path, (m_path / "input.tsv").string());
    }

    void aConverterThatReportsAnErrorIsBelieved()
    {
        ConvertJob job(
            scripts(
                R"(echo '{"event":"failed","error":{"code":"bad-data","message":"row 3","path":"p","cure":"c"}}'; exit 65)",
                ""),
            m_path / "input.tsv", {}, m_path / "cache");
        QVERIFY(runs(job));
        QCOMPARE(job.result().error(), (Error{ErrorCode::BadData, "row 3", "p", "c"}));
    }

    void aConverterThatSaysNothingOrNonsenseIsInternal_data()
    {
        QTest::addColumn<QString>("script");
        QTest::newRow("nothing") << QStringLiteral("exit 0");
        QTest::newRow("no JSON") << QStringLiteral("echo hello");
        QTest::newRow("no summary") << QStringLiteral("echo '{\"event\":\"finished\",\"container\":\"x\"}'");
        QTest::newRow("finished, but with a failure's code")
            << QStringLiteral("echo '{\"event\":\"finished\",\"container\":\"x\"}'; exit 3");
    }

    void aConverterThatSaysNothingOrNonsenseIsInternal()
    {
        QFETCH(QString, script);
        ConvertJob job(scripts(script.toStdString(), ""), m_path / "input.tsv", {}, m_path / "cache");
        QVERIFY(runs(job));
        QVERIFY(!job.result());
        QVERIFY(job.result().error().code != ErrorCode::BadData);
    }

    void aConverterThatCannotBeStartedIsInternal()
    {
        ConvertJob job({m_path / "no-such-program", {}}, m_path / "input.tsv", {}, m_path / "cache");
        QVERIFY(runs(job));
        QCOMPARE(job.result().error().code, ErrorCode::Internal);
    }

    void cancelsOnceAndEndsTheChild()
    {
        ConvertJob job(scripts("echo $$ >" + (m_path / "pid").string() + "; exec sleep 1000", ""),
                       m_path / "input.tsv", {}, m_path / "cache");
        QSignalSpy finished(&job, &ConvertJob::finished);
        job.start();
        QTRY_VERIFY_WITH_TIMEOUT(pidIn("pid") > 0, 20000);
        job.cancel();
        job.cancel();
        QCOMPARE(finished.count(), 1);
        QCOMPARE(job.result().error().code, ErrorCode::Stopped);
        QTRY_VERIFY_WITH_TIMEOUT(::kill(pidIn("pid"), 0) != 0, 20000);
    }

    void maybeDestroyedWhileItWorks()
    {
        for (int i = 0; i < 20; ++i) {
            auto job = std::make_unique<ConvertJob>(scripts("exec sleep 1000", ""), m_path / "input.tsv",
                                                    data::TableOptions(), m_path / "cache");
            job->start();
            if (i % 2 == 1)
                QTest::qWait(5);
            job.reset();
        }
    }

    void deliversEventsInOrderAndTheExitCode()
    {
        TrainJob job(
            scripts("", event(1, R"("event":"started")") + event(2, R"("event":"progress","fraction":0.5)") +
                            event(3, R"("event":"failed","error":{"code":"bad-data"})") + "exit 65"));
        QSignalSpy events(&job, &TrainJob::eventArrived);
        QSignalSpy finished(&job, &TrainJob::finished);
        job.start(partial());
        QVERIFY(job.running());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(finished.front().front().toInt(), 65);
        QCOMPARE(events.count(), 3);
        QVERIFY(events[0][0].toString().contains(QLatin1String("started")));
        QVERIFY(events[2][0].toString().contains(QLatin1String("failed")));
        QVERIFY(!job.running());
    }

    /// Of what was told before, a curve needs the metrics; the rest would be taken for news.
    void aResumeTellsOnlyMetricsAgain()
    {
        QVERIFY(writeFileAtomically(partial() / "events.jsonl",
                                    line(1, R"("event":"started")") +
                                        line(2, R"("event":"metric","round":1)") +
                                        line(3, R"("event":"progress","fraction":0.5)") +
                                        line(4, R"("event":"failed","error":{})"))
                    .has_value());
        const std::string events = (m_path / "run.partial/events.jsonl").string();
        std::string news = line(5, R"("event":"started","fromRound":1)");
        news.pop_back();
        TrainJob job(scripts("", "echo '" + news + "' >>" + events + "; exit 75"));
        QSignalSpy told(&job, &TrainJob::eventArrived);
        QSignalSpy finished(&job, &TrainJob::finished);
        job.resume(m_path / "run");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(told.count(), 2);
        QVERIFY(told[0][0].toString().contains(QLatin1String("metric")));
        QVERIFY(told[1][0].toString().contains(QLatin1String("fromRound")));
    }

    void aTrainingThatDiesIsInternalAndSaysOfWhat()
    {
        TrainJob job(scripts("", "kill -BUS $$"));
        QSignalSpy finished(&job, &TrainJob::finished);
        job.start(partial());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(finished.front().front().toInt(), 70);
        QVERIFY(job.problem().find("SIGBUS") != std::string::npos);
    }

    void aTrainingThatCannotBeStartedIsInternal()
    {
        TrainJob job({{}, m_path / "no-such-program"});
        QSignalSpy finished(&job, &TrainJob::finished);
        job.start(partial());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(finished.front().front().toInt(), 70);
        QVERIFY(!job.problem().empty());
    }

    void stopIsSaidOnStandardInput()
    {
        TrainJob job(scripts("", R"(read word; [ "$word" = stop ] && exit 75; exit 1)"));
        QSignalSpy finished(&job, &TrainJob::finished);
        job.start(partial());
        job.stop();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(finished.front().front().toInt(), 75);
    }

    void stopNowKillsWhatDoesNotListen()
    {
        TrainJob job(scripts("", "trap '' TERM; touch " + (m_path / "ready").string() +
                                     "; while :; do sleep 0.05; done"));
        QSignalSpy finished(&job, &TrainJob::finished);
        job.start(partial());
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(m_path / "ready"), 20000);
        job.stopNow();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(finished.front().front().toInt(), 70);
    }

    /// It writes on after nobody listens any more, is in a session of its own, and ends in its own time.
    void aTrainingGoesOnWhenItsJobIsGone()
    {
        const std::string done = (m_path / "done").string();
        auto job = std::make_unique<TrainJob>(scripts(
            "", "echo $$ >" + (m_path / "pid").string() + "; while [ ! -e " + (m_path / "go").string() +
                    " ]; do sleep 0.02; done; echo news || true; echo news >&2 || true; echo ended >" +
                    done));
        job->start(partial());
        QTRY_VERIFY_WITH_TIMEOUT(pidIn("pid") > 0, 20000);
        QCOMPARE(::getsid(pidIn("pid")), pidIn("pid"));
        job.reset();
        QVERIFY(writeFileAtomically(m_path / "go", "").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(readFile(done).value_or("") == "ended\n", 20000);
    }

    void attachFollowsARunThatSomebodyElseWrites()
    {
        const std::filesystem::path folder = partial();
        QVERIFY(writeFileAtomically(folder / "events.jsonl",
                                    std::string(line(1, R"("event":"started")")) +
                                        line(2, R"("event":"finished","outcome":"stopped","round":3)"))
                    .has_value());
        TrainJob job(Programs{});
        QSignalSpy events(&job, &TrainJob::eventArrived);
        QSignalSpy finished(&job, &TrainJob::finished);
        job.attach(m_path / "run");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(events.count(), 2);
        QCOMPARE(finished.front().front().toInt(), 75);
    }

    void attachGivesUpOnARunThatNobodyWrites()
    {
        const std::filesystem::path folder = partial();
        QVERIFY(writeFileAtomically(folder / "events.jsonl", line(1, R"("event":"started")")).has_value());
        TrainJob job(Programs{});
        QSignalSpy finished(&job, &TrainJob::finished);
        job.attach(m_path / "run");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(finished.front().front().toInt(), 70);
        QVERIFY(!job.problem().empty());
    }

private:
    static bool runs(ConvertJob &job)
    {
        QSignalSpy finished(&job, &ConvertJob::finished);
        job.start();
        return QTest::qWaitFor([&] { return finished.count() > 0; }, 30000) && finished.count() == 1;
    }

    Programs scripts(const std::string &convert, const std::string &train)
    {
        for (const auto &[name, body] :
             {std::pair<const char *, std::string>{"convert", convert}, {"train", train}}) {
            const std::filesystem::path file = m_path / name;
            if (!writeFileAtomically(file, "#!/bin/sh\n" + body + "\n"))
                return {};
            std::filesystem::permissions(file, std::filesystem::perms::owner_all);
        }
        return {m_path / "convert", m_path / "train"};
    }

    static std::string line(int sequence, const std::string &fields)
    {
        return R"({"schema":"ibidem/event/1","sequence":)" + std::to_string(sequence) + "," + fields + "}\n";
    }

    /// Shell code that adds an event to the run ($2) and says that there is news.
    static std::string event(int sequence, const std::string &fields)
    {
        std::string text = line(sequence, fields);
        text.pop_back();
        return "echo '" + text + "' >>\"$2\"/events.jsonl; echo news\n";
    }

    std::filesystem::path partial()
    {
        std::filesystem::create_directories(m_path / "run.partial");
        return m_path / "run.partial";
    }

    [[nodiscard]] pid_t pidIn(const char *name) const
    {
        return QByteArray::fromStdString(readFile(m_path / name).value_or("")).trimmed().toInt();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_path;
};

QTEST_GUILESS_MAIN(TestChildJobs)
#include "tst_child_jobs.moc"
