// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/runs/run_folder.h"

#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace ibidem;
using namespace ibidem::runs;
namespace fs = std::filesystem;

namespace {

/// A process that took the lock of a folder and holds it until it is killed.
class LockingChild
{
public:
    explicit LockingChild(const fs::path &folder)
    {
        int ends[2] = {-1, -1};
        if (::pipe(ends) != 0)
            return;
        m_pid = ::fork();
        if (m_pid == 0) {
            const auto lock = RunLock::acquire(folder);
            const char answer = lock ? 'y' : 'n';
            (void)!::write(ends[1], &answer, 1);
            for (;;)
                ::pause();
        }
        char answer = 'n';
        (void)!::read(ends[0], &answer, 1);
        m_locked = answer == 'y';
        ::close(ends[0]);
        ::close(ends[1]);
    }

    ~LockingChild() { reap(); }

    LockingChild(const LockingChild &) = delete;
    LockingChild &operator=(const LockingChild &) = delete;

    void kill() { ::kill(m_pid, SIGKILL); }

    void reap()
    {
        if (m_pid <= 0)
            return;
        kill();
        ::waitpid(m_pid, nullptr, 0);
        m_pid = -1;
    }

    [[nodiscard]] bool locked() const { return m_locked; }

    [[nodiscard]] pid_t pid() const { return m_pid; }

private:
    pid_t m_pid = -1;
    bool m_locked = false;
};

} // namespace

class TestRunLock : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void isReleasedAtItsEnd();
    void isHeldByOneProcessOnly();
    void isTakenOverFromAKilledProcess();
    void isTakenOverFromAZombie();
    void isTakenOverWhenAnotherProcessHasThePid();
    void isTakenOverWhenTheFileIsGarbage();
    void isReleasedAfterTheFolderWasRenamed();
    void movesWithItsObject();

private:
    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_folder;
};

void TestRunLock::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_folder = fs::path(m_temporary->path().toStdString()) / "r.partial";
    QVERIFY(makeFolder(m_folder));
}

void TestRunLock::cleanup()
{
    m_temporary.reset();
}

void TestRunLock::isReleasedAtItsEnd()
{
    QVERIFY(!RunLock::held(m_folder));
    {
        const auto lock = RunLock::acquire(m_folder);
        QVERIFY(lock);
        QVERIFY(RunLock::held(m_folder));
    }
    QVERIFY(!RunLock::held(m_folder));
    QVERIFY(!fs::exists(m_folder / "lock"));
    QCOMPARE(RunLock::acquire(m_folder / "none").error().code, ErrorCode::InputMissing);
}

void TestRunLock::isHeldByOneProcessOnly()
{
    const LockingChild child(m_folder);
    QVERIFY(child.locked());
    QVERIFY(RunLock::held(m_folder));
    const auto refused = RunLock::acquire(m_folder);
    QCOMPARE(refused.error().code, ErrorCode::Unavailable);
    QVERIFY(refused.error().message.find(std::to_string(child.pid())) != std::string::npos);
}

void TestRunLock::isTakenOverFromAKilledProcess()
{
    LockingChild child(m_folder);
    QVERIFY(child.locked());
    child.reap();
    QVERIFY(fs::exists(m_folder / "lock"));
    QVERIFY(!RunLock::held(m_folder));
    QVERIFY(RunLock::acquire(m_folder));
}

void TestRunLock::isTakenOverFromAZombie()
{
    LockingChild child(m_folder);
    QVERIFY(child.locked());
    child.kill();
    siginfo_t info;
    // Waits for the death but leaves the zombie.
    QCOMPARE(::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT), 0);
    QVERIFY(RunLock::acquire(m_folder));
}

void TestRunLock::isTakenOverWhenAnotherProcessHasThePid()
{
    const LockingChild child(m_folder);
    const std::string text = readFile(m_folder / "lock").value();
    const std::string pid = text.substr(0, text.find(' '));
    // The same pid, started at another time.
    QVERIFY(writeFileAtomically(m_folder / "lock", pid + " 1\n"));
    QVERIFY(!RunLock::held(m_folder));
    QVERIFY(RunLock::acquire(m_folder));
}

void TestRunLock::isTakenOverWhenTheFileIsGarbage()
{
    for (const char *text : {"", "x", "12", "1 2 3", "-1 5\n", "99999999999999999999 1\n"}) {
        QVERIFY(writeFileAtomically(m_folder / "lock", text));
        QVERIFY(!RunLock::held(m_folder));
        QVERIFY(RunLock::acquire(m_folder));
    }
}

void TestRunLock::isReleasedAfterTheFolderWasRenamed()
{
    fs::path whole;
    {
        const auto lock = RunLock::acquire(m_folder);
        QVERIFY(lock);
        whole = finishPartial(m_folder).value();
        QVERIFY(fs::exists(whole / "lock"));
    }
    QVERIFY(!fs::exists(whole / "lock"));
}

void TestRunLock::movesWithItsObject()
{
    RunLock outer;
    {
        auto lock = RunLock::acquire(m_folder);
        QVERIFY(lock);
        outer = *std::move(lock);
    }
    QVERIFY(RunLock::held(m_folder));
    outer = RunLock();
    QVERIFY(!RunLock::held(m_folder));
}

QTEST_GUILESS_MAIN(TestRunLock)
#include "tst_run_lock.moc"
