// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/cell_map.h"
#include "models/analyze/cluster_agreement.h"
#include "tests/models/analyze/generated_cells.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTest>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>

using namespace ibidem;
using namespace ibidem::analyze;

namespace {

using Floats = std::vector<float>;

CellMapOptions quick(unsigned threads = 1)
{
    CellMapOptions options;
    options.mapEpochs = 60;
    options.threads = threads;
    return options;
}

std::string digests(const CellMap &map)
{
    return map.graphDigest + ' ' + map.mapDigest + ' ' + map.clusterDigest;
}

/// Clouds that touch (one component: eigenvectors) or lie apart (several: a random start).
GeneratedCells cellsOf(const std::string &kind)
{
    return kind == "apart" ? generateCells(450, 16, 5, 40.0) : generateCells(450, 16, 5, 0.8);
}

std::string digestsOf(const std::string &kind, unsigned threads)
{
    const auto map = mapCells(cellsOf(kind).embedding, 16, quick(threads));
    return map ? digests(*map) : describe(map.error());
}

} // namespace

class TestCellMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void clustersAreTheClouds()
    {
        const GeneratedCells cells = generateCells(600, 32, 6, 4.0);
        const auto map = mapCells(cells.embedding, 32, quick());
        QVERIFY2(map.has_value(), map ? "" : describe(map.error()).c_str());
        QCOMPARE(map->clusterSizes, std::vector<std::uint64_t>(6, 100));
        QCOMPARE(clusterAgreement(map->clusters, cells.clouds).adjustedRand, 1.0);
        QCOMPARE(map->clusters, cells.clouds); // of one size: numbered by their first cells
        QVERIFY(map->modularity > 0.8);
        QCOMPARE(map->neighbourCount, std::size_t{15});
        QCOMPARE(map->neighbours.size(), std::size_t{600 * 15});
        QCOMPARE(map->map.size(), std::size_t{1200});
        // In the map, too, the nearest cell is of the same cloud.
        std::size_t same = 0;
        for (std::size_t i = 0; i < 600; ++i) {
            double least = std::numeric_limits<double>::infinity();
            std::size_t nearest = i;
            for (std::size_t j = 0; j < 600; ++j) {
                const double dx = static_cast<double>(map->map[2 * i] - map->map[2 * j]);
                const double dy = static_cast<double>(map->map[2 * i + 1] - map->map[2 * j + 1]);
                if (j != i && dx * dx + dy * dy < least) {
                    least = dx * dx + dy * dy;
                    nearest = j;
                }
            }
            same += static_cast<std::size_t>(cells.clouds[nearest] == cells.clouds[i]);
        }
        QVERIFY2(same >= 594, qPrintable(QString::number(same)));
    }

    void sameBitsForAnyThreadsAndProcess_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::newRow("one component") << "touching";
        QTest::newRow("several components") << "apart";
    }

    void sameBitsForAnyThreadsAndProcess()
    {
        QFETCH(QString, kind);
        const std::string expected = digestsOf(kind.toStdString(), 1);
        QCOMPARE(expected.size(), std::size_t{3 * 64 + 2});
        for (const unsigned threads : {1U, 2U, 3U}) {
            QCOMPARE(digestsOf(kind.toStdString(), threads), expected);
            QProcess fresh;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert("LC_ALL", "de_DE.UTF-8");
            environment.insert("OMP_NUM_THREADS", QString::number(threads + 1));
            fresh.setProcessEnvironment(environment);
            fresh.start(QCoreApplication::applicationFilePath(),
                        {"--digests", kind, QString::number(threads)});
            QVERIFY(fresh.waitForFinished(60000));
            QCOMPARE(fresh.readAllStandardOutput().trimmed().toStdString(), expected);
        }
    }

    /// The digests are not deaf: what should change them does.
    void whatMattersIsSeen()
    {
        const GeneratedCells cells = cellsOf("touching");
        const auto map = mapCells(cells.embedding, 16, quick());
        CellMapOptions seeded = quick();
        seeded.seed = 1;
        const auto otherSeed = mapCells(cells.embedding, 16, seeded);
        QCOMPARE(otherSeed->graphDigest, map->graphDigest);
        QVERIFY(otherSeed->mapDigest != map->mapDigest);

        Floats nudged = cells.embedding;
        nudged[123] = std::nextafter(nudged[123], 100.0F);
        const auto oneUlp = mapCells(nudged, 16, quick());
        QVERIFY(oneUlp->graphDigest != map->graphDigest);
        QVERIFY(oneUlp->mapDigest != map->mapDigest);

        CellMapOptions distant = quick();
        distant.minDistance = 0.5;
        QVERIFY(mapCells(cells.embedding, 16, distant)->mapDigest != map->mapDigest);
        CellMapOptions longer = quick();
        longer.mapEpochs = 61;
        QVERIFY(mapCells(cells.embedding, 16, longer)->mapDigest != map->mapDigest);
        CellMapOptions fine = quick();
        fine.resolution = 10.0;
        QVERIFY(mapCells(cells.embedding, 16, fine)->clusterSizes.size() > map->clusterSizes.size());
        CellMapOptions fewer = quick();
        fewer.neighbours = 14;
        QVERIFY(mapCells(cells.embedding, 16, fewer)->graphDigest != map->graphDigest);
    }

    void degenerateCells_data()
    {
        QTest::addColumn<Floats>("embedding");
        QTest::addColumn<int>("dimensions");
        QTest::addColumn<int>("neighbours");
        QTest::newRow("three cells") << Floats{0, 0, 1, 0, 0, 5} << 2 << 2;
        QTest::newRow("four cells") << Floats{0, 1, 2, 30} << 1 << 3;
        QTest::newRow("fewer cells than neighbours") << generateCells(12, 4, 2, 3.0).embedding << 4 << 11;
        QTest::newRow("all equal") << Floats(200, 1.5F) << 2 << 15;
        QTest::newRow("three equal cells") << Floats(6, 0.0F) << 2 << 2;
        Floats twice = generateCells(50, 4, 2, 3.0).embedding;
        twice.insert(twice.end(), twice.begin(), twice.end());
        QTest::newRow("every cell twice") << twice << 4 << 15;
        QTest::newRow("huge") << Floats{3e38F, -3e38F, 0, 1e38F, 2e38F, -1e38F, 1, 2} << 1 << 7;
        QTest::newRow("tiny") << Floats{1e-45F, 3e-45F, 0, 1e-44F, 2e-44F, 5e-44F} << 1 << 5;
    }

    void degenerateCells()
    {
        QFETCH(Floats, embedding);
        QFETCH(int, dimensions);
        QFETCH(int, neighbours);
        const auto map = mapCells(embedding, static_cast<std::size_t>(dimensions), quick());
        QVERIFY2(map.has_value(), map ? "" : describe(map.error()).c_str());
        const std::size_t cells = embedding.size() / static_cast<std::size_t>(dimensions);
        QCOMPARE(map->neighbourCount, static_cast<std::size_t>(neighbours));
        QCOMPARE(map->clusters.size(), cells);
        QCOMPARE(map->map.size(), 2 * cells);
        for (const float value : map->map)
            QVERIFY(std::isfinite(value));
        QCOMPARE(digests(*mapCells(embedding, static_cast<std::size_t>(dimensions), quick(3))),
                 digests(*map));
    }

    void badEmbeddingsAreRefused()
    {
        Floats embedding = generateCells(50, 4, 2, 3.0).embedding;
        embedding[4 * 16 + 2] = std::numeric_limits<float>::quiet_NaN();
        const auto notNumber = mapCells(embedding, 4, quick());
        QVERIFY(!notNumber);
        QCOMPARE(notNumber.error().code, ErrorCode::BadData);
        QVERIFY(notNumber.error().message.find("cell 17, dimension 3") != std::string::npos);
        QVERIFY(!notNumber.error().cure.empty());
        embedding[4 * 16 + 2] = std::numeric_limits<float>::infinity();
        QCOMPARE(mapCells(embedding, 4, quick()).error().code, ErrorCode::BadData);
        QCOMPARE(mapCells(Floats{1, 2, 3, 4}, 2, quick()).error().code, ErrorCode::BadData);
        QCOMPARE(mapCells(Floats{}, 2, quick()).error().code, ErrorCode::BadData);
        QCOMPARE(mapCells(Floats{1, 2, 3}, 0, quick()).error().code, ErrorCode::Internal);
        QCOMPARE(mapCells(Floats{1, 2, 3}, 2, quick()).error().code, ErrorCode::Internal);
    }

    void progressNamesTheSteps()
    {
        std::vector<std::string> stages;
        double last = 0.0;
        bool rising = true;
        const RunToken token({}, [&](std::string_view stage, double fraction) {
            if (stages.empty() || stages.back() != stage) {
                stages.emplace_back(stage);
                last = 0.0;
            }
            rising = rising && fraction >= last && fraction <= 1.0;
            last = fraction;
        });
        QVERIFY(mapCells(cellsOf("touching").embedding, 16, quick(), token).has_value());
        QCOMPARE(stages, (std::vector<std::string>{"neighbours", "umap", "leiden"}));
        QVERIFY(rising);
        QCOMPARE(last, 1.0);
    }

    void stops_data()
    {
        QTest::addColumn<QString>("stage");
        QTest::addColumn<double>("from");
        QTest::newRow("neighbours") << "neighbours" << 0.0;
        QTest::newRow("before the map") << "neighbours" << 1.0;
        QTest::newRow("in the map") << "umap" << 0.5;
        QTest::newRow("before the clusters") << "umap" << 1.0;
    }

    void stops()
    {
        QFETCH(QString, stage);
        QFETCH(double, from);
        std::stop_source source;
        std::string lastStage;
        const RunToken token(source.get_token(), [&](std::string_view name, double fraction) {
            lastStage = name;
            if (name == stage.toStdString() && fraction >= from)
                source.request_stop();
        });
        const auto map = mapCells(cellsOf("touching").embedding, 16, quick(), token);
        QVERIFY(!map);
        QCOMPARE(map.error().code, ErrorCode::Stopped);
        QCOMPARE(lastStage, stage.toStdString());
    }
};

int main(int argc, char **argv)
{
    if (argc == 4 && std::string(argv[1]) == "--digests") {
        std::puts(digestsOf(argv[2], static_cast<unsigned>(std::atoi(argv[3]))).c_str());
        return 0;
    }
    const QCoreApplication application(argc, argv);
    TestCellMap test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_cell_map.moc"
