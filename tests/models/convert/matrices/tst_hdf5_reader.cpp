// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/convert/matrices/hdf5_files.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>
#include <stop_token>

using namespace ibidem;
using Write = std::function<void(const Hdf5Builder &)>;

namespace {

const Sample kSample;
const Write kWriteSample = [](const Hdf5Builder &file) { writeSampleFile(file); };

std::string digestOf(const Result<data::MatrixContainer> &read)
{
    return read ? data::contentDigest(read->matrix) : describe(read.error());
}

/// X of generation 2 as a dense matrix of this type.
template <class T>
Write dense(const Storage &storage, const Sample &sample = kSample)
{
    return [=](const Hdf5Builder &file) {
        writeFrames(file, sample);
        file.matrix("/X", sample.values<T>(), sample.genes.size(), storage);
        file.encoding("/X", "array", "0.2.0");
    };
}

template <class Value, class Index>
Write sparse(const Storage &storage)
{
    return [=](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        writeSparse(file, "/X", Compressed<Value, Index>(kSample.values<Value>(), 5), 4, 5, "csr_matrix",
                    storage);
    };
}

void byColumns(const Hdf5Builder &file)
{
    writeFrames(file, kSample);
    writeSparse(file, "/X", Compressed<float, std::int32_t>(kSample.turned<float>(), 4), 4, 5, "csc_matrix");
}

void unsortedWithZeros(const Hdf5Builder &file)
{
    writeFrames(file, kSample);
    Compressed<float, std::int32_t> rows(kSample.dense, 5);
    std::reverse(rows.data.end() - 5, rows.data.end());
    std::reverse(rows.indices.end() - 5, rows.indices.end());
    rows.data.insert(rows.data.begin(), 0.0F);
    rows.indices.insert(rows.indices.begin(), 0);
    for (std::size_t i = 1; i < rows.indptr.size(); ++i)
        ++rows.indptr[i];
    writeSparse(file, "/X", rows, 4, 5);
}

void bigEndian(const Hdf5Builder &file)
{
    writeFrames(file, kSample);
    file.dataset("/X", H5T_IEEE_F64BE, H5T_NATIVE_FLOAT, {4, 5}, kSample.dense.data());
}

void tenxV2(const Hdf5Builder &file)
{
    Compressed<std::int32_t, std::int64_t>(kSample.values<std::int32_t>(), 5).write(file, "/hg19");
    file.numbers("/hg19/shape", std::vector<std::int32_t>{5, 4});
    file.texts("/hg19/barcodes", kSample.cells, TextKind::NulTerminated);
    file.texts("/hg19/genes", kSample.genes, TextKind::NulTerminated);
    file.texts("/hg19/gene_names", kSample.genes, TextKind::NulTerminated);
    file.numbers("/hg19/scalar_dataset", std::vector<int>{1});
}

void tenxV3(const Hdf5Builder &file)
{
    Compressed<std::int32_t, std::int64_t>(kSample.values<std::int32_t>(), 5)
        .write(file, "/matrix", {{3}, true});
    file.numbers("/matrix/shape", std::vector<std::int32_t>{5, 4});
    file.texts("/matrix/barcodes", kSample.cells, TextKind::NulPadded);
    file.texts("/matrix/features/id", kSample.genes, TextKind::NulPadded);
    file.texts("/matrix/features/name", kSample.genes, TextKind::NulPadded);
}

Write loom(const std::string &date)
{
    return [date](const Hdf5Builder &file) {
        file.matrix("/matrix", kSample.turned<double>(), 4, {{2, 3}, true});
        file.texts("/row_attrs/Gene", kSample.genes);
        file.texts("/col_attrs/CellID", kSample.cells);
        file.texts("/attrs/LOOM_SPEC_VERSION", {"3.0.0"});
        file.texts("/attrs/CreationDate", {date});
        file.textAttribute("/matrix", "last_modified", date);
        file.textAttribute("/", "last_modified", date);
    };
}

/// obs and var as one compound dataset with an index alone, X as h5sparse.
void generationZero(const Hdf5Builder &file)
{
    const hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, 8);
    const hid_t row = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(row, "index", 0, text);
    for (const auto &[frame, names] : {std::pair{"/obs", kSample.cells}, std::pair{"/var", kSample.genes}}) {
        std::string fields(names.size() * 8, '\0');
        for (std::size_t i = 0; i < names.size(); ++i)
            fields.replace(i * 8, names[i].size(), names[i]);
        file.dataset(frame, row, row, {names.size()}, fields.data());
    }
    H5Tclose(row);
    H5Tclose(text);
    Compressed<float, std::int32_t>(kSample.dense, 5).write(file, "/X");
    file.textAttribute("/X", "h5sparse_format", "csr");
    file.numbersAttribute("/X", "h5sparse_shape", std::vector<std::int64_t>{4, 5});
}

} // namespace

