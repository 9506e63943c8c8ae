// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/exact_neighbours.h"
#include "models/analyze/fuzzy_graph.h"
#include "models/analyze/leiden.h"
#include "models/analyze/map_layout.h"
#include "models/analyze/philox_lanes.h"
#include "models/base/sha256.h"
#include "tests/models/analyze/generated_cells.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace ibidem;
using namespace ibidem::analyze;

namespace {

using Floats = std::vector<float>;

/// The specification: sort all others by (distance, index).
NeighbourLists bySorting(const Floats &embedding, std::size_t dimensions, std::size_t k)
{
    const std::size_t cells = embedding.size() / dimensions;
    NeighbourLists lists{cells, k, {}, {}};
    for (std::size_t cell = 0; cell < cells; ++cell) {
        std::vector<std::pair<double, std::int32_t>> all;
        for (std::size_t other = 0; other < cells; ++other)
            if (other != cell)
                all.emplace_back(squaredDistance(&embedding[cell * dimensions],
                                                 &embedding[other * dimensions], dimensions),
                                 static_cast<std::int32_t>(other));
        std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(k), all.end());
        for (std::size_t i = 0; i < k; ++i) {
            lists.others.push_back(all[i].second);
            lists.distances.push_back(std::sqrt(all[i].first));
        }
    }
    return lists;
}

bool equal(const NeighbourLists &a, const NeighbourLists &b)
{
    return a.perCell == b.perCell && a.others == b.others && a.distances == b.distances;
}

NeighbourLists found(const Floats &embedding, std::size_t dimensions, std::size_t k, unsigned threads = 1)
{
    return exactNeighbours(embedding, dimensions, k, threads).value();
}

std::string digest(const Floats &values)
{
    return sha256Hex(std::as_bytes(std::span(values)));
}

/// Starting positions that need no library.
Floats spiral(std::size_t cells)
{
    Floats positions;
    RandomStream random(5, RandomPurpose::Test);
    for (std::size_t i = 0; i < 2 * cells; ++i)
        positions.push_back(20.0F * random.uniformFloat() - 10.0F);
    return positions;
}

Floats plane(std::size_t cells, double scale, double offset)
{
    Floats result;
    RandomStream random(9, RandomPurpose::Test);
    for (std::size_t i = 0; i < 2 * cells; ++i)
        result.push_back(static_cast<float>(offset + scale * static_cast<double>(random.bounded(12))));
    return result;
}

} // namespace

