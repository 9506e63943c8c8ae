// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/prepare/generate_expression.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <vector>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

/// A generated table read back: values gene by gene.
struct Table
{
    std::vector<std::string> samples;
    std::vector<std::vector<double>> genes;
    std::vector<bool> isPositive;
};

Table parse(std::string_view tsv)
{
    Table table;
    auto lines = ibidem::split(tsv, '\n');
    for (const std::string_view cell : ibidem::split(lines.front(), '\t'))
        table.samples.emplace_back(cell);
    table.samples.erase(table.samples.begin(), table.samples.begin() + 2);
    for (const std::string &sample : table.samples)
        table.isPositive.push_back(sample.front() == '1');
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
        const auto cells = ibidem::split(lines[i], '\t');
        std::vector<double> row;
        for (std::size_t j = 2; j < cells.size(); ++j)
            row.push_back(parseDouble(cells[j]).value_or(-1.0));
        table.genes.push_back(std::move(row));
    }
    return table;
}

std::vector<double> logged(std::vector<double> row)
{
    for (double &value : row)
        value = std::log2(1.0 + value);
    return row;
}

double mean(const std::vector<double> &row, const std::function<bool(std::size_t)> &wanted)
{
    double sum = 0.0;
    double count = 0.0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (wanted(i)) {
            sum += row[i];
            count += 1.0;
        }
    }
    return sum / count;
}

/// Welch's statistic of the two classes, absolute.
double separation(const Table &table, std::size_t gene)
{
    const std::vector<double> row = logged(table.genes[gene]);
    double means[2] = {0.0, 0.0};
    double errors[2] = {0.0, 0.0};
    for (const bool side : {false, true}) {
        const auto member = [&](std::size_t i) { return table.isPositive[i] == side; };
        const double centre = mean(row, member);
        std::vector<double> squares = row;
        for (double &value : squares)
            value = (value - centre) * (value - centre);
        const double count =
            static_cast<double>(std::count(table.isPositive.begin(), table.isPositive.end(), side));
        means[side] = centre;
        errors[side] = mean(squares, member) / count;
    }
    return std::abs(means[1] - means[0]) / std::sqrt(errors[0] + errors[1] + 1e-12);
}

ExpressionRecipe smallRecipe()
{
    ExpressionRecipe recipe;
    recipe.genes = 30;
    recipe.samples = 12;
    recipe.modules = 3;
    recipe.seed = 1;
    return recipe;
}

} // namespace

class TestGenerateExpression : public QObject
{
    Q_OBJECT

private slots:
    void makesTheSameBytesForever();
    void makesOtherBytesForOtherRecipes();
    void hasThePapersLayout();
    void addsUpToAMillion();
    void separatesTheInformativeGenes();
    void separatesNothingWithoutEffect();
    void variesMoreThanCountsAlone();
    void correlatesTheGenesOfAModule();
    void rejectsImpossibleRecipes();
    void isFast();
};

void TestGenerateExpression::makesTheSameBytesForever()
{
    const auto tsv = generateExpressionTsv(smallRecipe());
    QCOMPARE(sha256Hex(*tsv),
             std::string("f30ea0c16c59ad8c473a4a260a827c6ce2ca233605123a2e6004b3a371b4ae12"));
}

void TestGenerateExpression::makesOtherBytesForOtherRecipes()
{
    const std::string base = *generateExpressionTsv(smallRecipe());
    QCOMPARE(*generateExpressionTsv(smallRecipe()), base);
    ExpressionRecipe seed = smallRecipe();
    seed.seed = 2;
    QVERIFY(*generateExpressionTsv(seed) != base);
    ExpressionRecipe effect = smallRecipe();
    effect.effect = 1.5;
    effect.informativeFraction = 0.5;
    QVERIFY(*generateExpressionTsv(effect) != base);
}

void TestGenerateExpression::hasThePapersLayout()
{
    const auto tsv = generateExpressionTsv(smallRecipe());
    const auto lines = ibidem::split(*tsv, '\n');
    QCOMPARE(lines.size(), std::size_t{32});
    QVERIFY(lines.back().empty());
    QVERIFY(lines[0].substr(0, 40) == "Gene ID\tGene Name\t0_S0001\t1_S0002\t0_S000");
    QVERIFY(lines[1].substr(0, 25) == "ENSG00000100000\tGENE0001\t");
    const Table table = parse(*tsv);
    QCOMPARE(table.genes.size(), std::size_t{30});
    for (const auto &row : table.genes) {
        QCOMPARE(row.size(), std::size_t{12});
        for (const double value : row)
            QVERIFY(value >= 0.0 && value <= 1e6);
    }
    ExpressionRecipe few = smallRecipe();
    few.positiveFraction = 0.25;
    const Table rare = parse(*generateExpressionTsv(few));
    QCOMPARE(std::count(rare.isPositive.begin(), rare.isPositive.end(), true), std::ptrdiff_t{3});
}

void TestGenerateExpression::addsUpToAMillion()
{
    const Table table = parse(*generateExpressionTsv(smallRecipe()));
    for (std::size_t i = 0; i < table.samples.size(); ++i) {
        double sum = 0.0;
        for (const auto &row : table.genes)
            sum += row[i];
        QVERIFY(std::abs(sum - 1e6) < 10.0);
    }
}

