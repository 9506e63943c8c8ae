// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"
#include "models/runs/network_files.h"
#include "tests/app/sandbox.h"

#include <filesystem>

using namespace ibidem;

/// What of a run goes out for other programs: cells with their embedding, and weights.
class TestCliExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_cells = m_box.cells();
        QVERIFY(!m_cells.isEmpty());
        QVERIFY(train("run", {}));
    }

    void writesCellsWithTheirEmbedding()
    {
        const Answer made = m_box.run(words("export run --to out.h5ad --json"));
        QVERIFY2(made.code == 0, made.out.c_str());
        const Json document = made.json();
        QCOMPARE(stringAt(document, "path").value_or(""), std::string("out.h5ad"));
        QCOMPARE(stringAt(document, "format").value_or(""), std::string("h5ad"));
        const std::string bytes = readFile(m_box.path("out.h5ad")).value_or("");
        QCOMPARE(stringAt(document, "sha256").value_or(""), sha256Hex(std::string_view(bytes)));
        const auto embedding = runs::readEmbeddingFile(m_box.path("run/embedding.safetensors"));
        QVERIFY(embedding.has_value());
        QCOMPARE(integerAt(document, "cells").value_or(0),
                 static_cast<std::int64_t>(embedding->cellIds.size()));
        QCOMPARE(integerAt(document, "genes").value_or(0), std::int64_t{150}); // not only the selected ones

        const Answer seen = m_box.run(words("inspect out.h5ad --json"));
        const Json summary = seen.json().at(0);
        QCOMPARE(stringAt(summary, "digest"), stringAt(document, "digest"));
        QVERIFY(seen.out.find("leiden") != std::string::npos);
        QVERIFY(seen.out.find("X_ae") != std::string::npos);
        QVERIFY(seen.out.find("X_umap") != std::string::npos);
        QVERIFY(seen.out.find("cell_type") != std::string::npos);
    }

    void writesTheSameBytesEachTime()
    {
        QCOMPARE(m_box.run(words("export run --to one.h5ad")).code, 0);
        QProcessEnvironment odd = m_box.environment();
        odd.insert(QStringLiteral("LC_ALL"), QStringLiteral("de_DE.UTF-8"));
        odd.insert(QStringLiteral("TZ"), QStringLiteral("Pacific/Auckland"));
        QTest::qSleep(1100); // time stamps of HDF5 count seconds
        QCOMPARE(m_box.run(words("export run --to two.h5ad"), odd).code, 0);
        const std::string bytes = readFile(m_box.path("one.h5ad")).value_or("");
        QVERIFY(bytes.size() > 10'000);
        QVERIFY(readFile(m_box.path("two.h5ad")).value_or("") == bytes);
        // Control: another run is another file.
        QVERIFY(train("other", words("--seed 1")));
        QCOMPARE(m_box.run(words("export other --to three.h5ad")).code, 0);
        QVERIFY(readFile(m_box.path("three.h5ad")).value_or("") != bytes);
    }

    void writesOnlyTheCellsThatWereKept()
    {
        QVERIFY(train("fewer", words("--set minGenes=130")));
        const auto embedding = runs::readEmbeddingFile(m_box.path("fewer/embedding.safetensors"));
        QVERIFY(embedding.has_value());
        QVERIFY2(embedding->cellIds.size() < 200, "nothing was filtered: the test shows nothing");
        const Answer made = m_box.run(words("export fewer --to fewer.h5ad --json"));
        QVERIFY2(made.code == 0, made.out.c_str());
        QCOMPARE(integerAt(made.json(), "cells").value_or(0),
                 static_cast<std::int64_t>(embedding->cellIds.size()));
    }

    void writesWeights()
    {
        const std::string weights = readFile(m_box.path("run/model.safetensors")).value_or("");
        QVERIFY(!weights.empty());
        const Answer made = m_box.run(words("export run --to weights.safetensors --json"));
        QCOMPARE(made.code, 0);
        QCOMPARE(stringAt(made.json(), "format").value_or(""), std::string("safetensors"));
        QVERIFY(readFile(m_box.path("weights.safetensors")).value_or("") == weights);
        QCOMPARE(m_box.run(words("export run --to new/folder/")).out,
                 std::string("new/folder/model.safetensors\n"));
        QVERIFY(readFile(m_box.path("new/folder/model.safetensors")).value_or("") == weights);
    }

    void writesTrees()
    {
        const QString table = m_box.table();
        QCOMPARE(m_box.run(words("train lcep-xgboost --rounds 5 --out trees --data") << table).code, 0);
        QCOMPARE(m_box.run(words("export trees --to trees.ubj")).code, 0);
        QVERIFY(readFile(m_box.path("trees.ubj")).value_or("a") ==
                readFile(m_box.path("trees/model.ubj")).value_or("b"));
        QCOMPARE(m_box.run(words("export trees --to trees.h5ad")).code, 64);
        QCOMPARE(m_box.run(words("export trees --to trees.safetensors")).code, 64);
    }

    void replacesNothingWithoutForce()
    {
        QVERIFY(m_box.write("mine.h5ad", "mine"));
        QCOMPARE(m_box.run(words("export run --to mine.h5ad")).code, 73);
        QCOMPARE(readFile(m_box.path("mine.h5ad")).value_or(""), std::string("mine"));
        QCOMPARE(m_box.run(words("export run --to mine.h5ad --force")).code, 0);
        QVERIFY(readFile(m_box.path("mine.h5ad")).value_or("") != "mine");
        QCOMPARE(m_box.run(words("export run --to no/such/folder/x.h5ad")).code, 73);
    }

    /// In the cache, at its place, elsewhere, nowhere; and a matrix that is another one.
    void findsTheMatrix()
    {
        QCOMPARE(m_box.run(words("export run --to found.h5ad")).code, 0);
        const std::string bytes = readFile(m_box.path("found.h5ad")).value_or("");
        QProcessEnvironment fresh = m_box.environment();
        fresh.insert(QStringLiteral("IBIDEM_CACHE"), QString::fromStdString(m_box.path("fresh-cache")));
        QCOMPARE(m_box.run(words("export run --to found.h5ad --force"), fresh).code, 0);
        QVERIFY(readFile(m_box.path("found.h5ad")).value_or("") == bytes);

        fresh.insert(QStringLiteral("IBIDEM_CACHE"), QString::fromStdString(m_box.path("other-cache")));
        std::filesystem::rename(m_box.path("cells.h5ad"), m_box.path("moved.h5ad"));
        const Answer missing = m_box.run(words("export run --to missing.h5ad"), fresh);
        QCOMPARE(missing.code, 66);
        QVERIFY2(missing.err.find("--data") != std::string::npos, missing.err.c_str());
        QVERIFY(!m_box.cells("wrong.h5ad", 2).isEmpty());
        QCOMPARE(m_box.run(words("export run --to missing.h5ad --data wrong.h5ad"), fresh).code, 65);
        QVERIFY(!QFile::exists(QString::fromStdString(m_box.path("missing.h5ad"))));
        const Answer moved = m_box.run(words("export run --to moved-out.h5ad --data moved.h5ad"), fresh);
        QVERIFY2(moved.code == 0, moved.err.c_str());
        QVERIFY(readFile(m_box.path("moved-out.h5ad")).value_or("") == bytes);
        std::filesystem::rename(m_box.path("moved.h5ad"), m_box.path("cells.h5ad"));
    }

    void refusesWhatItCannotExport()
    {
        QCOMPARE(m_box.run(words("export run --to run.csv")).code, 64);
        QCOMPARE(m_box.run(words("export run")).code, 64);
        QCOMPARE(m_box.run(words("export nothing-here --to x.h5ad")).code, 66);
        QVERIFY(train("damaged", {}));
        for (const char *name : {"damaged/embedding.safetensors", "damaged/model.safetensors"}) {
            std::string bytes = readFile(m_box.path(name)).value_or("");
            bytes.back() = static_cast<char>(bytes.back() ^ 1);
            QVERIFY(m_box.write(name, bytes));
        }
        QCOMPARE(m_box.run(words("export damaged --to damaged.h5ad")).code, 65);
        QCOMPARE(m_box.run(words("export damaged --to damaged.safetensors")).code, 65);
        QVERIFY(!QFile::exists(QString::fromStdString(m_box.path("damaged.h5ad"))));
    }

private:
    [[nodiscard]] bool train(const std::string &name, const QStringList &more) const
    {
        const Answer answer =
            m_box.run(words("train sc-autoencoder --epochs 2 --set model.widths=16 --set latent=4 --set "
                            "minGenes=10 --out")
                      << QString::fromStdString(name) << QStringLiteral("--data") << m_cells << more);
        return answer.code == 0;
    }

    Sandbox m_box;
    QString m_cells;
};

QTEST_GUILESS_MAIN(TestCliExport)
#include "tst_cli_export.moc"
