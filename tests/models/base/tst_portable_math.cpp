// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/base/sha256.h"

#include <QTest>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>

using namespace ibidem;

class TestPortableMath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void errorsStayBelowTheStatedOnes_data();
    void errorsStayBelowTheStatedOnes();
    void theYardstickSeesTwoUlp();
    void endsOfTheRange();
    void smallArgumentsKeepTheirBits();
    void logarithmToBaseTwoIsExactForPowersOfTwo();
    void sigmoidIsBoundedAndRises();
    void bitsAreKnown();
};

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = std::numeric_limits<double>::denorm_min();

using Function = std::function<double(double)>;
using Reference = std::function<long double(long double)>;
using Argument = std::function<double(RandomStream &)>;

/// |got - wanted| in units of the last place of a double near `wanted`.
double errorInUlp(double got, long double wanted)
{
    const auto nearest = static_cast<double>(wanted);
    if (std::isinf(nearest) || std::isinf(got))
        return got == nearest ? 0.0 : kInfinity;
    int exponent = -1021;
    if (std::fabs(nearest) >= std::numeric_limits<double>::min())
        std::frexp(nearest, &exponent);
    const long double ulp = std::ldexp(1.0L, exponent - 53);
    return static_cast<double>(std::fabs(static_cast<long double>(got) - wanted) / ulp);
}

Argument between(double low, double high)
{
    return [low, high](RandomStream &random) { return low + (high - low) * random.uniform(); };
}

/// All exponents alike, subnormals included.
double anyPositive(RandomStream &random)
{
    while (true) {
        const auto value = std::bit_cast<double>(random.next64() >> 1U);
        if (std::isfinite(value))
            return value;
    }
}

long double sigmoid(long double x)
{
    return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x));
}

double worstError(const Function &function, const Reference &reference, const Argument &argument, int count)
{
    RandomStream random(30, RandomPurpose::Test);
    double worst = 0.0;
    for (int i = 0; i < count; ++i) {
        const double x = argument(random);
        const double error = errorInUlp(function(x), reference(static_cast<long double>(x)));
        if (!(error <= worst))
            worst = error;
    }
    return worst;
}

} // namespace

Q_DECLARE_METATYPE(Function)
Q_DECLARE_METATYPE(Reference)
Q_DECLARE_METATYPE(Argument)

void TestPortableMath::errorsStayBelowTheStatedOnes_data()
{
    QTest::addColumn<Function>("function");
    QTest::addColumn<Reference>("reference");
    QTest::addColumn<Argument>("argument");
    QTest::addColumn<double>("stated");
    const auto rows = [](const char *name, const Function &function, const Reference &reference,
                         double stated, const std::vector<std::pair<const char *, Argument>> &arguments) {
        for (const auto &[range, argument] : arguments)
            QTest::addRow("%s, %s", name, range) << function << reference << argument << stated;
    };
    const Argument halfway = [](RandomStream &random) {
        const double k = static_cast<double>(random.bounded(2000)) - 999.5;
        return k * 0.6931471805599453 + (random.uniform() - 0.5) * 1e-3;
    };
    const Argument small = [](RandomStream &random) {
        return std::ldexp(random.uniform() - 0.5, -static_cast<int>(random.bounded(80)));
    };
    rows("exp", portableExp, [](long double x) { return std::exp(x); }, 1.0,
         {{"near 0", between(-1, 1)},
          {"everywhere", between(-746, 710)},
          {"subnormal values", between(-745.2, -708)},
          {"between two powers", halfway}});
    rows("log", portableLog, [](long double x) { return std::log(x); }, 1.0,
         {{"everywhere", anyPositive},
          {"near 1", between(0.999, 1.001)},
          {"one octave", between(0.5, 2)},
          {"between two powers", between(1.40, 1.43)}});
    rows("log1p", portableLog1p, [](long double x) { return std::log1p(x); }, 1.0,
         {{"near -1", between(-1, -0.99)},
          {"small", small},
          {"where the methods meet", between(-0.3, -0.28)},
          {"where they meet again", between(0.40, 0.43)},
          {"middle", between(-1, 20)},
          {"large", anyPositive}});
    rows("log2", portableLog2, [](long double x) { return std::log2(x); }, 2.0,
         {{"everywhere", anyPositive}, {"one octave", between(0.5, 2)}});
    rows("sigmoid", portableSigmoid, sigmoid, 3.0,
         {{"near 0", between(-3, 3)}, {"everywhere", between(-745, 40)}});
}

