// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"
#include "tests/app/sandbox.h"

#include <csignal>
#include <filesystem>

using namespace ibidem;

/// Stopped runs whose inputs moved, and places that hold a run already.
class TestCliResume : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_cells = m_box.cells();
        QVERIFY(!m_cells.isEmpty());
    }

    /// A resume that cannot begin changes nothing; one whose input is found again gives the same bits.
    void aResumeReadsTheInputAgain()
    {
        QVERIFY(stopLong("moved"));
        const std::string before = readFile(m_box.path("moved/run.json")).value_or("");
        const std::string away = m_box.path("away.h5ad");
        QVERIFY(std::filesystem::remove_all(m_box.path("xdg_cache_home")) > 0);
        std::filesystem::rename(m_cells.toStdString(), away);
        const Answer gone = m_box.run(words("resume moved --json"));
        QCOMPARE(gone.code, 66);
        QVERIFY2(gone.out.find("--data PATH") != std::string::npos, gone.out.c_str());
        QVERIFY(!m_box.cells("others.h5ad", 2).isEmpty());
        QCOMPARE(m_box.run(words("resume moved --data others.h5ad")).code, 65);
        QCOMPARE(m_box.run(words("resume moved --data nowhere.h5ad")).code, 66);
        QCOMPARE(m_box.run(words("resume moved --test away.h5ad")).code, 64);
        QCOMPARE(readFile(m_box.path("moved/run.json")).value_or(""), before);
        QVERIFY(stopLong("found", "away.h5ad"));
        QVERIFY(std::filesystem::remove_all(m_box.path("xdg_cache_home")) > 0);
        const Answer found = m_box.run(words("resume found --json")); // from where it lay
        QVERIFY2(found.code == 0, (found.out + found.err).c_str());
        QVERIFY(std::filesystem::remove_all(m_box.path("xdg_cache_home")) > 0);
        const Answer moved = m_box.run(words("resume moved --data away.h5ad"));
        QVERIFY2(moved.code == 0, (moved.out + moved.err).c_str());
        QCOMPARE(chain("found"), chain("moved"));
        QCOMPARE(m_box.run(words("compare found moved")).code, 0);
        QVERIFY2(moved.out.find("2000 epochs (") != std::string::npos, moved.out.c_str());
        QVERIFY2(moved.err.find("epoch 1 of 2000") == std::string::npos, moved.err.c_str());
        QVERIFY(std::filesystem::remove_all(m_box.path("xdg_cache_home")) > 0);
        std::filesystem::rename(away, m_box.path("again.h5ad"));
        const Answer nowhere = m_box.run(words("rerun moved --out-prefix moved-"));
        QCOMPARE(nowhere.code, 66);
        QVERIFY2(nowhere.err.find("--data PATH") != std::string::npos, nowhere.err.c_str());
        QCOMPARE(m_box.run(words("rerun moved --data others.h5ad --out-prefix moved-")).code, 65);
        QCOMPARE(m_box.run(words("rerun moved --data again.h5ad --out-prefix moved-")).code, 0);
        std::filesystem::rename(m_box.path("again.h5ad"), m_cells.toStdString());
        QVERIFY(m_box.run(line("long", kLong)).code == 0);
        QCOMPARE(chain("moved"), chain("long"));
    }

    /// The same of a table.
    void aResumeOfTreesReadsTheTableAgain()
    {
        const QString table = m_box.table();
        QProcess process;
        m_box.start(process, words("train lcep-xgboost --rounds 3000 --out trees --data") << table,
                    m_box.environment());
        QVERIFY(m_box.waitForMetrics("trees"));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGTERM), 0);
        QCOMPARE(Sandbox::finish(process).code, 75);
        QVERIFY(std::filesystem::remove_all(m_box.path("xdg_cache_home")) > 0);
        std::filesystem::rename(table.toStdString(), m_box.path("away.tsv"));
        QCOMPARE(m_box.run(words("resume trees")).code, 66);
        QCOMPARE(runs::readManifest(m_box.path("trees"))->outcome, std::string("stopped"));
        const Answer resumed = m_box.run(words("resume trees --data away.tsv"));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QVERIFY2(resumed.out.find("3000 rounds (") != std::string::npos, resumed.out.c_str());
        QCOMPARE(m_box.run(words("rerun trees --data away.tsv")).code, 0);
    }

    /// What could be gone on with is named, and not replaced in silence; what failed at once is in nobody's
    /// way.
    void aPlaceThatIsTaken()
    {
        const Answer failed = m_box.run(line("place") + words("--set minCells=100000"));
        QVERIFY2(failed.code == 65, failed.out.c_str());
        const Answer replaced = m_box.run(line("place"));
        QVERIFY2(replaced.code == 0, replaced.out.c_str());
        QVERIFY2(replaced.err.find("failed before its first checkpoint") != std::string::npos,
                 replaced.err.c_str());
        QVERIFY2(replaced.err.find("place.old-1") != std::string::npos, replaced.err.c_str());
        QCOMPARE(runs::readManifest(m_box.path("place.old-1"))->outcome, std::string("failed"));
        QCOMPARE(m_box.run(line("place")).code, 73);
        QVERIFY(stopLong("unfinished"));
        const Answer refused = m_box.run(line("unfinished"));
        QCOMPARE(refused.code, 73);
        QVERIFY2(refused.out.find("ibidem resume unfinished") != std::string::npos, refused.out.c_str());
        std::filesystem::rename(m_box.path("unfinished"), m_box.path("unfinished.partial"));
        const Answer partial = m_box.run(line("unfinished"));
        QCOMPARE(partial.code, 73);
        QVERIFY2(partial.out.find("unfinished.partial") != std::string::npos, partial.out.c_str());
        const Answer forced = m_box.run(line("unfinished") + words("--force"));
        QCOMPARE(forced.code, 0);
        QVERIFY2(forced.err.find("ibidem resume unfinished") != std::string::npos, forced.err.c_str());
    }

    /// Of a try after one that failed, and of one that was to replace a finished run.
    void aKilledSecondTryGoesOn()
    {
        QCOMPARE(m_box.run(line("second") + words("--set minCells=100000")).code, 65);
        const std::string first = killLong("second");
        QVERIFY2(first.find("ibidem resume second\"") != std::string::npos, first.c_str());
        const Answer resumed = m_box.run(words("resume second"));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        const std::string forced = killLong("second", {QStringLiteral("--force")});
        QVERIFY2(forced.find("ibidem resume second.partial") != std::string::npos, forced.c_str());
        const Answer refused = m_box.run(words("resume second"));
        QCOMPARE(refused.code, 64);
        QVERIFY2(refused.err.find("ibidem resume second.partial") != std::string::npos, refused.err.c_str());
        QCOMPARE(m_box.run(line("second")).code, 73);
        const std::string old = chain("second");
        const Answer again = m_box.run(words("resume second.partial"));
        QVERIFY2(again.code == 0, again.err.c_str());
        QVERIFY(!old.empty());
        QCOMPARE(chain("second"), old);
        QVERIFY(!std::filesystem::exists(m_box.path("second.partial")));
        QVERIFY(std::filesystem::exists(m_box.path("second.old-1"))); // the failed one
        QVERIFY(!std::filesystem::exists(m_box.path("second.old-2")));
    }

    /// A batch leaves a failed run of another specification alone, and goes on with one of the same.
    void aBatchDoesNotReplaceAFailedRunWithCheckpoints()
    {
        QVERIFY(!m_box.table("batch.tsv").isEmpty());
        QVERIFY(writeBatchSpec(20));
        QCOMPARE(m_box.run(words("batch one.json --out batch")).code, 0);
        const std::string first = chain("batch/one");
        const std::string file = m_box.path("batch/one/run.json");
        std::string failed = readFile(file).value_or("");
        const std::size_t at = failed.find("\"finished\"");
        QVERIFY(at != std::string::npos);
        QVERIFY(writeFileAtomically(file, failed.replace(at, 10, "\"failed\"")));
        QVERIFY2(runs::hasCheckpoint(m_box.path("batch/one")), "nothing is at stake");
        QVERIFY(writeBatchSpec(33));
        const Answer refused = m_box.run(words("batch one.json --out batch"));
        QCOMPARE(refused.code, 73);
        QVERIFY2(refused.err.find("failed run of another specification: model.rounds is 20") !=
                     std::string::npos,
                 refused.err.c_str());
        QCOMPARE(readFile(file).value_or(""), failed);
        QVERIFY(writeBatchSpec(20));
        const Answer resumed = m_box.run(words("batch one.json --out batch"));
        QVERIFY2(resumed.code == 0, resumed.err.c_str());
        QVERIFY(readFile(m_box.path("batch/one/events.jsonl")).value_or("").find("fromRound") !=
                std::string::npos);
        QCOMPARE(chain("batch/one"), first);
        QVERIFY(!std::filesystem::exists(m_box.path("batch/one.old-1")));
    }

    /// What the cache holds is made again where it is damaged.
    void aDamagedContainerIsReadAgain()
    {
        const QStringList train = words("train lcep-xgboost --rounds 5 --json --data")
                                  << m_box.table("damaged.tsv", 5) << words("--out");
        std::filesystem::remove_all(m_box.path("xdg_cache_home"));
        QCOMPARE(m_box.run(train + words("sound")).code, 0);
        int changed = 0;
        for (const auto &entry :
             std::filesystem::recursive_directory_iterator(m_box.path("xdg_cache_home"))) {
            if (entry.path().extension() != ".safetensors")
                continue;
            std::string bytes = readFile(entry.path()).value_or("");
            bytes.back() = static_cast<char>(bytes.back() ^ 1);
            QVERIFY(writeFileAtomically(entry.path(), bytes));
            ++changed;
        }
        QCOMPARE(changed, 1);
        const Answer refused = m_box.run(train + words("again"));
        QCOMPARE(refused.code, 65);
        QVERIFY2(refused.out.find("was removed from the cache") != std::string::npos, refused.out.c_str());
        QCOMPARE(m_box.run(train + words("again")).code, 0);
        QCOMPARE(chain("again"), chain("sound"));
    }

