// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/matrix_reader.h"
#include "tests/test_data.h"

#include <cmath>

using namespace ibidem;
using Counts = std::map<std::string, std::uint64_t>;
using Labels = std::map<std::string, Counts>;
using data::CellColumn;

namespace {

/// What independent readers (h5py 3.7, anndata 0.12, loompy) found in a file.
struct Expected
{
    const char *file;
    const char *format;
    const char *source; ///< "auto", or options.matrix
    std::vector<std::uint64_t> shape;
    std::uint64_t nonZero;
    double sum;
    double sumTolerance; ///< the order of summation, where values are no whole numbers
    const char *firstCell;
    const char *firstGene;
    Labels labels;
};

const Labels kPaul15 = {{"paul15_clusters",
                         {{"1Ery", 43},
                          {"2Ery", 329},
                          {"3Ery", 246},
                          {"4Ery", 124},
                          {"5Ery", 180},
                          {"6Ery", 173},
                          {"7MEP", 167},
                          {"8Mk", 68},
                          {"9GMP", 63},
                          {"10GMP", 153},
                          {"11DC", 30},
                          {"12Baso", 69},
                          {"13Baso", 300},
                          {"14Mo", 373},
                          {"15Mo", 186},
                          {"16Neu", 164},
                          {"17Neu", 22},
                          {"18Eos", 9},
                          {"19Lymph", 31}}}};
const Labels kPbmc68k = {{"bulk_labels",
                          {{"CD4+/CD25 T Reg", 68},
                           {"CD4+/CD45RA+/CD25- Naive T", 8},
                           {"CD4+/CD45RO+ Memory", 19},
                           {"CD8+ Cytotoxic T", 54},
                           {"CD8+/CD45RA+ Naive Cytotoxic", 43},
                           {"CD14+ Monocyte", 129},
                           {"CD19+ B", 95},
                           {"CD34+", 13},
                           {"CD56+ NK", 31},
                           {"Dendritic", 240}}},
                         {"louvain",
                          {{"0", 130},
                           {"1", 123},
                           {"2", 117},
                           {"3", 70},
                           {"4", 66},
                           {"5", 54},
                           {"6", 42},
                           {"7", 35},
                           {"8", 31},
                           {"9", 19},
                           {"10", 13}}},
                         {"phase", {{"G1", 501}, {"G2M", 17}, {"S", 182}}}};
const Labels kBrain = {
    {"cell_type",
     {{"CL_0000108", 71}, {"CL_0000598", 50}, {"CL_0005024", 38}, {"CL_0008010", 55}, {"CL_3000003", 24}}},
    {"cell_type__ontology_label",
     {{"cholinergic neuron", 71},
      {"cranial somatomotor neuron", 55},
      {"pyramidal neuron", 50},
      {"somatomotor neuron", 38},
      {"sympathetic cholinergic neuron", 24}}},
    {"seurat_clusters", {{"0", 70}, {"1", 55}, {"2", 50}, {"3", 38}, {"4", 24}, {"6", 1}}}};
const Labels kLouvain = {{"louvain", {{"0", 51}, {"1", 39}, {"2", 39}, {"3", 32}, {"4", 22}, {"5", 17}}}};

const std::vector<Expected> &expectedMatrices()
{
    static const std::vector<Expected> expected = {
        {"10x_v2_filtered_gene_bc_matrices_h5.h5",
         "10x-v2",
         "auto",
         {12, 343},
         12,
         12,
         0,
         "AACACGTGTACGCTGC-1",
         "DSCAM",
         {}},
        {"heart_1k_v2_filtered_gene_bc_matrices_h5.h5",
         "10x-v2",
         "auto",
         {712, 31053},
         1297265,
         5851495,
         0,
         "AAAGATGAGATATGGT-1",
         "Xkr4",
         {}},
        {"10x_v3_filtered_feature_bc_matrix.h5",
         "10x-v3",
         "auto",
         {1107, 507},
         23866,
         41549,
         0,
         "AAACCCAAGGAGAGTA-1",
         "CH507-9B2.2",
         {}},
        {"paul15_cluster.h5ad",
         "h5ad-0",
         "auto",
         {2730, 3451},
         2386248,
         6083492,
         0,
         "0",
         "0610007L01Rik",
         kPaul15},
        {"mini_mat.anndata-v0.6.22.h5ad", "h5ad-0", "auto", {3, 5}, 8, 15, 0, "0", "0", {}},
        {"mini_mat.anndata-v0.6.22.h5ad", "h5ad-0", "layers/dense", {3, 5}, 8, 15, 0, "0", "0", {}},
        {"mini_mat.anndata-v0.6.22.h5ad", "h5ad-0", "layers/transpose", {3, 5}, 8, 15, 0, "0", "0", {}},
        {"anndata_v0.7.0.h5ad", "h5ad-1", "auto", {30, 20}, 228, 285, 0, "cell0", "gene0", {}},
        {"anndata_v0.7.0.h5ad", "h5ad-1", "raw", {30, 40}, 480, 627, 0, "cell0", "gene0", {}},
        {"anndata_v0.7.0.h5ad",
         "h5ad-1",
         "layers/array",
         {30, 20},
         600,
         302.83045121571445,
         1e-4,
         "cell0",
         "gene0",
         {}},
        {"anndata_v0.7.0.h5ad",
         "h5ad-1",
         "layers/sparse",
         {30, 20},
         6,
         3.466002232823232,
         1e-6,
         "cell0",
         "gene0",
         {}},
        {"scp_brain_238.h5ad",
         "h5ad-1",
         "auto",
         {238, 187},
         34169,
         34772921,
         0,
         "Mm_AMB_N098",
         "6330411D24Rik",
         kBrain},
        {"zellkonverter_example_anndata.h5ad",
         "h5ad-1",
         "auto",
         {200, 459},
         53667,
         144277.42675578594,
         1e-6,
         "Cell1",
         "Gene1",
         kLouvain},
        {"zellkonverter_example_anndata.h5ad",
         "h5ad-1",
         "layers/counts",
         {200, 459},
         53667,
         610126,
         0,
         "Cell1",
         "Gene1",
         kLouvain},
        {"10x_pbmc68k_reduced.h5ad",
         "h5ad-2",
         "auto",
         {700, 765},
         535433,
         -243.681057988666,
         1e-6,
         "AAAGCCTGGCTAAC-1",
         "HES4",
         kPbmc68k},
        {"10x_pbmc68k_reduced.h5ad",
         "h5ad-2",
         "raw",
         {700, 765},
         174400,
         319044.23824107647,
         1e-6,
         "AAAGCCTGGCTAAC-1",
         "HES4",
         kPbmc68k},
        {"10x_neurons_10k_subset.h5ad",
         "h5ad-2",
         "auto",
         {10000, 1000},
         691914,
         1597698,
         0,
         "AAACCTGAGATAGGAG-1",
         "Xkr4",
         {}},
        {"mini_mat.anndata-v0.10.9.h5ad", "h5ad-2", "auto", {3, 5}, 8, 15, 0, "0", "0", {}},
        {"scenic_expr_mat.loom",
         "loom-2",
         "auto",
         {100, 8146},
         124417,
         388658,
         0,
         "CTGCGGAGTTCGCGAC-1",
         "PKNOX1",
         {}},
    };
    return expected;
}

Result<data::MatrixContainer> readExpected(const std::filesystem::path &folder, const char *file,
                                           const char *source = "auto")
{
    data::TableOptions options;
    options.matrix = source;
    return convert::readMatrix(folder / "singlecell" / file, options);
}

const CellColumn *columnNamed(const data::CountMatrix &matrix, const std::string &name)
{
    for (const CellColumn &column : matrix.cellColumns)
        if (column.name == name)
            return &column;
    return nullptr;
}

} // namespace

