// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/kernels/elementwise.h"
#include "models/kernels/reductions.h"

#include <QTest>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

using namespace ibidem;
using namespace ibidem::kernels;

namespace {

constexpr std::array kFunctions = {Function::Exp,     Function::Log,  Function::Log1p,
                                   Function::Sigmoid, Function::Tanh, Function::Relu};

/// Numbers of every size, denormals, infinities and NaN among them.
std::vector<float> anyFloats(std::size_t count, std::uint32_t number)
{
    RandomStream stream(4, RandomPurpose::Test, number);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(std::bit_cast<float>(stream.next32()));
    return values;
}

std::vector<float> usualFloats(std::size_t count, std::uint32_t number)
{
    RandomStream stream(5, RandomPurpose::Test, number);
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(stream.normal()));
    return values;
}

/// NaN has many bits; all count as one.
bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i]) &&
            !(std::isnan(a[i]) && std::isnan(b[i])))
            return false;
    }
    return a.size() == b.size();
}

/// Distance to the truth in units of the last place of the truth.
double ulpsOff(float value, double truth)
{
    if (std::isnan(truth))
        return std::isnan(value) ? 0.0 : 1e9;
    const auto rounded = static_cast<float>(truth);
    if (std::isinf(rounded) || std::isinf(value))
        return value == rounded ? 0.0 : 1e9;
    int exponent = 0;
    std::frexp(truth, &exponent);
    return std::abs(static_cast<double>(value) - truth) / std::ldexp(1.0, std::max(exponent - 24, -149));
}

double truthOf(Function function, double x)
{
    switch (function) {
    case Function::Exp:
        return std::exp(x);
    case Function::Log:
        return std::log(x);
    case Function::Log1p:
        return std::log1p(x);
    case Function::Sigmoid:
        return 1.0 / (1.0 + std::exp(-x));
    case Function::Tanh:
        return std::tanh(x);
    case Function::Relu:
        break;
    }
    return x < 0.0 ? 0.0 : x;
}

double boundOf(Function function)
{
    switch (function) {
    case Function::Exp:
    case Function::Log:
        return 1.0;
    case Function::Sigmoid:
        return 3.0;
    case Function::Relu:
        return 0.0;
    default:
        return 2.0;
    }
}

using Floats = std::vector<float>;

/// What `work` gives on every instruction set and with 1, 2, 3 and 7 threads is what one scalar thread gives.
bool sameEverywhere(const std::function<Floats(Workplace &)> &work, std::uint64_t &cases)
{
    Workplace plain;
    const Floats expected = work(plain);
    for (const Isa isa : availableIsas()) {
        for (const unsigned threads : {1U, 2U, 3U, 7U}) {
            ThreadPool pool(threads);
            Workplace place(isa, &pool);
            ++cases;
            if (!sameBits(work(place), expected))
                return false;
        }
    }
    return true;
}

} // namespace

class TestElementwise : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void functionsAreTheSameEverywhere();
    void functionsAreNearTheTruth();
    void functionsAtTheEdges();
    void gradientsAreTheSameEverywhere();
    void gradientsAreTheDerivatives();
    void optimisersAreTheSameEverywhere();
    void adamFollowsItsPaper();
    void sgdFollowsItsRule();
    void sumsAreTheSameEverywhere();
    void sumsFollowTheirDefinition();
    void anotherOrderIsFound();
    void sumsAreNearTheTruth();
};

void TestElementwise::functionsAreTheSameEverywhere()
{
    std::uint64_t cases = 0;
    for (std::uint32_t count = 0; count < 70; ++count) {
        for (const Function function : kFunctions) {
            const auto in = anyFloats(count, count);
            QVERIFY(sameEverywhere(
                [&](Workplace &place) {
                    Floats out(in.size());
                    apply(place, function, in, out);
                    return out;
                },
                cases));
        }
    }
    const auto many = anyFloats(100000, 1);
    for (const Function function : kFunctions)
        QVERIFY(sameEverywhere(
            [&](Workplace &place) {
                Floats out(many.size());
                apply(place, function, many, out);
                return out;
            },
            cases));
    qInfo("%llu cases", static_cast<unsigned long long>(cases));
}

/// Every 4,001st single-precision number there is. The truth is the C library's double, good to far less than
/// a single-precision ulp; it only judges.
void TestElementwise::functionsAreNearTheTruth()
{
    std::vector<float> in;
    for (std::uint64_t bits = 0; bits <= 0xFFFFFFFFU; bits += 4001)
        in.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    Workplace place;
    place.isa = availableIsas().back();
    for (const Function function : kFunctions) {
        Floats out(in.size());
        apply(place, function, in, out);
        double worst = 0.0;
        for (std::size_t i = 0; i < in.size(); ++i) {
            worst = std::max(worst, ulpsOff(out[i], truthOf(function, static_cast<double>(in[i]))));
        }
        qInfo("function %d: at most %.3f ulp", static_cast<int>(function), worst);
        QVERIFY(worst <= boundOf(function));
    }
}

