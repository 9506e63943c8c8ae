// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/run_folder.h"
#include "tests/app/sandbox.h"

#include <csignal>
#include <filesystem>
#include <map>
#include <set>

using namespace ibidem;

namespace {

/// Stands before ibidem-train: the runs s05 and s06 wait while there is a file "hold" (so a batch can be
/// caught in its middle), and s05 kills itself once if there is a file "die".
constexpr const char *kGate = R"(#!/bin/sh
name=$(basename "$2" .partial)
case "$name" in
s05 | s06)
    if [ "$name" = s05 ] && rm 'BOX/die' 2>/dev/null; then kill -9 $$; fi
    if [ -e 'BOX/hold' ]; then echo $$ >"BOX/pid-$name"; fi
    while [ -e 'BOX/hold' ]; do sleep 0.02; done
    ;;
esac
exec 'TRAIN' "$@"
)";

constexpr int kSpecs = 20;
constexpr int kBrokenOne = 7;

std::string nameOf(int number)
{
    return (number < 10 ? "s0" : "s") + std::to_string(number);
}

const Json *entryOf(const Json &document, const std::string &name)
{
    const Json *runs = findAt(document, "runs");
    if (!runs)
        return nullptr;
    for (const Json &entry : *runs)
        if (std::filesystem::path(stringAt(entry, "spec").value_or("")).stem() == name)
            return &entry;
    return nullptr;
}

std::string outcomeOf(const Json &document, const std::string &name)
{
    const Json *entry = entryOf(document, name);
    return entry ? stringAt(*entry, "outcome").value_or("") : "no entry";
}

std::int64_t numberOf(const Json &document, const char *key)
{
    return integerAt(document, key).value_or(-1);
}

} // namespace

