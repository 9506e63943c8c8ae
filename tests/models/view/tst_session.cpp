// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "models/view/session.h"
#include "tests/models/compare/network_fixture.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace ibidem;
using namespace ibidem::view;

namespace {

Session::Setup setupIn(const QTemporaryDir &folder)
{
    const std::filesystem::path root = toPath(folder.path());
    return {{root / "no-convert", root / "no-train"}, root / "cache", root / "runs", root / "sample.tsv", [] {
                return Result<std::string>(std::string("x\n"));
            }};
}

} // namespace

class TestSession : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyStepSaysWhyItCannotAct();
    void aMissingFileIsAProblemInWords();
    void clearingTakesTheProblemAway();
    void twoFilesAreTrainingAndTest();
    void foldersOfRunsLeadToCompare();
    void aSampleIsWrittenInAnotherThread();
    void aFailedSampleIsAProblem();
    void comparingNothingIsAProblemInWords();
    void onlyTheLastComparisonIsShown();
    void theReportTellsOfChangedFiles();
    void theReportTellsOfOtherProcessors();
    void backgroundDeliversInTheOwnersThreadAndNeverAfterIt();
};

void TestSession::everyStepSaysWhyItCannotAct()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    QCOMPARE(session.step(Step::Data).state, StepState::Empty);
    QVERIFY(!session.train()->whyNotTrain().isEmpty());
    QVERIFY(!session.train()->whyNotAgain().isEmpty());
    QVERIFY(!session.train()->whyNotStop().isEmpty());
    QVERIFY(!session.report()->whyNotSave().isEmpty());
    session.train()->train();
    session.train()->runAgain();
    session.train()->stop();
    session.report()->save(folder.filePath(QStringLiteral("report.html")));
    QCOMPARE(session.train()->state(), TrainController::State::Idle);
    QCOMPARE(session.report()->state(), ReportController::State::Idle);
    for (const Step step : {Step::Data, Step::Train, Step::Compare, Step::Report})
        QVERIFY(!session.step(step).status.isEmpty());
}

void TestSession::aMissingFileIsAProblemInWords()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    const QString file = folder.filePath(QStringLiteral("nothing.tsv"));
    session.data()->open(InputRole::Train, file);
    const DataInput *input = session.data()->input(InputRole::Train);
    QCOMPARE(session.step(Step::Data).state, StepState::Running);
    QTRY_COMPARE(input->state(), DataInput::State::Failed);
    QVERIFY(!input->problem().cause.isEmpty());
    QVERIFY(input->problem().file.contains(QStringLiteral("nothing.tsv")));
    QCOMPARE(session.step(Step::Data).state, StepState::Attention);
    QVERIFY(session.train()->whyNotTrain().contains(QStringLiteral("nothing.tsv")));
}

void TestSession::clearingTakesTheProblemAway()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    session.data()->open(InputRole::Test, folder.filePath(QStringLiteral("nothing.tsv")));
    QTRY_COMPARE(session.data()->input(InputRole::Test)->state(), DataInput::State::Failed);
    session.data()->clear(InputRole::Test);
    QVERIFY(session.data()->isEmpty());
    QVERIFY(session.data()->input(InputRole::Test)->problem().isEmpty());
}

void TestSession::twoFilesAreTrainingAndTest()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    session.data()->openAll({folder.filePath(QStringLiteral("lcep_test.tsv")),
                             folder.filePath(QStringLiteral("lcep_train.tsv"))});
    QCOMPARE(session.data()->input(InputRole::Train)->fileName(), QStringLiteral("lcep_train.tsv"));
    QCOMPARE(session.data()->input(InputRole::Test)->fileName(), QStringLiteral("lcep_test.tsv"));
    QCOMPARE(session.data()->selected(), InputRole::Train);
    session.data()->clear(InputRole::Test);
    session.data()->openAll({folder.filePath(QStringLiteral("a_test.tsv"))});
    QCOMPARE(session.data()->input(InputRole::Train)->fileName(), QStringLiteral("a_test.tsv"));
    QCOMPARE(session.data()->input(InputRole::Test)->state(), DataInput::State::None);
}

