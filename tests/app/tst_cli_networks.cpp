// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"
#include "tests/app/sandbox.h"

#include <csignal>
#include <filesystem>

using namespace ibidem;

/// An autoencoder on generated cells through the command line: the same bits whatever surrounds the run, also
/// after stops and kills; what is not the same is found; what is wrong is said.
class TestCliNetworks : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_cells = m_box.cells();
        QVERIFY(!m_cells.isEmpty());
        QVERIFY(!m_box.table().isEmpty());
        m_first = m_box.run(line("reference"));
        QVERIFY2(m_first.code == 0, (m_first.out + m_first.err).c_str());
        m_chain = chain("reference");
        QCOMPARE(m_chain.size(), std::size_t{64});
    }

    void trainPrintsOneDocument()
    {
        const Json document = m_first.json();
        QCOMPARE(stringAt(document, "outcome").value_or(""), std::string("finished"));
        QCOMPARE(stringAt(document, "chain").value_or(""), m_chain);
        QVERIFY(numberAt(document, "seconds").value_or(0.0) > 0.0);
        for (const char *path : {"metrics.train.loss", "metrics.all.loss"})
            QVERIFY2(numberAt(document, path).has_value(), path);
        QVERIFY2(m_first.err.find("epoch 3 of 3, loss 0.") != std::string::npos, m_first.err.c_str());
        QVERIFY2(m_first.err.find("round") == std::string::npos, m_first.err.c_str());
    }

    void neitherThreadsNorInstructionsMatter_data()
    {
        QTest::addColumn<QString>("options");
        for (const char *options :
             {"--threads 1", "--threads 2", "--threads 3", "--isa scalar", "--isa scalar --threads 3"})
            QTest::newRow(options) << options;
    }

    void neitherThreadsNorInstructionsMatter()
    {
        QFETCH(QString, options);
        const std::string name = "with" + options.remove(QLatin1Char(' ')).toStdString();
        const Answer answer = m_box.run(line(name) + words(QTest::currentDataTag()));
        QVERIFY2(answer.code == 0, answer.out.c_str());
        QCOMPARE(chain(name), m_chain);
        QCOMPARE(digest(name, "model"), digest("reference", "model"));
        QCOMPARE(digest(name, "trace"), digest("reference", "trace"));
        QCOMPARE(m_box.run(compared(name)).code, 0);
    }

    void surroundingsDoNotMatter()
    {
        QProcessEnvironment odd = m_box.environment();
        odd.insert(QStringLiteral("LC_ALL"), QStringLiteral("de_DE.UTF-8"));
        odd.insert(QStringLiteral("LANG"), QStringLiteral("de_DE.UTF-8"));
        odd.insert(QStringLiteral("TZ"), QStringLiteral("America/St_Johns"));
        odd.insert(QStringLiteral("OMP_NUM_THREADS"), QStringLiteral("2"));
        QTemporaryDir elsewhere;
        const std::string run = m_box.path("surroundings");
        QCOMPARE(m_box.run(line(run), odd, elsewhere.path()).code, 0);
        QCOMPARE(chain("surroundings"), m_chain);
        QCOMPARE(digest("surroundings", "embedding"), digest("reference", "embedding"));
    }

    void anotherSeedAndAnotherSettingAreFound_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<QString>("named");
        QTest::newRow("seed") << "--seed 1"
                              << "reproducibility.seed";
        QTest::newRow("learning rate") << "--set learningRate=0.0010000001"
                                       << "training.learningRate";
        QTest::newRow("order") << "--set order=shuffled"
                               << "training.order";
        QTest::newRow("preparation") << "--set maxValue=4"
                                     << "preparation.maxValue";
        QTest::newRow("width") << "--set model.widths=16,9"
                               << "model.widths";
    }

    void anotherSeedAndAnotherSettingAreFound()
    {
        QFETCH(QString, options);
        QFETCH(QString, named);
        const std::string name = std::string("other-") + named.toStdString();
        const Answer trained = m_box.run(line(name) + words(options.toUtf8().constData()));
        QVERIFY2(trained.code == 0, trained.out.c_str());
        QVERIFY(chain(name) != m_chain);
        const Answer answer = m_box.run(compared(name));
        QCOMPARE(answer.code, 1);
        QVERIFY2(answer.out.find(named.toStdString()) != std::string::npos, answer.out.c_str());
    }

    void theAnalysisDoesNotEnterTheChain()
    {
        const Answer answer = m_box.run(line("plain") + words("--set map=false --set checkpointEvery=1"));
        QVERIFY2(answer.code == 0, answer.out.c_str());
        QCOMPARE(chain("plain"), m_chain);
    }

    void aResolvedSpecCanBeTrainedAsItIs()
    {
        const Answer again = m_box.run(words("train reference/spec.json --out from-spec --json"));
        QCOMPARE(again.code, 0);
        QCOMPARE(stringAt(again.json(), "chain").value_or(""), m_chain);
    }

    void rerunIsIdenticalAndSaysSo()
    {
        const Answer answer = m_box.run(words("rerun reference --times 2 --json"));
        QCOMPARE(answer.code, 0);
        QCOMPARE(stringAt(answer.json(), "verdict").value_or(""), std::string("identical"));
        QCOMPARE(answer.json()["runs"].size(), std::size_t{2});
        const Answer text = m_box.run(words("report reference reference-rerun-1 --html report.html"));
        QCOMPARE(text.code, 0);
        QVERIFY(readFile(m_box.path("report.html")).value_or("").find("IDENTICAL") != std::string::npos);
    }

    /// A folder as one input: as it was, from the cache, gone, back, and changed.
    void aFolderIsTrainedOnAndRepeated()
    {
        QVERIFY(writeFolder("1"));
        const QStringList options =
            words("--set minGenes=1 --set minCells=1 --set selectGenes=false --set batchSize=8 --set "
                  "map=false --epochs 2 --set model.widths=8 --set latent=2 --json");
        const Answer trained = m_box.run(words("train sc-autoencoder --data mtx/ --out of-folder") + options);
        QVERIFY2(trained.code == 0, (trained.out + trained.err).c_str());
        QCOMPARE(runs::readManifest(m_box.path("of-folder"))->spec->data.train.name, std::string("mtx"));
        QCOMPARE(m_box.run(words("rerun of-folder")).code, 0);
        std::filesystem::rename(m_box.path("mtx"), m_box.path("away"));
        QCOMPARE(m_box.run(words("rerun of-folder")).code, 0); // the cache still has it
        const auto cache = *runs::readLocalInfo(m_box.path("of-folder"))->containerPath("train");
        std::filesystem::remove(cache);
        QCOMPARE(m_box.run(words("rerun of-folder")).code, 66);
        std::filesystem::rename(m_box.path("away"), m_box.path("mtx"));
        QCOMPARE(m_box.run(words("rerun of-folder")).code, 0);
        QVERIFY(writeFolder("7"));
        const Answer refused = m_box.run(words("rerun of-folder"));
        QCOMPARE(refused.code, 65);
        QVERIFY(refused.err.find("--allow-changed") != std::string::npos);
        QCOMPARE(m_box.run(words("rerun of-folder --allow-changed")).code, 1);
    }

    void stopsWithACheckpointAndResumes()
    {
        QProcess process;
        m_box.start(process, line("stopped", kLong), m_box.environment());
        QVERIFY(m_box.waitForMetrics("stopped"));
        QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGTERM), 0);
        const Answer stopped = Sandbox::finish(process);
        QCOMPARE(stopped.code, 75);
        QCOMPARE(stringAt(stopped.json(), "outcome").value_or(""), std::string("stopped"));
        QVERIFY2(stopped.err.find("stopping, with a checkpoint") != std::string::npos, stopped.err.c_str());
        QVERIFY2(stopped.err.find("stopped in epoch ") != std::string::npos, stopped.err.c_str());
        const Answer exported = m_box.run(words("export stopped --to stopped.h5ad"));
        QCOMPARE(exported.code, 65);
        QVERIFY(exported.err.find("ibidem resume") != std::string::npos);
        const Answer resumed = m_box.run(words("resume stopped --json"));
        QVERIFY2(resumed.code == 0, resumed.out.c_str());
        QCOMPARE(stringAt(resumed.json(), "chain").value_or(""), longChain());
        QCOMPARE(digest("stopped", "model"), digest("long", "model"));
        QCOMPARE(digest("stopped", "trace"), digest("long", "trace"));
    }

    void aTrainingThatEndsEarlySaysSo()
    {
        const Answer answer =
            m_box.run(line("patient", 500) + words("--set patience=1 --set learningRate=0.05"));
        QVERIFY2(answer.code == 0, answer.out.c_str());
        const auto manifest = runs::readManifest(m_box.path("patient"));
        const std::string epoch = std::to_string(manifest->roundsDone);
        QVERIFY(manifest->roundsDone < 500);
        const std::string note = "stopped early after epoch " + epoch +
                                 ": the loss had not fallen for 1 epoch (best: epoch " +
                                 std::to_string(manifest->roundsDone - 1) + ")";
        QCOMPARE(manifest->notes.back(), note);
        QVERIFY2(answer.err.find(note) != std::string::npos, answer.err.c_str());
        QVERIFY(readFile(m_box.path("patient/log.jsonl")).value_or("").find(note) != std::string::npos);
    }

    void saysWhatIsMadeOfTheTraining()
    {
        for (const char *stage : {"neighbours: ", "umap: ", "leiden: "})
            QVERIFY2(m_first.err.find(stage) != std::string::npos, m_first.err.c_str());
    }

    void killedAndResumedGivesTheSameBits()
    {
        int killed = 0;
        for (int i = 0; i < 3; ++i) {
            const std::string name = "killed" + std::to_string(i);
            QProcess process;
            m_box.start(process, line(name, kLong), m_box.environment());
            QVERIFY(m_box.waitForMetrics(name));
            QTest::qWait(60 * i);
            if (const pid_t child = m_box.childOf(name); child > 1)
                QCOMPARE(::kill(child, SIGKILL), 0);
            const Answer answer = Sandbox::finish(process);
            if (answer.code == 0) // it was faster
                continue;
            ++killed;
            QCOMPARE(answer.code, 70);
            const bool kept = runs::hasCheckpoint(m_box.path(name));
            QVERIFY2(answer.out.find(kept ? "from its last checkpoint" : "from its start") !=
                         std::string::npos,
                     answer.out.c_str());
            const Answer resumed = m_box.run({QStringLiteral("resume"), QString::fromStdString(name),
                                              QStringLiteral("--json"), QStringLiteral("--quiet")});
            QVERIFY2(resumed.code == 0, resumed.out.c_str());
            QCOMPARE(stringAt(resumed.json(), "chain").value_or(""), longChain());
            QCOMPARE(digest(name, "trace"), digest("long", "trace"));
        }
        QVERIFY2(killed > 0, "no run was killed in its middle");
        // Negative control: what was trained differently has another chain.
        QVERIFY(longChain() != m_chain && longChain().size() == 64);
    }

    void trainSaysWhatIsWrong_data()
    {
        QTest::addColumn<QString>("options");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *options, int code, const char *said) {
            QTest::newRow(options) << QString::fromLatin1(options) << code << QString::fromLatin1(said);
        };
        row("--data table.tsv", 65, "an expression table");
        row("--data missing.h5ad", 66, "missing.h5ad");
        row("--set model.widths=0", 78, "model.widths");
        row("--set latent=0", 78, "model.latent");
        row("--epochs 0", 78, "training.epochs");
        row("--rounds 5", 64, "use --epochs");
        row("--matrix layers/nothing", 64, "nothing");
        row("--set optimiser=adamax", 78, "training.optimiser");
        row("--set minGenes=100000", 65, "minGenes");
        row("--set data.options.matrix=layers/nothing", 64, "nothing");
        row("--test table.tsv", 64, "--test");
        row("--labels table.tsv", 64, "--labels");
        row("--genes table.tsv", 64, "--genes");
        row("--split table.tsv", 64, "--split");
        row("--isa avx1024", 64, "--isa");
    }

    void trainSaysWhatIsWrong()
    {
        QFETCH(QString, options);
        QFETCH(int, code);
        QFETCH(QString, said);
        QStringList arguments = line("wrong") + words("--force") + words(options.toUtf8().constData());
        if (options.startsWith(QLatin1String("--data")))
            arguments.remove(2, 2);
        if (options.startsWith(QLatin1String("--epochs")))
            arguments.remove(arguments.indexOf(QStringLiteral("--epochs")), 2);
        if (options.startsWith(QLatin1String("--set minGenes")))
            arguments.remove(arguments.indexOf(QStringLiteral("minGenes=10")) - 1, 2);
        const Answer answer = m_box.run(arguments);
        QVERIFY2(answer.code == code, answer.out.c_str());
        QVERIFY(answer.json().contains("error"));
        QVERIFY2(answer.out.find(said.toStdString()) != std::string::npos, answer.out.c_str());
    }

    void aMisspeltAnnotationLeavesNoRun()
    {
        const Answer answer = m_box.run(line("wrong-label") << words("--set analysis.labelColumn=tissue"));
        QCOMPARE(answer.code, 78);
        QVERIFY2(answer.out.find("tissue") != std::string::npos &&
                     answer.out.find("cell_type") != std::string::npos &&
                     answer.out.find("cells") != std::string::npos,
                 answer.out.c_str());
        QVERIFY(!std::filesystem::exists(m_box.path("wrong-label")) &&
                !std::filesystem::exists(m_box.path("wrong-label.partial")));
    }

    void treesTakeNoMatrix()
    {
        const Answer answer =
            m_box.run(words("train lcep-xgboost --out wrong-trees --data") << m_cells << words("--json"));
        QCOMPARE(answer.code, 65);
        QVERIFY(answer.out.find("sc-autoencoder") != std::string::npos);
    }

    void classesAreNotPredicted()
    {
        for (const char *verb : {"predict", "evaluate"}) {
            const Answer answer =
                m_box.run(QStringList{QString::fromLatin1(verb), QStringLiteral("reference"), m_cells});
            QCOMPARE(answer.code, 69);
            QVERIFY2(answer.err.find("ibidem export") != std::string::npos, answer.err.c_str());
        }
    }

    void recipesAreShown()
    {
        const Answer list = m_box.run(words("recipe list --json"));
        QVERIFY(list.out.find("\"sc-autoencoder\"") != std::string::npos);
        const Answer shown = m_box.run(words("recipe show sc-autoencoder --quiet"));
        QCOMPARE(shown.code, 0);
        QVERIFY(m_box.write("shown.json", shown.out));
        QCOMPARE(m_box.run(words("recipe check shown.json")).code, 0);
    }

    /// Two networks and trees, several at once; then again; then with one of them changed.
    void aBatchHoldsNetworksAndTrees()
    {
        const auto network = [](int seed) {
            return R"({"recipe":"sc-autoencoder","data":{"train":"../cells.h5ad"},"preparation":{"minGenes":10},)"
                   R"("model":{"widths":[16,8],"latent":4},"training":{"epochs":3,"batchSize":32},)"
                   R"("reproducibility":{"seed":)" +
                   std::to_string(seed) + "}}";
        };
        QVERIFY(makeFolder(m_box.path("specs")).has_value());
        QVERIFY(m_box.write("specs/a.json", network(0)) && m_box.write("specs/b.json", network(1)));
        QVERIFY(
            m_box.write("specs/trees.json", R"({"data":{"train":"../table.tsv"},"model":{"rounds":10}})"));
        const QStringList batch = words("batch specs --jobs 2 --out batch");
        const Answer first = m_box.run(batch + words("--json"));
        QVERIFY2(first.code == 0, first.out.c_str());
        QCOMPARE(chain("batch/a"), m_chain);
        QVERIFY(chain("batch/b") != m_chain && chain("batch/b").size() == 64);
        const std::string record = readFile(m_box.path("batch/batch.json")).value_or("");
        const Answer again = m_box.run(batch);
        QCOMPARE(again.code, 0);
        QVERIFY2(again.out.find("3 kept") != std::string::npos, again.out.c_str());
        for (const char *title : {"test accuracy", "loss", "clusters"})
            QVERIFY2(again.out.find(title) != std::string::npos, again.out.c_str());
        QCOMPARE(readFile(m_box.path("batch/batch.json")).value_or(""), record);
        // A changed chain in the manifest is found, in a network as in trees.
        std::string manifest = readFile(m_box.path("batch/b/run.json")).value_or("");
        const std::size_t at = manifest.find(chain("batch/b"));
        QVERIFY(at != std::string::npos);
        manifest[at] = manifest[at] == '0' ? '1' : '0';
        QVERIFY(m_box.write("batch/b/run.json", manifest));
        const Answer changed = m_box.run(batch + words("--json"));
        QCOMPARE(changed.code, 65);
        QVERIFY2(changed.out.find("epochs.csv") != std::string::npos, changed.out.c_str());
        // Another specification is never overwritten.
        QVERIFY(m_box.write("specs/a.json", network(5)));
        QVERIFY(m_box.run(batch + words("--json --threads 1"))
                    .out.find("reproducibility.seed is 0 there and 5 here") != std::string::npos);
        QCOMPARE(chain("batch/a"), m_chain);
        QVERIFY(m_box.write("specs/a.json", R"({"recipe":"sc-autoencoder"})"));
        const Answer without = m_box.run(words("batch specs/a.json --out without --json"));
        QCOMPARE(without.code, 66);
        QVERIFY2(without.out.find(R"(\"data\": {\"train\": \"PATH\"})") != std::string::npos,
                 without.out.c_str());
    }

