// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/table_checks.h"
#include "tests/models/convert/gzip_files.h"
#include "tests/models/convert/table_files.h"

#include <algorithm>

using namespace ibidem;
using data::CheckState;
using data::TableOptions;
using Names = std::vector<std::string>;
using Values = std::vector<double>;
using Counts = std::map<std::string, std::uint64_t>;
using Shape = std::vector<std::uint64_t>;

class TestTableReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsMlfCore();
    void keepsNamesWhosePrefixesAreNoClasses();
    void readsSamplesInRowsWithLabels();
    void readsNumericLabels();
    void takesTheGivenLabelColumn();
    void takesTheGivenOrientation();
    void readsTheSameTableFromEveryForm();
    void readsRowNamesOfR();
    void readsGct12WithTrailingTabs();
    void readsGct13WithItsFacts();
    void readsClsWithNumbersAndNames();
    void refusesAmbiguousCls();
    void readsAnnotations();
    void marksMissingLabelsOfAnnotations();
    void makesDuplicateGenesUnique();
    void namesDamagedGenes();
    void warnsOfSmallClasses();
    void leavesOutColumnsOnlyWithAWarning();
    void describesTheFile();
    void namesTheCellThatIsNoNumber();
};

void TestTableReader::readsMlfCore()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.tsv", "Gene ID\tGene Name\t0_a\t1_b\t1_c_d\t0_e\n"
                                            "ENSG1\t\t1\t2\t3\t4\nENSG2\tTP53\t5\t6.5\t7\t8\n"));
    QCOMPARE(table->summary.format, std::string("mlf-core-tsv"));
    QCOMPARE(table->summary.kind, std::string("expression-table"));
    QCOMPARE(table->summary.labelSource, std::string("sample-names"));
    QCOMPARE(table->table.sampleIds, (Names{"a", "b", "c_d", "e"}));
    QCOMPARE(table->table.sampleLabels, (Names{"0", "1", "1", "0"}));
    QCOMPARE(table->table.geneIds, (Names{"ENSG1", "ENSG2"}));
    QCOMPARE(table->table.geneNames, (Names{"", "TP53"}));
    QCOMPARE(table->table.values, (Values{1, 5, 2, 6.5, 3, 7, 4, 8}));
    QCOMPARE(table->summary.labels, (Counts{{"0", 2}, {"1", 2}}));
    QCOMPARE(table->summary.shape, (Shape{4, 2}));
    QCOMPARE(table->summary.sum, 36.5);
}

void TestTableReader::keepsNamesWhosePrefixesAreNoClasses()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.tsv", "Gene ID\tGene Name\ta_1\tb_2\tc_3\nE1\t\t1\t2\t3\n"));
    QCOMPARE(table->summary.format, std::string("tsv"));
    QCOMPARE(table->table.sampleIds, (Names{"a_1", "b_2", "c_3"}));
    QVERIFY(table->table.sampleLabels.empty());
    IBIDEM_READS(one, files.read("o.tsv", "Gene ID\tGene Name\t1_a\t1_b\nE1\t\t1\t2\n"));
    QCOMPARE(one->table.sampleLabels, (Names{"1", "1"}));
    QCOMPARE(checkOf(*one, "labels").state, CheckState::Warning);
    TableOptions none;
    none.labelColumn = "none";
    IBIDEM_READS(unlabelled, files.read("n.tsv", "Gene ID\tGene Name\t1_a\t1_b\nE1\t\t1\t2\n", none));
    QCOMPARE(unlabelled->table.sampleIds, (Names{"1_a", "1_b"}));
}

