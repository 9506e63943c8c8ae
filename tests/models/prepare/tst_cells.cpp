// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/prepare/cells.h"
#include "tests/models/prepare/cell_matrices.h"

#include <bit>
#include <cstring>
#include <numeric>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

using Numbers = std::vector<double>;

bool near(double a, double b, double scale = 0.0)
{
    return std::abs(a - b) <= 1e-5 * std::max({std::abs(b), scale, 1e-3});
}

double sumOf(const std::vector<double> &values)
{
    double sum = 0.0;
    for (const double value : values)
        sum += std::isnan(value) ? 0.0 : value;
    return sum;
}

double absoluteSumOf(const std::vector<double> &values)
{
    double sum = 0.0;
    for (const double value : values)
        sum += std::isnan(value) ? 0.0 : std::abs(value);
    return sum;
}

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

bool sameBits(const std::vector<double> &a, const std::vector<double> &b)
{
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

std::vector<std::string> digestsOf(const data::PreparedCells &cells)
{
    std::vector<std::string> digests;
    for (const data::CellStage &stage : cells.summary.stages)
        digests.push_back(stage.digest);
    return digests;
}

std::vector<std::string> stageNames(const data::PreparedCells &cells)
{
    std::vector<std::string> names;
    for (const data::CellStage &stage : cells.summary.stages)
        names.push_back(stage.name);
    return names;
}

} // namespace

/// The stages against scanpy 1.11.5's numbers, against other thread counts, and their digests.
class TestCells : public QObject
{
    Q_OBJECT

    CellMatrices m_matrices;

    [[nodiscard]] data::PreparedCells prepared(const std::vector<std::vector<float>> &cells,
                                               const char *settings, unsigned threads = 2) const
    {
        auto result = prepareCells(*m_matrices.open(cells), preparationOf(settings), threads);
        if (!result)
            qFatal("%s", describe(result.error()).c_str());
        return *std::move(result);
    }

private Q_SLOTS:

    /// What scanpy 1.11.5 with anndata 0.12.19 makes of countsOf(40, 30): sums of means, dispersions and
    /// absolute normalised dispersions of all genes; sum, sum of squares, minimum, maximum and first values
    /// of the result.
    void agreesWithScanpy_data()
    {
        QTest::addColumn<QString>("settings");
        QTest::addColumn<int>("cells");
        QTest::addColumn<int>("genes");
        QTest::addColumn<QString>("selected");
        QTest::addColumn<Numbers>("numbers");
        QTest::newRow("the defaults")
            << QStringLiteral("minGenes=5 maxMean=12") << 39 << 17
            << QStringLiteral("g1 g2 g3 g4 g6 g7 g8 g12 g14 g15 g18 g19 g22 g23 g24 g28 g29")
            << Numbers{163.2364210680325,   169.37295654063715,  23.40030592866242,  0.0,
                       646.00000152818,     -1.7834328714357766, 1.5980675063359335, 1.2742765141193066,
                       -1.0544663659805387, 0.7769117356138858,  -1.2983510285882869};
        QTest::newRow("few bins") << QStringLiteral("minGenes=5 maxMean=12 bins=4 minDispersion=0.1") << 39
                                  << 13 << QStringLiteral("g1 g4 g6 g7 g8 g12 g14 g15 g17 g18 g24 g26 g29")
                                  << Numbers{163.2364210680325,     169.37295654063715, 22.90129052847624,
                                             3.552713678800501e-15, 494.0000029018589,  -1.5208330200674445,
                                             1.5980675063359335,    1.2742765141193066, -1.2983510285882869,
                                             0.6889657410523574,    -0.8159041750715847};
        QTest::newRow("not centred") << QStringLiteral("minGenes=5 maxMean=12 zeroCentre=false") << 39 << 17
                                     << QStringLiteral(
                                            "g1 g2 g3 g4 g6 g7 g8 g12 g14 g15 g18 g19 g22 g23 g24 g28 g29")
                                     << Numbers{163.2364210680325,
                                                169.37295654063715,
                                                23.40030592866242,
                                                718.1678558588028,
                                                1488.341444391493,
                                                0.0,
                                                2.5850331783294678,
                                                2.0081305503845215,
                                                0.0,
                                                2.2282989025115967,
                                                0.0};
        QTest::newRow("clipped early")
            << QStringLiteral("minGenes=5 maxMean=12 maxValue=1") << 39 << 17
            << QStringLiteral("g1 g2 g3 g4 g6 g7 g8 g12 g14 g15 g18 g19 g22 g23 g24 g28 g29")
            << Numbers{163.2364210680325,
                       169.37295654063715,
                       23.40030592866242,
                       6.180719859915019,
                       487.69999898091817,
                       -1.0,
                       1.0,
                       1.0,
                       -1.0,
                       0.7769117356138858,
                       -1.0};
        QTest::newRow("clipped early, not centred")
            << QStringLiteral("minGenes=5 maxMean=12 maxValue=1 zeroCentre=false") << 39 << 17
            << QStringLiteral("g1 g2 g3 g4 g6 g7 g8 g12 g14 g15 g18 g19 g22 g23 g24 g28 g29")
            << Numbers{163.2364210680325,
                       169.37295654063715,
                       23.40030592866242,
                       351.0,
                       351.0,
                       0.0,
                       1.0,
                       1.0,
                       0.0,
                       1.0,
                       0.0};
        QTest::newRow("not clipped")
            << QStringLiteral("minGenes=5 maxMean=12 maxValue=0") << 39 << 17
            << QStringLiteral("g1 g2 g3 g4 g6 g7 g8 g12 g14 g15 g18 g19 g22 g23 g24 g28 g29")
            << Numbers{163.2364210680325,   169.37295654063715,  23.40030592866242,  0.0,
                       646.00000152818,     -1.7834328714357766, 1.5980675063359335, 1.2742765141193066,
                       -1.0544663659805387, 0.7769117356138858,  -1.2983510285882869};
        QTest::newRow("not scaled") << QStringLiteral("minGenes=5 maxMean=12 scale=false") << 39 << 17
                                    << QStringLiteral(
                                           "g1 g2 g3 g4 g6 g7 g8 g12 g14 g15 g18 g19 g22 g23 g24 g28 g29")
                                    << Numbers{163.2364210680325,
                                               169.37295654063715,
                                               23.40030592866242,
                                               2135.4080748558044,
                                               13200.503061998494,
                                               0.0,
                                               7.895036220550537,
                                               5.755617618560791,
                                               0.0,
                                               6.564787864685059,
                                               0.0};
        QTest::newRow("not selected")
            << QStringLiteral("minGenes=5 maxMean=12 selectGenes=false") << 39 << 29 << QStringLiteral("")
            << Numbers{0.0,
                       0.0,
                       0.0,
                       3.552713678800501e-15,
                       1102.000003462077,
                       -2.2365134999927676,
                       1.5980675063359335,
                       0.9752765610081007,
                       1.2742765141193066,
                       -1.0544663659805387,
                       0.7769117356138858};
        QTest::newRow("no logarithm")
            << QStringLiteral("minGenes=5 maxMean=12 selectGenes=false logarithm=false") << 39 << 29
            << QStringLiteral("")
            << Numbers{0.0,
                       0.0,
                       0.0,
                       -0.9604200829869685,
                       1095.668042544572,
                       -1.3688641690762813,
                       3.0,
                       0.7175856167034412,
                       0.7865538909939928,
                       -0.8427415080754336,
                       0.8151835955102785};
        QTest::newRow("not normalised")
            << QStringLiteral("minGenes=5 maxMean=12 normalise=false") << 39 << 15
            << QStringLiteral("g1 g2 g3 g5 g6 g7 g8 g12 g15 g16 g18 g22 g23 g24 g28")
            << Numbers{37.4339453943912,    30.653172565725765,  21.701875887811184, 3.552713678800501e-15,
                       569.999998292162,    -1.8692037270551425, 1.90894995170659,   1.5282013027914438,
                       -0.9915997139916061, 1.2148743500027503,  0.4632855976137658};
        QTest::newRow("only filtered")
            << QStringLiteral(
                   "minGenes=5 maxMean=12 normalise=false logarithm=false selectGenes=false scale=false")
            << 39 << 29 << QStringLiteral("")
            << Numbers{0.0, 0.0, 0.0, 3489.0, 27389.0, 0.0, 15.0, 3.0, 4.0, 0.0, 9.0};
        QTest::newRow("selected without logarithm")
            << QStringLiteral("minGenes=5 maxMean=30 minDispersion=0.3 normalise=false logarithm=false") << 39
            << 16 << QStringLiteral("g1 g2 g3 g4 g7 g8 g10 g12 g15 g16 g19 g23 g25 g26 g27 g28")
            << Numbers{186.6320247073207,
                       231.0859292881098,
                       22.64262891933322,
                       0.0,
                       608.0,
                       -1.3933996894058276,
                       2.4656448378672144,
                       1.5326770102826026,
                       -0.8731645385005369,
                       1.6538685342157007,
                       -1.0740940157632215};
        QTest::newRow("another sum")
            << QStringLiteral("minGenes=5 targetSum=100 minDispersion=0.2") << 39 << 17
            << QStringLiteral("g0 g1 g2 g3 g4 g6 g8 g10 g14 g15 g16 g18 g22 g23 g24 g27 g28")
            << Numbers{39.823740528577076, 35.823020941917434,  22.308230908587575, 1.4210854715202004e-14,
                       645.9999957918676,  -1.5829344514440176, 2.2108240125286582, 0.9103663919727816,
                       1.1195467021779149, -0.9874861275477808, 0.8894160978514422};
        QTest::newRow("nothing filtered")
            << QStringLiteral("minGenes=0 minCells=0 maxMean=12") << 40 << 15
            << QStringLiteral("g0 g1 g6 g7 g8 g10 g11 g12 g14 g15 g16 g22 g23 g24 g28")
            << Numbers{167.2144856021236,
                       180.71892156457656,
                       23.539907958358526,
                       -3.1664414358202464,
                       555.9750022804882,
                       -1.4603719324359845,
                       3.0,
                       0.8704621528452274,
                       1.3005659298561754,
                       0.7156491701243043,
                       -0.7991101058038854};
        QTest::newRow("missing dispersions are 0")
            << QStringLiteral("minGenes=0 minCells=0 maxMean=12 minDispersion=-0.1") << 40 << 20
            << QStringLiteral("g0 g1 g6 g7 g8 g9 g10 g11 g12 g13 g14 g15 g16 g18 g20 g22 g23 g24 g27 g28")
            << Numbers{167.2144856021236,
                       180.71892156457656,
                       23.539907958358526,
                       -3.16644143582025,
                       750.9750005936065,
                       -1.6796356788611622,
                       3.0,
                       0.8704621528452274,
                       1.3005659298561754,
                       0.7156491701243043,
                       -0.7991101058038854};
    }