void TestGenerateExpression::separatesTheInformativeGenes()
{
    const Table table = parse(*generateExpressionTsv({}));
    std::size_t separated = 0;
    for (std::size_t j = 0; j < table.genes.size(); ++j)
        separated += separation(table, j) > 4.0 ? 1U : 0U;
    // Some 50 of 500 genes differ; the weakest of them do not show in 240 samples.
    QVERIFY2(separated >= 15 && separated <= 75, std::to_string(separated).c_str());
}

void TestGenerateExpression::separatesNothingWithoutEffect()
{
    ExpressionRecipe recipe;
    recipe.effect = 0.0;
    const Table table = parse(*generateExpressionTsv(recipe));
    for (std::size_t j = 0; j < table.genes.size(); ++j)
        QVERIFY2(separation(table, j) < 5.0, std::to_string(separation(table, j)).c_str());
}

void TestGenerateExpression::variesMoreThanCountsAlone()
{
    ExpressionRecipe recipe;
    recipe.effect = 0.0;
    const Table table = parse(*generateExpressionTsv(recipe));
    // Poisson counts of genes with thousands of counts would vary by a few per cent only.
    std::size_t dispersed = 0;
    for (const auto &row : table.genes) {
        const auto all = [](std::size_t) { return true; };
        const double centre = mean(row, all);
        std::vector<double> squares = row;
        for (double &value : squares)
            value = (value - centre) * (value - centre);
        dispersed += std::sqrt(mean(squares, all)) > 0.3 * centre ? 1U : 0U;
    }
    QVERIFY(dispersed > 450);
}

void TestGenerateExpression::correlatesTheGenesOfAModule()
{
    const auto strongestPair = [](std::uint64_t modules) {
        ExpressionRecipe recipe;
        recipe.genes = 60;
        recipe.samples = 200;
        recipe.effect = 0.0;
        recipe.modules = modules;
        const Table table = parse(*generateExpressionTsv(recipe));
        std::size_t strong = 0;
        const auto all = [](std::size_t) { return true; };
        for (std::size_t a = 0; a < table.genes.size(); ++a) {
            for (std::size_t b = 0; b < a; ++b) {
                std::vector<double> x = logged(table.genes[a]);
                std::vector<double> y = logged(table.genes[b]);
                std::vector<double> products(x.size());
                const double meanX = mean(x, all);
                const double meanY = mean(y, all);
                for (std::size_t i = 0; i < x.size(); ++i) {
                    x[i] -= meanX;
                    y[i] -= meanY;
                    products[i] = x[i] * y[i];
                    x[i] *= x[i];
                    y[i] *= y[i];
                }
                const double spread = std::sqrt(mean(x, all) * mean(y, all)) + 1e-12;
                strong += std::abs(mean(products, all)) / spread > 0.4 ? 1U : 0U;
            }
        }
        return strong;
    };
    // Two modules: half of the pairs share one. Sixty modules: hardly any, but values per million hang
    // together too.
    const std::size_t shared = strongestPair(2);
    const std::size_t separate = strongestPair(60);
    QVERIFY2(shared > 2 * separate, (std::to_string(shared) + " " + std::to_string(separate)).c_str());
}

void TestGenerateExpression::rejectsImpossibleRecipes()
{
    const std::vector<std::pair<std::string, std::function<void(ExpressionRecipe &)>>> broken = {
        {"genes", [](ExpressionRecipe &r) { r.genes = 1; }},
        {"genes", [](ExpressionRecipe &r) { r.genes = 1000001; }},
        {"samples", [](ExpressionRecipe &r) { r.samples = 3; }},
        {"genes times samples", [](ExpressionRecipe &r) { r.genes = r.samples = 1000000; }},
        {"positive fraction", [](ExpressionRecipe &r) { r.positiveFraction = 1.0; }},
        {"informative fraction", [](ExpressionRecipe &r) { r.informativeFraction = 0.0; }},
        {"effect", [](ExpressionRecipe &r) { r.effect = std::nan(""); }},
        {"modules", [](ExpressionRecipe &r) { r.modules = 0; }},
    };
    for (const auto &[words, change] : broken) {
        ExpressionRecipe recipe;
        change(recipe);
        const auto tsv = generateExpressionTsv(recipe);
        QVERIFY2(!tsv, words.c_str());
        QCOMPARE(tsv.error().code, ErrorCode::BadSpec);
        QVERIFY2(tsv.error().message.find(words) != std::string::npos, tsv.error().message.c_str());
    }
}

void TestGenerateExpression::isFast()
{
    const auto start = std::chrono::steady_clock::now();
    const auto tsv = generateExpressionTsv({});
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    QVERIFY(tsv.has_value());
    qInfo("500 genes x 240 samples: %.3f s, %zu bytes", elapsed.count(), tsv->size());
#ifdef NDEBUG
    QVERIFY(elapsed.count() < 3.0);
#endif
}

QTEST_GUILESS_MAIN(TestGenerateExpression)
#include "tst_generate_expression.moc"
