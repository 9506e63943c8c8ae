// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/generate_cells.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

CellRecipe small()
{
    CellRecipe recipe;
    recipe.cells = 300;
    recipe.genes = 400;
    recipe.types = 3;
    recipe.depth = 1000.0;
    recipe.seed = 1;
    return recipe;
}

data::CountMatrix made(const CellRecipe &recipe)
{
    return generateCells(recipe).value_or(data::CountMatrix());
}

std::vector<double> libraries(const data::CountMatrix &matrix)
{
    std::vector<double> sums;
    for (std::size_t i = 0; i < matrix.cellIds.size(); ++i) {
        const auto values = matrix.rows.view().rowValues(i);
        sums.push_back(std::accumulate(values.begin(), values.end(), 0.0));
    }
    return sums;
}

/// Mean share of each gene in the cells of one category.
std::vector<double> profile(const data::CountMatrix &matrix, const data::CellColumn &column,
                            std::int32_t code)
{
    std::vector<double> shares(matrix.geneIds.size());
    const std::vector<double> sums = libraries(matrix);
    double count = 0.0;
    for (std::size_t i = 0; i < matrix.cellIds.size(); ++i) {
        if (column.codes[i] != code)
            continue;
        count += 1.0;
        const auto columns = matrix.rows.view().rowColumns(i);
        for (std::size_t k = 0; k < columns.size(); ++k)
            shares[columns[k]] += static_cast<double>(matrix.rows.view().rowValues(i)[k]) / sums[i];
    }
    for (double &share : shares)
        share /= count;
    return shares;
}

/// Genes whose share is more than three times as large in the first profile.
std::size_t raised(const std::vector<double> &a, const std::vector<double> &b)
{
    std::size_t count = 0;
    for (std::size_t j = 0; j < a.size(); ++j)
        count += a[j] > 3.0 * b[j] && a[j] > 1e-3 ? 1U : 0U;
    return count;
}

} // namespace

class TestGenerateCells : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void isSoundAndNamed();
    void isTheSameAgainAndElsewhere();
    void doesNotDependOnTheNumberOfCells();
    void hasTypesWithMarkers();
    void hasBatches();
    void spreadsLibrariesAndLosesCounts();
    void refusesSizesOutOfRange();
};

void TestGenerateCells::isSoundAndNamed()
{
    const data::CountMatrix matrix = made(small());
    QCOMPARE(data::flawOf(matrix.rows.view()), std::string());
    QCOMPARE(matrix.cellIds.size(), std::size_t{300});
    QCOMPARE(matrix.geneIds.size(), std::size_t{400});
    QCOMPARE(matrix.rows.view().rowCount(), std::uint64_t{300});
    QCOMPARE(std::set<std::string>(matrix.cellIds.begin(), matrix.cellIds.end()).size(), std::size_t{300});
    QCOMPARE(std::set<std::string>(matrix.geneIds.begin(), matrix.geneIds.end()).size(), std::size_t{400});
    QCOMPARE(matrix.geneIds[0], std::string("BBB1"));
    QCOMPARE(matrix.geneAccessions[0], std::string("ENSG00000100000"));
    QCOMPARE(matrix.cellIds[0].size(), std::size_t{18});
    QCOMPARE(matrix.cellColumns[1].name, std::string("cell_type"));
    QCOMPARE(matrix.cellColumns[1].counts().size(), std::size_t{3});
    for (const float value : matrix.rows.values)
        QVERIFY(value == std::floor(value) && value > 0.0F);
}

void TestGenerateCells::isTheSameAgainAndElsewhere()
{
    const data::CountMatrix matrix = made(small());
    QVERIFY(matrix == made(small()));
    // Written down once: every machine, compiler and processor must give this.
    QCOMPARE(QString::fromStdString(data::contentDigest(matrix)),
             QStringLiteral("d5b3a1b06271789167d7fa9ac7b4b79c065a8dbcee4a150e16a2bb3ed49384bc"));
    CellRecipe other = small();
    other.seed = 2;
    QVERIFY(data::contentDigest(made(other)) != data::contentDigest(matrix));
    other = small();
    other.dropout = 0.0;
    QVERIFY(data::contentDigest(made(other)) != data::contentDigest(matrix));
}

