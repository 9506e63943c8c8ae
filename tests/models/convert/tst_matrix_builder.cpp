// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/matrix_builder.h"
#include "models/convert/table_checks.h"

#include <QTest>

#include <limits>

using namespace ibidem;
using namespace ibidem::convert;
using data::CellColumn;
using data::CheckState;

namespace {

/// Three cells × four genes:  c1: g1=1 g3=2;  c2: nothing;  c3: g1=3 g2=4 g4=5
RawMatrix sample()
{
    RawMatrix raw;
    raw.path = "file.h5ad";
    raw.format = "h5ad-2";
    raw.cellIds = {"c1", "c2", "c3"};
    raw.geneNames = {"g1", "g2", "g3", "g4"};
    raw.rows = {{0, 2, 2, 5}, {0, 2, 0, 1, 3}, {1, 2, 3, 4, 5}, 4};
    raw.source = "X";
    raw.sources = {"X", "raw", "layers/counts"};
    return raw;
}

CellColumn categories(std::string name, std::vector<std::string> names, std::vector<std::int32_t> codes,
                      CellColumn::Kind kind = CellColumn::Kind::Category)
{
    return {std::move(name), kind, {}, std::move(names), std::move(codes)};
}

CellColumn numbers(std::string name)
{
    return {std::move(name), CellColumn::Kind::Number, {1, 2, 3}, {}, {}};
}

Result<data::MatrixContainer> finished(RawMatrix raw, const std::string &labelColumn = "auto")
{
    data::TableOptions options;
    options.labelColumn = labelColumn;
    return finishMatrix(std::move(raw), options);
}

bool contains(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

data::Check checkOf(const data::MatrixContainer &container, const std::string &name)
{
    for (const data::Check &check : container.summary.checks)
        if (check.name == name)
            return check;
    return {};
}

bool warns(const data::MatrixContainer &container, const std::string &name, const std::string &words)
{
    const data::Check check = checkOf(container, name);
    return check.state == CheckState::Warning && contains(check.message, words);
}

using Change = void (*)(RawMatrix &);

struct Refusal
{
    const char *name;
    Change change;
    const char *words;
};

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

const Refusal kRefusals[] = {
    {"no cells", [](RawMatrix &raw) { raw.cellIds.clear(); }, "0 cells and 4 genes"},
    {"no genes", [](RawMatrix &raw) { raw.geneNames.clear(); }, "3 cells and 0 genes"},
    {"empty cell", [](RawMatrix &raw) { raw.cellIds[1].clear(); }, "cell number 2 has no name"},
    {"twin cells", [](RawMatrix &raw) { raw.cellIds[2] = "c1"; },
     "'c1' occurs more than once (as number 1 and number 3"},
    {"cell not UTF-8", [](RawMatrix &raw) { raw.cellIds[2] = "\xff"; }, "number 3, '\\xff', is not UTF-8"},
    {"cell with NUL", [](RawMatrix &raw) { raw.cellIds[2] = std::string("a\0b", 3); }, "NUL"},
    {"gene not UTF-8", [](RawMatrix &raw) { raw.geneNames[0] = "\xc3"; }, "gene number 1"},
    {"empty gene", [](RawMatrix &raw) { raw.geneNames[3].clear(); }, "gene number 4 has no name"},
    {"few accessions", [](RawMatrix &raw) { raw.geneAccessions = {"E1"}; }, "4 genes have 1 accession"},
    {"more cells than rows", [](RawMatrix &raw) { raw.cellIds.push_back("c4"); },
     "for 3 cells, but 4 have names"},
    {"more genes than columns", [](RawMatrix &raw) { raw.geneNames.push_back("g"); },
     "for 4 genes, but 5 have names"},
    {"no starts", [](RawMatrix &raw) { raw.rows.starts.clear(); }, "for 0 cells, but 3 have names"},
    {"starts not from 0", [](RawMatrix &raw) { raw.rows.starts[0] = 1; }, "go from 1 to 5"},
    {"starts end early", [](RawMatrix &raw) { raw.rows.starts[3] = 4; }, "from 0 to 4, not from 0 to 5"},
    {"starts end late", [](RawMatrix &raw) { raw.rows.starts[3] = 6; }, "from 0 to 6, not from 0 to 5"},
    {"starts fall",
     [](RawMatrix &raw) {
         raw.rows.starts = {0, 4, 2, 5};
     },
     "the start of row 2 lies before"},
    {"fewer columns than values", [](RawMatrix &raw) { raw.rows.columns.pop_back(); },
     "5 values have 4 gene"},
    {"gene outside", [](RawMatrix &raw) { raw.rows.columns[4] = 4; }, "'c3' has a value for gene number 4"},
    {"gene far outside", [](RawMatrix &raw) { raw.rows.columns[0] = 0xFFFFFFFFU; }, "4294967295"},
    {"twin values", [](RawMatrix &raw) { raw.rows.columns[3] = 0; },
     "more than one value for gene 'g1' in cell 'c3'"},
    {"twin values apart",
     [](RawMatrix &raw) {
         raw.rows.columns = {0, 2, 3, 1, 3};
     },
     "gene 'g4' in cell 'c3'"},
    {"not a number", [](RawMatrix &raw) { raw.rows.values[3] = kNan; },
     "X: the value of gene 'g2' in cell 'c3' is nan"},
    {"infinite",
     [](RawMatrix &raw) {
         raw.rows.values = {1, kInfinity, 1, 1, -kInfinity};
     },
     "gene 'g3' in cell 'c1' is inf; 2 values are not finite"},
    {"short column",
     [](RawMatrix &raw) {
         raw.cellColumns = {categories("a", {"x"}, {0, 0})};
     },
     "'a' has 2 values for 3"},
    {"short numbers",
     [](RawMatrix &raw) {
         raw.cellColumns = {{"n", CellColumn::Kind::Number, {1}, {}, {}}};
     },
     "'n' has 1 value for 3 cells"},
    {"code outside",
     [](RawMatrix &raw) {
         raw.cellColumns = {categories("a", {"x"}, {0, 1, 0})};
     },
     "cell 'c2' has the code 1, but there are 1"},
    {"code below -1",
     [](RawMatrix &raw) {
         raw.cellColumns = {categories("a", {"x"}, {0, -2, 0})};
     },
     "the code -2"},
    {"twin categories",
     [](RawMatrix &raw) {
         raw.cellColumns = {categories("a", {"x", "x"}, {0, 1, 0})};
     },
     "'x' twice"},
    {"twin columns",
     [](RawMatrix &raw) {
         raw.cellColumns = {numbers("n"), numbers("n")};
     },
     "two cell columns 'n'"},
    {"short embedding",
     [](RawMatrix &raw) {
         raw.embeddings = {{"X_pca", 2, {1, 2, 3, 4}}};
     },
     "'X_pca' has 4 values"},
    {"embedding without width",
     [](RawMatrix &raw) {
         raw.embeddings = {{"X_pca", 0, {}}};
     },
     "'X_pca'"},
    {"twin embeddings",
     [](RawMatrix &raw) {
         raw.embeddings = {{"e", 1, {1, 2, 3}}, {"e", 1, {1, 2, 3}}};
     },
     "two embeddings 'e'"},
};

} // namespace

/// The checks that every matrix goes through: each passes the sound sample and finds its own flaw.
class TestMatrixBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void buildsASoundMatrix();
    void leavesOutAnnotationsOfGenesThatAreWrong();
    void refusesWhatIsWrong_data();
    void refusesWhatIsWrong();
    void sortsRowsWithoutChangingTheContent();
    void dropsStoredZeros();
    void impliesNoZeroInAFullMatrix();
    void tellsNegativeAndFractionalValues();
    void tellsRounding();
    void renamesRepeatedGenes();
    void makesNamesUniqueAsAnndataDoes();
    void takesAccessionsForMissingNames();
    void choosesTheLabelColumn();
    void refusesWrongLabelColumns();
    void sortsColumnsAndShowsTheirCounts();
};

