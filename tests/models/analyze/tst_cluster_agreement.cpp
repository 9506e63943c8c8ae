// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/cluster_agreement.h"

#include <QTest>

#include <cmath>
#include <vector>

using ibidem::analyze::ClusterAgreement;
using ibidem::analyze::clusterAgreement;

namespace {

using Labels = std::vector<std::int32_t>;

template <class Function>
Labels labels(std::int32_t count, const Function &function)
{
    Labels result;
    for (std::int32_t i = 0; i < count; ++i)
        result.push_back(function(i));
    return result;
}

bool near(double value, double expected)
{
    return std::abs(value - expected) <= 1e-12 * std::max(1.0, std::abs(expected));
}

} // namespace

class TestClusterAgreement : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    /// adjusted_rand_score and normalized_mutual_info_score of scikit-learn 1.9.1.
    void scikitLearn_data()
    {
        QTest::addColumn<Labels>("a");
        QTest::addColumn<Labels>("b");
        QTest::addColumn<double>("rand");
        QTest::addColumn<double>("information");
        QTest::newRow("ten") << Labels{0, 0, 1, 1, 2, 2, 2, 3, 3, 3} << Labels{0, 0, 1, 2, 2, 2, 1, 3, 0, 3}
                             << 0.23986486486486486 << 0.6189770040174561;
        QTest::newRow("worse than chance") << Labels{0, 1, 0, 1} << Labels{0, 0, 1, 1} << -0.5 << 0.0;
        QTest::newRow("one cluster, all single") << Labels(6, 0) << Labels{0, 1, 2, 3, 4, 5} << 0.0 << 0.0;
        QTest::newRow("one cluster, two") << Labels(6, 0) << Labels{0, 0, 0, 1, 1, 1} << 0.0 << 0.0;
        QTest::newRow("one cluster twice") << Labels(6, 0) << Labels(6, 3) << 1.0 << 1.0;
        QTest::newRow("all single twice")
            << Labels{0, 1, 2, 3, 4, 5} << Labels{5, 4, 3, 2, 1, 0} << 1.0 << 1.0;
        QTest::newRow("unrelated") << labels(1000, [](std::int32_t i) { return i % 7; })
                                   << labels(1000, [](std::int32_t i) { return (i * i + 3 * i) % 11; })
                                   << -0.005338423442822675 << 7.391414938663863e-06;
        QTest::newRow("shifted") << labels(1000, [](std::int32_t i) { return i / 100; })
                                 << labels(1000, [](std::int32_t i) { return (i + 30) / 100; })
                                 << 0.5440281681440529 << 0.7512691072590276;
        QTest::newRow("many") << labels(200000, [](std::int32_t i) { return i % 13; })
                              << labels(200000, [](std::int32_t i) { return i / 3 % 29; })
                              << -8.396423988019596e-05 << 1.4575464816617044e-07;
    }

    void scikitLearn()
    {
        QFETCH(Labels, a);
        QFETCH(Labels, b);
        QFETCH(double, rand);
        QFETCH(double, information);
        const ClusterAgreement agreement = clusterAgreement(a, b);
        QVERIFY2(near(agreement.adjustedRand, rand),
                 qPrintable(QString::number(agreement.adjustedRand, 'g', 17)));
        QVERIFY2(std::abs(agreement.mutualInformation - information) < 1e-12,
                 qPrintable(QString::number(agreement.mutualInformation, 'g', 17)));
        const ClusterAgreement turned = clusterAgreement(b, a);
        QCOMPARE(turned.adjustedRand, agreement.adjustedRand);
        QVERIFY(near(turned.mutualInformation, agreement.mutualInformation));
    }

    void namesDoNotMatter()
    {
        const Labels a = {0, 0, 1, 1, 2, 2, 2, 3, 3, 3};
        const Labels renamed = {7, 7, 2000000000, 2000000000, 0, 0, 0, 5, 5, 5};
        const ClusterAgreement same = clusterAgreement(a, renamed);
        QCOMPARE(same.adjustedRand, 1.0);
        QCOMPARE(same.mutualInformation, 1.0);
        Labels other = renamed;
        other[0] = 5; // one sample elsewhere is seen
        QVERIFY(clusterAgreement(a, other).adjustedRand < 1.0);
        QVERIFY(clusterAgreement(a, other).mutualInformation < 1.0);
    }

    void unlabelledSamplesDoNotCount()
    {
        const ClusterAgreement without = clusterAgreement(Labels{0, 0, 1, 1, 2}, Labels{0, 1, 1, 1, 2});
        const ClusterAgreement with =
            clusterAgreement(Labels{-1, 0, 0, 4, 1, 1, 2, -1}, Labels{9, 0, 1, -1, 1, 1, 2, -7});
        QCOMPARE(with.adjustedRand, without.adjustedRand);
        QCOMPARE(with.mutualInformation, without.mutualInformation);
        QVERIFY(without.adjustedRand < 1.0);
    }

    void nothingLabelledAgreesInNothing()
    {
        QCOMPARE(clusterAgreement(Labels{}, Labels{}).adjustedRand, 0.0);
        QCOMPARE(clusterAgreement(Labels{-1, 0}, Labels{0, -1}).mutualInformation, 0.0);
    }

    /// Ordered pairs of three million samples and their products do not fit into 64 bits.
    void countsDoNotOverflow()
    {
        const Labels a = labels(3'000'000, [](std::int32_t i) { return i % 2; });
        const Labels b = labels(3'000'000, [](std::int32_t i) { return i % 2 + 2 * (i % 1000 == 0); });
        const double rand = clusterAgreement(a, b).adjustedRand;
        QVERIFY2(rand > 0.99 && rand < 1.0, qPrintable(QString::number(rand, 'g', 17)));
    }
};

QTEST_GUILESS_MAIN(TestClusterAgreement)
#include "tst_cluster_agreement.moc"
