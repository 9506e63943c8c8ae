// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/convert/matrices/matrix_reader.h"
#include "models/convert/matrices/matrix_writer.h"
#include "models/prepare/generate_cells.h"
#include "tests/models/data/matrix_samples.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace ibidem;
using namespace ibidem::convert;
using data::CellColumn;

namespace {

/// The sample with texts and booleans that miss.
data::CountMatrix sample()
{
    data::CountMatrix matrix = sampleMatrix().matrix;
    matrix.cellColumns.push_back({"text", CellColumn::Kind::Text, {}, {"ä", "b c"}, {1, 0, 1}});
    matrix.cellColumns.push_back({"text_missing", CellColumn::Kind::Text, {}, {"a"}, {0, -1, 0}});
    matrix.cellColumns.push_back({"yes", CellColumn::Kind::Boolean, {}, {"False", "True"}, {1, -1, 0}});
    matrix.cellColumns[2].numbers[1] = std::numeric_limits<double>::quiet_NaN();
    return matrix;
}

/// Enough values for several chunks.
data::CountMatrix large()
{
    prepare::CellRecipe recipe;
    recipe.cells = 600;
    recipe.genes = 500;
    recipe.seed = 3;
    return prepare::generateCells(recipe).value_or(data::CountMatrix());
}

data::CountMatrix bare(data::CountMatrix matrix)
{
    matrix.cellColumns.clear();
    matrix.embeddings.clear();
    matrix.geneColumns.clear();
    return matrix;
}

const CellColumn *columnOf(const data::CountMatrix &matrix, const std::string &name)
{
    for (const CellColumn &column : matrix.cellColumns)
        if (column.name == name)
            return &column;
    return nullptr;
}

constexpr const char *kScript = R"(
import sys, warnings
warnings.filterwarnings("ignore")
import anndata, scanpy
a = anndata.read_h5ad(sys.argv[1])
print(a.X.dtype, a.X.format, a.X.shape, a.X.indices.dtype, a.X.toarray().tolist())
print(a.obs_names.tolist(), a.var_names.tolist(), a.var["gene_ids"].tolist())
print(list(a.var.columns), a.var["means"].tolist(), a.var["variable"].tolist())
print([(c, str(a.obs[c].dtype)) for c in a.obs.columns])
print(a.obs["batch"].cat.categories.tolist(), a.obs["batch"].cat.codes.tolist(), a.obs["batch"].cat.ordered)
print(a.obs["doublet"].tolist(), a.obs["score"].tolist(), a.obs["text"].tolist(), a.obs["yes"].isna().tolist())
print({k: v.tolist() for k, v in a.obsm.items()}, dict(a.uns), list(a.layers))
b = scanpy.read_10x_h5(sys.argv[2])
print(b.X.toarray().astype(int).tolist(), b.obs_names.tolist(), b.var_names.tolist())
print(b.var["gene_ids"].tolist(), sorted(set(b.var["feature_types"])))
)";

constexpr const char *kScriptAnswer =
    R"(float32 csr (3, 4) int32 [[1.0, 0.0, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0], [5.0, 1.0, 7.0, 0.0]]
['AAC-1', 'AAG-1', 'AAT-1'] ['Actb', 'Gapdh', 'Sox17', 'Sox17-1'] ['E1', 'E2', 'E3', 'E4']
['gene_ids', 'means', 'variable'] [0.5, 1.5, 2.0, 0.0] [True, False, True, True]
[('batch', 'category'), ('doublet', 'bool'), ('score', 'float64'), ('state', 'object'), ('text', 'object'), ('text_missing', 'category'), ('yes', 'boolean')]
['b', 'a'] [1, 0, -1] False
[False, False, True] [0.5, nan, 2.0] ['b c', 'ä', 'b c'] [False, True, False]
{'X_pca': [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]} {} []
[[1, 0, 0, 2], [0, 0, 0, 0], [5, 1, 7, 0]] ['AAC-1', 'AAG-1', 'AAT-1'] ['Actb', 'Gapdh', 'Sox17', 'Sox17-1']
['E1', 'E2', 'E3', 'E4'] ['Gene Expression']
)";

} // namespace