void TestMatrixBuilder::buildsASoundMatrix()
{
    const auto built = finished(sample());
    QVERIFY2(built.has_value(), built ? "" : describe(built.error()).c_str());
    QCOMPARE(data::flawOf(built->matrix.rows.view()), std::string());
    QVERIFY(built->matrix.rows == sample().rows);
    const data::TableSummary &summary = built->summary;
    QCOMPARE(summary.kind, std::string(data::kMatrixKind));
    QCOMPARE(summary.shape, (std::vector<std::uint64_t>{3, 4}));
    QCOMPARE(summary.sum, 15.0);
    QCOMPARE(summary.minimum, 0.0);
    QCOMPARE(summary.maximum, 5.0);
    QCOMPARE(summary.digest, data::contentDigest(built->matrix));
    QCOMPARE(summary.matrix->nonZero, std::uint64_t{5});
    QVERIFY(summary.matrix->counts);
    QCOMPARE(summary.matrix->sources, sample().sources);
    QVERIFY(contains(checkOf(*built, "empty").message, "1 cell and 0 genes have no value"));
    for (const data::Check &check : summary.checks)
        QVERIFY2(check.state == CheckState::Ok, check.message.c_str());
}

void TestMatrixBuilder::leavesOutAnnotationsOfGenesThatAreWrong()
{
    RawMatrix raw = sample();
    const std::string nul("a\0b", 3);
    for (const char *name : {"sound", "sound", "_index", "a/b", "\xff"})
        raw.geneColumns.push_back(categories(name, {"x"}, {0, 0, 0, 0}));
    raw.geneColumns.push_back(numbers("short"));
    raw.geneColumns.push_back(categories("nul", {nul}, {0, 0, 0, 0}));
    raw.geneColumns.push_back(categories("code", {"x"}, {0, 0, 0, 1}));
    const auto built = finished(raw);
    QVERIFY2(built.has_value(), built ? "" : describe(built.error()).c_str());
    QCOMPARE(built->matrix.geneColumns.size(), std::size_t{1});
    QCOMPARE(built->summary.matrix->geneColumns, std::vector<std::string>{"sound"});
    QCOMPARE(built->summary.digest, finished(sample())->summary.digest);
    for (const char *words :
         {"'sound' is there twice", "'_index'", "'a/b'", "'\\xff' has a name that AnnData cannot hold",
          "'short' has 3 values for 4", "'nul': category number 1, 'a\\x00b', holds a NUL",
          "'code': gene 'g4' has the code 1"})
        QVERIFY2(warns(*built, "skipped-elements", words),
                 checkOf(*built, "skipped-elements").message.c_str());
}