void TestPortableMath::errorsStayBelowTheStatedOnes()
{
    QFETCH(Function, function);
    QFETCH(Reference, reference);
    QFETCH(Argument, argument);
    QFETCH(double, stated);
    const double worst = worstError(function, reference, argument, 400'000);
    QVERIFY2(worst <= stated, qPrintable(QString::number(worst)));
    QVERIFY2(worst > 0.25, "no function is this good: the yardstick is broken");
}

void TestPortableMath::theYardstickSeesTwoUlp()
{
    const Function worsened = [](double x) {
        return std::bit_cast<double>(std::bit_cast<std::uint64_t>(portableExp(x)) + 2);
    };
    QVERIFY(worstError(
                worsened, [](long double x) { return std::exp(x); }, between(-1, 1), 1000) > 1.5);
}

void TestPortableMath::endsOfTheRange()
{
    QVERIFY(std::isnan(portableExp(kNaN)) && std::isnan(portableLog(kNaN)) &&
            std::isnan(portableLog1p(kNaN)));
    QVERIFY(std::isnan(portableLog2(kNaN)) && std::isnan(portableSigmoid(kNaN)));
    QCOMPARE(portableExp(0.0), 1.0);
    QCOMPARE(portableExp(-0.0), 1.0);
    QCOMPARE(portableExp(kInfinity), kInfinity);
    QCOMPARE(portableExp(-kInfinity), 0.0);
    QCOMPARE(portableExp(709.79), kInfinity);
    QCOMPARE(portableExp(710.0), kInfinity);
    QVERIFY(portableExp(709.78) > 1.79e308 && std::isfinite(portableExp(709.78)));
    QCOMPARE(portableExp(-745.13), kTiny);
    QCOMPARE(portableExp(-745.14), 0.0);
    QCOMPARE(portableExp(-1e308), 0.0);
    QCOMPARE(portableLog(1.0), 0.0);
    QCOMPARE(portableLog(0.0), -kInfinity);
    QCOMPARE(portableLog(-0.0), -kInfinity);
    QCOMPARE(portableLog(kInfinity), kInfinity);
    QVERIFY(std::isnan(portableLog(-kTiny)) && std::isnan(portableLog(-kInfinity)));
    QCOMPARE(portableLog(kTiny), -744.4400719213812);
    QCOMPARE(portableLog1p(-1.0), -kInfinity);
    QCOMPARE(portableLog1p(kInfinity), kInfinity);
    QVERIFY(std::isnan(portableLog1p(-1.0000000000000002)));
    QCOMPARE(portableLog2(0.0), -kInfinity);
    QCOMPARE(portableLog2(kInfinity), kInfinity);
    QVERIFY(std::isnan(portableLog2(-2.0)));
}

void TestPortableMath::smallArgumentsKeepTheirBits()
{
    for (const double x : {0.0, -0.0, kTiny, -kTiny, 0x1p-60, -0x1p-500}) {
        QCOMPARE(std::bit_cast<std::uint64_t>(portableLog1p(x)), std::bit_cast<std::uint64_t>(x));
        QCOMPARE(portableExp(x), 1.0);
    }
}

void TestPortableMath::logarithmToBaseTwoIsExactForPowersOfTwo()
{
    for (int exponent = -1074; exponent <= 1023; ++exponent)
        QCOMPARE(portableLog2(std::ldexp(1.0, exponent)), static_cast<double>(exponent));
}

void TestPortableMath::sigmoidIsBoundedAndRises()
{
    QCOMPARE(portableSigmoid(0.0), 0.5);
    QCOMPARE(portableSigmoid(kInfinity), 1.0);
    QCOMPARE(portableSigmoid(-kInfinity), 0.0);
    QCOMPARE(portableSigmoid(1000.0), 1.0);
    QCOMPARE(portableSigmoid(-1000.0), 0.0);
    double before = 0.0;
    for (double x = -750.0; x <= 50.0; x += 0.01) {
        const double value = portableSigmoid(x);
        QVERIFY(value >= before && value <= 1.0);
        before = value;
    }
}

void TestPortableMath::bitsAreKnown()
{
    // Whatever the compiler, its flags and the processor: these bits are part of every stored result.
    Sha256 hash;
    RandomStream random(31, RandomPurpose::Test);
    const auto add = [&](double value) { hash.updateInteger(std::bit_cast<std::uint64_t>(value)); };
    for (int i = 0; i < 20'000; ++i) {
        const double positive = anyPositive(random);
        const double middle = 40.0 * random.uniform() - 20.0;
        add(portableExp(35.0 * middle));
        add(portableLog(positive));
        add(portableLog1p(0.05 * middle + 0.5));
        add(portableLog2(positive));
        add(portableSigmoid(middle));
    }
    QCOMPARE(QByteArray::fromStdString(hash.finishHex()),
             QByteArray("91fca7ae092327a7103a36be8e78a1393bcae3818c29cb94f31f2c15d79acec7"));
}

QTEST_GUILESS_MAIN(TestPortableMath)
#include "tst_portable_math.moc"
