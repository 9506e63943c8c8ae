// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/runs/network_files.h"
#include "tests/app/convert/convert_program.h"
#include "tests/models/data/matrix_samples.h"

#include <QTemporaryDir>

using namespace ibidem;

/// ibidem-convert --export: a container becomes a foreign file, which converts back to the same content.
class TestExportMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesThereAndBack();
    void refusesDamagedContainers();
    void refusesWrongUsage_data();
    void refusesWrongUsage();
    void reportsWhatCannotBeDone();
    void putsAnEmbeddingBesideTheCells();
    void tellsWhatTheEmbeddingReplaced();
    void refusesEmbeddingsThatDoNotFit();

private:
    [[nodiscard]] std::filesystem::path path(const char *name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    /// A container with the sample, its values changed by this much.
    [[nodiscard]] std::filesystem::path container(const char *name, float more = 0.0F) const
    {
        data::MatrixContainer sample = sampleMatrix();
        for (float &value : sample.matrix.rows.values)
            value += more;
        sample.summary.digest.clear();
        return data::writeMatrixContainer(path(name), sample) ? path(name) : std::filesystem::path();
    }

    [[nodiscard]] static ConvertAnswer exported(const std::filesystem::path &from, const char *format,
                                                const std::filesystem::path &to)
    {
        return runConvert({QStringLiteral("--export"), QString::fromStdString(from.string()),
                           QStringLiteral("--format"), QString::fromLatin1(format),
                           QString::fromStdString(to.string())});
    }

    [[nodiscard]] static ConvertAnswer withEmbedding(const std::filesystem::path &from,
                                                     const std::filesystem::path &embedding,
                                                     const std::filesystem::path &to,
                                                     const char *format = "h5ad")
    {
        return runConvert({QStringLiteral("--export"), QString::fromStdString(from.string()),
                           QStringLiteral("--format"), QString::fromLatin1(format),
                           QStringLiteral("--embedding"), QString::fromStdString(embedding.string()),
                           QString::fromStdString(to.string())});
    }

    /// What a run knows of these cells.
    [[nodiscard]] std::filesystem::path embedding(const char *name, const std::vector<std::string> &cells,
                                                  bool map = true) const
    {
        runs::EmbeddingFile content;
        content.cellIds = cells;
        content.geneIds = {"G"};
        content.geneErrors = {0.5F};
        content.latent = 3;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto number = static_cast<float>(i);
            content.embedding.insert(content.embedding.end(), {number, -number, 0.25F});
            content.cellErrors.push_back(number);
            if (!map)
                continue;
            content.map.insert(content.map.end(), {number + 0.5F, 7.0F});
            content.clusters.push_back(static_cast<std::int32_t>(i == 0 ? 10 : 2));
        }
        const auto bytes = runs::embeddingBytes(content);
        return bytes && writeFileAtomically(path(name), *bytes) ? path(name) : std::filesystem::path();
    }

    /// What a reader finds in a file that was exported.
    [[nodiscard]] data::CountMatrix readBack(const std::filesystem::path &file) const
    {
        const ConvertAnswer back = convert(file, path("cache"));
        const auto container = data::MatrixFile::open(stringAt(back.last(), "container").value_or(""));
        auto matrix = container ? (*container)->load() : Result<data::CountMatrix>(data::CountMatrix());
        return matrix ? *std::move(matrix) : data::CountMatrix();
    }

    QTemporaryDir m_folder;
};

void TestExportMatrix::goesThereAndBack()
{
    const ConvertAnswer answer = exported(container("a.safetensors"), "h5ad", path("a.h5ad"));
    QVERIFY2(answer.exitCode == 0, answer.errors.c_str());
    QVERIFY(answer.everyLineIsJson && answer.errors.empty());
    QCOMPARE(*stringAt(answer.events.front(), "event"), std::string("progress"));
    QCOMPARE(*stringAt(answer.last(), "event"), std::string("finished"));
    QCOMPARE(*stringAt(answer.last(), "sha256"),
             sha256Hex(std::string_view(readFile(path("a.h5ad")).value())));
    const ConvertAnswer back = convert(path("a.h5ad"), path("cache"));
    QVERIFY2(back.exitCode == 0, back.errors.c_str());
    QCOMPARE(*stringAt(back.last(), "summary.digest"), *stringAt(answer.last(), "digest"));
    // Control: other values are another digest and other bytes.
    const ConvertAnswer other = exported(container("b.safetensors", 1.0F), "h5ad", path("b.h5ad"));
    QVERIFY(*stringAt(other.last(), "digest") != *stringAt(answer.last(), "digest"));
    QVERIFY(readFile(path("b.h5ad")).value() != readFile(path("a.h5ad")).value());
    QCOMPARE(exported(container("a.safetensors"), "10x", path("a.h5")).exitCode, 0);
    QCOMPARE(convert(path("a.h5"), path("cache")).exitCode, 0);
}