void TestMatrixBuilder::refusesWhatIsWrong_data()
{
    QTest::addColumn<int>("index");
    int index = 0;
    for (const Refusal &refusal : kRefusals)
        QTest::newRow(refusal.name) << index++;
}

void TestMatrixBuilder::refusesWhatIsWrong()
{
    QFETCH(const int, index);
    const Refusal &refusal = kRefusals[index];
    RawMatrix raw = sample();
    refusal.change(raw);
    const auto built = finished(std::move(raw));
    QVERIFY(!built);
    const Error &error = built.error();
    QCOMPARE(error.code, ErrorCode::BadData);
    QCOMPARE(error.path, std::string("file.h5ad"));
    QVERIFY(!error.cure.empty());
    QVERIFY2(contains(error.message, refusal.words), error.message.c_str());
}

void TestMatrixBuilder::sortsRowsWithoutChangingTheContent()
{
    RawMatrix raw = sample();
    raw.rows = {{0, 2, 2, 5}, {2, 0, 3, 0, 1}, {2, 1, 5, 3, 4}, 4};
    const auto sorted = finished(raw);
    QVERIFY(sorted.has_value());
    QVERIFY(sorted->matrix.rows == sample().rows);
    QCOMPARE(sorted->summary.digest, finished(sample())->summary.digest);
    QVERIFY(contains(checkOf(*sorted, "sorted").message, "2 cells"));
    // Control: two values swapped without their genes are another content.
    raw.rows.values = {1, 2, 5, 3, 4};
    QVERIFY(finished(raw)->summary.digest != sorted->summary.digest);
}

void TestMatrixBuilder::dropsStoredZeros()
{
    RawMatrix raw = sample();
    raw.rows = {{0, 3, 4, 8}, {0, 1, 2, 3, 0, 1, 2, 3}, {1, 0, 2, -0.0F, 3, 4, 0, 5}, 4};
    const auto built = finished(raw);
    QVERIFY(built.has_value());
    QVERIFY(built->matrix.rows == sample().rows);
    QVERIFY(contains(checkOf(*built, "explicit-zeros").message, "3 stored zeros"));
    QVERIFY(checkOf(*finished(sample()), "explicit-zeros").name.empty());
    raw.rows.values.assign(8, 0.0F);
    const auto nothing = finished(raw);
    QVERIFY(nothing.has_value());
    QVERIFY(nothing->matrix.rows.values.empty());
    QVERIFY(warns(*nothing, "empty", "3 cells and 4 genes"));
}

