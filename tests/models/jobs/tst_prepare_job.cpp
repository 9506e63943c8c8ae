// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/jobs/prepare_job.h"
#include "tests/models/prepare/cell_matrices.h"

#include <QFile>
#include <QSignalSpy>

#include <csignal>
#include <filesystem>
#include <memory>
#include <unistd.h>

using namespace ibidem;
using namespace ibidem::jobs;

/// Preparing in a child, and what becomes of the job whose child dies, hangs or says strange things.
class TestPrepareJob : public QObject
{
    Q_OBJECT

    CellMatrices m_matrices;

    [[nodiscard]] PrepareOrder order(const char *settings = "minGenes=5 maxMean=12") const
    {
        PrepareOrder order;
        order.container = m_matrices.path("matrix0.safetensors");
        order.preparation = preparationOf(settings);
        order.threads = 2;
        return order;
    }

    /// A shell script in place of ibidem-train.
    [[nodiscard]] Programs script(const std::string &text) const
    {
        const std::filesystem::path path = m_matrices.path("script.sh");
        if (!writeFileAtomically(path, "#!/bin/sh\n" + text + "\n"))
            qFatal("the script cannot be written");
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        return {{}, path};
    }

    static bool runs(PrepareJob &job)
    {
        QSignalSpy finished(&job, &PrepareJob::finished);
        job.start();
        return (finished.count() == 1 || finished.wait(60000)) && finished.count() == 1;
    }

    [[nodiscard]] std::string errorOf(const std::string &text, ErrorCode code) const
    {
        PrepareJob job(script(text), order());
        if (!runs(job) || job.result() || job.result().error().code != code)
            return "another end: " + (job.result() ? std::string("none") : describe(job.result().error()));
        return describe(job.result().error());
    }

private Q_SLOTS:

    void initTestCase() { QVERIFY(m_matrices.open(countsOf(60, 40))); }

    void preparesInAChild()
    {
        PrepareOrder wanted = order();
        wanted.out = m_matrices.path("out.safetensors");
        PrepareJob job(Programs::besideThisProgram(), wanted);
        QSignalSpy progressed(&job, &PrepareJob::progressed);
        QVERIFY(runs(job));
        QVERIFY2(job.result().has_value(), job.result() ? "" : describe(job.result().error()).c_str());
        QCOMPARE(job.result()->stages.size(), std::size_t{7});
        QVERIFY(job.result()->preparation == wanted.preparation.toJson());
        QVERIFY(progressed.count() >= 1);
        QCOMPARE(progressed.first().first().toString(), QStringLiteral("loaded"));
        const auto written = data::readPreparedCells(*wanted.out);
        QVERIFY(written.has_value());
        QVERIFY(written->summary == *job.result());
        QVERIFY(std::filesystem::remove(*wanted.out));
    }

    void theChildsErrorIsTheJobs()
    {
        PrepareJob job(Programs::besideThisProgram(), order("minGenes=1000"));
        QVERIFY(runs(job));
        QVERIFY(!job.result());
        QCOMPARE(job.result().error().code, ErrorCode::BadData);
        QCOMPARE(job.result().error().cure, std::string("lower minGenes"));
        QCOMPARE(job.result().error().path, m_matrices.path("matrix0.safetensors"));
    }

    void aChildThatDiesNamesTheSignal()
    {
        QVERIFY(errorOf("kill -SEGV $$", ErrorCode::Internal).find("SIGSEGV") != std::string::npos);
        QVERIFY(errorOf("kill -KILL $$", ErrorCode::Internal).find("out of memory") != std::string::npos);
    }

    void aChildThatSaysNothingOrNonsenseIsInternal()
    {
        QVERIFY(errorOf("exit 0", ErrorCode::Internal).find("exit code 0") != std::string::npos);
        QVERIFY(errorOf("echo hello", ErrorCode::Internal).find("script.sh said what is no JSON") !=
                std::string::npos);
        QVERIFY(errorOf("echo '{\"event\":\"finished\"}'", ErrorCode::Internal).find("no summary") !=
                std::string::npos);
        QVERIFY(errorOf("echo because >&2; exit 3", ErrorCode::Internal).find("because") !=
                std::string::npos);
    }

    void aChildThatCannotBeStartedIsInternal()
    {
        PrepareJob job({{}, m_matrices.path("no-such-program")}, order());
        QVERIFY(runs(job));
        QVERIFY(!job.result());
        QCOMPARE(job.result().error().code, ErrorCode::Internal);
        QVERIFY(job.result().error().message.find("cannot be started") != std::string::npos);
    }

    void cancelAsksTheChildToStop()
    {
        const std::string asked = m_matrices.path("asked");
        PrepareJob job(
            script("read word; echo \"$word\" > " + asked +
                   "; echo '{\"event\":\"failed\",\"error\":{\"code\":\"stopped\",\"message\":\"m\"}}'; "
                   "exit 75"),
            order());
        QSignalSpy finished(&job, &PrepareJob::finished);
        job.start();
        QTest::qWait(50);
        job.cancel();
        job.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QCOMPARE(job.result().error().code, ErrorCode::Stopped);
        QCOMPARE(readFile(asked).value_or(std::string()), std::string("stop\n"));
        QTest::qWait(50);
        QCOMPARE(finished.count(), 1);
    }

    /// The file may have replaced an older one: a result that is there is kept.
    void aJobThatWasDoneBeforeItHeardKeepsItsResult()
    {
        PrepareOrder wanted = order();
        wanted.out = m_matrices.path("out.safetensors");
        data::PreparedSummary summary;
        summary.preparation = Json::object();
        const std::string finishedLine =
            compactJson(Json{{"event", "finished"}, {"summary", summary.toJson()}}).value();
        const Programs programs =
            script("echo x > " + wanted.out->string() + "; read word; echo '" + finishedLine + "'");
        PrepareJob job(programs, wanted);
        QSignalSpy finished(&job, &PrepareJob::finished);
        job.start();
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(*wanted.out), 20000);
        job.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20000);
        QVERIFY(job.result());
        QVERIFY(std::filesystem::exists(*wanted.out));
    }

    void cancelBeforeTheStartIsStopped()
    {
        PrepareJob job(Programs::besideThisProgram(), order());
        QSignalSpy finished(&job, &PrepareJob::finished);
        job.cancel();
        QCOMPARE(finished.count(), 1);
        QCOMPARE(job.result().error().code, ErrorCode::Stopped);
        job.start();
        QTest::qWait(50);
        QCOMPARE(finished.count(), 1);
    }

    void aChildThatDoesNotListenIsKilled()
    {
        const std::string pidFile = m_matrices.path("pid");
        PrepareJob job(script("echo $$ > " + pidFile + "; exec sleep 1000"), order());
        QSignalSpy finished(&job, &PrepareJob::finished);
        job.start();
        QTRY_VERIFY_WITH_TIMEOUT(!readFile(pidFile).value_or(std::string()).empty(), 20000);
        const int pid = QByteArray::fromStdString(*readFile(pidFile)).trimmed().toInt();
        job.cancel();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
        QCOMPARE(job.result().error().code, ErrorCode::Stopped);
        QTRY_VERIFY_WITH_TIMEOUT(::kill(pid, 0) != 0, 20000);
    }

    void mayBeDestroyedWhileItWorks()
    {
        for (int i = 0; i < 6; ++i) {
            auto job = std::make_unique<PrepareJob>(script("exec sleep 1000"), order());
            job->start();
            if (i % 2 == 1)
                QTest::qWait(20);
            job.reset();
        }
    }
};

QTEST_GUILESS_MAIN(TestPrepareJob)
#include "tst_prepare_job.moc"