void TestSession::foldersOfRunsLeadToCompare()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    QSignalSpy wanted(&session, &Session::stepWanted);
    const auto run = [&folder](const QString &name) {
        const QString path = folder.filePath(name);
        runs::Manifest manifest;
        manifest.outcome = "imported";
        const bool written = makeFolder(toPath(path)) && runs::writeManifest(toPath(path), manifest);
        return written ? path + QLatin1Char('/') : QString(); // as a shell completes it
    };
    const QString first = run(QStringLiteral("first"));
    const QString second = run(QStringLiteral("second"));
    session.open({first});
    QCOMPARE(wanted.takeFirst().first().value<Step>(), Step::Compare);
    QVERIFY(session.data()->isEmpty());
    QTRY_COMPARE(session.runs()->rowOf(toPath(folder.filePath(QStringLiteral("first")))), 0);
    QCOMPARE(session.compare()->state(), CompareController::State::Idle);
    session.open({first, second});
    QCOMPARE(wanted.takeFirst().first().value<Step>(), Step::Compare);
    QVERIFY(session.compare()->state() != CompareController::State::Idle);
    QCOMPARE(fromPath(session.compare()->b()), folder.filePath(QStringLiteral("second")));
    session.open({folder.filePath(QStringLiteral("nothing.tsv"))});
    QCOMPARE(wanted.takeFirst().first().value<Step>(), Step::Data);
    QVERIFY(!session.data()->isEmpty());
}

void TestSession::aSampleIsWrittenInAnotherThread()
{
    const QTemporaryDir folder;
    Session::Setup setup = setupIn(folder);
    std::thread::id worker;
    setup.sampleSource = [&worker] {
        worker = std::this_thread::get_id();
        return Result<std::string>(std::string("Gene ID\t0_a\n"));
    };
    Session session(setup);
    session.data()->makeSample();
    QVERIFY(session.data()->makingSample());
    QTRY_VERIFY(!session.data()->makingSample());
    QVERIFY(worker != std::this_thread::get_id());
    QFile file(fromPath(setup.sampleFile));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), QByteArray("Gene ID\t0_a\n"));
    QCOMPARE(session.data()->input(InputRole::Train)->fileName(), QStringLiteral("sample.tsv"));
}

void TestSession::aFailedSampleIsAProblem()
{
    const QTemporaryDir folder;
    Session::Setup setup = setupIn(folder);
    setup.sampleSource = [] { return Result<std::string>(fail(ErrorCode::BadSpec, "no genes")); };
    Session session(setup);
    session.data()->makeSample();
    QTRY_VERIFY(!session.data()->sampleProblem().isEmpty());
    QVERIFY(session.data()->isEmpty());
}

void TestSession::comparingNothingIsAProblemInWords()
{
    const QTemporaryDir folder;
    Session session(setupIn(folder));
    QCOMPARE(session.compare()->verdict(), CompareController::Verdict::None);
    session.compare()->compare(toPath(folder.filePath(QStringLiteral("a"))),
                               toPath(folder.filePath(QStringLiteral("b"))));
    QCOMPARE(session.step(Step::Compare).state, StepState::Running);
    QTRY_COMPARE(session.compare()->state(), CompareController::State::Failed);
    QVERIFY(!session.compare()->problem().cause.isEmpty());
    QCOMPARE(session.compare()->verdict(), CompareController::Verdict::None);
}

void TestSession::onlyTheLastComparisonIsShown()
{
    CompareController controller;
    QSignalSpy changed(&controller, &CompareController::changed);
    controller.compare("/nowhere/a", "/nowhere/b");
    controller.compare("/nowhere/c", "/nowhere/d");
    QTRY_COMPARE(controller.state(), CompareController::State::Failed);
    QCOMPARE(changed.count(), 3);
    QVERIFY(controller.a() == std::filesystem::path("/nowhere/c"));
}

