// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QTemporaryDir>
#include <QTest>

using namespace ibidem;
using namespace ibidem::runs;
namespace fs = std::filesystem;

class TestRunFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void writesUnderATemporaryNameAndRenames();
    void acceptsEitherNameOfARun();
    void refusesARunThatExists();
    void keepsTheOldRunUntilTheNewOneIsComplete();
    void keepsTheOldRunAsideWhenTheNewOneFails();
    void removesTheOldRunWhenAStoppedOneIsFinishedLater();
    void replacesAnUnfinishedRun();
    void replacesARunThatFailedAtOnce();
    void meansTheUnfinishedOfTwo();
    void replacesNoFolderWithoutARun();
    void replacesNoRunThatIsBeingWritten();
    void neverOverwritesAtTheEnd();
    void reopensAStoppedRun();
    void countsNewNamesUp();
    void refusesNamesThatLeaveTheStore();
    void readsBackLocalPaths();

private:
    [[nodiscard]] fs::path run() const { return m_folder / "store" / "r"; }

    /// Makes a whole run with one file that tells it from others.
    [[nodiscard]] static Status finish(const fs::path &partial, const std::string &outcome,
                                       const std::string &mark)
    {
        Manifest manifest;
        manifest.program = "ibidem test";
        manifest.outcome = outcome;
        IBIDEM_CHECK(writeManifest(partial, manifest));
        IBIDEM_CHECK(writeFileAtomically(partial / "mark", mark));
        IBIDEM_CHECK(finishPartial(partial));
        return {};
    }

    [[nodiscard]] Status makeRun(const std::string &outcome, const std::string &mark,
                                 bool force = false) const
    {
        IBIDEM_TRY(const fs::path partial, createPartial(run(), force));
        return finish(partial, outcome, mark);
    }

    [[nodiscard]] std::vector<std::string> names() const
    {
        return listFolder(m_folder / "store").value_or(std::vector<std::string>{});
    }

    [[nodiscard]] static std::string mark(const fs::path &folder)
    {
        return readFile(folder / "mark").value_or(std::string());
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

void TestRunFolder::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    QVERIFY(m_temporary->isValid());
    m_folder = m_temporary->path().toStdString();
}

void TestRunFolder::cleanup()
{
    m_temporary.reset();
}

void TestRunFolder::writesUnderATemporaryNameAndRenames()
{
    const auto partial = createPartial(run(), false);
    QVERIFY(partial);
    QCOMPARE(partial->filename().string(), std::string("r.partial"));
    QVERIFY(isPartial(*partial));
    QVERIFY(fs::is_directory(*partial));
    const auto whole = finishPartial(*partial);
    QVERIFY(whole);
    QCOMPARE(*whole, run());
    QVERIFY(!isPartial(*whole));
    QCOMPARE(names(), (std::vector<std::string>{"r"}));
}

void TestRunFolder::acceptsEitherNameOfARun()
{
    QCOMPARE(locateRun(run()).error().code, ErrorCode::InputMissing);
    const fs::path partial = createPartial(run(), false).value();
    QCOMPARE(locateRun(run()).value(), partial);
    QCOMPARE(locateRun(partial.string() + "/").value(), partial);
    QVERIFY(finishPartial(partial));
    QCOMPARE(locateRun(run().string() + "//").value(), run());
    QCOMPARE(locateRun(partial).value(), run());
    QCOMPARE(finalPath(partial), run());
    const auto missing = locateRun(m_folder / "none");
    QVERIFY(missing.error().message.find("none.partial") != std::string::npos);
    QVERIFY(missing.error().path.find("none") != std::string::npos);
}

void TestRunFolder::refusesARunThatExists()
{
    QVERIFY(createPartial(run(), false));
    const auto twice = createPartial(run(), false);
    QCOMPARE(twice.error().code, ErrorCode::CannotWrite);
    QVERIFY(finishPartial(run()));
    QCOMPARE(createPartial(run(), false).error().code, ErrorCode::CannotWrite);
    QVERIFY(!createPartial(run(), false).error().cure.empty());
}

void TestRunFolder::keepsTheOldRunUntilTheNewOneIsComplete()
{
    QVERIFY(makeRun("finished", "old"));
    const auto partial = createPartial(run(), true);
    QVERIFY(partial);
    QCOMPARE(mark(run()), std::string("old"));
    QCOMPARE(locateRun(*partial).value(), *partial);
    QVERIFY(finish(*partial, "finished", "new"));
    QCOMPARE(mark(run()), std::string("new"));
    QCOMPARE(names(), (std::vector<std::string>{"r"}));
    QVERIFY(!fs::exists(run() / "replaces"));
}

