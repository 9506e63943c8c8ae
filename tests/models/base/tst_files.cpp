// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace ibidem;

class TestFiles : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBackWhatItWrote();
    void overwritesWholeFilesAndLeavesNothingBeside();
    void failedWritesLeaveTheOldFileAndNoRubbish();
    void manyWritersNeverGiveHalfAFile();
    void refusesLargeFiles();
    void readsFilesThatDoNotKnowTheirSize();
    void missingInputIsSaid();
    void namedPipesDoNotHang();
    void makesFoldersWithParents();
    void listsSortedByBytes();
    void mapsFiles();
    void mappedFilesMove();
    void foldersFollowXdg();
    void foldersCanBeOverridden();

private:
    [[nodiscard]] std::filesystem::path at(const char *name) const
    {
        return m_folder->filePath(QString::fromUtf8(name)).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder = std::make_unique<QTemporaryDir>();
};

namespace {

/// An environment variable, put back at the end of the scope.
class Variable
{
public:
    Variable(const char *name, const QByteArray &value)
        : m_name(name)
        , m_wasSet(qEnvironmentVariableIsSet(name))
        , m_old(qgetenv(name))
    {
        if (value.isNull())
            qunsetenv(name);
        else
            qputenv(name, value);
    }

    ~Variable()
    {
        if (m_wasSet)
            qputenv(m_name, m_old);
        else
            qunsetenv(m_name);
    }
    Q_DISABLE_COPY_MOVE(Variable)

private:
    const char *m_name;
    bool m_wasSet;
    QByteArray m_old;
};

} // namespace

void TestFiles::readsBackWhatItWrote()
{
    const std::string bytes("a\0b\r\n\xFF", 6);
    QVERIFY(writeFileAtomically(at("file"), bytes));
    QVERIFY(*readFile(at("file")) == bytes);
    QVERIFY(writeFileAtomically(at("empty"), ""));
    QVERIFY(readFile(at("empty"))->empty());
}

