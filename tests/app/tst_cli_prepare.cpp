// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "tests/app/sandbox.h"

#include <QFile>

#include <csignal>
#include <cstdint>

using namespace ibidem;

/// `ibidem prepare` on 10x folders.
class TestCliPrepare : public QObject
{
    Q_OBJECT

    Sandbox m_sandbox;

    /// Counts of a linear congruential generator as a 10x folder (version 2); its path.
    [[nodiscard]] QString folder(const std::string &name, int cells, int genes, int seed = 1) const
    {
        const std::filesystem::path path = m_sandbox.path(name);
        if (!makeFolder(path))
            return {};
        std::string entries;
        std::uint64_t state = static_cast<std::uint64_t>(seed);
        int stored = 0;
        for (int cell = 1; cell <= cells; ++cell) {
            for (int gene = 1; gene <= genes; ++gene) {
                state = (state * 1103515245ULL + 12345ULL) % (1ULL << 31U);
                const auto number = static_cast<int>((state >> 16U) % 100);
                if (number < 60 - 6 * (gene % 7))
                    continue;
                entries += std::to_string(gene) + " " + std::to_string(cell) + " " +
                           std::to_string(number % (3 + 2 * (gene % 7)) + 1) + "\n";
                ++stored;
            }
        }
        std::string barcodes;
        std::string names;
        for (int cell = 1; cell <= cells; ++cell)
            barcodes += "CELL" + std::to_string(cell) + "-1\n";
        for (int gene = 1; gene <= genes; ++gene)
            names += "ENSG" + std::to_string(gene) + "\tGene" + std::to_string(gene) + "\n";
        const std::string head = "%%MatrixMarket matrix coordinate integer general\n%\n" +
                                 std::to_string(genes) + " " + std::to_string(cells) + " " +
                                 std::to_string(stored) + "\n";
        const bool written = writeFileAtomically(path / "matrix.mtx", head + entries).has_value() &&
                             writeFileAtomically(path / "genes.tsv", names).has_value() &&
                             writeFileAtomically(path / "barcodes.tsv", barcodes).has_value();
        return written ? QString::fromStdString(path.string()) : QString();
    }

    [[nodiscard]] Answer prepare(const QString &matrix, const char *options) const
    {
        return m_sandbox.run(QStringList{QStringLiteral("prepare"), matrix} + words(options));
    }

private Q_SLOTS:

    void printsATableOfStages()
    {
        const QString matrix = folder("table", 60, 40);
        const Answer answer = prepare(matrix, "--set minGenes=5 --set maxMean=12");
        QCOMPARE(answer.err, std::string());
        QCOMPARE(answer.code, 0);
        for (const char *word : {"stage", "loaded", "filter-cells", "normalise", "select-genes", "scale"})
            QVERIFY2(answer.out.find(word) != std::string::npos, word);
        const Answer few = prepare(matrix, "--set minGenes=5 --set selectGenes=false --set scale=false");
        QCOMPARE(few.code, 0);
        QVERIFY(few.out.find("scale") == std::string::npos);
    }

    void jsonHasTheWholeAnswer()
    {
        const QString matrix = folder("json", 60, 40);
        const Answer answer = prepare(matrix, "--set minGenes=5 --set preparation.maxMean=12 --json");
        QCOMPARE(answer.code, 0);
        const Json json = answer.json();
        QVERIFY(json["path"] == matrix.toStdString());
        QCOMPARE(json["content"].get<std::string>().size(), std::size_t{64});
        QVERIFY(json["preparation"]["minGenes"] == 5);
        QVERIFY(json["preparation"]["maxMean"] == 12.0);
        QCOMPARE(json["stages"].size(), std::size_t{7});
        QVERIFY(json["stages"][0]["cells"] == 60);
        QVERIFY(json["checks"].is_array());
        QVERIFY(json["nearThreshold"].is_array());
        QVERIFY(json["out"].is_null());
        QCOMPARE(json.size(), std::size_t{7});
    }

    void theAnswerDoesNotDependOnTheThreads()
    {
        const QString matrix = folder("threads", 200, 100);
        const char *const settings = "--set minGenes=5 --set maxMean=12 --json --threads ";
        const Answer one = prepare(matrix, (std::string(settings) + "1").c_str());
        QCOMPARE(one.code, 0);
        for (const char *threads : {"2", "3", "7"})
            QCOMPARE(prepare(matrix, (std::string(settings) + threads).c_str()).out, one.out);
        // Negative control: another matrix, and another setting.
        const Json stages = one.json()["stages"];
        const Json other =
            prepare(folder("other", 200, 100, 2), (std::string(settings) + "2").c_str()).json()["stages"];
        const Json sum =
            prepare(matrix, "--set minGenes=5 --set maxMean=12 --set targetSum=9999 --json").json()["stages"];
        for (std::size_t stage = 0; stage < 7; ++stage) {
            QVERIFY(other[stage]["digest"] != stages[stage]["digest"]);
            QCOMPARE(sum[stage]["digest"] != stages[stage]["digest"], stage >= 3);
        }
    }

    void writesAndRefusesToOverwrite()
    {
        const QString matrix = folder("out", 60, 40);
        const QString out = QString::fromStdString(m_sandbox.path("prepared.safetensors"));
        const QByteArray options = "--set minGenes=5 --set maxMean=12 --json -o " + out.toLatin1();
        const Answer written = prepare(matrix, options.constData());
        QCOMPARE(written.code, 0);
        QVERIFY(written.json()["out"] == out.toStdString());
        QVERIFY(QFile::exists(out));
        const Answer again = prepare(matrix, options.constData());
        QCOMPARE(again.code, 73);
        QVERIFY(again.json()["error"]["path"] == out.toStdString());
        QCOMPARE(prepare(matrix, (options + " --force").constData()).code, 0);
    }