void TestGenerateCells::doesNotDependOnTheNumberOfCells()
{
    CellRecipe more = small();
    more.cells = 310;
    const data::CountMatrix few = made(small());
    const data::CountMatrix many = made(more);
    QVERIFY(std::equal(few.cellIds.begin(), few.cellIds.end(), many.cellIds.begin()));
    QVERIFY(std::equal(few.rows.values.begin(), few.rows.values.end(), many.rows.values.begin()));
}

void TestGenerateCells::hasTypesWithMarkers()
{
    const data::CountMatrix matrix = made(small());
    const data::CellColumn &types = matrix.cellColumns[1];
    QVERIFY(raised(profile(matrix, types, 0), profile(matrix, types, 1)) > 10);
    QVERIFY(raised(profile(matrix, types, 1), profile(matrix, types, 0)) > 10);
    CellRecipe plain = small();
    plain.markerFraction = 0.0;
    const data::CountMatrix uniform = made(plain);
    QCOMPARE(raised(profile(uniform, uniform.cellColumns[1], 0), profile(uniform, uniform.cellColumns[1], 1)),
             std::size_t{0});
}

void TestGenerateCells::hasBatches()
{
    CellRecipe recipe = small();
    recipe.markerFraction = 0.0;
    recipe.batchEffect = 1.0;
    const data::CountMatrix matrix = made(recipe);
    const data::CellColumn &batches = matrix.cellColumns[0];
    QVERIFY(raised(profile(matrix, batches, 0), profile(matrix, batches, 1)) > 10);
    for (std::size_t i = 0; i < matrix.cellIds.size(); ++i)
        QVERIFY(matrix.cellIds[i].ends_with(batches.codes[i] == 0 ? "-1" : "-2"));
    recipe.batchEffect = 0.0;
    const data::CountMatrix without = made(recipe);
    QCOMPARE(raised(profile(without, without.cellColumns[0], 0), profile(without, without.cellColumns[0], 1)),
             std::size_t{0});
}

void TestGenerateCells::spreadsLibrariesAndLosesCounts()
{
    CellRecipe recipe = small();
    recipe.dropout = 0.0;
    std::vector<double> sums = libraries(made(recipe));
    std::sort(sums.begin(), sums.end());
    const double median = sums[sums.size() / 2];
    QVERIFY(median > 850.0 && median < 1150.0);
    QVERIFY(sums[sums.size() / 20] < 0.7 * median && sums[sums.size() * 19 / 20] > 1.4 * median);
    const std::size_t all = made(recipe).rows.values.size();
    recipe.dropout = 0.8;
    const std::size_t left = made(recipe).rows.values.size();
    QVERIFY(left * 10 < all * 9 && left * 10 > all);
}

void TestGenerateCells::refusesSizesOutOfRange()
{
    const auto refused = [](auto change, const char *words) {
        CellRecipe recipe = small();
        change(recipe);
        const auto result = generateCells(recipe);
        return !result && result.error().code == ErrorCode::BadSpec &&
               result.error().message.find(words) != std::string::npos;
    };
    QVERIFY(refused([](CellRecipe &recipe) { recipe.cells = 0; }, "cells: 0"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.genes = 1; }, "genes: 1"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.genes = recipe.cells = 50'000; }, "cells times genes"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.types = 0; }, "types"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.batches = 51; }, "batches"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.depth = std::nan(""); }, "depth"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.markerFraction = 1.5; }, "marker fraction"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.effect = -1.0; }, "effect"));
    QVERIFY(refused([](CellRecipe &recipe) { recipe.dropout = 1.1; }, "dropout"));
}

QTEST_GUILESS_MAIN(TestGenerateCells)
#include "tst_generate_cells.moc"
