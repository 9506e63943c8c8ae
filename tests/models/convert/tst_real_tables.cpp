// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "tests/models/convert/table_files.h"
#include "tests/test_data.h"

#include <cmath>

using namespace ibidem;
using Counts = std::map<std::string, std::uint64_t>;
using Shape = std::vector<std::uint64_t>;

namespace {

struct Expected
{
    const char *file;
    const char *format;
    Shape shape;
    double sum;
    double sumTolerance; ///< half a unit of the last digit that an independent reader printed
    Counts labels;
};

const std::vector<Expected> &expectedMatrices()
{
    static const std::vector<Expected> expected = {
        {"expression/colonCA.csv.gz", "csv.gz", {62, 2000}, 50069562, 0.5, {{"t", 40}, {"n", 22}}},
        {"expression/khan.csv.gz",
         "csv.gz",
         {63, 2308},
         -81721.213,
         0.0005,
         {{"EWS", 23}, {"RMS", 20}, {"NB", 12}, {"BL", 8}}},
        {"expression/golub/all_aml_train.gct", "gct-1.2", {38, 7129}, 1.727765e+08, 50, {}},
        {"expression/tcga_pancan/expression-matrix-all-genes.tsv", "tsv", {50, 16261}, 6330187.9, 0.05, {}},
        {"expression/tcga_pancan/expression-matrix-all-samples.tsv", "tsv", {8756, 15}, 1028830.8, 0.05, {}},
        {"mlf-core/lcep_train.tsv",
         "mlf-core-tsv",
         {420, 530},
         9780681.361575354,
         1e-6,
         {{"0", 139}, {"1", 281}}},
        {"mlf-core/lcep_test.tsv",
         "mlf-core-tsv",
         {140, 530},
         3247771.340475702,
         1e-6,
         {{"0", 47}, {"1", 93}}},
    };
    return expected;
}

} // namespace

/// The real tables against what an independent reader found in them.
class TestRealTables : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheMatrices();
    void findsMinimumAndMaximum();
    void namesSamplesAndGenes();
    void readsTheClassesOfGolub();
    void readsTheAnnotationsOfTcga();
};

void TestRealTables::readsTheMatrices()
{
    IBIDEM_REAL_DATA(folder);
    for (const Expected &expected : expectedMatrices()) {
        IBIDEM_READS(table, convert::readTable(folder / expected.file, data::TableOptions{}));
        QCOMPARE(table->summary.format, std::string(expected.format));
        QCOMPARE(table->summary.shape, expected.shape);
        QVERIFY2(std::abs(table->summary.sum - expected.sum) <= expected.sumTolerance, expected.file);
        QCOMPARE(table->summary.labels, expected.labels);
        QCOMPARE(table->table.values.size(), expected.shape[0] * expected.shape[1]);
        for (const data::Check &check : table->summary.checks)
            QVERIFY2(check.state != data::CheckState::Error, check.message.c_str());
    }
}

void TestRealTables::findsMinimumAndMaximum()
{
    IBIDEM_REAL_DATA(folder);
    const auto range = [&folder](const char *file) {
        const auto table = convert::readTable(folder / file, data::TableOptions{});
        return table ? std::pair(table->summary.minimum, table->summary.maximum) : std::pair(0.0, 0.0);
    };
    QCOMPARE(range("expression/golub/all_aml_train.gct"), std::pair(-28395.0, 61225.0));
    QCOMPARE(range("expression/tcga_pancan/expression-matrix-all-genes.tsv"), std::pair(-5.87, 20.9));
    QCOMPARE(range("expression/tcga_pancan/expression-matrix-all-samples.tsv"), std::pair(-0.68, 19.1));
}

void TestRealTables::namesSamplesAndGenes()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(golub,
                 convert::readTable(folder / "expression/golub/all_aml_train.gct", data::TableOptions{}));
    QCOMPARE(golub->table.sampleIds.front(), std::string("ALL_19769_B-cell"));
    QCOMPARE(golub->table.geneIds.front(), std::string("AFFX-BioB-5_at"));
    QCOMPARE(golub->table.geneNames.front(), std::string("AFFX-BioB-5_at (endogenous control)"));
    QCOMPARE(golub->table.values.front(), -214.0);
    IBIDEM_READS(lcep, convert::readTable(folder / "mlf-core/lcep_train.tsv", data::TableOptions{}));
    QCOMPARE(lcep->table.sampleIds.front(), std::string("bce80114-27b0-4318-9af1-d8fdf85ffd9c"));
    QCOMPARE(lcep->table.sampleLabels.front(), std::string("1"));
    const data::Check duplicates = checkOf(*lcep, "duplicate-genes");
    QCOMPARE(duplicates.state, data::CheckState::Warning);
    QVERIFY(contains(duplicates.message, "ENSG00000185291, ENSG00000198223;"));
    QVERIFY(contains(checkOf(*lcep, "constant-genes").message, "2 genes"));
}

void TestRealTables::readsTheClassesOfGolub()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(classes,
                 convert::readTable(folder / "expression/golub/all_aml_train.cls", data::TableOptions{}));
    QCOMPARE(classes->summary.kind, std::string("class-labels"));
    QCOMPARE(classes->summary.labels, (Counts{{"ALL", 27}, {"AML", 11}}));
    IBIDEM_READS(golub,
                 convert::readTable(folder / "expression/golub/all_aml_train.gct", data::TableOptions{}));
    for (std::size_t i = 0; i < golub->table.sampleCount(); ++i)
        QVERIFY(golub->table.sampleIds[i].starts_with(classes->table.sampleLabels[i]));
}

void TestRealTables::readsTheAnnotationsOfTcga()
{
    IBIDEM_REAL_DATA(folder);
    IBIDEM_READS(samples,
                 convert::readTable(folder / "expression/tcga_pancan/samples.tsv", data::TableOptions{}));
    QCOMPARE(samples->summary.kind, std::string("sample-annotations"));
    QCOMPARE(samples->summary.shape, (Shape{8756, 38}));
    QCOMPARE(samples->summary.labelSource, std::string("column acronym"));
    QCOMPARE(samples->summary.labels.size(), std::size_t{32});
    QCOMPARE(samples->summary.labels.at("BRCA"), 787U);
    QCOMPARE(samples->summary.labels.at("LIHC"), 357U);
    QCOMPARE(samples->summary.labels.at("OV"), 14U);
    data::TableOptions options;
    options.labelColumn = "gender";
    IBIDEM_READS(gender, convert::readTable(folder / "expression/tcga_pancan/samples.tsv", options));
    QCOMPARE(gender->summary.labels.size(), std::size_t{2});
}

QTEST_GUILESS_MAIN(TestRealTables)
#include "tst_real_tables.moc"
