// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/lzf_filter.h"
#include "tests/models/convert/matrices/hdf5_files.h"

#include <fstream>
#include <functional>
#include <map>

using namespace ibidem;
using Write = std::function<void(const Hdf5Builder &)>;

namespace {

const Sample kSample;
const Write kWriteSample = [](const Hdf5Builder &file) { writeSampleFile(file); };

Write dense(const Storage &storage)
{
    return [=](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        file.matrix("/X", kSample.dense, kSample.genes.size(), storage);
    };
}

std::size_t passThrough(unsigned, std::size_t, const unsigned *, std::size_t bytes, std::size_t *, void **)
{
    return bytes;
}

} // namespace

/// Files that are cut, damaged, or want more than a file may: other files, plug-ins, memory.
class TestHostileHdf5 : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsADamagedChunk();
    void refusesTheWayOutOfTheFile_data();
    void refusesTheWayOutOfTheFile();
    void namesAMissingFilter();
    void refusesClaimsThatCannotBe();
    void keepsToItsMemory();
    void refusesACutFileWhereverItIsCut();
    void undoesLzf();
};

void TestHostileHdf5::findsADamagedChunk()
{
    const Hdf5Files files;
    for (const bool shuffle : {false, true}) {
        const auto write = [&](const Hdf5Builder &file) {
            dense({{2, 5}, true, shuffle})(file);
            const hid_t dataset = H5Dopen2(file.file(), "/X", H5P_DEFAULT);
            const hsize_t at[2] = {2, 0};
            const std::string noise = "these bytes are no deflate stream";
            H5Dwrite_chunk(dataset, H5P_DEFAULT, 0, at, noise.size(), noise.data());
            H5Dclose(dataset);
        };
        IBIDEM_REFUSES(files.read(write), ErrorCode::BadData, "/X: HDF5 cannot read it");
    }
}

void TestHostileHdf5::refusesTheWayOutOfTheFile_data()
{
    QTest::addColumn<Write>("write");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("external link") << Write([](const Hdf5Builder &file) {
        H5Lcreate_external("other.h5", "/X", file.file(), "/X", file.links(), H5P_DEFAULT);
    }) << QByteArray("/X: is a link to another file");
    QTest::newRow("soft link to an external link") << Write([](const Hdf5Builder &file) {
        H5Lcreate_external("other.h5", "/X", file.file(), "/out", file.links(), H5P_DEFAULT);
        H5Lcreate_soft("/out", file.file(), "/X", file.links(), H5P_DEFAULT);
    }) << QByteArray("/X: is a link that leads to nothing");
    QTest::newRow("group through an external link") << Write([](const Hdf5Builder &file) {
        H5Lcreate_external("other.h5", "/", file.file(), "/out", file.links(), H5P_DEFAULT);
        H5Lcreate_soft("/out/X", file.file(), "/X", file.links(), H5P_DEFAULT);
    }) << QByteArray("/X: is a link that leads to nothing");
    QTest::newRow("soft link to nothing") << Write([](const Hdf5Builder &file) {
        H5Lcreate_soft("/nowhere", file.file(), "/X", file.links(), H5P_DEFAULT);
    }) << QByteArray("/X: is a link that leads to nothing");
    QTest::newRow("soft link to itself") << Write([](const Hdf5Builder &file) {
        H5Lcreate_soft("/X", file.file(), "/X", file.links(), H5P_DEFAULT);
    }) << QByteArray("/X: is a link that leads to nothing");
    QTest::newRow("external storage") << Write([](const Hdf5Builder &file) {
        const hsize_t extents[2] = {4, 5};
        const hid_t space = H5Screate_simple(2, extents, nullptr);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_external(creation, "/etc/hostname", 0, 80);
        H5Dclose(H5Dcreate2(file.file(), "/X", H5T_NATIVE_FLOAT, space, file.links(), creation, H5P_DEFAULT));
        H5Pclose(creation);
        H5Sclose(space);
    }) << QByteArray("/X: keeps its data in another file");
    QTest::newRow("virtual dataset") << Write([](const Hdf5Builder &file) {
        const hsize_t extents[2] = {4, 5};
        const hid_t space = H5Screate_simple(2, extents, nullptr);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_virtual(creation, space, "other.h5", "/X", space);
        H5Dclose(H5Dcreate2(file.file(), "/X", H5T_NATIVE_FLOAT, space, file.links(), creation, H5P_DEFAULT));
        H5Pclose(creation);
        H5Sclose(space);
    }) << QByteArray("/X: is a virtual dataset");
}

void TestHostileHdf5::refusesTheWayOutOfTheFile()
{
    const Hdf5Files files;
    QFETCH(const Write, write);
    QFETCH(const QByteArray, words);
    {
        const Hdf5Builder other(files.path("other.h5"));
        writeFrames(other, kSample);
        other.matrix("/X", kSample.dense, 5);
    }
    IBIDEM_REFUSES(files.read([&](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        write(file);
    }),
                   ErrorCode::BadData, words.toStdString());
    // A link inside the file is a name like another.
    IBIDEM_READS(inside, files.read([](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        file.matrix("/data", kSample.dense, 5);
        H5Lcreate_soft("/data", file.file(), "/X", file.links(), H5P_DEFAULT);
    }));
}