/// What is written is read back, by us and by others, and is the same bytes each time.
class TestMatrixWriter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsBackH5ad();
    void readsBackTenx();
    void readsBackManyChunks();
    void writesTheSameBytes();
    void refusesWhatTheFormatCannotHold();
    void isReadByOthers();

private:
    [[nodiscard]] std::filesystem::path path(const char *name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    [[nodiscard]] Result<data::MatrixContainer> through(const data::CountMatrix &matrix,
                                                        MatrixFormat format) const
    {
        IBIDEM_CHECK(writeMatrixFile(path("file"), matrix, format));
        return readMatrix(path("file"), {}, {}, {});
    }

    QTemporaryDir m_folder;
};

void TestMatrixWriter::readsBackH5ad()
{
    const data::CountMatrix matrix = sample();
    const auto read = through(matrix, MatrixFormat::H5ad);
    QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
    QCOMPARE(read->summary.format, std::string("h5ad-2"));
    QCOMPARE(read->summary.digest, data::contentDigest(matrix));
    QVERIFY(read->matrix.rows == matrix.rows);
    QCOMPARE(read->matrix.geneAccessions, matrix.geneAccessions);
    QVERIFY(read->matrix.geneColumns == matrix.geneColumns);
    QCOMPARE(read->summary.matrix->geneColumns, (std::vector<std::string>{"means", "variable"}));
    QVERIFY(read->matrix.embeddings == matrix.embeddings);
    for (const char *name : {"batch", "doublet", "yes"})
        QVERIFY2(*columnOf(read->matrix, name) == *columnOf(matrix, name), name);
    QCOMPARE(columnOf(read->matrix, "text_missing")->codes, (std::vector<std::int32_t>{0, -1, 0}));
    // Control: one value, one name, one category is another content.
    data::CountMatrix other = matrix;
    other.rows.values[2] = 6.0F;
    QVERIFY(through(other, MatrixFormat::H5ad)->summary.digest != read->summary.digest);
    other = matrix;
    other.geneIds[0] = "ACTB";
    QVERIFY(through(other, MatrixFormat::H5ad)->summary.digest != read->summary.digest);
    other = matrix;
    other.cellColumns[0].codes[0] = 0;
    QVERIFY(through(other, MatrixFormat::H5ad)->summary.digest != read->summary.digest);
}

void TestMatrixWriter::readsBackTenx()
{
    const data::CountMatrix matrix = bare(sample());
    const auto read = through(matrix, MatrixFormat::Tenx);
    QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
    QCOMPARE(read->summary.format, std::string("10x-v3"));
    QCOMPARE(read->summary.digest, data::contentDigest(matrix));
    QCOMPARE(read->matrix.geneAccessions, matrix.geneAccessions);
    data::CountMatrix unnamed = matrix;
    unnamed.geneAccessions.clear();
    QCOMPARE(through(unnamed, MatrixFormat::Tenx)->summary.digest, data::contentDigest(matrix));
    data::CountMatrix other = matrix;
    other.cellIds[0] = "C";
    QVERIFY(through(other, MatrixFormat::Tenx)->summary.digest != read->summary.digest);
}

void TestMatrixWriter::readsBackManyChunks()
{
    const data::CountMatrix matrix = large();
    QVERIFY(matrix.rows.values.size() > 2 * 65536);
    const auto read = through(matrix, MatrixFormat::H5ad);
    QVERIFY2(read.has_value(), read ? "" : describe(read.error()).c_str());
    QVERIFY(read->matrix == matrix);
    QCOMPARE(through(bare(matrix), MatrixFormat::Tenx)->summary.digest, data::contentDigest(bare(matrix)));
    data::CountMatrix empty = matrix;
    empty.rows.values.clear();
    empty.rows.columns.clear();
    empty.rows.starts.assign(matrix.cellIds.size() + 1, 0);
    QCOMPARE(through(empty, MatrixFormat::H5ad)->summary.digest, data::contentDigest(empty));
}