void TestSession::theReportTellsOfChangedFiles()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = toPath(folder.path());
    for (const char *name : {"a", "b"})
        QVERIFY(fixture::writeNetworkRun(root / name, fixture::makeNetworkRun()));
    Session session(setupIn(folder));
    ReportController *const report = session.report();
    const auto save = [&] {
        session.compare()->compare(root / "a", root / "b");
        QTRY_COMPARE(session.compare()->state(), CompareController::State::Done);
        report->save(folder.filePath(QStringLiteral("report.html")));
        QTRY_COMPARE(report->state(), ReportController::State::Saved);
    };
    const auto claims = [&] {
        QString text;
        for (int row = 0; row < report->claims()->rowCount(); ++row)
            for (int column = 0; column < report->claims()->columnCount(); ++column)
                text += report->claims()->index(row, column).data().toString() + QLatin1Char('\n');
        return text;
    };
    save();
    QVERIFY(report->problem().isEmpty());
    QVERIFY(claims().contains(QStringLiteral("Every file is what its run recorded")));
    QVERIFY(writeFileAtomically(root / "a" / runs::kMetricsFile, "round,split,metric,value,hex\n"));
    save();
    QVERIFY(report->problem().cause.contains(QStringLiteral("metrics.csv of a")));
    QVERIFY(report->statusText().contains(QStringLiteral("files were changed")));
    QVERIFY(claims().contains(QStringLiteral("a: metrics.csv does not match its manifest")));
    QVERIFY(!claims().contains(QStringLiteral("Every file is")));
    QVERIFY(!report->savedFile().isEmpty());
}

/// The window and the page must not say different things of the same runs.
void TestSession::theReportTellsOfOtherProcessors()
{
    const QTemporaryDir folder;
    const std::filesystem::path root = toPath(folder.path());
    for (const char *name : {"a", "b", "c"}) {
        fixture::NetworkRun run = fixture::makeNetworkRun();
        run.environment = {{"cpu", {{"brand", name == std::string("c") ? "Another" : "One"}}}};
        QVERIFY(fixture::writeNetworkRun(root / name, run));
    }
    Session session(setupIn(folder));
    const auto says = [&](const char *words) {
        const ChecksModel *const claims = session.report()->claims();
        for (int row = 0; row < claims->rowCount(); ++row)
            if (claims->index(row, ChecksModel::MessageColumn)
                    .data()
                    .toString()
                    .contains(QString::fromLatin1(words)))
                return true;
        return false;
    };
    const auto pageSays = [&](const char *other, const char *words) {
        const auto made = report::htmlReport({root / "a", root / other});
        return made && made->page.find(words) != std::string::npos;
    };
    session.compare()->compare(root / "a", root / "c");
    QTRY_VERIFY(says("Other computers: the same bits on 2 kinds of processor"));
    QVERIFY(!says("not yet observed"));
    QVERIFY(pageSays("c", "Observed: the same bits on 2 kinds of processor"));
    session.compare()->compare(root / "a", root / "b");
    QTRY_COMPARE(session.compare()->state(), CompareController::State::Done);
    QTRY_VERIFY(says("Other computers: not yet observed"));
    QVERIFY(!says("kinds of processor"));
    QVERIFY(pageSays("b", "Not yet observed"));
}

void TestSession::backgroundDeliversInTheOwnersThreadAndNeverAfterIt()
{
    int delivered = 0;
    std::thread::id place;
    {
        QObject owner;
        Background background(&owner);
        background.run([] { return 41; },
                       [&](int value) {
                           delivered = value + 1;
                           place = std::this_thread::get_id();
                       });
        QTRY_COMPARE(delivered, 42);
        QVERIFY(place == std::this_thread::get_id());
        background.run([] { return 1; }, [&](int) { delivered = -1; });
    }
    QCoreApplication::processEvents();
    QCOMPARE(delivered, 42);
}

QTEST_GUILESS_MAIN(TestSession)
#include "tst_session.moc"
