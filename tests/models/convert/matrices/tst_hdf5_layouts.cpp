// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/convert/matrices/hdf5_files.h"

#include <functional>

using namespace ibidem;
using Texts = std::vector<std::string>;
using Write = std::function<void(const Hdf5Builder &)>;

namespace {

const Sample kSample;

void writeGenome(const Hdf5Builder &file, const std::string &genome, const Sample &sample = {})
{
    const std::string group = "/" + genome;
    Compressed<std::int32_t, std::int64_t>(sample.values<std::int32_t>(), 5).write(file, group);
    file.numbers(group + "/shape", std::vector<std::int32_t>{5, 4});
    file.texts(group + "/barcodes", sample.cells, TextKind::NulTerminated);
    file.texts(group + "/genes", {"E1", "E2", "E3", "E4", "E5"}, TextKind::NulTerminated);
    file.texts(group + "/gene_names", sample.genes, TextKind::NulTerminated);
}

/// 10x v3 with genes of two genomes and an antibody.
void writeFeatures(const Hdf5Builder &file)
{
    Compressed<std::int32_t, std::int64_t>(kSample.values<std::int32_t>(), 5).write(file, "/matrix");
    file.numbers("/matrix/shape", std::vector<std::uint64_t>{5, 4});
    file.texts("/matrix/barcodes", kSample.cells, TextKind::NulPadded);
    file.texts("/matrix/features/id", {"E1", "E2", "E3", "E4", "E5"}, TextKind::NulPadded);
    file.texts("/matrix/features/name", kSample.genes, TextKind::NulPadded);
    file.texts("/matrix/features/genome", {"hg19", "hg19", "mm10", "mm10", ""}, TextKind::NulPadded);
    file.texts(
        "/matrix/features/feature_type",
        {"Gene Expression", "Gene Expression", "Gene Expression", "Gene Expression", "Antibody Capture"},
        TextKind::NulPadded);
    file.texts("/matrix/features/_all_tag_keys", {"genome"}, TextKind::NulPadded);
}

void writeLoom(const Hdf5Builder &file)
{
    file.matrix("/matrix", kSample.turned<float>(), 4, {{2, 2}, true});
    file.texts("/row_attrs/Gene", kSample.genes);
    file.texts("/row_attrs/Accession", {"E1", "E2", "E3", "E4", "E5"});
    file.texts("/col_attrs/CellID", kSample.cells);
}

data::TableOptions withGenome(const std::string &genome)
{
    data::TableOptions options;
    options.genome = genome;
    return options;
}

data::TableOptions withType(const std::string &type)
{
    data::TableOptions options;
    options.featureType = type;
    return options;
}

} // namespace

/// 10x and loom: what is particular to each layout; sameness across layouts is in tst_hdf5_reader.
class TestHdf5Layouts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void choosesTheGenome();
    void missesPartsOfAGenome();
    void keepsGeneExpression();
    void keepsOneGenomeOfSeveral();
    void readsProbes();
    void findsNamesThatDoNotFit();
    void readsLoomOfBothVersions();
    void takesOtherNamesInLoom();
    void numbersWhatHasNoName();
    void readsAttributesOfLoom();
    void findsAttributesThatDoNotFit();
    void undoesEntitiesOfOldLoom();
    void listsWhatElseThereIs();
};

void TestHdf5Layouts::choosesTheGenome()
{
    const Hdf5Files files;
    const Write two = [](const Hdf5Builder &file) {
        writeGenome(file, "mm10");
        Sample other;
        other.cells = {"w", "x", "y", "z"};
        writeGenome(file, "hg19", other);
    };
    IBIDEM_REFUSES(files.read(two), ErrorCode::Usage, "genome: hg19, mm10");
    IBIDEM_REFUSES(files.read(two, withGenome("GRCh38")), ErrorCode::Usage, "genome: hg19, mm10");
    IBIDEM_READS(human, files.read(two, withGenome("hg19")));
    QCOMPARE(human->matrix.cellIds.front(), std::string("w"));
    QCOMPARE(human->summary.matrix->source, std::string("hg19"));
    QCOMPARE(human->summary.matrix->sources, (Texts{"hg19", "mm10"}));
    IBIDEM_READS(one, files.read([](const Hdf5Builder &file) { writeGenome(file, "mm10"); }));
    QCOMPARE(one->matrix.geneIds, kSample.genes);
    QCOMPARE(one->matrix.geneAccessions, (Texts{"E1", "E2", "E3", "E4", "E5"}));
}