class TestHdf5Reader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void storageHasNoPartInTheDigest_data();
    void storageHasNoPartInTheDigest();
    void oneValueChangesTheDigest();
    void blocksMakeNoDifference();
    void findsBrokenSparseMatrices_data();
    void findsBrokenSparseMatrices();
    void findsValuesThatAreNone();
    void readsChunksThatWereNeverWritten();
    void readsBehindAUserBlock();
    void tellsWhatSinglePrecisionChanged();
    void stopsWhenAsked();
};

void TestHdf5Reader::storageHasNoPartInTheDigest_data()
{
    QTest::addColumn<Write>("write");
    QTest::newRow("dense") << dense<float>({});
    QTest::newRow("dense, chunks") << dense<float>({{3, 2}});
    QTest::newRow("dense, gzip") << dense<float>({{3, 2}, true});
    QTest::newRow("dense, gzip, chunk over all") << dense<float>({{4, 5}, true});
    QTest::newRow("dense, shuffle, gzip") << dense<float>({{1, 4}, true, true});
    QTest::newRow("dense, double") << dense<double>({{3, 2}, true});
    QTest::newRow("dense, int32") << dense<std::int32_t>({});
    QTest::newRow("dense, uint32") << dense<std::uint32_t>({});
    QTest::newRow("dense, int64") << dense<std::int64_t>({{2, 2}, true, true});
    QTest::newRow("dense, uint64") << dense<std::uint64_t>({});
    QTest::newRow("dense, big endian") << Write(bigEndian);
    QTest::newRow("sparse, int32 indices") << sparse<float, std::int32_t>({});
    QTest::newRow("sparse, int64 indices") << sparse<float, std::int64_t>({});
    QTest::newRow("sparse, uint32 indices") << sparse<float, std::uint32_t>({});
    QTest::newRow("sparse, uint64 indices") << sparse<float, std::uint64_t>({});
    QTest::newRow("sparse, chunks") << sparse<double, std::int32_t>({{2}});
    QTest::newRow("sparse, gzip") << sparse<float, std::int64_t>({{2}, true});
    QTest::newRow("sparse, shuffle, gzip") << sparse<std::int64_t, std::int32_t>({{4}, true, true});
    QTest::newRow("sparse by columns") << Write(byColumns);
    QTest::newRow("sparse, unsorted, zeros") << Write(unsortedWithZeros);
    QTest::newRow("generation 0") << Write(generationZero);
    QTest::newRow("10x v2") << Write(tenxV2);
    QTest::newRow("10x v3") << Write(tenxV3);
    QTest::newRow("loom") << loom("20260101T000000Z");
    QTest::newRow("loom of another day") << loom("20270202T111111Z");
}

void TestHdf5Reader::storageHasNoPartInTheDigest()
{
    const Hdf5Files files;
    QFETCH(const Write, write);
    IBIDEM_READS(plain, files.read(kWriteSample));
    IBIDEM_READS(read, files.read(write));
    QCOMPARE(read->matrix.cellIds, kSample.cells);
    QCOMPARE(read->matrix.geneIds, kSample.genes);
    QCOMPARE(read->matrix.rows, plain->matrix.rows);
    QCOMPARE(digestOf(read), digestOf(plain));
}

void TestHdf5Reader::oneValueChangesTheDigest()
{
    const Hdf5Files files;
    const std::string plain = digestOf(files.read(dense<float>({})));
    Sample changed;
    changed.dense[19] = std::nextafter(changed.dense[19], 0.0F);
    QVERIFY(digestOf(files.read(dense<float>({}, changed))) != plain);
    Sample renamed;
    renamed.genes[4] = "PPBQ";
    QVERIFY(digestOf(files.read(dense<float>({}, renamed))) != plain);
    Sample moved;
    std::swap(moved.dense[0], moved.dense[1]);
    QVERIFY(digestOf(files.read(dense<float>({}, moved))) != plain);
    QCOMPARE(digestOf(files.read(dense<float>({}, Sample()))), plain);
}