void TestExportMatrix::refusesDamagedContainers()
{
    const std::filesystem::path file = container("damaged.safetensors");
    std::string bytes = readFile(file).value();
    bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 1);
    QVERIFY(writeFileAtomically(file, bytes).has_value());
    const ConvertAnswer flipped = exported(file, "h5ad", path("damaged.h5ad"));
    QCOMPARE(flipped.exitCode, 65);
    QVERIFY(!std::filesystem::exists(path("damaged.h5ad")));
    QVERIFY(writeFileAtomically(file, bytes.substr(0, bytes.size() / 2)).has_value());
    QCOMPARE(exported(file, "h5ad", path("damaged.h5ad")).exitCode, 65);
}

void TestExportMatrix::refusesWrongUsage_data()
{
    QTest::addColumn<QString>("line");
    for (const char *line :
         {"--export a.safetensors", "--export a.safetensors --format h5ad", "--export a.safetensors out.h5ad",
          "--export a.safetensors --format loom out.loom", "--format h5ad out.h5ad",
          "--export a.safetensors --format h5ad --to cache out.h5ad",
          "--export a.safetensors --format h5ad --matrix raw out.h5ad"})
        QTest::newRow(line) << QString::fromLatin1(line);
}

void TestExportMatrix::refusesWrongUsage()
{
    QFETCH(const QString, line);
    const ConvertAnswer answer = runConvert(line.split(QLatin1Char(' ')));
    QCOMPARE(answer.exitCode, 64);
    QCOMPARE(*stringAt(answer.last(), "error.code"), std::string("usage"));
}

void TestExportMatrix::reportsWhatCannotBeDone()
{
    QCOMPARE(exported(path("missing.safetensors"), "h5ad", path("x.h5ad")).exitCode, 66);
    QCOMPARE(exported(container("c.safetensors"), "h5ad", path("no") / "such" / "x.h5ad").exitCode, 73);
    const ConvertAnswer fractions = exported(container("half.safetensors", 0.5F), "10x", path("x.h5"));
    QCOMPARE(fractions.exitCode, 64);
    QVERIFY(fractions.message().find("counts") != std::string::npos);
    QVERIFY(!std::filesystem::exists(path("x.h5")));
}