void TestHdf5Layouts::missesPartsOfAGenome()
{
    const Hdf5Files files;
    const auto without = [&](const std::string &object) {
        return files.read([&](const Hdf5Builder &file) {
            writeGenome(file, "mm10");
            file.remove(object);
        });
    };
    IBIDEM_READS(shapeless, without("/mm10/shape"));
    IBIDEM_REFUSES(without("/mm10/barcodes"), ErrorCode::BadData, "holds no matrix");
    IBIDEM_REFUSES(without("/mm10/genes"), ErrorCode::BadData, "'mm10'");
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &file) {
        writeGenome(file, "mm10");
        file.remove("/mm10/shape");
        file.numbers("/mm10/shape", std::vector<std::int32_t>{4, 5});
    }),
                   ErrorCode::BadData, "/mm10/shape: does not fit 5 genes and 4 cells");
}

void TestHdf5Layouts::keepsGeneExpression()
{
    const Hdf5Files files;
    IBIDEM_READS(genes, files.read(writeFeatures));
    QCOMPARE(genes->matrix.geneIds, (Texts{"CD3E", "MS4A1", "NKG7", "LYZ"}));
    QCOMPARE(genes->matrix.geneAccessions, (Texts{"E1", "E2", "E3", "E4"}));
    QCOMPARE(genes->matrix.rows.columnCount, std::uint64_t{4});
    QCOMPARE(genes->summary.sum, 10.0);
    QVERIFY(contains(checkOf(*genes, "feature-types").message, "Antibody Capture (1)"));
    IBIDEM_READS(all, files.read(writeFeatures, withType("all")));
    QCOMPARE(all->matrix.geneIds, kSample.genes);
    QCOMPARE(all->summary.sum, 70014.0);
    IBIDEM_READS(antibodies, files.read(writeFeatures, withType("Antibody Capture")));
    QCOMPARE(antibodies->matrix.geneIds, Texts{"PPBP"});
    QCOMPARE(antibodies->summary.sum, 70004.0);
    IBIDEM_REFUSES(files.read(writeFeatures, withType("Peaks")), ErrorCode::Usage, "Antibody Capture (1)");
}

void TestHdf5Layouts::keepsOneGenomeOfSeveral()
{
    const Hdf5Files files;
    IBIDEM_READS(mouse, files.read(writeFeatures, withGenome("mm10")));
    QCOMPARE(mouse->matrix.geneIds, (Texts{"NKG7", "LYZ"}));
    QCOMPARE(mouse->summary.sum, 3.0);
    IBIDEM_REFUSES(files.read(writeFeatures, withGenome("GRCh38")), ErrorCode::Usage, "hg19 (2), mm10 (2)");
}

void TestHdf5Layouts::readsProbes()
{
    const Hdf5Files files;
    IBIDEM_READS(read, files.read([](const Hdf5Builder &file) {
        Compressed<std::int64_t, std::int32_t>(kSample.values<std::int64_t>(), 5).write(file, "/matrix");
        file.numbers("/matrix/shape", std::vector<std::int32_t>{5, 4});
        file.texts("/matrix/barcodes", kSample.cells, TextKind::NulPadded);
        file.booleans("/matrix/filtered_barcodes", {1, 1, 0, 1});
        file.texts("/matrix/features/id", {"p1", "p2", "p3", "p4", "p5"}, TextKind::NulPadded);
        file.texts("/matrix/features/name", {"A", "A", "B", "B", "C"}, TextKind::NulPadded);
        file.texts("/matrix/features/gene_id", {"E1", "E1", "E2", "E2", "E3"}, TextKind::NulPadded);
        file.texts("/matrix/features/gene_name", {"A", "A", "B", "B", "C"}, TextKind::NulPadded);
        file.booleans("/matrix/features/filtered_probes", {1, 1, 1, 1, 1});
    }));
    QCOMPARE(read->summary.format, std::string("10x-v3-probes"));
    QCOMPARE(read->matrix.geneIds, (Texts{"A", "A-1", "B", "B-1", "C"}));
    QCOMPARE(read->matrix.geneAccessions, (Texts{"E1", "E1", "E2", "E2", "E3"}));
    QCOMPARE(columnOf(*read, "filtered_barcodes")->counts(),
             (std::map<std::string, std::uint64_t>{{"False", 1}, {"True", 3}}));
}