void TestMatrixBuilder::impliesNoZeroInAFullMatrix()
{
    RawMatrix raw = sample();
    raw.cellIds = {"c1"};
    raw.rows = {{0, 4}, {0, 1, 2, 3}, {3, 4, 5, 6}, 4};
    QCOMPARE(finished(raw)->summary.minimum, 3.0);
    raw.rows = {{0, 3}, {0, 1, 3}, {3, 4, 6}, 4};
    QCOMPARE(finished(raw)->summary.minimum, 0.0);
    raw.rows = {{0, 4}, {0, 1, 2, 3}, {-3, -4, -5, -6}, 4};
    QCOMPARE(finished(raw)->summary.maximum, -3.0);
}

void TestMatrixBuilder::tellsNegativeAndFractionalValues()
{
    RawMatrix raw = sample();
    raw.rows.values[1] = -2.0F;
    auto built = finished(raw);
    QVERIFY(warns(*built, "negative", "1 of 5 values are negative: already scaled?"));
    QVERIFY(warns(*built, "negative", "raw, layers/counts"));
    QVERIFY(!built->summary.matrix->counts);
    QCOMPARE(built->summary.minimum, -2.0);
    raw.sources = {"X", "layers/counts"};
    raw.source = "layers/counts";
    QVERIFY(!contains(checkOf(*finished(raw), "negative").message, "offers"));
    raw = sample();
    raw.rows.values[1] = 2.5F;
    built = finished(raw);
    QVERIFY(warns(*built, "counts", "1 of 5 values are not whole numbers"));
    QVERIFY(!built->summary.matrix->counts);
    QCOMPARE(checkOf(*built, "negative").state, CheckState::Ok);
    raw.rows.values[1] = 3e9F; // whole, though no int32 holds it
    QVERIFY(finished(raw)->summary.matrix->counts);
}

void TestMatrixBuilder::tellsRounding()
{
    RawMatrix raw = sample();
    raw.roundedValues = 2;
    QVERIFY(warns(*finished(raw), "rounding", "2 of 5 values"));
    QVERIFY(checkOf(*finished(sample()), "rounding").name.empty());
}

void TestMatrixBuilder::renamesRepeatedGenes()
{
    RawMatrix raw = sample();
    raw.geneNames = {"A", "A", "A-1", "A"};
    const auto built = finished(raw);
    QCOMPARE(built->matrix.geneIds, (std::vector<std::string>{"A", "A-2", "A-1", "A-3"}));
    QVERIFY(warns(*built, "duplicate-genes", "A"));
    raw.geneNames[1] = "2-Sep";
    QVERIFY(warns(*finished(raw), "gene-names", "2-Sep"));
}

void TestMatrixBuilder::makesNamesUniqueAsAnndataDoes()
{
    // What anndata 0.12.19 (anndata.utils.make_index_unique) answers.
    struct Case
    {
        std::vector<std::string> names;
        std::vector<std::string> unique;
    };

    const std::vector<Case> cases = {
        {{"A", "B", "A", "A"}, {"A", "B", "A-1", "A-2"}},
        {{"A", "A", "A-1", "A"}, {"A", "A-2", "A-1", "A-3"}},
        {{"A-1", "A", "A-1", "A", "A-1-1"}, {"A-1", "A", "A-1-2", "A-2", "A-1-1"}},
        {{"A", "A-1", "A-2", "A", "A-1"}, {"A", "A-1", "A-2", "A-3", "A-1-1"}},
        {{"x", "x", "x-1", "x-1", "x", "x-1-1"}, {"x", "x-2", "x-1", "x-1-2", "x-3", "x-1-1"}},
    };
    for (const Case &each : cases) {
        std::vector<std::string> names = each.names;
        static_cast<void>(makeUnique(names));
        QCOMPARE(names, each.unique);
    }
}

void TestMatrixBuilder::takesAccessionsForMissingNames()
{
    RawMatrix raw = sample();
    raw.geneAccessions = {"E1", "E2", "E3", "E4"};
    raw.geneNames[2].clear();
    const auto built = finished(raw);
    QCOMPARE(built->matrix.geneIds[2], std::string("E3"));
    QVERIFY(warns(*built, "unnamed-genes", "1 gene without"));
    raw.geneAccessions[2].clear();
    QVERIFY(!finished(raw));
}