private:
    static constexpr int kShort = 3;
    static constexpr int kLong = 2000;

    [[nodiscard]] QStringList line(const std::string &name, int epochs = kShort) const
    {
        return smallTraining(m_cells, epochs)
               << words("--set map=false --out") << QString::fromStdString(name);
    }

    [[nodiscard]] std::string chain(const std::string &name) const
    {
        const auto manifest = runs::readManifest(m_box.path(name));
        return manifest ? manifest->chain : std::string();
    }

    /// A long run that was stopped in its middle.
    [[nodiscard]] bool stopLong(const std::string &name, const char *data = nullptr)
    {
        QStringList arguments = line(name, kLong);
        if (data)
            arguments[3] = QString::fromUtf8(data);
        QProcess process;
        m_box.start(process, arguments, m_box.environment());
        return m_box.waitForMetrics(name) && ::kill(static_cast<pid_t>(process.processId()), SIGTERM) == 0 &&
               Sandbox::finish(process).code == 75;
    }

    [[nodiscard]] bool writeBatchSpec(int rounds)
    {
        return m_box.write("one.json", R"({"recipe":"expression-xgboost","data":{"train":"batch.tsv"},)"
                                       R"("training":{"checkpointEvery":5},"model":{"rounds":)" +
                                           std::to_string(rounds) + "}}");
    }

    /// Kills a long run in its middle; what was said.
    [[nodiscard]] std::string killLong(const std::string &name, const QStringList &more = {})
    {
        QProcess process;
        m_box.start(process, line(name, kLong) + words("--set checkpointEvery=1") + more,
                    m_box.environment());
        const std::string partial = name + ".partial";
        // Not waitForMetrics: it takes the run that is being replaced until there is a new one.
        const bool came = QTest::qWaitFor(
            [&] {
                const std::string events = readFile(m_box.path(partial + "/events.jsonl")).value_or("");
                return events.find("\"checkpoint\"") != std::string::npos;
            },
            60000);
        const pid_t child = came ? m_box.childOf(partial) : 0;
        if (child <= 1 || ::kill(child, SIGKILL) != 0)
            return {};
        return Sandbox::finish(process).out;
    }

    Sandbox m_box;
    QString m_cells;
};

QTEST_GUILESS_MAIN(TestCliResume)
#include "tst_cli_resume.moc"