void TestHdf5Layouts::findsNamesThatDoNotFit()
{
    const Hdf5Files files;
    const auto with = [&](const std::string &object, const Texts &names) {
        return files.read([&](const Hdf5Builder &file) {
            writeFeatures(file);
            file.remove(object);
            file.texts(object, names, TextKind::NulPadded);
        });
    };
    IBIDEM_REFUSES(with("/matrix/features/name", {"a", "b"}), ErrorCode::BadData, "/matrix/features/name");
    IBIDEM_REFUSES(with("/matrix/features/id", {"a", "b"}), ErrorCode::BadData, "/matrix/shape");
    IBIDEM_REFUSES(with("/matrix/barcodes", {"a", "b"}), ErrorCode::BadData, "/matrix/shape");
    IBIDEM_REFUSES(with("/matrix/barcodes", {"a", "b", "c", "a"}), ErrorCode::BadData, "'a'");
}

void TestHdf5Layouts::readsLoomOfBothVersions()
{
    const Hdf5Files files;
    IBIDEM_READS(older, files.read(writeLoom));
    QCOMPARE(older->summary.format, std::string("loom-2"));
    IBIDEM_READS(newer, files.read([](const Hdf5Builder &file) {
        writeLoom(file);
        file.texts("/attrs/LOOM_SPEC_VERSION", {"3.0.0"});
        file.matrix("/layers/spliced", std::vector<float>(20, 1.0F), 4);
    }));
    QCOMPARE(newer->summary.format, std::string("loom-3"));
    QCOMPARE(newer->summary.matrix->sources, (Texts{"matrix", "layers/spliced"}));
    QCOMPARE(data::contentDigest(older->matrix), data::contentDigest(newer->matrix));
    QCOMPARE(newer->matrix.geneAccessions.front(), std::string("E1"));
    const auto layer = [](const Hdf5Builder &file) {
        writeLoom(file);
        file.matrix("/layers/spliced", std::vector<float>(20, 1.0F), 4);
    };
    IBIDEM_READS(spliced, files.read(layer, withMatrix("layers/spliced")));
    QCOMPARE(spliced->summary.sum, 20.0);
    IBIDEM_REFUSES(files.read(layer, withMatrix("raw")), ErrorCode::Usage, "matrix, layers/spliced");
}

void TestHdf5Layouts::takesOtherNamesInLoom()
{
    const Hdf5Files files;
    IBIDEM_READS(read, files.read([](const Hdf5Builder &file) {
        file.matrix("/matrix", kSample.turned<float>(), 4);
        file.numbers("/col_attrs/Age", std::vector<std::int64_t>{3, 3, 4, 4});
        file.numbers("/col_attrs/Cell", std::vector<std::int64_t>{11, 12, 13, 14});
        file.texts("/row_attrs/Symbol", kSample.genes);
    }));
    QCOMPARE(read->matrix.cellIds, (Texts{"11", "12", "13", "14"}));
    QCOMPARE(read->matrix.geneIds, kSample.genes);
    QCOMPARE(checkOf(*read, "cell-attribute").state, data::CheckState::Warning);
    QVERIFY(contains(checkOf(*read, "cell-attribute").message, "Cell was taken"));
    QVERIFY(contains(checkOf(*read, "gene-attribute").message, "Symbol was taken"));
    QCOMPARE(read->matrix.cellColumns.size(), std::size_t{1});
}