void TestElementwise::functionsAtTheEdges()
{
    const float infinity = std::numeric_limits<float>::infinity();
    const auto at = [](Function function, float x) {
        Workplace place;
        place.isa = availableIsas().back();
        Floats out(1);
        apply(place, function, std::array{x}, out);
        return out[0];
    };
    QCOMPARE(at(Function::Exp, 0.0F), 1.0F);
    QCOMPARE(at(Function::Exp, infinity), infinity);
    QCOMPARE(at(Function::Exp, -infinity), 0.0F);
    QVERIFY(at(Function::Exp, -100.0F) > 0.0F); // a denormal
    QCOMPARE(at(Function::Log, 1.0F), 0.0F);
    QCOMPARE(at(Function::Log, 0.0F), -infinity);
    QVERIFY(std::isnan(at(Function::Log, -1.0F)));
    QCOMPARE(at(Function::Log1p, -1.0F), -infinity);
    QVERIFY(std::isnan(at(Function::Log1p, -1.5F)));
    QCOMPARE(at(Function::Log1p, infinity), infinity);
    QCOMPARE(at(Function::Log1p, 1e-30F), 1e-30F);
    QCOMPARE(at(Function::Sigmoid, 0.0F), 0.5F);
    QCOMPARE(at(Function::Sigmoid, -200.0F), 0.0F);
    QCOMPARE(at(Function::Sigmoid, 200.0F), 1.0F);
    QCOMPARE(at(Function::Tanh, infinity), 1.0F);
    QCOMPARE(at(Function::Tanh, -infinity), -1.0F);
    for (const Function function :
         {Function::Exp, Function::Log, Function::Log1p, Function::Sigmoid, Function::Tanh})
        QVERIFY(std::isnan(at(function, std::numeric_limits<float>::quiet_NaN())));
}

void TestElementwise::gradientsAreTheSameEverywhere()
{
    std::uint64_t cases = 0;
    for (const std::size_t count : {std::size_t(1), std::size_t(13), std::size_t(69), std::size_t(70001)}) {
        const auto y = usualFloats(count, 1);
        const auto dy = anyFloats(count, 2);
        for (const Function function : {Function::Sigmoid, Function::Tanh, Function::Relu})
            QVERIFY(sameEverywhere(
                [&](Workplace &place) {
                    Floats dx(count);
                    applyGradient(place, function, y, dy, dx);
                    return dx;
                },
                cases));
        QVERIFY(sameEverywhere(
            [&](Workplace &place) {
                Floats d(count);
                scaledDifference(place, y, dy, 0.37F, d);
                return d;
            },
            cases));
    }
}

/// Against differences of the function in double.
void TestElementwise::gradientsAreTheDerivatives()
{
    Workplace place;
    const auto x = usualFloats(500, 3);
    const std::vector<float> ones(x.size(), 1.0F);
    for (const Function function : {Function::Sigmoid, Function::Tanh, Function::Relu}) {
        Floats y(x.size());
        Floats dx(x.size());
        apply(place, function, x, y);
        applyGradient(place, function, y, ones, dx);
        for (std::size_t i = 0; i < x.size(); ++i) {
            constexpr double step = 1e-6;
            const auto at = static_cast<double>(x[i]);
            const double slope = (truthOf(function, at + step) - truthOf(function, at - step)) / (2 * step);
            QVERIFY(std::abs(slope - static_cast<double>(dx[i])) < 1e-5);
        }
    }
}

void TestElementwise::optimisersAreTheSameEverywhere()
{
    std::uint64_t cases = 0;
    for (const std::size_t count : {std::size_t(1), std::size_t(37), std::size_t(50000)}) {
        const auto weights = usualFloats(count, 4);
        const auto gradient = usualFloats(count, 5);
        for (const bool decoupled : {false, true}) {
            QVERIFY(sameEverywhere(
                [&](Workplace &place) {
                    const AdamOptions options{1e-3F, 0.9F, 0.999F, 1e-8F, 0.01F, decoupled};
                    Floats w = weights;
                    Floats m(count);
                    Floats v(count);
                    AdamPowers powers;
                    for (int step = 0; step < 3; ++step) {
                        powers = nextPowers(options, powers);
                        adamStep(place, options, powers, w, gradient, m, v);
                    }
                    w.insert(w.end(), m.begin(), m.end());
                    w.insert(w.end(), v.begin(), v.end());
                    return w;
                },
                cases));
        }
        QVERIFY(sameEverywhere(
            [&](Workplace &place) {
                Floats w = weights;
                Floats velocity(count);
                for (int step = 0; step < 3; ++step)
                    sgdStep(place, {0.1F, 0.9F, 1e-3F}, w, gradient, velocity);
                return w;
            },
            cases));
    }
}