/// Twenty specs, one of them broken, on generated data: whole, interrupted in every way, and taken up again.
class TestCliBatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        QVERIFY(!m_box.table().isEmpty());
        QVERIFY(makeFolder(m_box.path("specs")).has_value());
        for (int i = 1; i <= kSpecs; ++i)
            QVERIFY(writeSpec(i, roundsOf(i)));
        QVERIFY(m_box.write("specs/" + nameOf(kBrokenOne) + ".json",
                            R"({"data":{"train":"../table.tsv"},"model":{"round":5}})"));
        QVERIFY(m_box.write("specs/notes.txt", "no specification"));
        makePrograms();
        for (int i = 1; i <= kSpecs; ++i) {
            if (i == kBrokenOne)
                continue;
            const QString name = QString::fromStdString(nameOf(i));
            const Answer answer = m_box.run(
                {QStringLiteral("train"), QStringLiteral("specs/%1.json").arg(name), QStringLiteral("--out"),
                 QStringLiteral("single/%1").arg(name), QStringLiteral("--json")});
            QCOMPARE(answer.code, 0);
            m_single[nameOf(i)] = stringAt(answer.json(), "chain").value_or("");
        }
        // Negative control of everything below: the chains tell the runs apart.
        std::set<std::string> different;
        for (const auto &[name, chain] : m_single)
            different.insert(chain);
        QCOMPARE(different.size(), std::size_t{kSpecs - 1});

        m_whole = batch(words("--out whole"));
        QCOMPARE(m_whole.code, 78);
        m_record = recordOf("whole");
        QVERIFY(!m_record.empty());
    }

    void allButTheBrokenOneSucceedAsSingleRunsDo()
    {
        const Json document = m_whole.json();
        QCOMPARE(numberOf(document, "total"), std::int64_t{kSpecs});
        QCOMPARE(numberOf(document, "succeeded"), std::int64_t{kSpecs - 1});
        QCOMPARE(numberOf(document, "failed"), std::int64_t{1});
        QCOMPARE(numberOf(document, "exitCode"), std::int64_t{78});
        QVERIFY(hasChainsOfSingleRuns(document));
        const Json *broken = entryOf(document, nameOf(kBrokenOne));
        QVERIFY(broken);
        QCOMPARE(stringAt(*broken, "error.code").value_or(""), std::string("bad-spec"));
        QVERIFY(stringAt(*broken, "error.message").value_or("").find("model.round") != std::string::npos);
        QVERIFY(stringAt(*broken, "error.cure").value_or("").find("model.rounds") != std::string::npos);
        const std::size_t said = m_whole.err.find(nameOf(kBrokenOne));
        QVERIFY(said < m_whole.err.find("s01: finished")); // before anything is trained
    }

    void theTableSaysTheSame()
    {
        const Answer answer = batch(words("--out whole"), false);
        QCOMPARE(answer.code, 78);
        for (const auto &[name, chain] : m_single)
            QVERIFY(answer.out.find(name + "   kept     " + chain.substr(0, 12) + "  ") != std::string::npos);
        QVERIFY(answer.out.find("s07   failed   -") != std::string::npos);
        QVERIFY(answer.out.find("unknown key 'model.round'") != std::string::npos);
        QVERIFY(answer.out.ends_with("20 runs: 19 kept, 1 failed\n"));
    }

    void theRecordHasNoTimesAndNoPaths()
    {
        const std::string text = m_record;
        QVERIFY(text.find("seconds") == std::string::npos);
        QVERIFY2(text.find(m_box.path("")) == std::string::npos, "a path of this machine");
        const auto record = parseJson(text);
        QVERIFY(record.has_value());
        QCOMPARE(stringAt(*record, "schema").value_or(""), std::string("ibidem/batch/1"));
        QVERIFY(hasChainsOfSingleRuns(*record));
    }

    /// Every key that the schema requires is there, and no other than it knows.
    void keepsToItsSchema()
    {
        const auto schema = parseJson(readFile(qEnvironmentVariable("IBIDEM_SOURCE").toStdString() +
                                               "/resources/schemas/batch.schema.json")
                                          .value_or(""));
        QVERIFY(schema.has_value());
        const Json document = m_whole.json();
        const Json record = parseJson(recordOf("whole")).value_or(Json());
        for (const Json &one : {document, record}) {
            QVERIFY(fits(one, *schema));
            for (const Json &entry : one["runs"])
                QVERIFY(fits(entry, (*schema)["properties"]["runs"]["items"]));
        }
        Json wrong = document;
        wrong["unknown"] = 1;
        QVERIFY(!fits(wrong, *schema));
        wrong = document;
        wrong.erase("total");
        QVERIFY(!fits(wrong, *schema));
    }

    void isStoppedAndTakenUpAgain()
    {
        QProcess process;
        hold(true);
        begin(process, words("--out stopped"));
        QTRY_VERIFY_WITH_TIMEOUT(held("s05") && held("s06"), 60000);
        process.terminate();
        QVERIFY(saysOnStandardError(process, "stopping all runs"));
        hold(false);
        const Answer answer = Sandbox::finish(process);
        QCOMPARE(answer.code, 75);
        QCOMPARE(numberOf(answer.json(), "stopped"), std::int64_t{2});
        QCOMPARE(numberOf(answer.json(), "succeeded"), std::int64_t{4});
        QCOMPARE(numberOf(answer.json(), "pending"), std::int64_t{13});
        QCOMPARE(outcomeOf(answer.json(), "s05"), std::string("stopped"));
        QCOMPARE(outcomeOf(answer.json(), "s20"), std::string("pending"));
        QVERIFY(recordOf("stopped") != recordOf("whole"));
        QVERIFY(!recordOf("stopped").empty());

        const Answer again = batch(words("--out stopped"));
        QCOMPARE(numberOf(again.json(), "kept"), std::int64_t{4});
        QVERIFY(isTheWholeBatch(again, "stopped"));
    }

    void isInterruptedTwiceAndTakenUpAgain()
    {
        QProcess process;
        hold(true);
        begin(process, words("--out twice"));
        QTRY_VERIFY_WITH_TIMEOUT(held("s05") && held("s06"), 60000);
        process.terminate();
        QVERIFY(saysOnStandardError(process, "stopping all runs"));
        process.terminate();
        const Answer answer = Sandbox::finish(process);
        QCOMPARE(answer.code, 143);
        QCOMPARE(numberOf(answer.json(), "killed"), std::int64_t{2});
        hold(false);
        QVERIFY(isTheWholeBatch(batch(words("--out twice")), "twice"));
    }

    /// What a power failure leaves: no end, a lock of a dead process, prepared runs.
    void isKilledAndTakenUpAgain()
    {
        QProcess process;
        hold(true);
        begin(process, words("--out killed"));
        QTRY_VERIFY_WITH_TIMEOUT(held("s05") && held("s06"), 60000);
        process.kill();
        QVERIFY(process.waitForFinished());
        QVERIFY(endChild("s05") && endChild("s06"));
        hold(false);
        QVERIFY(recordOf("killed").empty());
        QVERIFY(std::filesystem::exists(m_box.path("killed/lock")));
        QVERIFY(std::filesystem::exists(m_box.path("killed/s05.partial")));
        QVERIFY(isTheWholeBatch(batch(words("--out killed")), "killed"));
        for (const char *left : {"killed/lock", "killed/.batch", "killed/s05.partial"})
            QVERIFY(!std::filesystem::exists(m_box.path(left)));
    }

    /// The children of a killed batch go on: the next one follows them to their end.
    void followsWhatAKilledBatchLeftRunning()
    {
        QProcess process;
        hold(true);
        begin(process, words("--out orphans"));
        QTRY_VERIFY_WITH_TIMEOUT(held("s05") && held("s06"), 60000);
        process.kill();
        QVERIFY(process.waitForFinished());
        hold(false); // they train now, while the next batch begins
        QVERIFY(isTheWholeBatch(batch(words("--out orphans")), "orphans"));
    }

    void aKilledRunIsAnOutcomeAndGoesOn()
    {
        QVERIFY(m_box.write("die", ""));
        const Answer answer = batch(words("--out died"));
        QCOMPARE(answer.code, 70);
        QCOMPARE(outcomeOf(answer.json(), "s05"), std::string("killed"));
        const Json document = answer.json();
        QVERIFY(stringAt(*entryOf(document, "s05"), "error.message").value_or("").find("SIGKILL") !=
                std::string::npos);
        QCOMPARE(numberOf(document, "succeeded"), std::int64_t{kSpecs - 2});
        QVERIFY(isTheWholeBatch(batch(words("--out died")), "died"));
    }

    void retryResumesKilledRunsInTheSameBatch()
    {
        QVERIFY(m_box.write("die", ""));
        QVERIFY(isTheWholeBatch(batch(words("--out retried --retry")), "retried"));
        QVERIFY(!std::filesystem::exists(m_box.path("die")));
    }

    void aSecondBatchInTheFolderIsRefused()
    {
        QProcess process;
        hold(true);
        begin(process, words("--out locked"));
        QTRY_VERIFY_WITH_TIMEOUT(held("s05") && held("s06"), 60000);
        const Answer second = batch(words("--out locked"));
        QCOMPARE(second.code, 69);
        QVERIFY(stringAt(second.json(), "error.message").value_or("").find("another batch") !=
                std::string::npos);
        hold(false);
        QVERIFY(isTheWholeBatch(Sandbox::finish(process), "locked"));
    }

    void aRunThatWasChangedIsFound_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("a byte of the model") << "model.ubj";
        QTest::newRow("the chain in the manifest") << "run.json";
    }

    void aRunThatWasChangedIsFound()
    {
        QFETCH(QString, file);
        const std::string path = m_box.path("whole/s03/" + file.toStdString());
        const std::string before = readFile(path).value_or("");
        std::string changed = before;
        const std::size_t chain = changed.find(m_single["s03"]);
        const std::size_t at = chain == std::string::npos ? changed.size() / 2 : chain;
        changed[at] = changed[at] == '0' ? '1' : '0';
        QVERIFY(writeFileAtomically(path, changed).has_value());
        const Answer answer = batch(words("--out whole"));
        QCOMPARE(answer.code, 65);
        const Json document = answer.json();
        QCOMPARE(outcomeOf(document, "s03"), std::string("failed"));
        QVERIFY(stringAt(*entryOf(document, "s03"), "error.message").value_or("").find(file.toStdString()) !=
                std::string::npos);
        QCOMPARE(numberOf(document, "kept"), std::int64_t{kSpecs - 2});
        QVERIFY2(readFile(path).value_or("") == changed, "it was overwritten");
        QVERIFY(writeFileAtomically(path, before).has_value());
        QVERIFY(isTheWholeBatch(batch(words("--out whole")), "whole"));
    }

    void aRunOfAnotherSpecificationIsNeverOverwritten()
    {
        QVERIFY(writeSpec(4, 33));
        const std::string manifest = readFile(m_box.path("whole/s04/run.json")).value_or("");
        const Answer answer = batch(words("--out whole"));
        QCOMPARE(answer.code, 73);
        const Json document = answer.json();
        const std::string message = stringAt(*entryOf(document, "s04"), "error.message").value_or("");
        QVERIFY2(message.find("model.rounds is " + std::to_string(roundsOf(4)) + " there and 33 here") !=
                     std::string::npos,
                 message.c_str());
        QCOMPARE(numberOf(document, "kept"), std::int64_t{kSpecs - 2});
        QCOMPARE(readFile(m_box.path("whole/s04/run.json")).value_or(""), manifest);
        QVERIFY(writeSpec(4, roundsOf(4)));
    }

    /// Neither how many run at once nor the number of threads decides what a portable run is.
    void otherJobsAndThreadsKeepThePortableRuns()
    {
        const Answer answer = batch(words("--out whole --threads 2 --jobs 1"));
        QCOMPARE(numberOf(answer.json(), "kept"), std::int64_t{kSpecs - 1});
        QVERIFY(isTheWholeBatch(answer, "whole"));
    }

    void aFailedRunIsTriedAgain()
    {
        const std::string file = m_box.path("whole/s02/run.json");
        std::string manifest = readFile(file).value_or("");
        const std::size_t at = manifest.find("\"finished\"");
        QVERIFY(writeFileAtomically(file, manifest.replace(at, 10, "\"failed\"")).has_value());
        std::filesystem::remove_all(m_box.path("whole/s02/checkpoints"));
        const Answer answer = batch(words("--out whole"));
        QCOMPARE(outcomeOf(answer.json(), "s02"), std::string("finished"));
        QVERIFY(isTheWholeBatch(answer, "whole"));
        QVERIFY(std::filesystem::exists(m_box.path("whole/s02.old-1/run.json")));
    }

    void missingFilesConcernTheirEntryAlone()
    {
        QVERIFY(m_box.write("no-data.toml", "[data]\ntrain = \"nowhere.tsv\"\n"));
        const Answer answer =
            m_box.run(words("batch no-data.toml specs/s01.json nothing.json --out some --json"));
        QCOMPARE(answer.code, 66);
        QCOMPARE(outcomeOf(answer.json(), "no-data"), std::string("failed"));
        QCOMPARE(outcomeOf(answer.json(), "nothing"), std::string("failed"));
        QCOMPARE(outcomeOf(answer.json(), "s01"), std::string("finished"));
        const Json document = answer.json();
        QCOMPARE(stringAt(*entryOf(document, "no-data"), "error.code").value_or(""),
                 std::string("input-missing"));
        QCOMPARE(stringAt(*entryOf(document, "s01"), "chain").value_or(""), m_single["s01"]);
    }

    void wrongUseIsSaid_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("said");
        QTest::newRow("one name twice") << "specs/s01.json one/s01.toml --out x" << 64 << "one/s01.toml";
        QTest::newRow("runs among the specs") << "specs --out specs" << 64 << "specs";
        QTest::newRow("a name of the folder itself") << "one/lock.json --out x" << 64 << "lock";
        QTest::newRow("no specs in the folder") << "empty --out x" << 66 << "empty";
        QTest::newRow("no jobs") << "specs --jobs 0 --out x" << 64 << "--jobs";
    }

    void wrongUseIsSaid()
    {
        QFETCH(QString, line);
        QFETCH(int, code);
        QFETCH(QString, said);
        QVERIFY(makeFolder(m_box.path("empty")).has_value());
        const Answer answer = m_box.run(words("batch") + words(line.toUtf8().constData()));
        QCOMPARE(answer.code, code);
        QVERIFY2(answer.err.find(said.toStdString()) != std::string::npos, answer.err.c_str());
        QVERIFY(!std::filesystem::exists(m_box.path("x")));
    }