void TestHdf5Layouts::numbersWhatHasNoName()
{
    const Hdf5Files files;
    IBIDEM_READS(read, files.read([](const Hdf5Builder &file) {
        file.matrix("/matrix", kSample.turned<float>(), 4);
        file.group("/col_attrs");
        file.numbers("/row_attrs/Length", std::vector<float>{1, 2, 3, 4, 5});
    }));
    QCOMPARE(read->matrix.cellIds, (Texts{"0", "1", "2", "3"}));
    QCOMPARE(read->matrix.geneIds, (Texts{"0", "1", "2", "3", "4"}));
    QVERIFY(contains(checkOf(*read, "cell-attribute").message, "numbered from 0"));
}

void TestHdf5Layouts::readsAttributesOfLoom()
{
    const Hdf5Files files;
    IBIDEM_READS(read, files.read([](const Hdf5Builder &file) {
        writeLoom(file);
        file.texts("/col_attrs/ClusterName", {"B", "T", "T", "B"});
        file.numbers("/col_attrs/nUMI", std::vector<std::int64_t>{1, 2, 3, 4});
        file.matrix("/col_attrs/TSNE", std::vector<double>{0, 1, 2, 3, 4, 5, 6, 7}, 2);
        file.group("/col_attrs/odd");
        file.numbers("/col_graphs/KNN/a", std::vector<std::int32_t>{1});
    }));
    QCOMPARE(read->matrix.cellColumns.size(), std::size_t{2});
    QCOMPARE(columnOf(*read, "ClusterName")->kind, data::CellColumn::Kind::Text);
    QCOMPARE(columnOf(*read, "nUMI")->numbers, (std::vector<double>{1, 2, 3, 4}));
    QCOMPARE(read->matrix.embeddings.size(), std::size_t{1});
    QCOMPARE(read->matrix.embeddings[0].values[7], 7.0F);
    QVERIFY(contains(checkOf(*read, "skipped-elements").message, "/col_attrs/odd"));
}

void TestHdf5Layouts::findsAttributesThatDoNotFit()
{
    const Hdf5Files files;
    const auto with = [&](const Write &write) {
        return files.read([&](const Hdf5Builder &file) {
            writeLoom(file);
            write(file);
        });
    };
    IBIDEM_REFUSES(with([](const Hdf5Builder &file) {
                       file.texts("/col_attrs/Batch", {"a", "b"});
                   }),
                   ErrorCode::BadData, "/col_attrs/Batch: has 2 values, but the matrix has 4 cells");
    IBIDEM_REFUSES(with([](const Hdf5Builder &file) {
                       file.remove("/row_attrs/Gene");
                       file.texts("/row_attrs/Gene", {"a", "b"});
                   }),
                   ErrorCode::BadData, "/row_attrs/Gene: has 2 values, but the matrix has 5");
    IBIDEM_REFUSES(with([](const Hdf5Builder &file) {
                       file.remove("/matrix");
                       file.numbers("/matrix", std::vector<float>(20));
                   }),
                   ErrorCode::BadData, "/matrix: has 1 axis, not 2");
}

void TestHdf5Layouts::undoesEntitiesOfOldLoom()
{
    const Hdf5Files files;
    const auto write = [](const std::string &version) {
        return [version](const Hdf5Builder &file) {
            writeLoom(file);
            file.textAttribute("/", "LOOM_SPEC_VERSION", version);
            file.texts("/col_attrs/Tissue", {"&#945;-cell", "B &amp; T", "&unknown;", "&#1114112;"},
                       TextKind::NulPadded);
        };
    };
    IBIDEM_READS(older, files.read(write("2.0.1")));
    QCOMPARE(columnOf(*older, "Tissue")->categories, (Texts{"α-cell", "B & T", "&unknown;", "&#1114112;"}));
    IBIDEM_READS(newer, files.read(write("3.0.0")));
    QCOMPARE(columnOf(*newer, "Tissue")->categories.front(), std::string("&#945;-cell"));
}

void TestHdf5Layouts::listsWhatElseThereIs()
{
    const Hdf5Files files;
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &file) {
        file.numbers("/b", std::vector<float>(3));
        file.group("/a");
    }),
                   ErrorCode::BadData, "its root holds 'a', 'b'");
    IBIDEM_REFUSES(files.read([](const Hdf5Builder &) {}), ErrorCode::BadData, "its root holds nothing");
}

QTEST_GUILESS_MAIN(TestHdf5Layouts)
#include "tst_hdf5_layouts.moc"