void TestMatrixBuilder::choosesTheLabelColumn()
{
    RawMatrix raw = sample();
    QCOMPARE(finished(raw)->summary.labelSource, std::string("none"));
    raw.cellColumns = {numbers("n"), categories("id", {"a", "b", "c"}, {0, 1, 2}),
                       categories("phase", {"S", "G1"}, {1, 1, 0}),
                       categories("louvain", {"0", "1"}, {0, -1, 0})};
    raw.cellIds.push_back("c4");
    raw.rows.starts.push_back(5);
    raw.cellColumns[0].numbers.push_back(4);
    for (std::size_t i = 1; i < 4; ++i)
        raw.cellColumns[i].codes.push_back(0);
    auto built = finished(raw);
    QCOMPARE(built->summary.labelSource, std::string("column louvain"));
    QCOMPARE(built->summary.labels, (std::map<std::string, std::uint64_t>{{"0", 3}}));
    QVERIFY(warns(*built, "labels", "only one class, from column louvain: 0 3; 1 cell without"));
    // Without a well-known name: the first column that is neither numbers nor a name of each cell.
    raw.cellColumns[3].name = "unknown";
    built = finished(raw);
    QCOMPARE(built->summary.labelSource, std::string("column phase"));
    QCOMPARE(built->summary.labels, (std::map<std::string, std::uint64_t>{{"G1", 2}, {"S", 2}}));
    raw.cellColumns[2].kind = CellColumn::Kind::Text; // texts are taken by name alone
    QCOMPARE(finished(raw)->summary.labelSource, std::string("column unknown"));
    QCOMPARE(finished(raw, "phase")->summary.labelSource, std::string("column phase"));
    QCOMPARE(finished(raw, "none")->summary.labelSource, std::string("none"));
    QVERIFY(finished(raw, "none")->summary.labels.empty());
}

void TestMatrixBuilder::refusesWrongLabelColumns()
{
    RawMatrix raw = sample();
    raw.cellColumns = {numbers("n"), categories("phase", {"S", "G1"}, {1, 1, 0})};
    const auto missing = finished(raw, "cell_type");
    QVERIFY(!missing && missing.error().code == ErrorCode::Usage);
    QVERIFY(contains(missing.error().message, "no cell column 'cell_type'"));
    QVERIFY(contains(missing.error().cure, "phase"));
    const auto number = finished(raw, "n");
    QVERIFY(!number && contains(number.error().message, "'n' holds numbers"));
}

void TestMatrixBuilder::sortsColumnsAndShowsTheirCounts()
{
    RawMatrix raw = sample();
    raw.cellIds.clear();
    CellColumn names = categories("barcode", {}, {}, CellColumn::Kind::Text);
    CellColumn types = categories("a_type", {"x", "y"}, {});
    CellColumn none = {"b_number", CellColumn::Kind::Number, {}, {}, {}};
    for (std::int32_t i = 0; i < 30; ++i) {
        raw.cellIds.push_back("c" + std::to_string(i));
        names.categories.push_back("n" + std::to_string(i));
        names.codes.push_back(i);
        types.codes.push_back(i % 3 - 1);
        none.numbers.push_back(i);
    }
    raw.rows.columns = {0, 2};
    raw.rows.values = {1, 2};
    raw.rows.starts.assign(31, 2);
    raw.rows.starts[0] = 0;
    raw.cellColumns = {names, none, types};
    raw.embeddings = {{"X_umap", 1, std::vector<float>(30)}, {"X_pca", 2, std::vector<float>(60)}};
    const auto built = finished(raw);
    QVERIFY(built.has_value());
    QCOMPARE(built->matrix.cellColumns[0].name, std::string("a_type"));
    QCOMPARE(built->matrix.cellColumns[2].name, std::string("barcode"));
    const auto &columns = built->summary.matrix->columns;
    QCOMPARE(columns.at("a_type"), (std::map<std::string, std::uint64_t>{{"x", 10}, {"y", 10}}));
    QVERIFY(columns.at("b_number").empty());
    QVERIFY(columns.at("barcode").empty());
    QCOMPARE(built->summary.matrix->embeddings, (std::vector<std::string>{"X_pca", "X_umap"}));
}

QTEST_GUILESS_MAIN(TestMatrixBuilder)
#include "tst_matrix_builder.moc"