void TestTableReader::readsSamplesInRowsWithLabels()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.csv", "sample,label,g1,g2\r\ns1,t,1,2\r\ns2,n,3,4\r\ns3,t,5,6\r\n"));
    QCOMPARE(table->summary.format, std::string("csv"));
    QCOMPARE(table->summary.orientation, std::string("samples-in-rows"));
    QCOMPARE(table->summary.labelSource, std::string("column label"));
    QCOMPARE(table->table.geneIds, (Names{"g1", "g2"}));
    QCOMPARE(table->table.values, (Values{1, 2, 3, 4, 5, 6}));
    QCOMPARE(table->summary.labels, (Counts{{"n", 1}, {"t", 2}}));
    QCOMPARE(checkOf(*table, "orientation").state, CheckState::Ok);
    IBIDEM_REFUSES(files.read("m.csv", "sample,label,g1\ns1,t,1\ns2,,3\n"), ErrorCode::BadData,
                   "row 3, column 2: sample 's2' has no label in column 'label'");
}

void TestTableReader::readsNumericLabels()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.csv", "id,g1,g2,label\ns1,1.5,2,0\ns2,3,4.5,1\n"));
    QCOMPARE(table->table.sampleLabels, (Names{"0", "1"}));
    QCOMPARE(table->table.geneIds, (Names{"g1", "g2"}));
}

void TestTableReader::takesTheGivenLabelColumn()
{
    const TableFiles files;
    const std::string text = "sample,label,batch,g1,g2\ns1,t,x,1,0\ns2,n,x,2,0\ns3,t,y,3,1\ns4,n,y,4,1\n";
    TableOptions options;
    options.labelColumn = "batch";
    IBIDEM_READS(batch, files.read("t.csv", text, options));
    QCOMPARE(batch->table.sampleLabels, (Names{"x", "x", "y", "y"}));
    QVERIFY(contains(checkOf(*batch, "ignored-columns").message, "label"));
    options.labelColumn = "none";
    IBIDEM_READS(none, files.read("t.csv", text, options));
    QVERIFY(none->table.sampleLabels.empty());
    options.labelColumn = "colour";
    IBIDEM_REFUSES(files.read("t.csv", text, options), ErrorCode::Usage, "no column 'colour'");
}

void TestTableReader::takesTheGivenOrientation()
{
    const TableFiles files;
    const std::string text = "x,a,b,c\nd,1,2,3\ne,4,5,6\n";
    TableOptions options;
    options.orientation = "genes-in-rows";
    IBIDEM_READS(genes, files.read("t.csv", text, options));
    QCOMPARE(genes->table.geneIds, (Names{"d", "e"}));
    QCOMPARE(genes->table.values, (Values{1, 4, 2, 5, 3, 6}));
    options.orientation = "samples-in-rows";
    IBIDEM_READS(samples, files.read("t.csv", text, options));
    QCOMPARE(samples->table.geneIds, (Names{"a", "b", "c"}));
    QCOMPARE(samples->table.values, (Values{1, 2, 3, 4, 5, 6}));
    IBIDEM_READS(guess, files.read("t.csv", text));
    QCOMPARE(checkOf(*guess, "orientation").state, CheckState::Warning);
}

void TestTableReader::readsTheSameTableFromEveryForm()
{
    const TableFiles files;
    const std::string plain = "gene\ts1\ts2\nA\t1\t-2.5\nB\t3e2\t4\n";
    IBIDEM_READS(reference, files.read("t.tsv", plain));
    const auto same = [&](std::string_view name, std::string text) {
        const auto other = files.read(name, text);
        return other && other->table == reference->table &&
               other->summary.digest == reference->summary.digest;
    };
    std::string comma = plain;
    std::replace(comma.begin(), comma.end(), '\t', ',');
    QVERIFY(same("t.csv", comma));
    std::string semicolon = plain;
    std::replace(semicolon.begin(), semicolon.end(), '\t', ';');
    QVERIFY(same("t.csv", semicolon));
    std::string blank = plain;
    std::replace(blank.begin(), blank.end(), '\t', ' ');
    QVERIFY(same("t.txt", blank));
    QVERIFY(same("t.tsv.gz", gzipped(plain)));
    QVERIFY(same("t.tsv", "\xef\xbb\xbf" + plain));
    QVERIFY(same("t.csv", "\"gene\",\"s1\",\"s2\"\r\n\"A\",\"1\",-2.5\r\n\r\n\"B\",300,4"));
    QVERIFY(same("t.csv", "gene,s1,s2,\nA,1,-2.5,\nB,300,4,\n"));
    QVERIFY(same("t.csv", "gene,s1,s2\rA,1,-2.5\rB,300,4\r"));
    QVERIFY(same("t.csv", "sample,A,B\ns1,1,300\ns2,-2.5,4\n"));
    QVERIFY(same("t.gct", "#1.2\n2\t2\nName\tDescription\ts1\ts2\nA\t\t1\t-2.5\nB\t\t300\t4\n"));
    QVERIFY(!same("t.tsv", "gene\ts1\ts2\nA\t1\t-2.5\nB\t3e2\t4.000000000000001\n"));
    QVERIFY(!same("t.tsv", "gene\ts2\ts1\nA\t1\t-2.5\nB\t3e2\t4\n"));
}