/// A matrix over several slabs and several chunks in both directions, so that threads unpack it.
void TestHdf5Reader::blocksMakeNoDifference()
{
    Sample large;
    large.cells.clear();
    large.genes.clear();
    for (int i = 0; i < 700; ++i)
        large.cells.push_back("cell" + std::to_string(i));
    for (int i = 0; i < 1301; ++i)
        large.genes.push_back("gene" + std::to_string(i));
    large.dense.assign(large.cells.size() * large.genes.size(), 0.0F);
    std::uint32_t state = 1;
    for (float &value : large.dense) {
        state = state * 1664525U + 1013904223U;
        value = state % 5U < 3U ? 0.0F : static_cast<float>(state >> 12U);
    }
    const Hdf5Files files;
    IBIDEM_READS(plain, files.read(dense<float>({}, large)));
    QCOMPARE(plain->matrix.rows.values.size(),
             large.dense.size() -
                 static_cast<std::size_t>(std::count(large.dense.begin(), large.dense.end(), 0.0F)));
    for (const Storage &storage : {Storage{{97, 100}, true}, Storage{{64, 1301}, true, true},
                                   Storage{{700, 13}, true}, Storage{{31, 17}}}) {
        QCOMPARE(digestOf(files.read(dense<float>(storage, large))), digestOf(plain));
        QCOMPARE(digestOf(files.read(dense<std::int64_t>(storage, large))), digestOf(plain));
    }
    const auto rows = [&](const Hdf5Builder &file) {
        writeFrames(file, large);
        writeSparse(file, "/X", Compressed<float, std::int32_t>(large.dense, 1301), 700, 1301, "csr_matrix",
                    {{9973}, true, true});
    };
    QCOMPARE(digestOf(files.read(rows)), digestOf(plain));
}

void TestHdf5Reader::findsBrokenSparseMatrices_data()
{
    using Rows = Compressed<float, std::int32_t>;
    QTest::addColumn<std::function<void(Rows &)>>("damage");
    QTest::addColumn<QByteArray>("words");
    const auto row = [](const char *name, const std::function<void(Rows &)> &damage, const char *words) {
        QTest::newRow(name) << damage << QByteArray(words);
    };
    row(
        "indptr does not begin with 0", [](Rows &rows) { rows.indptr[0] = 1; },
        "/X/indptr: begins with 1 instead of 0");
    row(
        "indptr falls", [](Rows &rows) { rows.indptr[2] = 1; }, "/X/indptr: falls from 2 to 1 at entry 2");
    row(
        "indptr ends early", [](Rows &rows) { rows.indptr[4] = 8; },
        "/X/indices: has 9 entries instead of 8");
    row(
        "indptr ends late", [](Rows &rows) { rows.indptr[4] = 10; },
        "/X/indices: has 9 entries instead of 10");
    row(
        "indptr is short", [](Rows &rows) { rows.indptr.pop_back(); },
        "/X/indptr: has 4 entries instead of 5");
    row(
        "an index too few", [](Rows &rows) { rows.indices.pop_back(); },
        "/X/indices: has 8 entries instead of 9");
    row(
        "a value too many", [](Rows &rows) { rows.data.push_back(1); },
        "/X/data: has 10 entries instead of 9");
    row(
        "index below 0", [](Rows &rows) { rows.indices[3] = -1; },
        "/X/indices: entry 3 (from 0) is -1, outside 0 to 4");
    row(
        "index beyond the genes", [](Rows &rows) { rows.indices[3] = 5; },
        "/X/indices: entry 3 (from 0) is 5, outside 0 to 4");
    row(
        "a gene twice in a cell", [](Rows &rows) { rows.indices[8] = 3; }, "'LYZ' in cell 'AAGG-1'");
    row(
        "not a number", [](Rows &rows) { rows.data[0] = std::numeric_limits<float>::quiet_NaN(); }, "nan");
    row(
        "infinite", [](Rows &rows) { rows.data[0] = std::numeric_limits<float>::infinity(); }, "inf");
}

void TestHdf5Reader::findsBrokenSparseMatrices()
{
    using Rows = Compressed<float, std::int32_t>;
    const Hdf5Files files;
    QFETCH(const std::function<void(Rows &)>, damage);
    QFETCH(const QByteArray, words);
    Rows rows(kSample.dense, 5);
    const auto write = [&](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        writeSparse(file, "/X", rows, 4, 5);
    };
    IBIDEM_READS(sound, files.read(write));
    damage(rows);
    IBIDEM_REFUSES(files.read(write), ErrorCode::BadData, words.toStdString());
}

void TestHdf5Reader::findsValuesThatAreNone()
{
    const Hdf5Files files;
    const auto withX = [&](const Write &write) {
        return files.read([&](const Hdf5Builder &file) {
            writeFrames(file, kSample);
            write(file);
        });
    };
    IBIDEM_REFUSES(withX([](const Hdf5Builder &file) {
                       file.texts("/X", {"a", "b"});
                   }),
                   ErrorCode::BadData, "/X: is 2, but the names are for 4 x 5");
    IBIDEM_REFUSES(withX([](const Hdf5Builder &file) { file.matrix("/X", std::vector<float>(12), 3); }),
                   ErrorCode::BadData, "/X: is 4 x 3, but the names are for 4 x 5");
    IBIDEM_REFUSES(withX([](const Hdf5Builder &file) {
                       file.dataset("/X", H5T_STD_REF_OBJ, H5T_STD_REF_OBJ, {4, 5}, nullptr);
                   }),
                   ErrorCode::BadData, "/X: does not hold numbers");
    IBIDEM_REFUSES(withX([](const Hdf5Builder &file) {
                       writeSparse(file, "/X", Compressed<float, float>(kSample.dense, 5), 4, 5);
                   }),
                   ErrorCode::BadData, "does not hold whole numbers");
    IBIDEM_REFUSES(withX([](const Hdf5Builder &file) {
                       writeSparse(file, "/X", Compressed<float, std::int32_t>(kSample.dense, 5), 5, 4);
                   }),
                   ErrorCode::BadData, "its shape is 5 x 4, but the names are for 4 x 5");
    IBIDEM_REFUSES(withX([](const Hdf5Builder &file) {
                       Compressed<float, std::int32_t>(kSample.dense, 5).write(file, "/X");
                   }),
                   ErrorCode::BadData, "does not tell whether it is csr or csc");
    IBIDEM_REFUSES(withX([](const Hdf5Builder &) {}), ErrorCode::BadData, "holds no matrix");
}