class TestCellGraph : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void neighboursAreExact_data()
    {
        QTest::addColumn<Floats>("embedding");
        QTest::addColumn<int>("dimensions");
        QTest::newRow("clouds") << generateCells(1500, 32, 7, 4.0).embedding << 32;
        QTest::newRow("odd dimensions") << generateCells(700, 7, 3, 2.0).embedding << 7;
        QTest::newRow("more dimensions than a block") << generateCells(300, 301, 3, 1.0).embedding << 301;
        QTest::newRow("far from the origin") << generateCells(600, 5, 1, 1e4).embedding << 5;
        QTest::newRow("one dimension") << generateCells(400, 1, 2, 3.0).embedding << 1;
        // Whole numbers on a small grid: nearly all distances are tied, and many cells are at one place.
        QTest::newRow("ties") << plane(900, 1.0, 0.0) << 2;
        QTest::newRow("tiny numbers") << plane(500, 1e-42, 0.0) << 2;
        QTest::newRow("huge numbers") << plane(500, 2.8e37, -1e38) << 2;
        QTest::newRow("all in one place") << Floats(600, 3.0F) << 2;
        Floats outlier = generateCells(500, 8, 2, 1.0).embedding;
        outlier[80] = 1e30F;
        QTest::newRow("an outlier") << outlier << 8;
    }

    void neighboursAreExact()
    {
        QFETCH(Floats, embedding);
        QFETCH(int, dimensions);
        const auto width = static_cast<std::size_t>(dimensions);
        for (const std::size_t k : {std::size_t{1}, std::size_t{15}, std::size_t{60}}) {
            const NeighbourLists expected = bySorting(embedding, width, k);
            for (const unsigned threads : {1U, 2U, 3U})
                QVERIFY(equal(found(embedding, width, k, threads), expected));
        }
    }

    void allOthersAreNeighboursOfFew()
    {
        const Floats embedding = generateCells(5, 3, 1, 0.0).embedding;
        QVERIFY(equal(found(embedding, 3, 4), bySorting(embedding, 3, 4)));
    }

    /// Cells on whole coordinates, 1 and 9 at one place; weights of umap-learn 0.5.12 for the same
    /// neighbours.
    void weightsAreThoseOfUmapLearn()
    {
        const Floats points = {0, 0, 1, 0, 0, 2, 3, 1, 7, 7, 8, 7, 7, 9, 10, 8, 4, 4, 1, 0};
        const FuzzyGraph graph = fuzzyGraph(found(points, 2, 3));

        struct Edge
        {
            std::int32_t a, b;
            double weight;
        };

        const std::vector<Edge> expected = {
            {0, 1, 1.0},         {0, 2, 1.0}, {0, 3, 3.6647e-07},  {0, 9, 1.0},         {1, 2, 0.500002027},
            {1, 3, 1.0},         {1, 9, 1.0}, {2, 8, 0.466666698}, {2, 9, 0.500002027}, {3, 8, 1.0},
            {3, 9, 1.0},         {4, 5, 1.0}, {4, 6, 0.99999994},  {4, 7, 0.684610248}, {4, 8, 0.53333354},
            {5, 6, 0.876423895}, {5, 7, 1.0}, {6, 7, 0.623578787},
        };
        QCOMPARE(graph.others.size(), 2 * expected.size());
        for (const Edge &edge : expected) {
            for (const auto &[from, to] : {std::pair(edge.a, edge.b), std::pair(edge.b, edge.a)}) {
                const auto cell = static_cast<std::size_t>(from);
                const auto first = graph.others.begin() + static_cast<std::ptrdiff_t>(graph.starts[cell]);
                const auto last = graph.others.begin() + static_cast<std::ptrdiff_t>(graph.starts[cell + 1]);
                const auto place = std::lower_bound(first, last, to);
                QVERIFY(place != last && *place == to);
                const double weight = static_cast<double>(
                    graph.weights[static_cast<std::size_t>(place - graph.others.begin())]);
                QVERIFY2(std::abs(weight - edge.weight) < 2e-5, qPrintable(QString::number(weight, 'g', 9)));
            }
        }
    }

    /// The same bits on every machine, so they can be written down.
    void bitsOfGraphAndLayout()
    {
        const GeneratedCells cells = generateCells(400, 16, 4, 1.0);
        const NeighbourLists lists = found(cells.embedding, 16, 15);
        const FuzzyGraph graph = fuzzyGraph(lists);
        QCOMPARE(QString::fromStdString(graphDigest(lists, graph)),
                 QStringLiteral("7c0d102b6cef4f9585f9701043433083dce79d23d31e7872a3264c9e966dd6bc"));
        const LayoutCurve curve{1.5769434, 0.8950609};
        const auto map = layOutMap(graph, spiral(400), curve, 50, 3);
        QCOMPARE(QString::fromStdString(digest(map.value())),
                 QStringLiteral("128bfe9d3405bf559456bf931fc4d33d6094f56c3d5bdeb944451bd17cce3a09"));

        QVERIFY(digest(layOutMap(graph, spiral(400), curve, 50, 4).value()) != digest(*map)); // another seed
        Floats moved = spiral(400);
        moved[17] = std::nextafter(moved[17], 100.0F);
        QVERIFY(digest(layOutMap(graph, moved, curve, 50, 3).value()) != digest(*map));
        Floats changed = cells.embedding;
        changed[100] = std::nextafter(changed[100], 100.0F);
        const NeighbourLists otherLists = found(changed, 16, 15);
        QVERIFY(graphDigest(otherLists, fuzzyGraph(otherLists)) != graphDigest(lists, graph));
    }

    void scaleChangesNoWeightMuch()
    {
        const GeneratedCells cells = generateCells(300, 8, 3, 1.0);
        const FuzzyGraph graph = fuzzyGraph(found(cells.embedding, 8, 15));
        for (const float scale : {1e-12F, 1e12F}) {
            Floats scaled = cells.embedding;
            for (float &value : scaled)
                value *= scale;
            const FuzzyGraph other = fuzzyGraph(found(scaled, 8, 15));
            QCOMPARE(other.others, graph.others);
            for (std::size_t i = 0; i < graph.weights.size(); ++i)
                QVERIFY(std::abs(graph.weights[i] - other.weights[i]) < 1e-4F);
        }
    }

    void componentsAreNumberedByTheirFirstCells()
    {
        const GeneratedCells cells = generateCells(90, 4, 3, 1000.0, 2);
        const auto component = components(fuzzyGraph(found(cells.embedding, 4, 5)));
        QCOMPARE(component, cells.clouds);
    }

    /// Zachary's example in small: two triangles joined by one edge. Modularity 6/7 - 1/2 for the triangles.
    void modularityOfTwoTriangles()
    {
        FuzzyGraph graph;
        graph.starts = {0, 2, 4, 7, 10, 12, 14};
        graph.others = {1, 2, 0, 2, 0, 1, 3, 2, 4, 5, 3, 5, 3, 4};
        graph.weights.assign(14, 1.0F);
        const auto clusters = leidenClusters(graph, 1.0, 0);
        QVERIFY(clusters.has_value());
        QCOMPARE(clusters->ofCell, (std::vector<std::int32_t>{0, 0, 0, 1, 1, 1}));
        QCOMPARE(clusters->sizes, (std::vector<std::uint64_t>{3, 3}));
        QVERIFY(std::abs(clusters->modularity - (6.0 / 7.0 - 0.5)) < 1e-12);
        QCOMPARE(leidenClusters(graph, 0.01, 0)->sizes.size(), std::size_t{1});
        QCOMPARE(leidenClusters(graph, 50.0, 0)->sizes.size(), std::size_t{6});
    }

    /// Four counters at a time give what one at a time gives.
    void lanesOfPhilox()
    {
        const std::array<std::uint32_t, 2> key = {0x12345678U, 0x9ABCDEF0U};
        const WordLanes a{0, 1, 0xFFFFFFFFU, 77};
        const WordLanes b{5, 0x80000000U, 3, 9};
        const WordLanes c{1, 2, 3, 0xFFFFFFFFU};
        const WordLanes d{0xDEADBEEFU, 0, 1, 2};
        const auto lanes = philoxLanes({a, b, c, d}, key);
        for (std::size_t lane = 0; lane < 4; ++lane) {
            const auto one = philox4x32({a[lane], b[lane], c[lane], d[lane]}, key);
            for (std::size_t word = 0; word < 4; ++word)
                QCOMPARE(lanes[word][lane], one[word]);
        }
    }
};

QTEST_GUILESS_MAIN(TestCellGraph)
#include "tst_cell_graph.moc"