#define IBIDEM_READS(variable, expression)                                                                   \
    const auto variable = (expression);                                                                      \
    QVERIFY2(variable.has_value(), variable ? "" : ibidem::describe(variable.error()).c_str())

/// Every single-cell file at hand against what independent readers found in it.
class TestRealMatrices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheMatrices_data();
    void readsTheMatrices();
    void readsAnnotationsOfEveryGeneration();
    void readsMapsOfEveryGeneration();
    void namesGenesByAccessionToo();
    void layersThatHoldTheSameHaveOneDigest();
    void generationsThatHoldTheSameHaveOneDigest();
    void readsTheSameTwice();
    void namesWhatThereIsToChoose();
    void answersBadFiles_data();
    void answersBadFiles();
};

void TestRealMatrices::readsTheMatrices_data()
{
    QTest::addColumn<int>("row");
    for (std::size_t i = 0; i < expectedMatrices().size(); ++i)
        QTest::addRow("%s %s", expectedMatrices()[i].file, expectedMatrices()[i].source)
            << static_cast<int>(i);
}

void TestRealMatrices::readsTheMatrices()
{
    IBIDEM_REAL_DATA(folder);
    QFETCH(const int, row);
    const Expected &expected = expectedMatrices()[static_cast<std::size_t>(row)];
    IBIDEM_READS(read, readExpected(folder, expected.file, expected.source));
    const data::CountMatrix &matrix = read->matrix;
    QCOMPARE(read->summary.kind, std::string(data::kMatrixKind));
    QCOMPARE(read->summary.format, std::string(expected.format));
    QCOMPARE(read->summary.shape, expected.shape);
    QCOMPARE(matrix.cellIds.size(), expected.shape[0]);
    QCOMPARE(matrix.geneIds.size(), expected.shape[1]);
    QCOMPARE(matrix.cellIds.front(), std::string(expected.firstCell));
    QCOMPARE(matrix.geneIds.front(), std::string(expected.firstGene));
    QCOMPARE(data::flawOf(matrix.rows.view()), std::string());
    QCOMPARE(matrix.rows.view().nonZeroCount(), expected.nonZero);
    double sum = 0.0;
    for (const float value : matrix.rows.values)
        sum += static_cast<double>(value);
    QVERIFY2(std::abs(sum - expected.sum) <= expected.sumTolerance, QByteArray::number(sum, 'g', 17));
    for (const auto &[name, counts] : expected.labels) {
        const CellColumn *column = columnNamed(matrix, name);
        QVERIFY2(column, name.c_str());
        QCOMPARE(column->counts(), counts);
    }
    for (const data::Check &check : read->summary.checks)
        QVERIFY2(check.state != data::CheckState::Error, check.message.c_str());
}

