// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/convert/matrices/hdf5_files.h"

#include <cmath>

using namespace ibidem;
using Texts = std::vector<std::string>;

namespace {

const Sample kSample;

/// A sound file of generation 2 and what `write` adds to it.
template <class Write>
Result<data::MatrixContainer> readWith(const Hdf5Files &files, Write write)
{
    return files.read([&](const Hdf5Builder &file) {
        file.encoding("/", "anndata", "0.1.0");
        writeFrame(file, "/obs", kSample.cells);
        writeFrame(file, "/var", kSample.genes);
        file.matrix("/X", kSample.dense, 5);
        write(file);
    });
}

} // namespace

/// Annotations of the genes in AnnData, and what of a file has no place in a container.
class TestH5adGenes : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAnnotationsOfTheGenes();
    void leavesOutWhatCannotBeRead();
    void rawHasTheAccessionsOfTheSameGenes();
    void rawHasTheAnnotationsOfTheSameGenes();
    void tellsWhatIsNotRead();
};

void TestH5adGenes::readsAnnotationsOfTheGenes()
{
    const Hdf5Files files;
    const auto write = [](const Hdf5Builder &file, const std::string &means) {
        file.encoding("/", "anndata", "0.1.0");
        writeFrame(file, "/obs", kSample.cells);
        writeFrame(file, "/var", kSample.genes, {"gene_ids", means, "odd"});
        file.matrix("/X", kSample.dense, 5);
        file.texts("/var/gene_ids", {"E1", "E2", "E3", "E4", "E5"});
        file.numbers("/var/" + means, std::vector<double>{0.5, 1, 2, 3, NAN});
        file.group("/var/odd");
        file.encoding("/var/odd", "awkward-array", "0.1.0");
    };
    IBIDEM_READS(read, files.read([&](const Hdf5Builder &file) { write(file, "means"); }));
    QCOMPARE(read->matrix.geneAccessions.size(), std::size_t{5});
    QCOMPARE(read->matrix.geneColumns.size(), std::size_t{1}); // gene_ids are accessions already
    QCOMPARE(read->matrix.geneColumns[0].name, std::string("means"));
    QCOMPARE(read->matrix.geneColumns[0].numbers[1], 1.0);
    QVERIFY(contains(checkOf(*read, "skipped-elements").message, "/var/odd (awkward-array)"));
    IBIDEM_READS(other, files.read([&](const Hdf5Builder &file) { write(file, "other"); }));
    QCOMPARE(other->summary.digest, read->summary.digest); // they are no content
}

/// They are no content: what is wrong with one refuses no file.
void TestH5adGenes::leavesOutWhatCannotBeRead()
{
    const Hdf5Files files;
    const Texts names = {"short", "missing", "codes", "_index", "n\xff", "means"};
    const auto write = [&](const Hdf5Builder &file) {
        writeFrame(file, "/obs", kSample.cells);
        file.texts("/var/name", kSample.genes);
        file.encoding("/var", "dataframe", "0.2.0");
        file.textAttribute("/var", "_index", "name");
        file.textsAttribute("/var", "column-order", names);
        file.numbers("/var/short", std::vector<double>{1, 2});
        file.group("/var/codes");
        file.encoding("/var/codes", "categorical", "0.2.0");
        file.numbers("/var/codes/codes", std::vector<std::int8_t>{0, 0, 0, 0, 7});
        file.texts("/var/codes/categories", {"a"});
        file.numbers("/var/_index", std::vector<double>{0, 1, 2, 3, 4});
        file.numbers("/var/n\xff", std::vector<double>{0, 1, 2, 3, 4});
        file.numbers("/var/means", std::vector<double>{0, 1, 2, 3, 4});
    };
    const auto wrongIn = [&](const data::MatrixContainer &read) {
        std::string told;
        for (const data::Check &check : read.summary.checks)
            if (check.name == data::kSkippedElements)
                told += check.message;
        for (const char *part : {"/var/short (has 2 values, but the index has 5)", "/var/missing",
                                 "/var/codes", "'_index'", "'n\\xff'"})
            if (!contains(told, part))
                return part + (" is not told: " + told);
        return read.summary.matrix->geneColumns == Texts{"means"} ? std::string() : std::string("columns");
    };
    IBIDEM_READS(own, files.read([&](const Hdf5Builder &file) {
        write(file);
        file.matrix("/X", kSample.dense, 5);
    }));
    QVERIFY2(wrongIn(*own).empty(), wrongIn(*own).c_str());
    IBIDEM_READS(raw, files.read(
                          [&](const Hdf5Builder &file) {
                              write(file);
                              writeFrame(file, "/raw/var", kSample.genes);
                              file.matrix("/raw/X", kSample.dense, 5);
                          },
                          withMatrix("raw")));
    QVERIFY2(wrongIn(*raw).empty(), wrongIn(*raw).c_str());
    IBIDEM_READS(unnamed, files.read(
                              [&](const Hdf5Builder &file) {
                                  writeFrame(file, "/obs", kSample.cells);
                                  file.numbers("/var/means", std::vector<double>{1});
                                  writeFrame(file, "/raw/var", kSample.genes);
                                  file.matrix("/raw/X", kSample.dense, 5);
                              },
                              withMatrix("raw")));
    QVERIFY(contains(checkOf(*unnamed, "skipped-elements").message, "/var (does not say"));
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &file) { // of cells they are content
        writeFrame(file, "/obs", kSample.cells, {"short"});
        file.numbers("/obs/short", std::vector<double>{1, 2});
        writeFrame(file, "/var", kSample.genes);
        file.matrix("/X", kSample.dense, 5);
    }),
                   ErrorCode::BadData, "/obs/short");
}

