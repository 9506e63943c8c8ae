// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/sha256.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace ibidem;

class TestPhilox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void publishedVectors();
    void wordsComeInTheOrderOfTheBlocks();
    void eachPartOfTheKeyMakesAnotherStream();
    void copiesRepeatTheStream();
    void uniformFillsItsRangeEvenly();
    void boundedHasNoBias();
    void boundedReachesAllOfLargeRanges();
    void shuffleIsAPermutationAndFair();
    void normalHasItsMoments();
    void gammaHasItsMoments_data();
    void gammaHasItsMoments();
    void poissonHasItsMoments_data();
    void poissonHasItsMoments();
    void poissonOfSmallMeanHasItsProbabilities();
    void poissonOfOddMeansIsDefined();
    void streamsAreNotCorrelated();
    void everyDrawHasItsKnownBits();
};

namespace {

RandomStream stream(std::uint64_t seed, std::uint32_t epoch = 0, std::uint32_t sample = 0)
{
    return RandomStream(seed, RandomPurpose::Test, epoch, sample);
}

struct Moments
{
    double mean = 0.0;
    double variance = 0.0;
    double skewness = 0.0;
};

template <class Draw>
Moments momentsOf(int count, Draw draw)
{
    std::vector<double> values(static_cast<std::size_t>(count));
    std::generate(values.begin(), values.end(), draw);
    Moments moments;
    moments.mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double third = 0.0;
    for (const double value : values) {
        const double away = value - moments.mean;
        moments.variance += away * away / count;
        third += away * away * away / count;
    }
    moments.skewness = third / std::pow(moments.variance, 1.5);
    return moments;
}

/// Pearson's statistic for counts that should all be equal.
double chiSquare(const std::vector<int> &counts)
{
    const double expected =
        std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
    double sum = 0.0;
    for (const int count : counts)
        sum += (count - expected) * (count - expected) / expected;
    return sum;
}

/// Within six standard deviations of its expectation: with a fixed seed this passes always or never.
bool plausibleChiSquare(double statistic, std::size_t cells)
{
    const auto freedom = static_cast<double>(cells - 1);
    return std::fabs(statistic - freedom) < 6.0 * std::sqrt(2.0 * freedom);
}

} // namespace