void TestRealMatrices::readsAnnotationsOfEveryGeneration()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(first, readExpected(folder, "anndata_v0.7.0.h5ad"));
    QCOMPARE(first->matrix.cellColumns.size(), std::size_t{5});
    QCOMPARE(columnNamed(first->matrix, "obs_cat")->kind, CellColumn::Kind::Category);
    QCOMPARE(columnNamed(first->matrix, "cat_ordered")->kind, CellColumn::Kind::Category);
    for (const char *name : {"int64", "float64", "uint8"})
        QCOMPARE(columnNamed(first->matrix, name)->kind, CellColumn::Kind::Number);
    IBIDEM_READS(brain, readExpected(folder, "scp_brain_238.h5ad"));
    QCOMPARE(brain->matrix.cellColumns.size(), std::size_t{23});
    QCOMPARE(columnNamed(brain->matrix, "submission_id")->kind, CellColumn::Kind::Text);
    IBIDEM_READS(blood, readExpected(folder, "10x_pbmc68k_reduced.h5ad"));
    QCOMPARE(blood->matrix.cellColumns.size(), std::size_t{8});
    IBIDEM_READS(loom, readExpected(folder, "scenic_expr_mat.loom"));
    QCOMPARE(loom->matrix.cellColumns.size(), std::size_t{2});
    QCOMPARE(columnNamed(loom->matrix, "nUMI")->kind, CellColumn::Kind::Number);
}

void TestRealMatrices::readsMapsOfEveryGeneration()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(blood, readExpected(folder, "10x_pbmc68k_reduced.h5ad"));
    QCOMPARE(blood->matrix.embeddings.size(), std::size_t{2});
    QCOMPARE(blood->matrix.embeddings[0].name, std::string("X_pca"));
    QCOMPARE(blood->matrix.embeddings[0].width, std::uint64_t{50});
    QCOMPARE(blood->matrix.embeddings[1].values.size(), std::size_t{1400});
    // A data frame and a sparse matrix beside the map are passed over, and that is said.
    IBIDEM_READS(old, readExpected(folder, "anndata_v0.7.0.h5ad"));
    QCOMPARE(old->matrix.embeddings.size(), std::size_t{1});
    const auto &checks = old->summary.checks;
    const auto skipped = std::find_if(checks.begin(), checks.end(), [](const data::Check &check) {
        return check.name == "skipped-elements";
    });
    QVERIFY(skipped != checks.end());
    QVERIFY(skipped->message.find("/obsm/df (dataframe)") != std::string::npos);
    QVERIFY(skipped->message.find("/obsm/sparse (csr_matrix)") != std::string::npos);
}