private:
    [[nodiscard]] static int roundsOf(int number)
    {
        return number == 5 || number == 6 ? 1500
                                          : 10 + number; // those two must not be done before they are stopped
    }

    [[nodiscard]] bool writeSpec(int number, int rounds) const
    {
        return m_box.write("specs/" + nameOf(number) + ".json",
                           R"({"data":{"train":"../table.tsv"},"model":{"rounds":)" + std::to_string(rounds) +
                               R"(},"reproducibility":{"seed":)" + std::to_string(number) + "}}");
    }

    void makePrograms() const
    {
        const auto real = [](const char *name) {
            return Sandbox::program(QString::fromLatin1(name)).toStdString();
        };
        QVERIFY(makeFolder(m_box.path("bin")).has_value());
        std::filesystem::create_symlink(real("ibidem-convert"), m_box.path("bin/ibidem-convert"));
        std::string gate = kGate;
        const auto put = [&gate](const std::string &mark, const std::string &text) {
            for (std::size_t at = gate.find(mark); at != std::string::npos; at = gate.find(mark))
                gate.replace(at, mark.size(), text);
        };
        put("TRAIN", real("ibidem-train"));
        put("BOX", m_box.path(""));
        QVERIFY(m_box.write("bin/ibidem-train", gate));
        std::filesystem::permissions(m_box.path("bin/ibidem-train"), std::filesystem::perms::owner_all);
    }

    [[nodiscard]] QProcessEnvironment gated() const
    {
        QProcessEnvironment environment = m_box.environment();
        environment.insert(QStringLiteral("IBIDEM_BIN"), QString::fromStdString(m_box.path("bin")));
        return environment;
    }

    void begin(QProcess &process, const QStringList &more) const
    {
        m_box.start(process, words("batch specs --jobs 2 --json") + more, gated());
    }

    [[nodiscard]] Answer batch(const QStringList &more, bool json = true) const
    {
        QStringList line =
            words(more.contains(QLatin1String("--jobs")) ? "batch specs" : "batch specs --jobs 2");
        if (json)
            line << QStringLiteral("--json");
        return m_box.run(line + more, gated());
    }

    void hold(bool on) const
    {
        std::error_code ignored;
        for (const char *name : {"hold", "pid-s05", "pid-s06"})
            std::filesystem::remove(m_box.path(name), ignored);
        if (on)
            QVERIFY(m_box.write("hold", ""));
    }

    [[nodiscard]] bool held(const std::string &name) const
    {
        return !readFile(m_box.path("pid-" + name)).value_or("").empty();
    }

    [[nodiscard]] bool endChild(const std::string &name) const
    {
        const int pid = std::atoi(readFile(m_box.path("pid-" + name)).value_or("0").c_str());
        return pid > 1 && ::kill(pid, SIGKILL) == 0;
    }

    /// Leaves what was read to the process: finish() reads all.
    [[nodiscard]] static bool saysOnStandardError(QProcess &process, const char *text)
    {
        process.setReadChannel(QProcess::StandardError);
        QByteArray said;
        for (int i = 0; i < 600 && !said.contains(text); ++i) {
            process.waitForReadyRead(100);
            said = process.peek(1 << 20);
        }
        process.setReadChannel(QProcess::StandardOutput);
        return said.contains(text);
    }

    [[nodiscard]] std::string recordOf(const std::string &out) const
    {
        return readFile(m_box.path(out + "/batch.json")).value_or("");
    }

    [[nodiscard]] bool hasChainsOfSingleRuns(const Json &document) const
    {
        std::size_t equal = 0;
        for (const auto &[name, chain] : m_single) {
            const Json *entry = entryOf(document, name);
            equal += entry && stringAt(*entry, "chain").value_or("") == chain ? 1U : 0U;
        }
        return equal == m_single.size() && equal == std::size_t{kSpecs - 1};
    }

    /// Ended as the batch that nobody interrupted: same chains, same record to the byte.
    [[nodiscard]] bool isTheWholeBatch(const Answer &answer, const std::string &out) const
    {
        if (answer.code != 78 || !hasChainsOfSingleRuns(answer.json()) || m_record.empty())
            qWarning("%d\n%s\n%s", answer.code, answer.out.c_str(), answer.err.c_str());
        return answer.code == 78 && hasChainsOfSingleRuns(answer.json()) && recordOf(out) == m_record;
    }

    [[nodiscard]] static bool fits(const Json &object, const Json &schema)
    {
        for (const Json &key : schema["required"])
            if (!object.contains(key.get<std::string>()))
                return false;
        for (const auto &[key, value] : object.items())
            if (!schema["properties"].contains(key))
                return false;
        return true;
    }

    Sandbox m_box;
    std::map<std::string, std::string> m_single; ///< chains of single runs
    Answer m_whole;
    std::string m_record;
};

QTEST_GUILESS_MAIN(TestCliBatch)
#include "tst_cli_batch.moc"