void TestRunFolder::keepsTheOldRunAsideWhenTheNewOneFails()
{
    QVERIFY(makeRun("finished", "old"));
    QVERIFY(makeRun("failed", "new", true));
    QCOMPARE(mark(run()), std::string("new"));
    QCOMPARE(mark(m_folder / "store" / "r.old-1"), std::string("old"));
}

void TestRunFolder::removesTheOldRunWhenAStoppedOneIsFinishedLater()
{
    QVERIFY(makeRun("finished", "old"));
    QVERIFY(makeRun("stopped", "half", true));
    QCOMPARE(names(), (std::vector<std::string>{"r", "r.old-1"}));
    const auto partial = reopenAsPartial(run());
    QVERIFY(partial);
    QVERIFY(finish(*partial, "finished", "new"));
    QCOMPARE(names(), (std::vector<std::string>{"r"}));
    QCOMPARE(mark(run()), std::string("new"));
}

void TestRunFolder::replacesAnUnfinishedRun()
{
    const fs::path killed = createPartial(run(), false).value();
    QVERIFY(writeFileAtomically(killed / kSpecFile, "{}\n"));
    QVERIFY(writeFileAtomically(killed / "mark", "killed"));
    QVERIFY(makeRun("finished", "new", true));
    QCOMPARE(names(), (std::vector<std::string>{"r"}));
    QCOMPARE(mark(run()), std::string("new"));
}

void TestRunFolder::replacesARunThatFailedAtOnce()
{
    QVERIFY(makeRun("failed", "first"));
    QVERIFY(failedAtOnce(run()));
    const auto second = createPartial(run(), false);
    QVERIFY(second);
    QCOMPARE(names(), (std::vector<std::string>{"r.old-1", "r.partial"}));
    QVERIFY(finish(*second, "finished", "second"));
    QCOMPARE(names(), (std::vector<std::string>{"r", "r.old-1"})); // nobody allowed to remove it
    QCOMPARE(mark(m_folder / "store" / "r.old-1"), std::string("first"));
    fs::remove_all(run());
    QVERIFY(makeRun("failed", "third"));
    QVERIFY(makeRun("finished", "fourth", true));
    QCOMPARE(names(), (std::vector<std::string>{"r", "r.old-1"}));
    fs::remove_all(run());
    QVERIFY(makeRun("failed", "fifth"));
    QVERIFY(writeFileAtomically(run() / kCheckpointFolder, "a folder that cannot be listed"));
    QVERIFY(hasCheckpoint(run()) && !failedAtOnce(run()));
    fs::remove(run() / kCheckpointFolder);
    QVERIFY(makeFolder(run() / kCheckpointFolder));
    QVERIFY(writeFileAtomically(run() / kCheckpointFolder / "epoch-0001.safetensors", "x"));
    QVERIFY(hasCheckpoint(run()) && !failedAtOnce(run()));
    QCOMPARE(createPartial(run(), false).error().code, ErrorCode::CannotWrite);
    fs::rename(run(), partialPath(run()));
    QVERIFY(!failedAtOnce(partialPath(run())));
    QVERIFY(createPartial(run(), false).error().cure.find("ibidem resume") != std::string::npos);
}

/// Both forms of a run are there, as after a kill.
void TestRunFolder::meansTheUnfinishedOfTwo()
{
    QVERIFY(makeRun("finished", "old"));
    const fs::path partial = createPartial(run(), true).value();
    QCOMPARE(spokenPath(partial), partial);
    QCOMPARE(spokenPath(run()), run());
    QCOMPARE(locateUnfinished(run()).value(), run());
    QCOMPARE(reopenAsPartial(partial).value(), partial);
    const auto refused = reopenAsPartial(run());
    QCOMPARE(refused.error().code, ErrorCode::CannotWrite);
    QVERIFY(refused.error().cure.find("ibidem resume " + partial.string()) != std::string::npos);
    fs::remove_all(run());
    QCOMPARE(spokenPath(partial), run());
    fs::rename(partial, m_folder / "store" / "kept");
    QVERIFY(makeRun("failed", "at once"));
    fs::rename(m_folder / "store" / "kept", partial);
    QCOMPARE(locateUnfinished(run()).value(), partial);
    QCOMPARE(reopenAsPartial(run()).value(), partial);
    fs::remove(partial / "replaces");
    QVERIFY(finish(partial, "finished", "new"));
    QCOMPARE(mark(run()), std::string("new"));
    QCOMPARE(mark(m_folder / "store" / "r.old-1"), std::string("at once"));
}