void TestExportMatrix::putsAnEmbeddingBesideTheCells()
{
    const data::CountMatrix whole = sampleMatrix().matrix;
    QVERIFY(whole.cellIds.size() > 2);
    // Two cells, in another order than the matrix has them.
    const std::size_t last = whole.cellIds.size() - 1;
    const std::vector<std::string> cells = {whole.cellIds[last], whole.cellIds[0]};
    const auto file = embedding("two.embedding", cells);
    const ConvertAnswer answer = withEmbedding(container("e.safetensors"), file, path("two.h5ad"));
    QVERIFY2(answer.exitCode == 0, answer.errors.c_str());
    QCOMPARE(answer.last()["cells"].get<int>(), 2);
    QCOMPARE(answer.last()["genes"].get<std::size_t>(), whole.geneIds.size());
    QVERIFY(answer.last()["replaced"].empty());

    const data::CountMatrix back = readBack(path("two.h5ad"));
    QCOMPARE(back.cellIds, cells);
    QCOMPARE(back.geneIds, whole.geneIds);
    for (std::uint64_t gene = 0; gene < whole.geneIds.size(); ++gene) {
        QCOMPARE(back.rows.view().at(0, gene), whole.rows.view().at(last, gene));
        QCOMPARE(back.rows.view().at(1, gene), whole.rows.view().at(0, gene));
    }
    QCOMPARE(back.cellColumns.size(), whole.cellColumns.size() + 1);
    const auto column = [](const data::CountMatrix &matrix, const std::string &name) {
        for (const data::CellColumn &one : matrix.cellColumns)
            if (one.name == name)
                return one;
        return data::CellColumn();
    };
    for (const data::CellColumn &one : whole.cellColumns) {
        const data::CellColumn kept = column(back, one.name);
        if (one.kind == data::CellColumn::Kind::Number)
            QCOMPARE(kept.numbers.size(), std::size_t{2});
        else
            QCOMPARE(kept.codes.size(), std::size_t{2});
    }
    const data::CellColumn leiden = column(back, "leiden");
    QVERIFY(leiden.kind == data::CellColumn::Kind::Category);
    QCOMPARE(leiden.categories, (std::vector<std::string>{"2", "10"})); // by number, not as text
    QCOMPARE(leiden.codes, (std::vector<std::int32_t>{1, 0}));
    const auto map = [](const data::CountMatrix &matrix, const std::string &name) {
        for (const data::Embedding &one : matrix.embeddings)
            if (one.name == name)
                return one;
        return data::Embedding();
    };
    QCOMPARE(map(back, "X_ae").values, (std::vector<float>{0.0F, 0.0F, 0.25F, 1.0F, -1.0F, 0.25F}));
    QCOMPARE(map(back, "X_umap").values, (std::vector<float>{0.5F, 7.0F, 1.5F, 7.0F}));
    for (const data::Embedding &one : whole.embeddings)
        QCOMPARE(map(back, one.name).values.size(), 2 * one.width);

    // The same bytes each time; another embedding gives others.
    QCOMPARE(withEmbedding(path("e.safetensors"), file, path("again.h5ad")).exitCode, 0);
    QCOMPARE(readFile(path("again.h5ad")).value(), readFile(path("two.h5ad")).value());
    const auto other = embedding("other.embedding", {cells[1], cells[0]});
    const ConvertAnswer changed = withEmbedding(path("e.safetensors"), other, path("other.h5ad"));
    QCOMPARE(changed.exitCode, 0);
    QVERIFY(readFile(path("other.h5ad")).value() != readFile(path("two.h5ad")).value());
    QVERIFY(*stringAt(changed.last(), "digest") != *stringAt(answer.last(), "digest"));
    // The digest that is told is that of what a reader reads.
    QCOMPARE(data::contentDigest(back), *stringAt(answer.last(), "digest"));
}

void TestExportMatrix::tellsWhatTheEmbeddingReplaced()
{
    const auto once = embedding("once.embedding", sampleMatrix().matrix.cellIds);
    QCOMPARE(withEmbedding(container("r.safetensors"), once, path("once.h5ad")).exitCode, 0);
    const ConvertAnswer back = convert(path("once.h5ad"), path("cache"));
    const std::filesystem::path again = *stringAt(back.last(), "container");
    const ConvertAnswer twice = withEmbedding(again, once, path("twice.h5ad"));
    QCOMPARE(twice.exitCode, 0);
    QVERIFY((twice.last()["replaced"] == Json{"obsm/X_ae", "obsm/X_umap", "obs/leiden"}));
    QCOMPARE(readFile(path("twice.h5ad")).value(), readFile(path("once.h5ad")).value());
    // Without a map the clusters that were there stay.
    const auto plain = embedding("plain.embedding", sampleMatrix().matrix.cellIds, false);
    QVERIFY((withEmbedding(again, plain, path("plain.h5ad")).last()["replaced"] == Json{"obsm/X_ae"}));
}

void TestExportMatrix::refusesEmbeddingsThatDoNotFit()
{
    const auto strange = embedding("strange.embedding", {"nobody"});
    const ConvertAnswer unknown = withEmbedding(container("s.safetensors"), strange, path("s.h5ad"));
    QCOMPARE(unknown.exitCode, 65);
    QVERIFY(unknown.message().find("nobody") != std::string::npos);
    QCOMPARE(withEmbedding(path("s.safetensors"), path("s.safetensors"), path("s.h5ad")).exitCode, 65);
    QCOMPARE(withEmbedding(path("s.safetensors"), path("missing"), path("s.h5ad")).exitCode, 66);
    QCOMPARE(withEmbedding(path("s.safetensors"), strange, path("s.h5"), "10x").exitCode, 64);
    QVERIFY(!std::filesystem::exists(path("s.h5ad")));
}

QTEST_GUILESS_MAIN(TestExportMatrix)
#include "tst_export_matrix.moc"