/// The same genes have the same names in a database, whichever frame tells them.
void TestH5adGenes::rawHasTheAccessionsOfTheSameGenes()
{
    const Hdf5Files files;
    const Texts ids = {"E1", "E2", "E3", "E4", "E5"};
    const Texts others = {"F1", "F2", "F3", "F4", "F5"};
    const auto read = [&](const Texts &genes, const std::string &own) {
        return files.read(
            [&](const Hdf5Builder &file) {
                writeFrame(file, "/obs", kSample.cells);
                writeFrame(file, "/var", kSample.genes, {"gene_ids"});
                file.texts("/var/gene_ids", ids);
                writeFrame(file, "/raw/var", genes, own.empty() ? Texts() : Texts{own});
                if (!own.empty())
                    file.texts("/raw/var/" + own, others);
                file.matrix("/raw/X", kSample.dense, 5);
            },
            withMatrix("raw"));
    };
    IBIDEM_READS(of, read(kSample.genes, ""));
    QCOMPARE(of->matrix.geneAccessions, ids);
    QVERIFY(of->matrix.geneColumns.empty());
    IBIDEM_READS(own, read(kSample.genes, "gene_ids"));
    QCOMPARE(own->matrix.geneAccessions, others);
    QVERIFY(own->matrix.geneColumns.empty());
    IBIDEM_READS(both, read(kSample.genes, "gene_id")); // X's are an annotation like any other then
    QCOMPARE(both->matrix.geneAccessions, others);
    QCOMPARE(both->summary.matrix->geneColumns, (Texts{"gene_id", "gene_ids"}));
    QCOMPARE(both->matrix.geneColumns[1].categories, ids);
    Texts elsewhere = kSample.genes;
    elsewhere[0] = "another";
    IBIDEM_READS(none, read(elsewhere, ""));
    QVERIFY(none->matrix.geneAccessions.empty());
}

void TestH5adGenes::rawHasTheAnnotationsOfTheSameGenes()
{
    const Hdf5Files files;
    data::TableOptions options;
    options.matrix = "raw";
    const auto read = [&](const Texts &genes) {
        return files.read(
            [&](const Hdf5Builder &file) {
                writeFrame(file, "/obs", kSample.cells);
                writeFrame(file, "/var", kSample.genes, {"means", "shared"});
                file.numbers("/var/means", std::vector<double>{0.5, 1, 2, 3, 4});
                file.numbers("/var/shared", std::vector<double>{1, 1, 1, 1, 1});
                writeFrame(file, "/raw/var", genes, {"shared"});
                file.numbers("/raw/var/shared", std::vector<double>{2, 2, 2, 2, 2});
                file.matrix("/raw/X", kSample.dense, 5);
            },
            options);
    };
    IBIDEM_READS(same, read(kSample.genes));
    QCOMPARE(same->matrix.geneColumns.size(), std::size_t{2});
    QCOMPARE(same->matrix.geneColumns[0].numbers[4], 4.0);
    QCOMPARE(same->matrix.geneColumns[1].numbers[0], 2.0); // raw's own
    Texts others = kSample.genes;
    others[0] = "another";
    IBIDEM_READS(other, read(others));
    QCOMPARE(other->matrix.geneColumns.size(), std::size_t{1});
    QVERIFY(contains(checkOf(*other, "unread-elements").message, "/var (raw has other genes)"));
}

void TestH5adGenes::tellsWhatIsNotRead()
{
    const Hdf5Files files;
    IBIDEM_READS(read, readWith(files, [](const Hdf5Builder &file) {
                     file.numbers("/uns/pca", std::vector<double>{1});
                     file.texts("/uns/type_categories", {"a"});
                     file.matrix("/varm/PCs", kSample.dense, 4);
                     file.group("/obsp");
                 }));
    const data::Check unread = checkOf(*read, "unread-elements");
    QCOMPARE(unread.state, data::CheckState::Ok);
    QVERIFY2(contains(unread.message, "/uns/pca, /varm/PCs"), unread.message.c_str());
    QVERIFY(!contains(unread.message, "categories"));
    QVERIFY(!contains(unread.message, "obsp"));
    IBIDEM_READS(bare, readWith(files, [](const Hdf5Builder &) {}));
    QVERIFY(checkOf(*bare, "unread-elements").name.empty());
}

QTEST_GUILESS_MAIN(TestH5adGenes)
#include "tst_h5ad_genes.moc"