private:
    static constexpr int kShort = 3;
    static constexpr int kLong = 2000;

    [[nodiscard]] QStringList line(const std::string &name, int epochs = kShort) const
    {
        QStringList arguments = smallTraining(m_cells, epochs);
        if (epochs > kShort)
            arguments += words("--set checkpointEvery=100 --set map=false");
        return arguments << QStringLiteral("--out") << QString::fromStdString(name);
    }

    [[nodiscard]] static QStringList compared(const std::string &name)
    {
        return {QStringLiteral("compare"), QStringLiteral("reference"), QString::fromStdString(name)};
    }

    [[nodiscard]] std::string runPath(const std::string &name) const
    {
        return name.starts_with("/") ? name : m_box.path(name);
    }

    [[nodiscard]] std::string chain(const std::string &name) const
    {
        const auto manifest = runs::readManifest(runPath(name));
        return manifest ? manifest->chain : std::string();
    }

    [[nodiscard]] std::string digest(const std::string &name, const std::string &what) const
    {
        const auto manifest = runs::readManifest(runPath(name));
        const bool known = manifest && manifest->digests.contains(what);
        return known ? manifest->digests.at(what) : "no " + what + " of " + name;
    }

    /// Of the uninterrupted long run, trained when first asked for.
    [[nodiscard]] std::string longChain()
    {
        if (m_longChain.empty() && m_box.run(line("long", kLong)).code == 0)
            m_longChain = chain("long");
        return m_longChain;
    }

    /// A 10x folder of 30 cells and 20 genes; its first count is this.
    [[nodiscard]] bool writeFolder(const std::string &first) const
    {
        constexpr int kFolderCells = 30;
        constexpr int kFolderGenes = 20;
        std::string matrix;
        int entries = 0;
        for (int cell = 1; cell <= kFolderCells; ++cell)
            for (int gene = 1; gene <= kFolderGenes; ++gene) {
                const int count = (cell * 7 + gene * 13 + cell * gene) % 5;
                if (count == 0)
                    continue;
                matrix += std::to_string(gene) + " " + std::to_string(cell) + " " +
                          (entries == 0 ? first : std::to_string(count)) + "\n";
                ++entries;
            }
        std::string barcodes;
        std::string features;
        for (int cell = 1; cell <= kFolderCells; ++cell)
            barcodes += "CELL" + std::to_string(cell) + "-1\n";
        for (int gene = 1; gene <= kFolderGenes; ++gene)
            features += "E" + std::to_string(gene) + "\tG" + std::to_string(gene) + "\tGene Expression\n";
        return makeFolder(m_box.path("mtx")) && m_box.write("mtx/barcodes.tsv", barcodes) &&
               m_box.write("mtx/features.tsv", features) &&
               m_box.write("mtx/matrix.mtx", "%%MatrixMarket matrix coordinate integer general\n" +
                                                 std::to_string(kFolderGenes) + " " +
                                                 std::to_string(kFolderCells) + " " +
                                                 std::to_string(entries) + "\n" + matrix);
    }

    Sandbox m_box;
    QString m_cells;
    Answer m_first;
    std::string m_chain;
    std::string m_longChain;
};

QTEST_GUILESS_MAIN(TestCliNetworks)
#include "tst_cli_networks.moc"