void TestTableReader::readsRowNamesOfR()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.txt", "\"sample1\" \"sample2\"\n\"ENSG01\" 1 2\n\"ENSG02\" 3 4\n"));
    QCOMPARE(table->table.sampleIds, (Names{"sample1", "sample2"}));
    QCOMPARE(table->table.geneIds, (Names{"ENSG01", "ENSG02"}));
    IBIDEM_REFUSES(files.read("t.csv", "a,b,c\n1,2,3,\n4,5,6,\n"), ErrorCode::BadData,
                   "row 2 has 4 fields, the header has 3");
}

void TestTableReader::readsGct12WithTrailingTabs()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.gct", "#1.2\t\t\t\r\n2\t2\t\t\t\r\nName\tDescription\ta\tb\t\r\n"
                                            "P1_at\tfirst\t-1\t2\r\nP2_at\t\t3\t4\t\r\n\r\n"));
    QCOMPARE(table->summary.format, std::string("gct-1.2"));
    QCOMPARE(table->table.geneNames, (Names{"first", ""}));
    QCOMPARE(table->table.values, (Values{-1, 3, 2, 4}));
    QVERIFY(table->table.sampleLabels.empty());
}

void TestTableReader::readsGct13WithItsFacts()
{
    const TableFiles files;
    const std::string text =
        "#1.3\n2\t4\t2\t2\nid\tpr_id\tpr_gene_symbol\ta\tb\tc\td\nplate\tna\tna\tp\tp\tq\tq\n"
        "cell_type\tna\tna\tA\tB\tA\tB\nG1\t7\tTP53\t1\t2\t3\t4\nG2\t8\tMYC\t5\t6\t7\t8\n";
    IBIDEM_READS(table, files.read("t.gct", text));
    QCOMPARE(table->summary.format, std::string("gct-1.3"));
    QCOMPARE(table->table.geneNames, (Names{"TP53", "MYC"}));
    QCOMPARE(table->table.sampleLabels, (Names{"A", "B", "A", "B"}));
    QCOMPARE(table->summary.labelSource, std::string("row cell_type"));
    QCOMPARE(table->summary.sum, 36.0);
    TableOptions options;
    options.labelColumn = "plate";
    IBIDEM_READS(plate, files.read("t.gct", text, options));
    QCOMPARE(plate->table.sampleLabels, (Names{"p", "p", "q", "q"}));
    options.labelColumn = "dose";
    IBIDEM_REFUSES(files.read("t.gct", text, options), ErrorCode::Usage, "no row 'dose'");
}

void TestTableReader::readsClsWithNumbersAndNames()
{
    const TableFiles files;
    IBIDEM_READS(numbers, files.read("t.cls", "4 2 1\n# ALL AML\n0 0 1 0 \n\n"));
    QCOMPARE(numbers->summary.kind, std::string("class-labels"));
    QCOMPARE(numbers->table.sampleLabels, (Names{"ALL", "ALL", "AML", "ALL"}));
    QCOMPARE(numbers->summary.labels, (Counts{{"ALL", 3}, {"AML", 1}}));
    QCOMPARE(numbers->summary.shape, Shape{4});
    IBIDEM_READS(names, files.read("n.cls", "3\t2\t1\r\n#\tALL\tAML\r\nAML\tALL\tAML\r\n"));
    QCOMPARE(names->table.sampleLabels, (Names{"AML", "ALL", "AML"}));
    IBIDEM_READS(codes, files.read("c.cls", "3 2 1\n# tumour normal\nT N T\n"));
    QCOMPARE(codes->table.sampleLabels, (Names{"tumour", "normal", "tumour"}));
    QCOMPARE(checkOf(*codes, "class-names").state, CheckState::Warning);
}