    void agreesWithScanpy()
    {
        QFETCH(QString, settings);
        QFETCH(int, cells);
        QFETCH(int, genes);
        QFETCH(QString, selected);
        QFETCH(Numbers, numbers);
        const data::PreparedCells found = prepared(countsOf(40, 30), settings.toLatin1().constData());
        QCOMPARE(found.cellIds.size(), static_cast<std::size_t>(cells));
        QCOMPARE(found.geneIds.size(), static_cast<std::size_t>(genes));
        QVERIFY(near(sumOf(found.statistics.means), numbers[0]));
        QVERIFY(near(sumOf(found.statistics.dispersions), numbers[1]));
        QVERIFY(near(absoluteSumOf(found.statistics.normalisedDispersions), numbers[2]));
        if (!selected.isEmpty()) {
            QStringList names;
            for (const std::string &gene : found.geneIds)
                names << QString::fromStdString(gene);
            QCOMPARE(names.join(QLatin1Char(' ')), selected);
        }
        double sum = 0.0;
        double squares = 0.0;
        for (const float value : found.values) {
            sum += static_cast<double>(value);
            squares += static_cast<double>(value) * static_cast<double>(value);
        }
        const auto [low, high] = std::minmax_element(found.values.begin(), found.values.end());
        QVERIFY2(near(sum, numbers[3], std::sqrt(squares)), std::to_string(sum).c_str());
        QVERIFY2(near(squares, numbers[4]), std::to_string(squares).c_str());
        QVERIFY(near(static_cast<double>(*low), numbers[5]));
        QVERIFY(near(static_cast<double>(*high), numbers[6]));
        for (std::size_t i = 0; i < 4; ++i)
            QVERIFY(near(static_cast<double>(found.values[i]), numbers[7 + i]));
    }

