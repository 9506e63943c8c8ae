// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/data/count_matrix.h"

#include <QTemporaryDir>
#include <QTest>

#include <cmath>
#include <functional>
#include <limits>

#include "matrix_samples.h"

using namespace ibidem;
using namespace ibidem::data;

class TestCountMatrix : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init() { QVERIFY(m_folder.isValid()); }

    void readsBackWhatWasWritten()
    {
        const MatrixContainer written = sampleMatrix();
        QVERIFY(writeMatrixContainer(path(), written));
        const auto file = MatrixFile::open(path());
        QVERIFY2(file, file ? "" : file.error().message.c_str());
        QCOMPARE((*file)->summary().digest, contentDigest(written.matrix));
        QVERIFY((*file)->summary().matrix == written.summary.matrix);
        QVERIFY((*file)->verify());
        const auto loaded = (*file)->load();
        QVERIFY(loaded);
        QVERIFY(*loaded == written.matrix);
    }

    void sameContentGivesSameBytes()
    {
        QVERIFY(writeMatrixContainer(path(), sampleMatrix()));
        const std::string first = *readFile(path());
        QVERIFY(writeMatrixContainer(path(), sampleMatrix()));
        QVERIFY(first == *readFile(path()));
        MatrixContainer other = sampleMatrix();
        other.matrix.rows.values[0] = 3.0F;
        QVERIFY(writeMatrixContainer(path(), other));
        QVERIFY(first != *readFile(path()));
    }

    void valuesAreFoundByPlace()
    {
        const CountMatrix matrix = sampleMatrix().matrix;
        const SparseView view = matrix.rows.view();
        QCOMPARE(view.rowCount(), std::uint64_t(3));
        QCOMPARE(view.at(0, 0), 1.0F);
        QCOMPARE(view.at(0, 1), 0.0F);
        QCOMPARE(view.at(0, 3), 2.0F);
        QCOMPARE(view.at(1, 2), 0.0F);
        QCOMPARE(view.at(2, 2), 7.0F);
    }

    void everyBrokenInvariantIsFound()
    {
        const auto broken = [](const std::function<void(SparseMatrix &)> &breakIt) {
            SparseMatrix rows = sampleMatrix().matrix.rows;
            breakIt(rows);
            return !flawOf(rows.view()).empty();
        };
        QVERIFY(!broken([](SparseMatrix &) {}));
        QVERIFY(broken([](SparseMatrix &rows) { rows.starts.front() = 1; }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.starts[1] = 3; }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.starts.back() = 4; }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.starts.clear(); }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.columns[1] = 4; }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.columns[3] = 0; }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.columns.pop_back(); }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.values[0] = 0.0F; }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.values[0] = std::numeric_limits<float>::infinity(); }));
        QVERIFY(broken([](SparseMatrix &rows) { rows.values[0] = std::nanf(""); }));
    }

    /// What the digest must see, each change once; and what it must not see.
    void digestIsOfTheContent()
    {
        const std::string digest = contentDigest(sampleMatrix().matrix);
        const auto changes = [&digest](const std::function<void(CountMatrix &)> &change) {
            CountMatrix matrix = sampleMatrix().matrix;
            change(matrix);
            return contentDigest(matrix) != digest;
        };
        QVERIFY(changes([](CountMatrix &m) { m.rows.values[4] = 8.0F; }));
        QVERIFY(changes([](CountMatrix &m) { m.rows.columns[1] = 2; }));
        QVERIFY(changes([](CountMatrix &m) { m.rows.starts[1] = 1; }));
        QVERIFY(changes([](CountMatrix &m) { std::swap(m.cellIds[0], m.cellIds[1]); }));
        QVERIFY(changes([](CountMatrix &m) { m.geneIds[3] = "Sox18"; }));
        QVERIFY(changes([](CountMatrix &m) { m.cellColumns[0].codes[2] = 0; }));
        QVERIFY(changes([](CountMatrix &m) { m.cellColumns[2].numbers[1] = -1.5; }));
        QVERIFY(changes([](CountMatrix &m) { m.cellColumns[0].name = "donor"; }));

        QVERIFY(!changes([](CountMatrix &m) {
            m.cellColumns[0].categories = {"a", "b"};
            m.cellColumns[0].codes = {0, 1, -1};
        }));
        QVERIFY(!changes([](CountMatrix &m) { m.cellColumns[3].kind = CellColumn::Kind::Category; }));
        QVERIFY(!changes([](CountMatrix &m) { m.embeddings.clear(); }));
        QVERIFY(!changes([](CountMatrix &m) { m.geneAccessions.clear(); }));
        QVERIFY(!changes([](CountMatrix &m) { m.geneColumns.clear(); }));
    }

    void missingNumbersAreOneNumber()
    {
        CountMatrix a = sampleMatrix().matrix;
        CountMatrix b = a;
        a.cellColumns[2].numbers[0] = std::numeric_limits<double>::quiet_NaN();
        b.cellColumns[2].numbers[0] = -std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(contentDigest(a), contentDigest(b));
    }

    void contradictionsAreNotWritten()
    {
        const auto refused = [this](const std::function<void(MatrixContainer &)> &change) {
            MatrixContainer container = sampleMatrix();
            change(container);
            const Status status = writeMatrixContainer(path(), container);
            return !status && status.error().code == ErrorCode::Internal;
        };
        QVERIFY(!refused([](MatrixContainer &) {}));
        QVERIFY(refused([](MatrixContainer &c) { c.summary.shape = {4, 3}; }));
        QVERIFY(refused([](MatrixContainer &c) { c.summary.matrix.reset(); }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.cellIds[0] = c.matrix.cellIds[1]; }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.geneIds[0].clear(); }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.geneAccessions.pop_back(); }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.cellColumns[0].codes[0] = 2; }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.cellColumns[2].numbers.pop_back(); }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.geneColumns[0].numbers.pop_back(); }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.geneColumns[1].codes[0] = 2; }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.embeddings[0].width = 3; }));
        QVERIFY(refused([](MatrixContainer &c) { c.matrix.rows.columns[0] = 9; }));
    }

    /// A container whose values were changed afterwards opens, and is found by verify().
    void changedValuesAreFound()
    {
        QVERIFY(writeMatrixContainer(path(), sampleMatrix()));
        std::string bytes = *readFile(path());
        const float seven = 7.0F;
        const std::string wanted(reinterpret_cast<const char *>(&seven), sizeof(seven));
        const std::size_t place = bytes.rfind(wanted);
        QVERIFY(place != std::string::npos);
        bytes[place] = static_cast<char>(bytes[place] ^ 1);
        QVERIFY(writeFileAtomically(path(), bytes));
        const auto file = MatrixFile::open(path());
        QVERIFY(file);
        const Status status = (*file)->verify();
        QVERIFY(!status);
        QCOMPARE(status.error().code, ErrorCode::BadData);
        QVERIFY(status.error().path == path().string());
    }

    void otherContainersAreRefused()
    {
        TableContainer labels;
        labels.summary.kind = "class-labels";
        labels.summary.shape = {1};
        labels.table.sampleLabels = {"a"};
        QVERIFY(writeTableContainer(path(), labels));
        const auto file = MatrixFile::open(path());
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::BadData);
    }

    void emptyMatrixIsPossible()
    {
        MatrixContainer container = sampleMatrix();
        container.matrix = {};
        container.matrix.rows.starts = {0};
        container.summary.shape = {0, 0};
        QVERIFY(writeMatrixContainer(path(), container));
        QVERIFY(MatrixFile::open(path()));
    }

private:
    [[nodiscard]] std::filesystem::path path() const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / "matrix.safetensors";
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestCountMatrix)
#include "tst_count_matrix.moc"