void TestHostileHdf5::namesAMissingFilter()
{
    const Hdf5Files files;
    const std::map<H5Z_filter_t, std::string> filters = {{32015, "zstd (HDF5 filter 32015)"},
                                                         {32001, "blosc"},
                                                         {32004, "lz4"},
                                                         {32008, "bitshuffle"},
                                                         {305, "LZO"},
                                                         {31999, "HDF5 filter 31999"}};
    for (const auto &[filter, name] : filters) {
        const auto write = [id = filter](const Hdf5Builder &file) {
            H5Z_class2_t known{};
            known.version = H5Z_CLASS_T_VERS;
            known.id = id;
            known.encoder_present = 1;
            known.decoder_present = 1;
            known.name = "for a while";
            known.filter = passThrough;
            H5Zregister(&known);
            writeFrames(file, kSample);
            const hsize_t extents[2] = {4, 5};
            const hid_t space = H5Screate_simple(2, extents, nullptr);
            const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
            H5Pset_chunk(creation, 2, extents);
            H5Pset_filter(creation, id, 0, 0, nullptr);
            const hid_t dataset =
                H5Dcreate2(file.file(), "/X", H5T_NATIVE_FLOAT, space, file.links(), creation, H5P_DEFAULT);
            H5Dwrite(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, kSample.dense.data());
            H5Dclose(dataset);
            H5Pclose(creation);
            H5Sclose(space);
            H5Fflush(file.file(), H5F_SCOPE_LOCAL);
            H5Zunregister(id);
        };
        IBIDEM_REFUSES(files.read(write), ErrorCode::Unavailable, "/X: is compressed with " + name);
        IBIDEM_REFUSES(files.read(write), ErrorCode::Unavailable, "gzip");
    }
}

void TestHostileHdf5::refusesClaimsThatCannotBe()
{
    const Hdf5Files files;
    constexpr hsize_t huge = 1ULL << 40U;
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        file.dataset("/X", H5T_NATIVE_FLOAT, H5T_NATIVE_FLOAT, {huge, huge}, nullptr, {{4, 5}, true});
    }),
                   ErrorCode::BadData, "/X: claims");
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        file.remove("/obs/_index");
        file.dataset("/obs/_index", H5T_NATIVE_INT64, H5T_NATIVE_INT64, {1ULL << 33U}, nullptr, {{4}, true});
        file.matrix("/X", kSample.dense, 5);
    }),
                   ErrorCode::BadData, "/obs/_index: claims 68.7 GB, which a file of");
    // One chunk of a gigabyte for twenty numbers.
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &file) {
        writeFrames(file, kSample);
        const hsize_t extents[2] = {4, 5};
        const hsize_t most[2] = {H5S_UNLIMITED, H5S_UNLIMITED};
        const hsize_t chunk[2] = {1U << 14U, 1U << 14U};
        const hid_t space = H5Screate_simple(2, extents, most);
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(creation, 2, chunk);
        H5Dclose(H5Dcreate2(file.file(), "/X", H5T_NATIVE_FLOAT, space, file.links(), creation, H5P_DEFAULT));
        H5Pclose(creation);
        H5Sclose(space);
    }),
                   ErrorCode::BadData, "/X: claims 1.1 GB");
}

void TestHostileHdf5::keepsToItsMemory()
{
    const Hdf5Files files;
    IBIDEM_REFUSES(files.read(kWriteSample, {}, {200}), ErrorCode::BadData, "of memory, 200 B may be used");
    IBIDEM_REFUSES(files.read(dense({}), {}, {400}), ErrorCode::BadData, "of memory");
    IBIDEM_READS(enough, files.read(kWriteSample, {}, {100000}));
}

void TestHostileHdf5::refusesACutFileWhereverItIsCut()
{
    const Hdf5Files files;
    {
        const Hdf5Builder file(files.path());
        writeSampleFile(file);
    }
    std::ifstream stream(files.path(), std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    QVERIFY(whole.size() > 1000);
    for (std::size_t size = 0; size < whole.size(); size += 97) {
        std::ofstream(files.path("cut.h5"), std::ios::binary) << whole.substr(0, size);
        IBIDEM_REFUSES(convert::readHdf5Matrix(files.path("cut.h5"), {}, {}, {}), ErrorCode::BadData,
                       "cut.h5");
    }
}

void TestHostileHdf5::undoesLzf()
{
    using Bytes = std::vector<std::uint8_t>;
    const auto decode = [](const Bytes &bytes) { return convert::decodeLzf(bytes); };
    QCOMPARE(*decode({}), Bytes());
    QCOMPARE(*decode({2, 'a', 'b', 'c'}), (Bytes{'a', 'b', 'c'}));
    // Three literals, then six bytes from three back.
    QCOMPARE(*decode({2, 'a', 'b', 'c', 4U << 5U, 2}), (Bytes{'a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c'}));
    // One literal, repeated 7 + 10 + 2 times.
    QCOMPARE(decode({0, 'z', 7U << 5U, 10, 0})->size(), std::size_t{20});
    QVERIFY(!decode({2, 'a', 'b'}));         // cut in a literal
    QVERIFY(!decode({0, 'a', 1U << 5U}));    // cut in a distance
    QVERIFY(!decode({0, 'a', 7U << 5U, 1})); // cut in a long one
    QVERIFY(!decode({0, 'a', 1U << 5U, 1})); // before the beginning
}

QTEST_GUILESS_MAIN(TestHostileHdf5)
#include "tst_hostile_hdf5.moc"