/// Ten steps in double, as the paper's algorithm 1 says.
void TestElementwise::adamFollowsItsPaper()
{
    const AdamOptions options;
    Workplace place;
    Floats w{0.5F};
    Floats m(1);
    Floats v(1);
    double weight = 0.5;
    double mean = 0.0;
    double variance = 0.0;
    AdamPowers powers;
    for (int step = 1; step <= 10; ++step) {
        const double gradient = 0.1 * step;
        powers = nextPowers(options, powers);
        adamStep(place, options, powers, w, std::array{static_cast<float>(gradient)}, m, v);
        mean = 0.9 * mean + 0.1 * gradient;
        variance = 0.999 * variance + 0.001 * gradient * gradient;
        const double unbiased = mean / (1 - std::pow(0.9, step));
        weight -= 1e-3 * unbiased / (std::sqrt(variance / (1 - std::pow(0.999, step))) + 1e-8);
        QVERIFY(std::abs(static_cast<double>(w[0]) - weight) < 1e-6);
    }
    QVERIFY(std::abs(weight - 0.5) > 1e-3);
}

void TestElementwise::sgdFollowsItsRule()
{
    Workplace place;
    Floats w{1.0F};
    Floats velocity(1);
    sgdStep(place, {0.5F, 0.0F, 0.0F}, w, std::array{0.25F}, velocity);
    QCOMPARE(w[0], 0.875F);
    sgdStep(place, {0.5F, 0.5F, 0.0F}, w, std::array{0.25F}, velocity);
    QCOMPARE(w[0], 0.875F - 0.5F * 0.375F);
}

void TestElementwise::sumsAreTheSameEverywhere()
{
    std::uint64_t cases = 0;
    for (const std::size_t count : {0U, 1U, 7U, 15U, 16U, 17U, 31U, 100U, 4095U, 4096U, 4097U, 100003U}) {
        const auto a = usualFloats(count, 6);
        const auto b = usualFloats(count, 7);
        QVERIFY(sameEverywhere(
            [&](Workplace &place) {
                return Floats{sum(place, a), dot(place, a, b), sumOfSquaredDifferences(place, a, b)};
            },
            cases));
    }
    for (const std::size_t columns : {1U, 3U, 8U, 63U, 64U, 65U, 300U}) {
        for (const std::size_t rows : {0U, 1U, 255U, 256U, 257U, 600U}) {
            const auto matrix = usualFloats(rows * columns, 8);
            QVERIFY(sameEverywhere(
                [&](Workplace &place) {
                    Floats sums(columns, 7.0F);
                    columnSums(place, matrix, columns, sums);
                    return sums;
                },
                cases));
        }
    }
}

/// The definition once more, written plainly.
void TestElementwise::sumsFollowTheirDefinition()
{
    const auto values = usualFloats(9000, 9);
    float total = 0.0F;
    for (std::size_t first = 0; first < values.size(); first += kReductionBlock) {
        std::array<float, kReductionLanes> lanes{};
        for (std::size_t i = first; i < std::min(first + kReductionBlock, values.size()); ++i)
            lanes[(i - first) % kReductionLanes] += values[i];
        for (std::size_t step = kReductionLanes / 2; step > 0; step /= 2)
            for (std::size_t l = 0; l < step; ++l)
                lanes[l] += lanes[l + step];
        total = first == 0 ? lanes[0] : total + lanes[0];
    }
    Workplace place;
    QVERIFY(sameBits({sum(place, values)}, {total}));
}

void TestElementwise::anotherOrderIsFound()
{
    auto values = usualFloats(5000, 10);
    Workplace place;
    const float before = sum(place, values);
    float chain = 0.0F;
    for (const float value : values)
        chain += value;
    QVERIFY(!sameBits({chain}, {before}));
    std::swap(values[0], values[1]); // another lane each
    QVERIFY(!sameBits({sum(place, values)}, {before}));
}

void TestElementwise::sumsAreNearTheTruth()
{
    Workplace place;
    const auto a = usualFloats(1000000, 11);
    const auto b = usualFloats(1000000, 12);
    double exactSum = 0.0;
    double exactDot = 0.0;
    double exactSquares = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto x = static_cast<double>(a[i]);
        const auto y = static_cast<double>(b[i]);
        exactSum += x;
        exactDot += x * y;
        exactSquares += (x - y) * (x - y);
    }
    QVERIFY(std::abs(static_cast<double>(sum(place, a)) - exactSum) < 0.05);
    QVERIFY(std::abs(static_cast<double>(dot(place, a, b)) - exactDot) < 0.05);
    QVERIFY(std::abs(static_cast<double>(sumOfSquaredDifferences(place, a, b)) / exactSquares - 1.0) < 1e-6);
}

QTEST_GUILESS_MAIN(TestElementwise)
#include "tst_elementwise.moc"
