// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/cells.h"
#include "tests/models/prepare/cell_matrices.h"

#include <set>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

bool has(const std::string &text, const std::string &part)
{
    return text.find(part) != std::string::npos;
}

/// One count in each of the first `counts[i]` genes of cell i.
std::vector<std::vector<float>> cellsWith(const std::vector<std::size_t> &counts, std::size_t genes)
{
    std::vector<std::vector<float>> cells;
    for (const std::size_t count : counts) {
        cells.emplace_back(genes);
        std::fill_n(cells.back().begin(), count, 1.0F);
    }
    return cells;
}

} // namespace

/// What the preparation refuses and what it warns of, in which words.
class TestCellChecks : public QObject
{
    Q_OBJECT

    CellMatrices m_matrices;

    [[nodiscard]] Result<data::PreparedCells> prepared(const std::vector<std::vector<float>> &cells,
                                                       const char *settings) const
    {
        return prepareCells(*m_matrices.open(cells), preparationOf(settings), 2);
    }

    [[nodiscard]] Error errorOf(const std::vector<std::vector<float>> &cells, const char *settings) const
    {
        const auto result = prepared(cells, settings);
        return result ? Error{} : result.error();
    }

    [[nodiscard]] std::set<std::string> warningsOf(const std::vector<std::vector<float>> &cells,
                                                   const char *settings) const
    {
        const auto result = prepared(cells, settings);
        if (!result)
            return {describe(result.error())};
        std::set<std::string> names;
        for (const data::Check &check : result->summary.checks)
            names.insert(check.name);
        return names;
    }

private Q_SLOTS:

    void aThresholdThatDropsAllSaysWhatTheDataHas()
    {
        const Error cells = errorOf(cellsWith({3, 7, 5}, 10), "minGenes=8");
        QCOMPARE(cells.code, ErrorCode::BadData);
        QCOMPARE(cells.message, std::string("filter-cells: no cell has 8 genes: the richest has 7"));
        QCOMPARE(cells.cure, std::string("lower minGenes"));
        const Error genes = errorOf(cellsWith({3, 7, 5}, 10), "minGenes=0 minCells=4");
        QCOMPARE(genes.code, ErrorCode::BadData);
        QCOMPARE(genes.message,
                 std::string("filter-genes: no gene is expressed in 4 cells: the most frequent is in 3"));
        QCOMPARE(genes.cure, std::string("lower minCells"));
        // Negative control: the threshold that the richest just reaches.
        QVERIFY(prepared(cellsWith({3, 7, 5}, 10), "minGenes=7 minCells=0 selectGenes=false").has_value());
        QVERIFY(prepared(cellsWith({3, 7, 5}, 10), "minGenes=0 minCells=3 selectGenes=false").has_value());
    }

    void aThresholdThatDropsNearlyAllIsTold()
    {
        std::vector<std::size_t> counts(20, 3);
        counts[0] = 10;
        const char *const settings = "minGenes=5 minCells=0 selectGenes=false";
        const auto many = prepared(cellsWith(counts, 10), settings);
        QVERIFY(many.has_value());
        QCOMPARE(many->summary.checks.size(), std::size_t{1});
        QCOMPARE(many->summary.checks[0].name, std::string("few-cells"));
        QCOMPARE(many->summary.checks[0].state, data::CheckState::Warning);
        QCOMPARE(many->summary.checks[0].message,
                 std::string("minGenes=5 drops 19 of 20 cells (95.0 %): half of them have at most 3 genes"));
        counts[1] = 10; // exactly nine of ten are dropped
        QVERIFY(warningsOf(cellsWith(counts, 10), settings).empty());
        QVERIFY(warningsOf(cellsWith({20, 1, 1}, 20), "minGenes=0 minCells=2 selectGenes=false") ==
                std::set<std::string>{"few-genes"});
        QVERIFY(warningsOf(cellsWith({20, 2, 2}, 20), "minGenes=0 minCells=2 selectGenes=false").empty());
    }

    void valuesThatAreNoCountsAreToldBeforeNormalising()
    {
        auto cells = countsOf(40, 30);
        const char *const settings = "minGenes=0 minCells=0 maxMean=12";
        QVERIFY(warningsOf(cells, settings).empty());
        cells[1][2] = 0.5F;
        QVERIFY(warningsOf(cells, settings) == std::set<std::string>{"no-counts"});
        QVERIFY(warningsOf(cells, "minGenes=0 minCells=0 normalise=false selectGenes=false").empty());
        const auto result = prepared(cells, settings);
        QVERIFY(result.has_value());
        QVERIFY(has(result->summary.checks[0].message, "the file also offers raw"));
    }

