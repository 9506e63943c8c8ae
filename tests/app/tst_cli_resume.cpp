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
        QVERIFY(!std::filesystem::exists(m_box.path("place.old-1")));
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

private:
    static constexpr int kShort = 3;
    static constexpr int kLong = 2000;

    [[nodiscard]] QStringList line(const std::string &name, int epochs = kShort) const
    {
        QStringList arguments = words("train sc-autoencoder --data")
                                << m_cells << words("--set minGenes=10 --set model.widths=16,8");
        arguments += words("--set latent=4 --set batchSize=32 --level portable --device cpu --json --epochs")
                     << QString::number(epochs);
        return arguments << words("--set map=false --out") << QString::fromStdString(name);
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

    Sandbox m_box;
    QString m_cells;
};

QTEST_GUILESS_MAIN(TestCliResume)
#include "tst_cli_resume.moc"
