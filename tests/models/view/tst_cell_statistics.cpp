// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/distribution_text.h"
#include "tests/models/data/matrix_samples.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace ibidem;
using namespace ibidem::view;

class TestCellStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statisticsAreThoseCountedByHand();
    void quartilesLieBetweenValues();
    void barsHoldEveryValueOnce();
    void wholeNumbersHaveWholeEdges();
    void negativeValuesAreCountedAside();
    void countingCanBeGivenUp();
    void distributionsAreSaidInWords();
};

void TestCellStatistics::statisticsAreThoseCountedByHand()
{
    const std::atomic_bool go{false};
    auto matrix = sampleMatrix().matrix;
    const auto statistics = cellStatistics(matrix.rows.view(), go);
    QVERIFY(statistics.has_value());
    // Genes per cell 2, 0, 3; counts 3, 0, 13; cells per gene 2, 1, 1, 1.
    QCOMPARE(statistics->genesPerCell.size, std::uint64_t{3});
    QCOMPARE(statistics->genesPerCell.notPositive, std::uint64_t{1});
    QCOMPARE(statistics->genesPerCell.median, 2.0);
    QCOMPARE(statistics->genesPerCell.maximum, 3.0);
    QCOMPARE(statistics->countsPerCell.median, 3.0);
    QCOMPARE(statistics->countsPerCell.upperQuartile, 8.0);
    QCOMPARE(statistics->countsPerCell.maximum, 13.0);
    QCOMPARE(statistics->cellsPerGene.median, 1.0);
    QCOMPARE(statistics->cellsPerGene.upperQuartile, 1.25);
    QCOMPARE(statistics->cellsPerGene.bars, (std::vector<std::uint64_t>{3, 1}));
    QVERIFY(cellStatistics(matrix.rows.view(), go) == statistics);
    matrix.rows.values[0] = 2.0F;
    QVERIFY(cellStatistics(matrix.rows.view(), go) != statistics);
}

void TestCellStatistics::quartilesLieBetweenValues()
{
    // numpy.percentile([15, 20, 35, 40, 50], [25, 50, 75]) and of the first four
    const Distribution five = distributionOf({50, 15, 35, 20, 40});
    QCOMPARE(five.lowerQuartile, 20.0);
    QCOMPARE(five.median, 35.0);
    QCOMPARE(five.upperQuartile, 40.0);
    const Distribution four = distributionOf({15, 20, 35, 40});
    QCOMPARE(four.lowerQuartile, 18.75);
    QCOMPARE(four.median, 27.5);
    QCOMPARE(four.upperQuartile, 36.25);
    QCOMPARE(distributionOf({}).size, std::uint64_t{0});
    QVERIFY(distributionOf({}).bars.empty());
    const Distribution one = distributionOf({7.0});
    QCOMPARE(one.bars, (std::vector<std::uint64_t>{1}));
    QCOMPARE(one.median, 7.0);
}

void TestCellStatistics::barsHoldEveryValueOnce()
{
    std::vector<double> values;
    for (int place = 0; place < 5000; ++place)
        values.push_back(0.5 + 0.37 * ((place * 7919) % 5000));
    const Distribution spread = distributionOf(values);
    QCOMPARE(spread.bars.size(), std::size_t{40});
    QCOMPARE(std::accumulate(spread.bars.begin(), spread.bars.end(), std::uint64_t{0}), spread.size);
    for (std::size_t bar = 0; bar < spread.bars.size(); ++bar) {
        const bool last = bar + 1 == spread.bars.size();
        const auto inside = std::count_if(values.begin(), values.end(), [&](double value) {
            return value >= spread.edges[bar] &&
                   (last ? value <= spread.edges[bar + 1] : value < spread.edges[bar + 1]);
        });
        QCOMPARE(spread.bars[bar], static_cast<std::uint64_t>(inside));
        const double ratio = spread.edges[bar + 1] / spread.edges[bar];
        QVERIFY(std::abs(ratio / (spread.edges[1] / spread.edges[0]) - 1.0) < 1e-9);
    }
}

void TestCellStatistics::wholeNumbersHaveWholeEdges()
{
    std::vector<double> values;
    for (int place = 1; place <= 1000; ++place)
        values.push_back(place);
    const Distribution spread = distributionOf(values);
    QCOMPARE(spread.edges.front(), 1.0);
    QCOMPARE(spread.edges.back(), 1001.0);
    std::uint64_t sum = 0;
    for (std::size_t bar = 0; bar < spread.bars.size(); ++bar) {
        QCOMPARE(spread.edges[bar], std::floor(spread.edges[bar]));
        QCOMPARE(static_cast<double>(spread.bars[bar]), spread.edges[bar + 1] - spread.edges[bar]);
        sum += spread.bars[bar];
    }
    QCOMPARE(sum, std::uint64_t{1000});
}

void TestCellStatistics::negativeValuesAreCountedAside()
{
    const Distribution spread = distributionOf({-2.0, -0.5, 0.0, 1.0, 2.0});
    QCOMPARE(spread.notPositive, std::uint64_t{3});
    QCOMPARE(spread.minimum, -2.0);
    QCOMPARE(std::accumulate(spread.bars.begin(), spread.bars.end(), std::uint64_t{0}), std::uint64_t{2});
    const Distribution none = distributionOf({-1.0, 0.0});
    QVERIFY(none.bars.empty());
    QVERIFY(none.edges.empty());
}

void TestCellStatistics::countingCanBeGivenUp()
{
    const std::atomic_bool stop{true};
    QVERIFY(!cellStatistics(sampleMatrix().matrix.rows.view(), stop).has_value());
}

void TestCellStatistics::distributionsAreSaidInWords()
{
    const Distribution spread = distributionOf({0, 1200, 1300, 5000});
    const QString summary = summaryOf(Quantity::CountsPerCell, spread);
    QVERIFY2(summary.contains(QStringLiteral("Median 1,250")), qPrintable(summary));
    QVERIFY2(summary.contains(QStringLiteral("to 5,000")), qPrintable(summary));
    QVERIFY2(summary.contains(QStringLiteral("1 cells at 0")), qPrintable(summary));
    QVERIFY(barText(Quantity::CellsPerGene, spread, 0).startsWith(QStringLiteral("2 genes from 1,200")) ||
            barText(Quantity::CellsPerGene, spread, 0).startsWith(QStringLiteral("1 genes from 1,200")));
    QVERIFY(barText(Quantity::CellsPerGene, spread, 400).isEmpty());
    QCOMPARE(numberText(-1500.0), QStringLiteral("-1,500"));
    QCOMPARE(numberText(1940.5), QStringLiteral("1,940.5"));
    QCOMPARE(numberText(599.26), QStringLiteral("599.3"));
    QCOMPARE(numberText(0.25), QStringLiteral("0.25"));
}

QTEST_GUILESS_MAIN(TestCellStatistics)
#include "tst_cell_statistics.moc"