void TestPhilox::publishedVectors()
{
    using Counter = std::array<std::uint32_t, 4>;
    constexpr std::uint32_t kOnes = 0xFFFFFFFFU;
    QVERIFY((philox4x32({0, 0, 0, 0}, {0, 0}) == Counter{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    QVERIFY((philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}) ==
             Counter{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    QVERIFY((philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
             Counter{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

void TestPhilox::wordsComeInTheOrderOfTheBlocks()
{
    RandomStream random(0x0123456789ABCDEFULL, RandomPurpose::Split, 5, 6);
    for (std::uint32_t block = 0; block < 3; ++block)
        for (const std::uint32_t word : philox4x32({block, 1, 5, 6}, {0x89ABCDEFU, 0x01234567U}))
            QCOMPARE(random.next32(), word);
    RandomStream words = stream(1);
    RandomStream pairs = stream(1);
    const std::uint64_t low = words.next32();
    const std::uint64_t high = words.next32();
    QCOMPARE(pairs.next64(), high << 32U | low);
}

void TestPhilox::eachPartOfTheKeyMakesAnotherStream()
{
    const std::vector<RandomStream> streams{
        RandomStream(1, RandomPurpose::Split),           RandomStream(2, RandomPurpose::Split),
        RandomStream(1ULL << 32U, RandomPurpose::Split), RandomStream(1, RandomPurpose::Shuffle),
        RandomStream(1, RandomPurpose::Split, 1),        RandomStream(1, RandomPurpose::Split, 0, 1)};
    std::vector<std::uint64_t> firsts;
    for (RandomStream random : streams)
        firsts.push_back(random.next64());
    std::sort(firsts.begin(), firsts.end());
    QVERIFY(std::adjacent_find(firsts.begin(), firsts.end()) == firsts.end());
}

void TestPhilox::copiesRepeatTheStream()
{
    RandomStream random = stream(2);
    static_cast<void>(random.normal());
    RandomStream copy = random;
    QVERIFY(copy == random);
    for (int i = 0; i < 100; ++i)
        QCOMPARE(copy.normal(), random.normal());
    static_cast<void>(copy.next32());
    QVERIFY(copy != random);
}

void TestPhilox::uniformFillsItsRangeEvenly()
{
    constexpr std::size_t kCells = 1000;
    std::vector<int> doubles(kCells, 0);
    std::vector<int> floats(kCells, 0);
    RandomStream random = stream(3);
    for (int i = 0; i < 1'000'000; ++i) {
        const double value = random.uniform();
        const float single = random.uniformFloat();
        QVERIFY(value >= 0.0 && value < 1.0 && single >= 0.0F && single < 1.0F);
        ++doubles[static_cast<std::size_t>(value * kCells)];
        ++floats[static_cast<std::size_t>(static_cast<double>(single) * kCells)];
    }
    QVERIFY(plausibleChiSquare(chiSquare(doubles), kCells));
    QVERIFY(plausibleChiSquare(chiSquare(floats), kCells));
    // Negative control: a single cell of the thousand that is too full is seen.
    doubles[7] += 700;
    QVERIFY(!plausibleChiSquare(chiSquare(doubles), kCells));
}

void TestPhilox::boundedHasNoBias()
{
    for (const std::uint64_t bound : {1U, 2U, 3U, 7U, 100U, 1000U}) {
        std::vector<int> counts(bound, 0);
        RandomStream random = stream(4, static_cast<std::uint32_t>(bound));
        for (int i = 0; i < 300'000; ++i)
            ++counts[random.bounded(bound)];
        if (bound > 1)
            QVERIFY(plausibleChiSquare(chiSquare(counts), counts.size()));
    }
}

void TestPhilox::boundedReachesAllOfLargeRanges()
{
    // Three quarters of 2^64: a remainder or a plain multiplication would give the lower third twice as
    // often.
    constexpr std::uint64_t kBound = 3ULL << 62U;
    std::vector<int> thirds(3, 0);
    std::vector<int> biased(3, 0);
    RandomStream random = stream(5);
    for (int i = 0; i < 300'000; ++i) {
        const std::uint64_t value = random.bounded(kBound);
        QVERIFY(value < kBound);
        ++thirds[value >> 62U];
        ++biased[(random.next64() % kBound) >> 62U];
    }
    QVERIFY(plausibleChiSquare(chiSquare(thirds), 3));
    QVERIFY(!plausibleChiSquare(chiSquare(biased), 3));
}

void TestPhilox::shuffleIsAPermutationAndFair()
{
    std::vector<int> counts(120, 0);
    RandomStream random = stream(6);
    for (int i = 0; i < 240'000; ++i) {
        std::array<int, 5> order{0, 1, 2, 3, 4};
        random.shuffle(std::span<int>(order));
        std::size_t rank = 0;
        for (std::size_t j = 0; j < order.size(); ++j) {
            const auto smaller = std::count_if(order.begin() + static_cast<std::ptrdiff_t>(j), order.end(),
                                               [&](int other) { return other < order[j]; });
            rank = rank * (order.size() - j) + static_cast<std::size_t>(smaller);
        }
        ++counts[rank];
        std::sort(order.begin(), order.end());
        QVERIFY((order == std::array<int, 5>{0, 1, 2, 3, 4}));
    }
    QVERIFY(plausibleChiSquare(chiSquare(counts), counts.size()));
    std::vector<int> none;
    random.shuffle(std::span<int>(none));
}

void TestPhilox::normalHasItsMoments()
{
    RandomStream random = stream(7);
    int beyondTwo = 0;
    const int count = 1'000'000;
    const Moments moments = momentsOf(count, [&] {
        const double value = random.normal();
        beyondTwo += std::fabs(value) > 2.0 ? 1 : 0;
        return value;
    });
    QVERIFY(std::fabs(moments.mean) < 0.005);
    QVERIFY(std::fabs(moments.variance - 1.0) < 0.01);
    QVERIFY(std::fabs(moments.skewness) < 0.015);
    QVERIFY(std::fabs(static_cast<double>(beyondTwo) / count - 0.0455003) < 0.0012);
}

void TestPhilox::gammaHasItsMoments_data()
{
    QTest::addColumn<double>("shape");
    for (const double shape : {0.05, 0.5, 1.0, 2.5, 30.0, 1000.0})
        QTest::addRow("%g", shape) << shape;
}

void TestPhilox::gammaHasItsMoments()
{
    QFETCH(double, shape);
    RandomStream random = stream(8);
    const int count = 300'000;
    const Moments moments = momentsOf(count, [&] { return random.gamma(shape); });
    QVERIFY(std::fabs(moments.mean - shape) < 5.0 * std::sqrt(shape / count));
    // The variance of the sample variance of a gamma variate: shape^2 (2 + 6 / shape) / count.
    QVERIFY(std::fabs(moments.variance - shape) < 5.0 * shape * std::sqrt((2.0 + 6.0 / shape) / count));
    QVERIFY(std::fabs(moments.skewness - 2.0 / std::sqrt(shape)) < 0.1 + 0.1 / std::sqrt(shape));
}

void TestPhilox::poissonHasItsMoments_data()
{
    QTest::addColumn<double>("mean");
    for (const double mean : {0.01, 1.0, 10.0, 29.99, 30.0, 47.3, 300.0, 12345.6, 1e9})
        QTest::addRow("%g", mean) << mean;
}

void TestPhilox::poissonHasItsMoments()
{
    QFETCH(double, mean);
    RandomStream random = stream(9);
    const int count = 200'000;
    const Moments moments = momentsOf(count, [&] { return static_cast<double>(random.poisson(mean)); });
    QVERIFY(std::fabs(moments.mean - mean) < 5.0 * std::sqrt(mean / count));
    QVERIFY(std::fabs(moments.variance - mean) < 5.0 * mean * std::sqrt((2.0 + 1.0 / mean) / count));
}

void TestPhilox::poissonOfSmallMeanHasItsProbabilities()
{
    // Both methods, around the mean where the one gives way to the other.
    for (const double mean : {2.0, 29.9, 30.1, 60.0}) {
        std::vector<int> counts(200, 0);
        RandomStream random = stream(10);
        const int draws = 300'000;
        for (int i = 0; i < draws; ++i)
            ++counts[std::min<std::uint64_t>(random.poisson(mean), 199)];
        double statistic = 0.0;
        std::size_t cells = 0;
        for (std::size_t k = 0; k < counts.size(); ++k) {
            const auto at = static_cast<double>(k);
            const double expected = draws * std::exp(at * std::log(mean) - mean - std::lgamma(at + 1.0));
            if (expected < 20.0)
                continue;
            statistic += (counts[k] - expected) * (counts[k] - expected) / expected;
            ++cells;
        }
        QVERIFY2(plausibleChiSquare(statistic, cells), qPrintable(QString::number(mean)));
    }
}

void TestPhilox::poissonOfOddMeansIsDefined()
{
    RandomStream random = stream(11);
    const RandomStream before = random;
    QCOMPARE(random.poisson(0.0), std::uint64_t{0});
    QCOMPARE(random.poisson(-1.0), std::uint64_t{0});
    QCOMPARE(random.poisson(std::nan("")), std::uint64_t{0});
    QVERIFY2(random == before, "nothing was drawn");
    const double huge = static_cast<double>(random.poisson(1e300));
    QVERIFY(std::fabs(huge - 0x1p53) < 1e9);
}

void TestPhilox::streamsAreNotCorrelated()
{
    constexpr int kCount = 100'000;
    const auto correlation = [](RandomStream a, RandomStream b) {
        double sum = 0.0;
        for (int i = 0; i < kCount; ++i)
            sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
        return 12.0 * sum / kCount;
    };
    const double limit = 5.0 / std::sqrt(kCount);
    for (std::uint32_t i = 1; i <= 20; ++i) {
        QVERIFY(std::fabs(correlation(stream(12), stream(12, i))) < limit);
        QVERIFY(std::fabs(correlation(stream(12), stream(12, 0, i))) < limit);
        QVERIFY(std::fabs(correlation(stream(12), stream(12 + i))) < limit);
    }
    QVERIFY2(correlation(stream(12), stream(12)) > 0.98, "negative control: a stream with itself");
}

void TestPhilox::everyDrawHasItsKnownBits()
{
    // Whatever the compiler and the processor: these bits are part of every stored result.
    Sha256 hash;
    RandomStream random = stream(13);
    const auto add = [&](double value) { hash.updateInteger(std::bit_cast<std::uint64_t>(value)); };
    for (int i = 0; i < 2000; ++i) {
        add(random.uniform());
        add(static_cast<double>(random.uniformFloat()));
        add(random.normal());
        add(random.gamma(0.3));
        add(random.gamma(7.5));
        hash.updateInteger(random.bounded(1'000'003));
        hash.updateInteger(random.poisson(3.5));
        hash.updateInteger(random.poisson(3500.5));
    }
    QCOMPARE(QByteArray::fromStdString(hash.finishHex()),
             QByteArray("b8473a7063a72a4f3b18ab6594e0058857d090372b7a89171a59ba563a06841b"));
}

QTEST_GUILESS_MAIN(TestPhilox)
#include "tst_philox.moc"