    /// Another program would take the file for what its suffix says.
    void writesUnderNoOtherSuffix()
    {
        const QString matrix = folder("suffix", 60, 40);
        for (const char *name : {"prepared.h5ad", "prepared", "prepared.safetensors.gz"}) {
            const std::string out = m_sandbox.path(name);
            const Answer answer =
                prepare(matrix, ("--set minGenes=5 --set maxMean=12 --json -o " + out).c_str());
            QCOMPARE(answer.code, 64);
            QVERIFY(answer.json()["error"]["path"] == out);
            QVERIFY(answer.json()["error"]["cure"] == "call the file .safetensors");
            QVERIFY(!QFile::exists(QString::fromStdString(out)));
        }
    }

    void choosesTheTypeOfFeatures()
    {
        const QString matrix = folder("features", 60, 40);
        std::string features;
        for (int gene = 1; gene <= 40; ++gene)
            features += "E" + std::to_string(gene) + "\tGene" + std::to_string(gene) +
                        (gene <= 30 ? "\tGene Expression\n" : "\tAntibody\n");
        QVERIFY(writeFileAtomically(std::filesystem::path(matrix.toStdString()) / "features.tsv", features));
        QVERIFY(QFile::remove(matrix + QStringLiteral("/genes.tsv")));
        const auto genes = [&](const char *type) {
            const Answer answer =
                prepare(matrix, ("--set minGenes=0 --set selectGenes=false --json --feature-type " +
                                 std::string(type))
                                    .c_str());
            return answer.code == 0 ? answer.json()["stages"][0]["genes"].get<int>() : -answer.code;
        };
        QCOMPARE(genes("auto"), 30);
        QCOMPARE(genes("all"), 40);
        QCOMPARE(genes("Antibody"), 10);
        QCOMPARE(genes("Peaks"), -64);
    }

    void errorsNameTheFileOfTheUser()
    {
        const QString matrix = folder("errors", 60, 40);
        const Answer all = prepare(matrix, "--set minGenes=1000 --json");
        QCOMPARE(all.code, 65);
        const Json error = all.json()["error"];
        QVERIFY(error["path"] == matrix.toStdString());
        QVERIFY(error["message"].get<std::string>().find("the richest has") != std::string::npos);
        QVERIFY(error["cure"] == "lower minGenes");
    }

    void wrongWordsHaveTheirExitCode_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<int>("code");
        QTest::newRow("unknown key") << QStringLiteral("--set minGene=5") << 78;
        QTest::newRow("no assignment") << QStringLiteral("--set minGenes") << 78;
        QTest::newRow("out of range") << QStringLiteral("--set bins=0") << 78;
        QTest::newRow("unknown option") << QStringLiteral("--colour red") << 64;
        QTest::newRow("threads") << QStringLiteral("--threads 5000") << 64;
    }

    void wrongWordsHaveTheirExitCode()
    {
        QFETCH(QString, options);
        QFETCH(int, code);
        QCOMPARE(prepare(folder("words", 20, 10), options.toLatin1().constData()).code, code);
    }

    void whatIsNoMatrixIsSaid()
    {
        const Answer table = prepare(m_sandbox.table(), "--json");
        QCOMPARE(table.code, 65);
        QVERIFY(table.json()["error"]["message"].get<std::string>().find("expression-table") !=
                std::string::npos);
        QCOMPARE(prepare(QStringLiteral("/nowhere/matrix.h5ad"), "").code, 66);
    }

    void warningsAreTold()
    {
        const QString matrix = folder("warned", 60, 40);
        // Cells have about as many genes as each other: a threshold that only the richest reach.
        for (int genes = 40; genes > 10; --genes) {
            const QByteArray options =
                "--set selectGenes=false --set minCells=0 --json --set minGenes=" + QByteArray::number(genes);
            const Answer answer = prepare(matrix, options.constData());
            if (answer.code == 65)
                continue;
            QCOMPARE(answer.code, 0);
            QVERIFY(answer.json()["checks"][0]["name"] == "few-cells");
            QVERIFY(answer.json()["checks"][0]["state"] == "warning");
            return;
        }
        QFAIL("no threshold was right");
    }

    /// A run that is done before it hears of the signal is no failure.
    void ctrlCLeavesNothing()
    {
        const QString matrix = folder("large", 2000, 1000);
        QCOMPARE(m_sandbox.run({QStringLiteral("inspect"), matrix}).code, 0);
        const QString out = QString::fromStdString(m_sandbox.path("stopped.safetensors"));
        QProcess process;
        m_sandbox.start(process,
                        {QStringLiteral("prepare"), matrix, QStringLiteral("--threads"), QStringLiteral("1"),
                         QStringLiteral("--set"), QStringLiteral("maxMean=12"), QStringLiteral("-o"), out,
                         QStringLiteral("--progress"), QStringLiteral("bar")},
                        m_sandbox.environment());
        QVERIFY(process.waitForStarted());
        process.setReadChannel(QProcess::StandardError);
        while (process.state() != QProcess::NotRunning && !process.peek(100000).contains("loaded"))
            process.waitForReadyRead(50);
        if (process.state() != QProcess::NotRunning)
            ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        const Answer answer = Sandbox::finish(process);
        if (answer.code == 0)
            QSKIP("it was done before it heard of the signal");
        QCOMPARE(answer.code, 75);
        QVERIFY(!QFile::exists(out));
    }
};

QTEST_GUILESS_MAIN(TestCliPrepare)
#include "tst_cli_prepare.moc"