    void onlyTheStagesThatRunAreListed()
    {
        const auto counts = countsOf(40, 30);
        const auto all = prepared(counts, "minGenes=5 maxMean=12");
        QCOMPARE(stageNames(all), (std::vector<std::string>{"loaded", "filter-cells", "filter-genes",
                                                            "normalise", "log1p", "select-genes", "scale"}));
        QCOMPARE(all.summary.stages[0].cells, std::uint64_t{40});
        QCOMPARE(all.summary.stages[1].cells, std::uint64_t{39});
        QCOMPARE(all.summary.stages[2].genes, std::uint64_t{29});
        QCOMPARE(all.summary.stages[5].genes, std::uint64_t{17});
        QCOMPARE(all.summary.stages[6].nonZero, std::uint64_t{39 * 17});
        QCOMPARE(all.summary.stages[4].nonZero, all.summary.stages[2].nonZero);
        QVERIFY(all.summary.stages[5].nonZero < all.summary.stages[4].nonZero);
        const auto few =
            prepared(counts, "minGenes=5 normalise=false logarithm=false selectGenes=false scale=false");
        QCOMPARE(stageNames(few), (std::vector<std::string>{"loaded", "filter-cells", "filter-genes"}));
        QVERIFY(few.statistics.geneIds.empty());
    }

    void theBitsDoNotDependOnTheThreads()
    {
        const auto counts = countsOf(300, 500);
        const auto one = prepared(counts, "minGenes=5 maxMean=12", 1);
        for (const unsigned threads : {0U, 2U, 3U, 7U}) {
            const auto more = prepared(counts, "minGenes=5 maxMean=12", threads);
            QVERIFY(more.summary == one.summary);
            QVERIFY(sameBits(more.values, one.values));
            QVERIFY(sameBits(more.geneMeans, one.geneMeans));
            QVERIFY(sameBits(more.geneDeviations, one.geneDeviations));
            QVERIFY(sameBits(more.statistics.means, one.statistics.means));
            QVERIFY(sameBits(more.statistics.dispersions, one.statistics.dispersions));
            QVERIFY(sameBits(more.statistics.normalisedDispersions, one.statistics.normalisedDispersions));
            QVERIFY(more.statistics.selected == one.statistics.selected);
        }
    }

    /// Of every processor and every compiler.
    void theDigestsAreThese()
    {
        const auto digests = digestsOf(prepared(countsOf(40, 30), "minGenes=5 maxMean=12"));
        const std::vector<std::string> expected{
            "4cc3eeda9b3255355a0ddeff2042f9a33ac2110ad9da60f3ac517f0e30156084",
            "8e92c5b7264e908ccc0d00bb5aef849df921b5ed24afd952984ed34495dcfeda",
            "56de0a3124f3439d6196d0fc7ec1eca705c19f617219515a2828d21105376d59",
            "c3e41cfc85db4ced08f42ee1bdec9f8ec8bbc6468a3a10363dc7bd1a79320ae9",
            "bdf57ec16a7a57de670890d66cf287cb7cc53e2cb7dd8e1316f99c7c2ee38d2f",
            "9e15dbcc8d891f5e28e4e687270639d57726522316096fed6be530424ceddf67",
            "40623c9275bd95124bd646008562e2a3dffdefed998ceebe62927ed9ccec3ac3"};
        QVERIFY2(digests == expected, join(digests, " ").c_str());
    }

    void theSameMatrixGivesTheSameDigestsAndAnotherOthers()
    {
        const auto counts = countsOf(60, 40);
        const char *const settings = "minGenes=5 maxMean=12";
        const auto digests = digestsOf(prepared(counts, settings));
        QVERIFY(digests == digestsOf(prepared(counts, settings)));

        auto oneMore = counts;
        const auto value =
            std::find_if(oneMore[20].begin(), oneMore[20].end(), [](float v) { return v > 0.0F; });
        *value = std::nextafter(*value, 100.0F);
        const auto others = digestsOf(prepared(oneMore, settings));
        for (std::size_t stage = 0; stage < digests.size(); ++stage)
            QVERIFY2(digests[stage] != others[stage], std::to_string(stage).c_str());

        auto swapped = counts;
        std::swap(swapped[20], swapped[21]);
        const auto after = digestsOf(prepared(swapped, settings));
        for (std::size_t stage = 0; stage < digests.size(); ++stage)
            QVERIFY2(digests[stage] != after[stage], std::to_string(stage).c_str());
    }