void TestTableReader::refusesAmbiguousCls()
{
    const TableFiles files;
    IBIDEM_REFUSES(files.read("t.cls", "3 2 1\n# ALL AML\n1 0 0\n"), ErrorCode::BadData,
                   "depends on the program");
    IBIDEM_REFUSES(files.read("t.cls", "#numeric\n#gene\n1.5 2\n"), ErrorCode::Unavailable,
                   "numeric phenotypes");
}

void TestTableReader::readsAnnotations()
{
    const TableFiles files;
    const std::string text =
        "sample_id\tpatient\tdisease\tsex\tage\na\tp1\tX\tm\t50\nb\tp2\tY\tm\t\nc\tp3\tX\tf\t61\n"
        "d\tp4\tZ\tf\t\ne\tp5\tY\tm\t70\nf\tp6\tZ\tf\t71\n";
    IBIDEM_READS(table, files.read("t.tsv", text));
    QCOMPARE(table->summary.kind, std::string("sample-annotations"));
    QCOMPARE(table->summary.shape, (Shape{6, 5}));
    QCOMPARE(table->columns, (Names{"sample_id", "patient", "disease", "sex", "age"}));
    QCOMPARE(table->columnValues[4], (Names{"50", "", "61", "", "70", "71"}));
    QCOMPARE(table->table.sampleIds, (Names{"a", "b", "c", "d", "e", "f"}));
    QCOMPARE(table->summary.labelSource, std::string("column disease"));
    TableOptions options;
    options.labelColumn = "sex";
    IBIDEM_READS(sex, files.read("t.tsv", text, options));
    QCOMPARE(sex->summary.labels, (Counts{{"f", 3}, {"m", 3}}));
    IBIDEM_REFUSES(files.read("d.tsv", "sample\tx\ty\tz\na\tu\tv\tw\na\tu\tv\tw\n"), ErrorCode::BadData,
                   "the sample 'a' occurs more than once");
}

void TestTableReader::marksMissingLabelsOfAnnotations()
{
    const TableFiles files;
    TableOptions options;
    options.labelColumn = "stage";
    IBIDEM_READS(table,
                 files.read("t.tsv", "sample\tstage\tsex\na\tI\tm\nb\tNA\tm\nc\tII\tf\nd\tI\tf\n", options));
    QCOMPARE(table->table.sampleLabels, (Names{"I", "", "II", "I"}));
    QCOMPARE(table->summary.labels, (Counts{{"I", 2}, {"II", 1}}));
    QCOMPARE(checkOf(*table, "missing-labels").state, CheckState::Warning);
}

void TestTableReader::makesDuplicateGenesUnique()
{
    Names names = {"X", "Y", "X", "X-1", "X", "Y"};
    QCOMPARE(convert::makeUnique(names), (Names{"X", "Y"}));
    QCOMPARE(names, (Names{"X", "Y", "X-2", "X-1", "X-3", "Y-1"}));
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.tsv", "gene\ts1\ts2\nA\t1\t2\nA\t3\t4\nB\t5\t6\n"));
    QCOMPARE(table->table.geneIds, (Names{"A", "A-1", "B"}));
    QCOMPARE(checkOf(*table, "duplicate-genes").state, CheckState::Warning);
    QVERIFY(contains(checkOf(*table, "duplicate-genes").message, "A"));
    IBIDEM_READS(sound, files.read("u.tsv", "gene\ts1\ts2\nA\t1\t2\nC\t3\t4\n"));
    QCOMPARE(checkOf(*sound, "duplicate-genes").state, CheckState::Ok);
}

