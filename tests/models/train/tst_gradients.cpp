// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/train/trees/gradients.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

using namespace ibidem;
using namespace ibidem::train;

namespace {

struct Gradients
{
    std::vector<float> gradients;
    std::vector<float> hessians;
};

Gradients logistic(std::size_t rows)
{
    RandomStream random(1, RandomPurpose::Test);
    std::vector<float> margins(rows);
    std::vector<std::int32_t> classes(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        margins[i] = static_cast<float>(6.0 * random.normal());
        classes[i] = static_cast<std::int32_t>(random.bounded(2));
    }
    Gradients result{std::vector<float>(rows), std::vector<float>(rows)};
    logisticGradients(margins, classes, result.gradients, result.hessians);
    return result;
}

double sumOf(const std::vector<float> &values)
{
    double sum = 0.0;
    for (const float value : values)
        sum += static_cast<double>(value);
    return sum;
}

} // namespace

class TestGradients : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gridLeavesRoomForEveryRow();
    void onGridIsTheNearestMultiple();
    void sumsDoNotDependOnTheOrder();
    void sumsWithoutTheGridDo();
    void logisticGradientsAreThoseOfTheLoss();
    void softmaxGradientsSumToZeroPerRow();
};

void TestGradients::gridLeavesRoomForEveryRow()
{
    QCOMPARE(gridExponent(1), 50);
    QCOMPARE(gridExponent(420), 43);
    for (const std::size_t rows : {std::size_t{1}, std::size_t{3}, std::size_t{420}, std::size_t{1} << 20U,
                                   (std::size_t{1} << 40U) + 1})
        QVERIFY(static_cast<double>(rows) * std::ldexp(1.0, gridExponent(rows)) <= std::ldexp(1.0, 53));
}

void TestGradients::onGridIsTheNearestMultiple()
{
    QCOMPARE(onGrid(1.0, 43), 1.0F);
    QCOMPARE(onGrid(-1.0, 43), -1.0F);
    QCOMPARE(onGrid(0.0, 43), 0.0F);
    QCOMPARE(onGrid(std::ldexp(1.0, -43), 43), std::ldexp(1.0F, -43));
    QCOMPARE(onGrid(std::ldexp(1.0, -45), 43), 0.0F);
    QCOMPARE(onGrid(0.75 * std::ldexp(1.0, -43), 43), std::ldexp(1.0F, -43));
    RandomStream random(2, RandomPurpose::Test);
    for (int i = 0; i < 100000; ++i) {
        const double x = std::ldexp(random.uniform() * 2.0 - 1.0, -static_cast<int>(random.bounded(40)));
        const double rounded = static_cast<double>(onGrid(x, 30));
        const double steps = std::ldexp(rounded, 30);
        QCOMPARE(steps, std::nearbyint(steps));
        QVERIFY(std::abs(rounded - static_cast<double>(static_cast<float>(x))) <= std::ldexp(1.0, -31));
    }
}

void TestGradients::sumsDoNotDependOnTheOrder()
{
    for (const std::size_t rows : {std::size_t{420}, std::size_t{100000}}) {
        Gradients given = logistic(rows);
        const double gradients = sumOf(given.gradients);
        const double hessians = sumOf(given.hessians);
        RandomStream random(3, RandomPurpose::Test);
        for (int i = 0; i < 20; ++i) {
            random.shuffle(std::span(given.gradients));
            random.shuffle(std::span(given.hessians));
            QCOMPARE(std::bit_cast<std::uint64_t>(sumOf(given.gradients)),
                     std::bit_cast<std::uint64_t>(gradients));
            QCOMPARE(std::bit_cast<std::uint64_t>(sumOf(given.hessians)),
                     std::bit_cast<std::uint64_t>(hessians));
        }
    }
}

/// The negative control: fp32 gradients as they come, without the grid, give other sums in another order.
void TestGradients::sumsWithoutTheGridDo()
{
    RandomStream random(4, RandomPurpose::Test);
    std::vector<float> values(100000);
    for (float &value : values)
        value = static_cast<float>(std::ldexp(random.uniform() - 0.5, -static_cast<int>(random.bounded(40))));
    const double sum = sumOf(values);
    bool differs = false;
    for (int i = 0; i < 20 && !differs; ++i) {
        random.shuffle(std::span(values));
        differs = sumOf(values) != sum;
    }
    QVERIFY(differs);
}

void TestGradients::logisticGradientsAreThoseOfTheLoss()
{
    const std::vector<float> margins = {-30.0F, -1.0F, 0.0F, 2.5F, 30.0F};
    const std::vector<std::int32_t> classes = {1, 0, 1, 1, 0};
    std::vector<float> gradients(5);
    std::vector<float> hessians(5);
    logisticGradients(margins, classes, gradients, hessians);
    for (std::size_t i = 0; i < margins.size(); ++i) {
        const double p = 1.0 / (1.0 + std::exp(-static_cast<double>(margins[i])));
        QVERIFY(std::abs(static_cast<double>(gradients[i]) - (p - classes[i])) < 1e-7);
        QVERIFY(std::abs(static_cast<double>(hessians[i]) - p * (1.0 - p)) < 1e-7);
    }
    QCOMPARE(gradients[2], -0.5F);
    QCOMPARE(hessians[2], 0.25F);
}

void TestGradients::softmaxGradientsSumToZeroPerRow()
{
    const std::vector<float> margins = {0.5F, 0.5F, 0.5F, 1.0F, -2.0F, 80.0F};
    const std::vector<std::int32_t> classes = {1, 0};
    std::vector<float> gradients(6);
    std::vector<float> hessians(6);
    softmaxGradients(margins, classes, 3, gradients, hessians);
    for (std::size_t row = 0; row < 2; ++row) {
        double sum = 0.0;
        for (std::size_t group = 0; group < 3; ++group)
            sum += static_cast<double>(gradients[row * 3 + group]);
        QVERIFY(std::abs(sum) < 1e-6);
    }
    QVERIFY(std::abs(gradients[1] + 2.0F / 3.0F) < 1e-6F);
    QVERIFY(std::abs(hessians[0] - 4.0F / 9.0F) < 1e-6F);
    QCOMPARE(gradients[5], 1.0F);
}

QTEST_GUILESS_MAIN(TestGradients)
#include "tst_gradients.moc"