void TestRunFolder::replacesNoFolderWithoutARun()
{
    QVERIFY(makeFolder(run()));
    QVERIFY(writeFileAtomically(run() / "thesis.txt", "years of work"));
    const auto refused = createPartial(run(), true);
    QCOMPARE(refused.error().code, ErrorCode::CannotWrite);
    QVERIFY(fs::exists(run() / "thesis.txt"));
    QCOMPARE(names(), (std::vector<std::string>{"r"}));
}

void TestRunFolder::replacesNoRunThatIsBeingWritten()
{
    const fs::path partial = createPartial(run(), false).value();
    QVERIFY(writeFileAtomically(partial / kSpecFile, "{}\n"));
    const auto lock = RunLock::acquire(partial);
    QVERIFY(lock);
    QCOMPARE(createPartial(run(), true).error().code, ErrorCode::CannotWrite);
    QVERIFY(fs::exists(partial));
}

void TestRunFolder::neverOverwritesAtTheEnd()
{
    const fs::path partial = createPartial(run(), false).value();
    QVERIFY(makeFolder(run()));
    const auto refused = finishPartial(partial);
    QCOMPARE(refused.error().code, ErrorCode::CannotWrite);
    QVERIFY(fs::exists(partial));
    QCOMPARE(finishPartial(m_folder / "none.partial").error().code, ErrorCode::CannotWrite);
}

void TestRunFolder::reopensAStoppedRun()
{
    QVERIFY(makeRun("stopped", "half"));
    const auto partial = reopenAsPartial(run());
    QVERIFY(partial);
    QVERIFY(isPartial(*partial));
    QVERIFY(!fs::exists(run()));
    // A killed run is open already.
    QCOMPARE(reopenAsPartial(run()).value(), *partial);
    QCOMPARE(reopenAsPartial(m_folder / "none").error().code, ErrorCode::InputMissing);
}

void TestRunFolder::countsNewNamesUp()
{
    const fs::path store = m_folder / "new store";
    QCOMPARE(newRunPath(store, "lcep-xgboost").value(), store / "lcep-xgboost-0001");
    QVERIFY(makeFolder(store / "lcep-xgboost-0007"));
    QVERIFY(makeFolder(store / "lcep-xgboost-0011.partial"));
    QVERIFY(makeFolder(store / "lcep-xgboost-0012.old-1"));
    QVERIFY(makeFolder(store / "lcep-xgboost-99x"));
    QVERIFY(makeFolder(store / "other-0500"));
    QCOMPARE(newRunPath(store, "lcep-xgboost").value(), store / "lcep-xgboost-0013");
    QVERIFY(makeFolder(store / "lcep-xgboost-9999"));
    QCOMPARE(newRunPath(store, "lcep-xgboost").value(), store / "lcep-xgboost-10000");
}

void TestRunFolder::refusesNamesThatLeaveTheStore()
{
    for (const char *name : {"", "../x", "a/b", ".hidden"})
        QVERIFY(!newRunPath(m_folder, name));
}

void TestRunFolder::readsBackLocalPaths()
{
    LocalInfo info;
    info.inputs = {{"test", "/data/b.tsv"}, {"train", "/data/a.tsv"}};
    info.containers = {{"train", "/cache/a.safetensors"}};
    info.host = "host";
    info.user = "user";
    QVERIFY(writeLocalInfo(m_folder, info));
    const auto read = readLocalInfo(m_folder);
    QVERIFY(read);
    QCOMPARE(read->inputPath("train").value(), std::string("/data/a.tsv"));
    QCOMPARE(read->containerPath("train").value(), std::string("/cache/a.safetensors"));
    QVERIFY(!read->inputPath("genes"));
    QCOMPARE(read->inputs, info.inputs);
    QCOMPARE(read->host, info.host);
    QVERIFY(writeFileAtomically(m_folder / kLocalFile, "{\"inputs\": 3, \"host\": \"\", \"user\": \"\"}"));
    const auto broken = readLocalInfo(m_folder);
    QCOMPARE(broken.error().code, ErrorCode::BadData);
    QVERIFY(broken.error().path.find("local.json") != std::string::npos);
}

QTEST_GUILESS_MAIN(TestRunFolder)
#include "tst_run_folder.moc"