void TestRealMatrices::namesGenesByAccessionToo()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(heart, readExpected(folder, "heart_1k_v2_filtered_gene_bc_matrices_h5.h5"));
    QCOMPARE(heart->matrix.geneAccessions.size(), std::size_t{31053});
    QCOMPARE(heart->matrix.geneAccessions.front(), std::string("ENSMUSG00000051951"));
    IBIDEM_READS(third, readExpected(folder, "10x_v3_filtered_feature_bc_matrix.h5"));
    QCOMPARE(third->matrix.geneAccessions.front(), std::string("ENSG00000279493"));
}

void TestRealMatrices::layersThatHoldTheSameHaveOneDigest()
{
    IBIDEM_REAL_DATA(folder);
    for (const char *file : {"mini_mat.anndata-v0.6.22.h5ad", "mini_mat.anndata-v0.10.9.h5ad"}) {
        IBIDEM_READS(sparse, readExpected(folder, file, "X"));
        IBIDEM_READS(dense, readExpected(folder, file, "layers/dense"));
        IBIDEM_READS(byColumns, readExpected(folder, file, "layers/transpose"));
        QCOMPARE(data::contentDigest(dense->matrix), data::contentDigest(sparse->matrix));
        QCOMPARE(data::contentDigest(byColumns->matrix), data::contentDigest(sparse->matrix));
    }
    // The digest does tell layers apart that differ.
    IBIDEM_READS(scaled, readExpected(folder, "10x_pbmc68k_reduced.h5ad", "X"));
    IBIDEM_READS(raw, readExpected(folder, "10x_pbmc68k_reduced.h5ad", "raw"));
    QVERIFY(data::contentDigest(scaled->matrix) != data::contentDigest(raw->matrix));
}

void TestRealMatrices::generationsThatHoldTheSameHaveOneDigest()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(older, readExpected(folder, "mini_mat.anndata-v0.6.22.h5ad"));
    IBIDEM_READS(newer, readExpected(folder, "mini_mat.anndata-v0.10.9.h5ad"));
    QCOMPARE(data::contentDigest(older->matrix), data::contentDigest(newer->matrix));
}

void TestRealMatrices::readsTheSameTwice()
{
    IBIDEM_REAL_DATA(folder);
    for (const Expected &expected : expectedMatrices()) {
        IBIDEM_READS(once, readExpected(folder, expected.file, expected.source));
        IBIDEM_READS(again, readExpected(folder, expected.file, expected.source));
        QVERIFY2(once->matrix == again->matrix, expected.file);
    }
}

void TestRealMatrices::namesWhatThereIsToChoose()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(read, readExpected(folder, "anndata_v0.7.0.h5ad"));
    QCOMPARE(read->summary.matrix->source, std::string("X"));
    QCOMPARE(read->summary.matrix->sources,
             (std::vector<std::string>{"X", "raw", "layers/array", "layers/sparse"}));
    const auto refused = readExpected(folder, "anndata_v0.7.0.h5ad", "layers/other");
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, ErrorCode::Usage);
    QVERIFY(refused.error().cure.find("X, raw, layers/array, layers/sparse") != std::string::npos);
}

void TestRealMatrices::answersBadFiles_data()
{
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("h5_dims_over_maxint.hdf5") << QByteArray("'huge_1d'");
    QTest::newRow("h5_empty.h5") << QByteArray("'empty_dataset'");
    QTest::newRow("h5_not_a_biom.h5") << QByteArray("'example_dataset', 'random_group'");
    QTest::newRow("h5_userblock.hdf5") << QByteArray("its root holds nothing");
    QTest::newRow("h5_truncated.h5ad") << QByteArray("truncated file");
    QTest::newRow("h5ad_dup_cell.h5ad") << QByteArray("cell");
    QTest::newRow("h5ad_nan_value.h5ad") << QByteArray("nan");
}

void TestRealMatrices::answersBadFiles()
{
    IBIDEM_REAL_DATA(folder);
    QFETCH(const QByteArray, words);
    const std::filesystem::path path = folder / "bad" / QTest::currentDataTag();
    QVERIFY(convert::isMatrixFile(path));
    const auto refused = convert::readMatrix(path, {});
    QVERIFY2(!refused, "the file was accepted");
    QCOMPARE(refused.error().code, ErrorCode::BadData);
    QCOMPARE(refused.error().path, path.string());
    QVERIFY2(refused.error().message.find(words.toStdString()) != std::string::npos,
             describe(refused.error()).c_str());
    QVERIFY2(!refused.error().cure.empty(), describe(refused.error()).c_str());
    qInfo("%s", describe(refused.error()).c_str());
}

QTEST_GUILESS_MAIN(TestRealMatrices)
#include "tst_real_matrices.moc"