void TestHdf5Reader::readsChunksThatWereNeverWritten()
{
    const Hdf5Files files;
    Sample empty;
    empty.dense.assign(20, 0.0F);
    empty.dense[0] = 7.0F;
    const auto write = [&](const Hdf5Builder &file) {
        writeFrames(file, empty);
        file.dataset("/X", H5T_NATIVE_FLOAT, H5T_NATIVE_FLOAT, {4, 5}, nullptr, {{2, 2}, true});
        const hid_t dataset = H5Dopen2(file.file(), "/X", H5P_DEFAULT);
        const hid_t space = H5Dget_space(dataset);
        const hsize_t at[2] = {0, 0};
        const hsize_t one[2] = {1, 1};
        H5Sselect_hyperslab(space, H5S_SELECT_SET, at, nullptr, one, nullptr);
        const hid_t memory = H5Screate(H5S_SCALAR);
        H5Dwrite(dataset, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, empty.dense.data());
        H5Sclose(memory);
        H5Sclose(space);
        H5Dclose(dataset);
    };
    QCOMPARE(digestOf(files.read(write)), digestOf(files.read(dense<float>({}, empty))));
}

void TestHdf5Reader::readsBehindAUserBlock()
{
    const Hdf5Files files;
    for (const hsize_t block : {512U, 2048U, 65536U}) {
        {
            const Hdf5Builder file(files.path(), block);
            writeSampleFile(file);
        }
        QVERIFY(convert::isMatrixFile(files.path()));
        IBIDEM_READS(read, convert::readMatrix(files.path(), {}));
        QCOMPARE(read->matrix.cellIds, kSample.cells);
    }
    std::ofstream(files.path("text.h5")) << std::string(4096, 'x');
    QVERIFY(!convert::isMatrixFile(files.path("text.h5")));
    IBIDEM_REFUSES(convert::readMatrix(files.path("text.h5"), {}), ErrorCode::BadData, "HDF5 cannot open it");
    IBIDEM_REFUSES(convert::readMatrix(files.path("none.h5"), {}), ErrorCode::InputMissing, "none.h5");
}

void TestHdf5Reader::tellsWhatSinglePrecisionChanged()
{
    const Hdf5Files files;
    const auto doubles = [](double value) {
        return [value](const Hdf5Builder &file) {
            writeFrames(file, kSample);
            std::vector<double> values = kSample.values<double>();
            values[1] = value;
            file.matrix("/X", values, 5);
        };
    };
    IBIDEM_READS(rounded, files.read(doubles(0.1)));
    QCOMPARE(rounded->matrix.rows.view().at(0, 0), 0.0F);
    QCOMPARE(rounded->matrix.rows.view().at(0, 1), 0.1F);
    const auto tells = [](const data::MatrixContainer &container) {
        return std::any_of(
            container.summary.checks.begin(), container.summary.checks.end(), [](const data::Check &check) {
                return check.state == data::CheckState::Warning && contains(check.message, "precision");
            });
    };
    QVERIFY(tells(*rounded));
    IBIDEM_READS(exact, files.read(doubles(0.5)));
    QVERIFY(!tells(*exact));
}

void TestHdf5Reader::stopsWhenAsked()
{
    const Hdf5Files files;
    {
        const Hdf5Builder file(files.path());
        writeSampleFile(file);
    }
    std::stop_source stop;
    double last = 0.0;
    const RunToken listening(stop.get_token(), [&](std::string_view, double fraction) { last = fraction; });
    IBIDEM_READS(read, convert::readMatrix(files.path(), {}, listening));
    QCOMPARE(last, 1.0);
    stop.request_stop();
    IBIDEM_REFUSES(convert::readMatrix(files.path(), {}, RunToken(stop.get_token())), ErrorCode::Stopped,
                   "stopped");
}

QTEST_GUILESS_MAIN(TestHdf5Reader)
#include "tst_hdf5_reader.moc"