    void namesAreInTheDigests()
    {
        data::MatrixContainer container = containerOf(countsOf(60, 40));
        const auto digestsNow = [&] {
            auto result =
                prepareCells(*m_matrices.open(container), preparationOf("minGenes=5 maxMean=12"), 2);
            return result ? digestsOf(*result) : std::vector<std::string>();
        };
        const auto before = digestsNow();
        QCOMPARE(before.size(), std::size_t{7});
        QVERIFY(before == digestsNow());
        container.matrix.cellIds[30] = "another";
        const auto otherCell = digestsNow();
        container.matrix.cellIds[30] = "c30";
        container.matrix.geneIds[6] = "another";
        const auto otherGene = digestsNow();
        for (std::size_t stage = 0; stage < before.size(); ++stage) {
            QVERIFY(before[stage] != otherCell[stage]);
            QVERIFY(before[stage] != otherGene[stage]);
        }
    }

    void aStageThatChangesNothingKeepsTheDigest()
    {
        const auto nothing = digestsOf(prepared(countsOf(60, 40), "minGenes=0 minCells=0 maxMean=12"));
        QCOMPARE(nothing[1], nothing[0]);
        QCOMPARE(nothing[2], nothing[0]);
        QVERIFY(nothing[3] != nothing[2]);
        QVERIFY(nothing[4] != nothing[3]);
        const auto something = digestsOf(prepared(countsOf(60, 40), "minGenes=5 maxMean=12"));
        QCOMPARE(something[0], nothing[0]);
        QVERIFY(something[1] != something[0]);
        QVERIFY(something[2] != something[1]);
    }

    void aFilteredMatrixHasTheDigestOfTheMatrixThatIsLeft()
    {
        auto counts = countsOf(40, 30);
        const auto filtered = digestsOf(prepared(counts, "minGenes=5 minCells=0 maxMean=12"));
        data::MatrixContainer container = containerOf(counts);
        counts.erase(counts.begin() + 5);
        data::MatrixContainer left = containerOf(counts);
        container.matrix.cellIds.erase(container.matrix.cellIds.begin() + 5);
        left.matrix.cellIds = container.matrix.cellIds;
        const auto result =
            prepareCells(*m_matrices.open(left), preparationOf("minGenes=0 minCells=0 selectGenes=false"), 2);
        QVERIFY(result.has_value());
        QCOMPARE(result->summary.stages[0].digest, filtered[1]);
        QVERIFY(filtered[0] != filtered[1]);
    }

    void aGeneThatIsTheSameInAllCellsIsScaledToZero()
    {
        auto counts = countsOf(40, 30);
        for (auto &cell : counts)
            cell[3] = 0.1F; // a mean of it would not be exact
        const auto cells = prepared(counts, "minGenes=0 minCells=0 normalise=false selectGenes=false");
        for (std::size_t cell = 0; cell < 40; ++cell)
            QCOMPARE(cells.values[cell * 30 + 3], 0.0F);
        QCOMPARE(cells.geneDeviations[3], 1.0);
        QVERIFY(cells.values[4] != 0.0F);
    }

    void aSingleCellIsScaledToZero()
    {
        const auto cells = prepared({{1.0F, 2.0F, 3.0F}}, "minGenes=0 minCells=0 selectGenes=false");
        for (const float value : cells.values)
            QCOMPARE(value, 0.0F);
    }

    void progressesAndStops()
    {
        const auto matrix = m_matrices.open(countsOf(40, 30));
        std::stop_source source;
        std::vector<std::string> stages;
        double last = -1.0;
        const RunToken token(source.get_token(), [&](std::string_view stage, double fraction) {
            stages.emplace_back(stage);
            QVERIFY(fraction > last && fraction <= 1.0);
            last = fraction;
            if (stage == "log1p")
                source.request_stop();
        });
        const auto result = prepareCells(*matrix, preparationOf("minGenes=5 maxMean=12"), 2, token);
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Stopped);
        QCOMPARE(stages.back(), std::string("log1p"));
    }
};

QTEST_GUILESS_MAIN(TestCells)
#include "tst_cells.moc"