void TestFiles::overwritesWholeFilesAndLeavesNothingBeside()
{
    const std::filesystem::path folder = at("over");
    QVERIFY(makeFolder(folder));
    QVERIFY(writeFileAtomically(folder / "file", std::string(10'000, 'a')));
    QVERIFY(writeFileAtomically(folder / "file", "b"));
    QVERIFY(*readFile(folder / "file") == "b");
    QVERIFY(*listFolder(folder) == std::vector<std::string>{"file"});
}

void TestFiles::failedWritesLeaveTheOldFileAndNoRubbish()
{
    const std::filesystem::path folder = at("failing");
    QVERIFY(makeFolder(folder / "target" / "inside"));
    const Status written = writeFileAtomically(folder / "target", "bytes");
    QVERIFY(!written);
    QVERIFY(written.error().code == ErrorCode::CannotWrite);
    QVERIFY(written.error().path == (folder / "target").string());
    QVERIFY(*listFolder(folder) == std::vector<std::string>{"target"});
    QVERIFY(writeFileAtomically(at("no such folder") / "file", "x").error().code == ErrorCode::CannotWrite);
}

void TestFiles::manyWritersNeverGiveHalfAFile()
{
    const std::filesystem::path path = at("contested");
    QVERIFY(writeFileAtomically(path, std::string(50'000, '0')));
    std::atomic<int> failures = 0;
    {
        std::vector<std::jthread> writers;
        for (const char letter : {'1', '2', '3'})
            writers.emplace_back([&, letter] {
                for (int i = 0; i < 40; ++i)
                    failures += writeFileAtomically(path, std::string(50'000, letter)) ? 0 : 1;
            });
        for (int i = 0; i < 200; ++i) {
            const auto bytes = readFile(path);
            QVERIFY(bytes && bytes->size() == 50'000);
            QVERIFY(bytes->find_first_not_of(bytes->front()) == std::string::npos);
        }
    }
    QCOMPARE(failures.load(), 0);
}

void TestFiles::refusesLargeFiles()
{
    QVERIFY(writeFileAtomically(at("large"), "12345"));
    QVERIFY(readFile(at("large"), 5));
    const auto refused = readFile(at("large"), 4);
    QVERIFY(refused.error().code == ErrorCode::BadData);
    QVERIFY(refused.error().path == at("large").string());
}

void TestFiles::readsFilesThatDoNotKnowTheirSize()
{
    const auto status = readFile("/proc/self/status");
    QVERIFY(status && status->find("Pid:") != std::string::npos);
    QVERIFY(readFile("/proc/self/status", 10).error().code == ErrorCode::BadData);
}

void TestFiles::missingInputIsSaid()
{
    for (const auto &error :
         {readFile(at("none")).error(), MappedFile::open(at("none")).error(), listFolder(at("none")).error(),
          readFile(m_folder->path().toStdString()).error()}) {
        QVERIFY(error.code == ErrorCode::InputMissing);
        QVERIFY(!error.path.empty() && !error.cure.empty());
    }
}

void TestFiles::namedPipesDoNotHang()
{
    QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
    QVERIFY(readFile(at("pipe")).error().code == ErrorCode::InputMissing);
    QVERIFY(MappedFile::open(at("pipe")).error().code == ErrorCode::InputMissing);
}

void TestFiles::makesFoldersWithParents()
{
    QVERIFY(makeFolder(at("a/b/c")));
    QVERIFY(makeFolder(at("a/b/c")));
    QVERIFY(std::filesystem::is_directory(at("a/b/c")));
    QVERIFY(writeFileAtomically(at("in the way"), ""));
    QVERIFY(makeFolder(at("in the way")).error().code == ErrorCode::CannotWrite);
    QVERIFY(makeFolder(at("in the way/below")).error().code == ErrorCode::CannotWrite);
}

void TestFiles::listsSortedByBytes()
{
    QVERIFY(makeFolder(at("list")));
    for (const char *name : {"list/b", "list/B", "list/\xC3\xA9", "list/a10", "list/a9", "list/.hidden"})
        QVERIFY(writeFileAtomically(at(name), ""));
    QVERIFY(
        (*listFolder(at("list")) == std::vector<std::string>{".hidden", "B", "a10", "a9", "b", "\xC3\xA9"}));
}

void TestFiles::mapsFiles()
{
    QVERIFY(writeFileAtomically(at("mapped"), "hello"));
    const auto file = MappedFile::open(at("mapped"));
    QVERIFY(file && file->text() == "hello");
    QCOMPARE(file->bytes().size(), std::size_t{5});
    QVERIFY(writeFileAtomically(at("mapped empty"), ""));
    QVERIFY(MappedFile::open(at("mapped empty"))->bytes().empty());
}

void TestFiles::mappedFilesMove()
{
    QVERIFY(writeFileAtomically(at("one"), "one"));
    QVERIFY(writeFileAtomically(at("two"), "two"));
    MappedFile first = std::move(*MappedFile::open(at("one")));
    MappedFile second = std::move(*MappedFile::open(at("two")));
    const std::byte *data = second.bytes().data();
    first = std::move(second);
    QVERIFY(first.text() == "two");
    QCOMPARE(first.bytes().data(), data);
    // A replaced file keeps its old bytes for those who have it open.
    QVERIFY(writeFileAtomically(at("two"), "new"));
    QVERIFY(first.text() == "two");
}

void TestFiles::foldersFollowXdg()
{
    const Variable noCache("IBIDEM_CACHE", {});
    const Variable noRuns("IBIDEM_RUNS", {});
    const Variable home("HOME", "/home/somebody");
    {
        const Variable cache("XDG_CACHE_HOME", "/c");
        const Variable data("XDG_DATA_HOME", "/d");
        const Variable state("XDG_STATE_HOME", "/s");
        QVERIFY(cacheFolder() == "/c/ibidem");
        QVERIFY(runStoreFolder() == "/d/ibidem/runs");
        QVERIFY(stateFolder() == "/s/ibidem");
    }
    const Variable cache("XDG_CACHE_HOME", {});
    const Variable data("XDG_DATA_HOME", "");
    const Variable state("XDG_STATE_HOME", "relative/is/to/be/ignored");
    QVERIFY(cacheFolder() == "/home/somebody/.cache/ibidem");
    QVERIFY(runStoreFolder() == "/home/somebody/.local/share/ibidem/runs");
    QVERIFY(stateFolder() == "/home/somebody/.local/state/ibidem");
    const Variable homeless("HOME", {});
    QVERIFY(cacheFolder().string().starts_with("/tmp/ibidem-" + std::to_string(::getuid()) + "/"));
    QVERIFY(cacheFolder() != stateFolder());
}

void TestFiles::foldersCanBeOverridden()
{
    const Variable cache("IBIDEM_CACHE", "/elsewhere/cache");
    const Variable runs("IBIDEM_RUNS", "runs");
    QVERIFY(cacheFolder() == "/elsewhere/cache");
    QVERIFY(runStoreFolder() == std::filesystem::current_path() / "runs");
}

QTEST_GUILESS_MAIN(TestFiles)
#include "tst_files.moc"
