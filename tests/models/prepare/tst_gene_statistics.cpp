// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/prepare/cell_digest.h"
#include "models/prepare/gene_moments.h"
#include "models/prepare/gene_selection.h"
#include "models/prepare/parallel.h"
#include "tests/models/prepare/cell_matrices.h"

#include <atomic>
#include <limits>
#include <numeric>

using namespace ibidem;
using namespace ibidem::prepare;

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

} // namespace

/// The parts of the preparation: moments, bins, z-scores, digests by blocks, work in threads.
class TestGeneStatistics : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void momentsAreThoseOfAllCells()
    {
        const auto container =
            containerOf({{1.0F, 0.0F, 2.0F, 0.0F}, {2.0F, 0.0F, 2.0F, 8.0F}, {6.0F, 0.0F, 2.0F, 0.0F}});
        const GeneMoments moments = geneMoments(container.matrix.rows.view(), 2);
        QCOMPARE(moments.means, (std::vector<double>{3.0, 0.0, 2.0, 8.0 / 3.0}));
        QCOMPARE(moments.variances[0], 7.0);
        QCOMPARE(moments.variances[1], 0.0);
        QCOMPARE(moments.variances[2], 0.0);
        QVERIFY(std::abs(moments.variances[3] - 64.0 / 3.0) < 1e-13);
    }

    void aConstantGeneHasNoVarianceWhateverItsMeanRoundsTo()
    {
        std::vector<std::vector<float>> cells(7, std::vector<float>{0.1F, 0.1F});
        GeneMoments moments = geneMoments(containerOf(cells).matrix.rows.view(), 1);
        QCOMPARE(moments.variances[0], 0.0);
        QCOMPARE(moments.means[0], static_cast<double>(0.1F));
        cells[6][0] = std::nextafter(0.1F, 1.0F);
        moments = geneMoments(containerOf(cells).matrix.rows.view(), 1);
        QVERIFY(moments.variances[0] > 0.0);
        QCOMPARE(moments.variances[1], 0.0);
    }

    /// pandas.cut(means, 4): ( -0.008, 2 ] … ( 6, 8 ].
    void binsAreClosedOnTheRight()
    {
        QCOMPARE(binsOfMeans(std::vector<double>{0.0, 2.0, 2.0000001, 4.0, 6.0, 7.0, 8.0, kMissing}, 4),
                 (std::vector<std::int32_t>{0, 0, 1, 1, 2, 3, 3, -1}));
        QCOMPARE(binsOfMeans(std::vector<double>{5.0, 5.0}, 4), (std::vector<std::int32_t>{1, 1}));
        QCOMPARE(binsOfMeans(std::vector<double>{kMissing}, 4), (std::vector<std::int32_t>{-1}));
        QVERIFY(binsOfMeans(std::vector<double>{}, 4).empty());
    }

    void dispersionsBecomeZScoresOfTheirBin()
    {
        const std::vector<double> dispersions{1.0, 2.0, 3.0, -0.5, 0.0, 4.0, 4.0, kMissing, 7.0, kMissing};
        const std::vector<std::int32_t> bins{0, 0, 0, 1, 2, 3, 3, 4, 4, 5};
        const std::vector<double> normalised = normalisedDispersions(dispersions, bins, 6);
        QCOMPARE(normalised[0], -1.0);
        QCOMPARE(normalised[1], 0.0);
        QCOMPARE(normalised[2], 1.0);
        QCOMPARE(normalised[3], 1.0);       // alone in its bin
        QVERIFY(std::isnan(normalised[4])); // alone, and 0
        QVERIFY(std::isnan(normalised[5])); // equal: no deviation
        QVERIFY(std::isnan(normalised[7])); // missing
        QCOMPARE(normalised[8], 1.0);       // the other of its bin is missing
        QVERIFY(std::isnan(normalised[9]));
    }

    void whatIsEqualButForRoundingHasNoZScore()
    {
        const double third = 1.0 / 3.0;
        const auto zScores = [third](double other) {
            return normalisedDispersions(std::vector<double>{third, third, other},
                                         std::vector<std::int32_t>{0, 0, 0}, 1);
        };
        for (const double score : zScores(std::nextafter(third, 1.0)))
            QVERIFY(std::isnan(score));
        QVERIFY(std::abs(zScores(third + 1e-8)[2] - 2.0 / std::sqrt(3.0)) < 1e-6);
    }

    void everyPartIsDoneOnceInAnyNumberOfThreads()
    {
        for (const unsigned threads : {0U, 1U, 2U, 7U}) {
            std::vector<std::atomic<int>> done(100);
            forEachPart(threads, done.size(), [&](std::size_t part) { ++done[part]; });
            for (const auto &count : done)
                QCOMPARE(count.load(), 1);
        }
        forEachPart(3, 0, [](std::size_t) { QFAIL("there is no part"); });
    }

    void rangesMakeUpTheWhole()
    {
        QCOMPARE(partCount(0, 10), std::size_t{0});
        QCOMPARE(partCount(10, 10), std::size_t{1});
        QCOMPARE(partCount(11, 10), std::size_t{2});
        QCOMPARE(rangeOf(1, 11, 10).begin, std::size_t{10});
        QCOMPARE(rangeOf(1, 11, 10).end, std::size_t{11});
        QCOMPARE(rangeOf(0, 11, 10).end, std::size_t{10});
    }

    void anArraysDigestIsThatOfItsBlocks_data()
    {
        QTest::addColumn<qulonglong>("size");
        for (const qulonglong size : {0ULL, 1ULL, 1048576ULL, 1048577ULL, 3000000ULL})
            QTest::newRow(std::to_string(size).c_str()) << size;
    }

    void anArraysDigestIsThatOfItsBlocks()
    {
        QFETCH(qulonglong, size);
        std::string bytes(size, 'x');
        for (std::size_t i = 0; i < bytes.size(); i += 997)
            bytes[i] = static_cast<char>(i % 251);
        Sha256 expected;
        expected.updateInteger(bytes.size());
        for (std::size_t at = 0; at < bytes.size(); at += 1048576) {
            Sha256 block;
            block.update(std::string_view(bytes).substr(at, 1048576));
            const Sha256Digest digest = block.finish();
            expected.update(std::as_bytes(std::span(digest)));
        }
        const Sha256Digest digest = expected.finish();
        for (const unsigned threads : {1U, 2U, 7U})
            QVERIFY(arrayDigest(bytes, threads) == digest);
        if (!bytes.empty()) {
            bytes.back() = static_cast<char>(bytes.back() ^ 1);
            QVERIFY(arrayDigest(bytes, 2) != digest);
        }
    }

    void namesAreFramed()
    {
        const auto digestOf = [](const std::vector<std::string> &names) {
            std::optional<Sha256Digest> digest;
            const std::array task = {DigestTask{{}, &names, &digest}};
            computeDigests(task, 2);
            return *digest;
        };
        QVERIFY(digestOf({"ab", "c"}) == digestOf({"ab", "c"}));
        QVERIFY(digestOf({"ab", "c"}) != digestOf({"a", "bc"}));
        QVERIFY(digestOf({"ab", "c"}) != digestOf({"ab", "c", ""}));
    }

    void whatIsThereIsNotComputedAgain()
    {
        const std::string bytes = "values";
        std::optional<Sha256Digest> digest = Sha256Digest{};
        const std::array task = {DigestTask{std::as_bytes(std::span(bytes)), nullptr, &digest}};
        computeDigests(task, 1);
        QVERIFY(*digest == Sha256Digest{});
    }

private:
    static Sha256Digest arrayDigest(const std::string &bytes, unsigned threads)
    {
        std::optional<Sha256Digest> digest;
        const std::array task = {DigestTask{std::as_bytes(std::span(bytes)), nullptr, &digest}};
        computeDigests(task, threads);
        return *digest;
    }
};

QTEST_GUILESS_MAIN(TestGeneStatistics)
#include "tst_gene_statistics.moc"