    void negativeValuesHaveNoLogarithm_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<bool>("good");
        QTest::newRow("all stages") << QStringLiteral("minGenes=0 minCells=0") << false;
        QTest::newRow("not normalised") << QStringLiteral("minGenes=0 minCells=0 normalise=false") << false;
        QTest::newRow("no logarithm")
            << QStringLiteral("minGenes=0 minCells=0 logarithm=false selectGenes=false") << true;
    }

    void negativeValuesHaveNoLogarithm()
    {
        QFETCH(QString, settings);
        QFETCH(bool, good);
        auto cells = countsOf(40, 30);
        cells[17][4] = -0.25F;
        const auto result = prepared(cells, settings.toLatin1().constData());
        QCOMPARE(result.has_value(), good);
        if (good)
            return;
        QCOMPARE(result.error().code, ErrorCode::BadData);
        QVERIFY2(has(result.error().message, "'g4' in cell 'c17' is -0.25"), result.error().message.c_str());
        QVERIFY2(has(result.error().cure, "--matrix raw"), result.error().cure.c_str());
    }

    void aSelectionOfNothingSaysWhatTheDataHas()
    {
        const auto cells = countsOf(40, 30);
        const Error none = errorOf(cells, "minGenes=5 minDispersion=50 maxMean=12");
        QCOMPARE(none.code, ErrorCode::BadData);
        QVERIFY2(has(none.message, "select-genes: none of 29 genes is highly variable"),
                 none.message.c_str());
        QVERIFY2(has(none.cure, "minDispersion 50"), none.cure.c_str());
        const Error flat = errorOf(cellsWith({5, 5, 5}, 5), "minGenes=0 minCells=0");
        QCOMPARE(flat.code, ErrorCode::BadData);
        QVERIFY2(has(flat.message, "none has a normalised dispersion"), flat.message.c_str());
        QVERIFY(prepared(cells, "minGenes=5 minDispersion=0.5 maxMean=12").has_value());
    }

    void valuesThatAreNoLogarithmsAreNotTakenForThem()
    {
        auto cells = countsOf(40, 30);
        const char *const settings = "minGenes=0 minCells=0 normalise=false logarithm=false maxMean=100";
        QVERIFY(prepared(cells, settings).has_value());
        cells[3][3] = 200.0F;
        const Error error = errorOf(cells, settings);
        QCOMPARE(error.code, ErrorCode::BadData);
        QVERIFY2(has(error.message, "the value 200 is too large to be a logarithm"), error.message.c_str());
    }

    void cellsWithoutCountsStayAsTheyAre()
    {
        auto cells = countsOf(40, 30);
        std::fill(cells[9].begin(), cells[9].end(), 0.0F);
        const char *const settings = "minGenes=0 minCells=0 selectGenes=false scale=false";
        QVERIFY(warningsOf(cells, settings) == std::set<std::string>{"empty-cells"});
        const auto result = prepared(cells, settings);
        QVERIFY(result.has_value());
        for (std::size_t gene = 0; gene < 30; ++gene)
            QCOMPARE(result->values[9 * 30 + gene], 0.0F);
        QVERIFY(warningsOf(countsOf(40, 30), settings).empty());
    }

    void aMatrixWithoutValuesIsBadData()
    {
        QCOMPARE(errorOf({{0.0F, 0.0F}, {0.0F, 0.0F}}, "minGenes=0 minCells=0").code, ErrorCode::BadData);
    }

    void wrongSettingsAreBadSpec()
    {
        spec::CellPreparation wrong;
        wrong.targetSum = 0.0;
        const auto result = prepareCells(*m_matrices.open(countsOf(40, 30)), wrong, 2);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::BadSpec);
    }

    void valuesThatBecomeTooLargeAreBadData()
    {
        auto cells = countsOf(40, 30);
        const char *const settings = "minGenes=0 minCells=0 selectGenes=false";
        cells[0][0] = 3e38F;
        QVERIFY(prepared(cells, settings).has_value());
        cells[0][1] = 3e38F;
        const Error error = errorOf(cells, settings);
        QCOMPARE(error.code, ErrorCode::BadData);
        QVERIFY2(has(error.message, "normalise: a value became too large"), error.message.c_str());
    }
};

QTEST_GUILESS_MAIN(TestCellChecks)
#include "tst_cell_checks.moc"