void TestTableReader::namesDamagedGenes()
{
    const Names damaged = {"2-Sep",    "Mar-01", "2021-03-01", "01/09/2021",
                           "2.31E+13", "44256",  "1-Dec",      "Sept-4"};
    Names all = {"TP53",         "MYC",           "DEC1",   "HLA-A",   "MT-CO1",
                 "RP11-34P13.7", "1700061E18Rik", "NKX2-1", "Hsa.3004"};
    QVERIFY(convert::damagedGeneNames(all).empty());
    all.insert(all.end(), damaged.begin(), damaged.end());
    QCOMPARE(convert::damagedGeneNames(all), damaged);
    QVERIFY(convert::damagedGeneNames({"1", "10", "44256", "30000"}).empty()); // Entrez ids
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.tsv", "gene\ts1\nTP53\t1\nMYC\t2\n2-Sep\t3\n"));
    QCOMPARE(checkOf(*table, "gene-names").state, CheckState::Warning);
    QVERIFY(contains(checkOf(*table, "gene-names").message, "2-Sep"));
}

void TestTableReader::warnsOfSmallClasses()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.csv", "sample,label,g\na,x,1\nb,x,2\nc,y,3\n"));
    QCOMPARE(checkOf(*table, "small-classes").state, CheckState::Warning);
    QVERIFY(contains(checkOf(*table, "small-classes").message, "y"));
    IBIDEM_READS(sound, files.read("u.csv", "sample,label,g\na,x,1\nb,x,2\nc,y,3\nd,y,3\n"));
    QVERIFY(checkOf(*sound, "small-classes").name.empty());
    QCOMPARE(checkOf(*sound, "constant-genes").message,
             std::string("no gene has the same value in all samples"));
}

void TestTableReader::leavesOutColumnsOnlyWithAWarning()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.tsv", "Geneid\tChr\tStart\tEnd\tStrand\tLength\ts1\ts2\n"
                                            "G1\tchr1\t1\t9\t+\t8\t5\t6\nG2\tchr2\t1\t9\t-\t8\t7\t8\n"));
    QCOMPARE(table->table.sampleIds, (Names{"s1", "s2"}));
    QCOMPARE(table->table.values, (Values{5, 7, 6, 8}));
    QCOMPARE(checkOf(*table, "ignored-columns").state, CheckState::Warning);
    // A text column among the samples is no description: it is an error.
    IBIDEM_REFUSES(files.read("u.tsv", "gene\ts1\ts2\ts3\nG1\t1\tx\t2\nG2\t3\ty\t4\n"), ErrorCode::BadData,
                   "row 2, column 3 (gene 'G1', sample 's2'): 'x' is not a number");
}

void TestTableReader::describesTheFile()
{
    const TableFiles files;
    IBIDEM_READS(table, files.read("t.csv.gz", gzipped("gene,s1\nA,1\n")));
    QCOMPARE(table->summary.format, std::string("csv.gz"));
    QCOMPARE(table->summary.fileBytes, std::filesystem::file_size(files.path("t.csv.gz")));
    QCOMPARE(table->summary.fileSha256.size(), std::size_t{64});
    QCOMPARE(table->summary.digest, data::contentDigest(table->table));
    QCOMPARE(table->summary.delimiter, std::string("comma"));
    for (const char *name : {"encoding", "complete-rows", "orientation", "numbers", "finite", "gene-names",
                             "duplicate-genes", "duplicate-samples", "constant-genes", "labels"})
        QVERIFY2(!checkOf(*table, name).message.empty(), name);
}

void TestTableReader::namesTheCellThatIsNoNumber()
{
    const TableFiles files;
    const auto result = files.read("t.tsv", "gene\ts1\ts2\nA\t1\t2\nB\t3\toops\n");
    QVERIFY(!result);
    QCOMPARE(result.error().message,
             std::string("row 3, column 3 (gene 'B', sample 's2'): 'oops' is not a number"));
    QCOMPARE(result.error().path, files.path("t.tsv").string());
    QVERIFY(!result.error().cure.empty());
}

QTEST_GUILESS_MAIN(TestTableReader)
#include "tst_table_reader.moc"
