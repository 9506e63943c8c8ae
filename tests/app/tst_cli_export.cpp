// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"
#include "models/runs/network_files.h"
#include "tests/app/sandbox.h"

#include <hdf5.h>

#include <filesystem>

using namespace ibidem;

namespace {

void addNumbers(hid_t file, const char *path, const std::vector<hsize_t> &extents)
{
    hsize_t count = 1;
    for (const hsize_t extent : extents)
        count *= extent;
    std::vector<double> values;
    for (hsize_t i = 0; i < count; ++i)
        values.push_back(static_cast<double>(i) + 0.5);
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t made =
        H5Dcreate2(file, path, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(made, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(made);
    H5Sclose(space);
}

/// An annotation of the genes, another matrix, and what has no place in a container.
void addParts(const std::string &path, hsize_t cells, hsize_t genes)
{
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
    H5Adelete_by_name(file, "/var", "column-order", H5P_DEFAULT); // then every member is a column
    addNumbers(file, "/var/means", {genes});
    addNumbers(file, "/layers/other", {cells, genes});
    addNumbers(file, "/varm/PCs", {genes, 2});
    addNumbers(file, "/uns/pca", {3});
    H5Fclose(file);
}

} // namespace

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

    /// Annotations of genes go along; what does not is named.
    void saysWhatIsNotInTheExport()
    {
        const QString cells = m_box.cells("rich.h5ad");
        const Answer plain = m_box.run(words("export run --to plain.h5ad"));
        QCOMPARE(plain.code, 0);
        QVERIFY2(plain.err.find("not in the export") == std::string::npos, plain.err.c_str());
        const auto digest = stringAt(m_box.run(words("inspect rich.h5ad --json")).json().at(0), "digest");
        QVERIFY(digest.has_value());
        addParts(cells.toStdString(), 200, 150);
        const Json source = m_box.run(words("inspect rich.h5ad --json")).json().at(0);
        QCOMPARE(stringAt(source, "digest"), digest); // they are no content
        QVERIFY(source["matrix"]["geneColumns"] == Json::array({"means"}));
        const Answer seen = m_box.run(words("inspect rich.h5ad"));
        QVERIFY2(seen.out.find("/uns/pca, /varm/PCs") != std::string::npos, seen.out.c_str());
        QVERIFY2(seen.out.find("genes have") != std::string::npos, seen.out.c_str());

        QVERIFY(train("rich", {}, cells));
        const Answer made = m_box.run(words("export rich --to rich-out.h5ad"));
        QVERIFY2(made.code == 0, made.err.c_str());
        for (const char *part : {"rich.h5ad: not in the export", "layers/other", "/uns/pca", "/varm/PCs"})
            QVERIFY2(made.err.find(part) != std::string::npos, made.err.c_str());
        QVERIFY(made.err.find("means") == std::string::npos);
        const hid_t file = H5Fopen(m_box.path("rich-out.h5ad").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        const hid_t means = H5Dopen2(file, "/var/means", H5P_DEFAULT);
        QVERIFY(means >= 0);
        std::vector<double> values(150);
        H5Dread(means, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
        H5Dclose(means);
        H5Fclose(file);
        QCOMPARE(values.front(), 0.5);
        QCOMPARE(values.back(), 149.5);
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
        std::filesystem::rename(m_box.path("xdg_cache_home"), m_box.path("hidden"));
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
        std::filesystem::rename(m_box.path("hidden"), m_box.path("xdg_cache_home"));
    }

    /// Older versions gave it another key in the cache; the file is gone.
    void takesWhatAnOlderVersionRead()
    {
        const QString cells = m_box.cells("gone.h5ad", 3);
        QVERIFY(train("older", {}, cells));
        QCOMPARE(m_box.run(words("export older --to newer.h5ad")).code, 0);
        const std::string bytes = readFile(m_box.path("newer.h5ad")).value_or("");
        const std::filesystem::path run = m_box.path("older");
        runs::LocalInfo local = runs::readLocalInfo(run).value_or(runs::LocalInfo());
        const std::filesystem::path container = local.containerPath("train").value_or("");
        const std::filesystem::path other = container.parent_path() / "older.safetensors";
        std::filesystem::rename(container, other);
        local.containers = {{"train", other.string()}};
        QVERIFY(runs::writeLocalInfo(run, local).has_value());
        const Answer again = m_box.run(words("export older --to again.h5ad"));
        QCOMPARE(again.code, 0);
        QVERIFY2(again.err.find("older version") == std::string::npos,
                 again.err.c_str()); // the file is there
        std::filesystem::remove(container);
        std::filesystem::remove(cells.toStdString());
        const Answer made = m_box.run(words("export older --to older.h5ad"));
        QVERIFY2(made.code == 0, made.err.c_str());
        QVERIFY2(made.err.find("older version") != std::string::npos, made.err.c_str());
        QVERIFY(readFile(m_box.path("older.h5ad")).value_or("") == bytes);
        const Answer rerun = m_box.run(words("rerun older"));
        QVERIFY2(rerun.code == 0, rerun.err.c_str());
        // Control: the content of another run is not taken.
        local.containers = {
            {"train", runs::readLocalInfo(m_box.path("run"))->containerPath("train").value_or("")}};
        QVERIFY(runs::writeLocalInfo(run, local).has_value());
        QCOMPARE(m_box.run(words("export older --to wrong-one.h5ad")).code, 66);
        QCOMPARE(m_box.run(words("rerun older")).code, 66);
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
        return train(name, more, m_cells);
    }

    [[nodiscard]] bool train(const std::string &name, const QStringList &more, const QString &cells) const
    {
        const Answer answer =
            m_box.run(words("train sc-autoencoder --epochs 2 --set model.widths=16 --set latent=4 --set "
                            "minGenes=10 --out")
                      << QString::fromStdString(name) << QStringLiteral("--data") << cells << more);
        return answer.code == 0;
    }

    Sandbox m_box;
    QString m_cells;
};

QTEST_GUILESS_MAIN(TestCliExport)
#include "tst_cli_export.moc"