void TestMatrixWriter::writesTheSameBytes()
{
    for (const MatrixFormat format : {MatrixFormat::H5ad, MatrixFormat::Tenx}) {
        const auto bytesOf = [&](const data::CountMatrix &matrix, const char *name) {
            const Status written = writeMatrixFile(path(name), matrix, format);
            return written ? readFile(path(name)).value_or("unreadable") : describe(written.error());
        };
        const std::string first = bytesOf(large(), "first");
        QVERIFY(first.size() > 100'000);
        QTest::qSleep(1100); // time stamps of HDF5 count seconds
        QVERIFY(bytesOf(large(), "again") == first);
        QVERIFY(bytesOf(large(), "again") == first); // over an old file
        data::CountMatrix other = large();
        other.rows.values[100] += 1.0F;
        QVERIFY(bytesOf(other, "other") != first);
    }
}

void TestMatrixWriter::refusesWhatTheFormatCannotHold()
{
    const auto refusal = [this](const data::CountMatrix &matrix, MatrixFormat format) {
        const Status written = writeMatrixFile(path("refused"), matrix, format);
        return written ? std::string("accepted")
                       : std::string(codeName(written.error().code)) + ": " + written.error().message;
    };
    data::CountMatrix matrix = sample();
    matrix.cellColumns[0].name = "a/b";
    QCOMPARE(refusal(matrix, MatrixFormat::H5ad),
             std::string("usage: AnnData cannot hold an annotation called 'a/b'"));
    QCOMPARE(refusal(matrix, MatrixFormat::Tenx), std::string("accepted"));
    matrix = sample();
    matrix.embeddings[0].name = "_index";
    QVERIFY(refusal(matrix, MatrixFormat::H5ad).starts_with("usage"));
    matrix = sample();
    matrix.rows.values[0] = 0.5F;
    QCOMPARE(refusal(matrix, MatrixFormat::Tenx),
             std::string("usage: the 10x format holds counts alone, and 0.5 is none"));
    QCOMPARE(refusal(matrix, MatrixFormat::H5ad), std::string("accepted"));
    matrix.cellIds.pop_back();
    QVERIFY(refusal(matrix, MatrixFormat::H5ad).starts_with("internal"));
    const Status nowhere = writeMatrixFile(path("nowhere") / "file.h5ad", sample(), MatrixFormat::H5ad);
    QVERIFY(!nowhere && nowhere.error().code == ErrorCode::CannotWrite);
    const auto names = listFolder(m_folder.path().toStdString());
    QVERIFY(names.has_value());
    for (const std::string &name : *names)
        QVERIFY2(!name.ends_with(".tmp"), name.c_str());
}

void TestMatrixWriter::isReadByOthers()
{
    const QString python = qEnvironmentVariable("IBIDEM_PYTHON");
    if (python.isEmpty())
        QSKIP("IBIDEM_PYTHON is not set");
    QVERIFY(writeMatrixFile(path("a.h5ad"), sample(), MatrixFormat::H5ad).has_value());
    QVERIFY(writeMatrixFile(path("b.h5"), sample(), MatrixFormat::Tenx).has_value());
    QProcess process;
    process.start(python, {QStringLiteral("-c"), QString::fromUtf8(kScript),
                           QString::fromStdString(path("a.h5ad").string()),
                           QString::fromStdString(path("b.h5").string())});
    QVERIFY(process.waitForFinished(110'000));
    const QByteArray errors = process.readAllStandardError();
    if (errors.contains("ModuleNotFoundError"))
        QSKIP("IBIDEM_PYTHON has no anndata or scanpy");
    QVERIFY2(process.exitCode() == 0, errors.constData());
    QCOMPARE(QString::fromUtf8(process.readAllStandardOutput()), QString::fromUtf8(kScriptAnswer));
}

QTEST_GUILESS_MAIN(TestMatrixWriter)
#include "tst_matrix_writer.moc"
