// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/kernels/matmul.h"

#include <QTest>

#include <array>
#include <cmath>
#include <cstring>

using namespace ibidem;
using namespace ibidem::kernels;

namespace {

constexpr std::array kOperands = {Operands::NN, Operands::NT, Operands::TN};

/// One product with its inputs; values of very different size, so that another order of sums shows.
struct Case
{
    MatmulShape shape;
    std::vector<float> a;
    std::vector<float> b;
    std::vector<float> bias;

    Case(const MatmulShape &wanted, std::uint32_t number)
        : shape(wanted)
    {
        RandomStream stream(1, RandomPurpose::Test, number);
        const auto fill = [&stream](std::vector<float> &values, std::size_t count) {
            for (std::size_t i = 0; i < count; ++i)
                values.push_back(static_cast<float>(stream.normal() *
                                                    std::ldexp(1.0, static_cast<int>(stream.bounded(12)))));
        };
        fill(a, shape.rows * shape.depth);
        fill(b, shape.columns * shape.depth);
        fill(bias, shape.columns);
    }

    [[nodiscard]] std::vector<float> reference(Operands operands, const Epilogue &epilogue = {}) const
    {
        std::vector<float> c(shape.rows * shape.columns, 7.0F);
        matmulReference(operands, shape, a.data(), b.data(), c.data(), epilogue);
        return c;
    }

    [[nodiscard]] std::vector<float> product(Workplace &place, Operands operands,
                                             const Epilogue &epilogue = {}) const
    {
        std::vector<float> c(shape.rows * shape.columns, 7.0F);
        matmul(place, operands, shape, a.data(), b.data(), c.data(), epilogue);
        return c;
    }
};

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

MatmulShape drawnShape(RandomStream &stream, std::size_t most, std::size_t mostDepth)
{
    return {1 + stream.bounded(most), 1 + stream.bounded(most), stream.bounded(mostDepth)};
}

} // namespace

class TestMatmul : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyPathHasTheBitsOfTheDefinition();
    void largeShapesToo();
    void everySmallSizeInEachDimension();
    void anotherOrderIsFound();
    void oneChangedBitIsFound();
    void isAsNearToTheTruthAsSinglePrecisionAllows();
    void specialValues();
    void threadsKeepDenormals();

private:
    void compare(const Case &one, unsigned threads, std::uint64_t variant);

    std::uint64_t m_cases = 0;
};

/// All instruction sets, one operand order after the other, with and without bias and activation.
void TestMatmul::compare(const Case &one, unsigned threads, std::uint64_t variant)
{
    ThreadPool pool(threads);
    const Epilogue epilogue{variant % 2 != 0 ? one.bias.data() : nullptr,
                            variant % 3 == 0 ? Activation::Relu : Activation::None};
    for (const Operands operands : kOperands) {
        const std::vector<float> expected = one.reference(operands, epilogue);
        for (const Isa isa : availableIsas()) {
            Workplace place(isa, &pool);
            ++m_cases;
            QVERIFY2(sameBits(one.product(place, operands, epilogue), expected),
                     qPrintable(QStringLiteral("%1 x %2 x %3, isa %4, %5 threads")
                                    .arg(one.shape.rows)
                                    .arg(one.shape.columns)
                                    .arg(one.shape.depth)
                                    .arg(QString::fromUtf8(isaName(isa).data()))
                                    .arg(threads)));
        }
    }
}

void TestMatmul::everyPathHasTheBitsOfTheDefinition()
{
    RandomStream stream(2, RandomPurpose::Test);
    for (std::uint32_t i = 0; i < 400; ++i)
        compare(Case(drawnShape(stream, 70, 70), i), std::array{1U, 2U, 3U, 7U}[i % 4], i);
    qInfo("%llu products compared", static_cast<unsigned long long>(m_cases));
}

void TestMatmul::largeShapesToo()
{
    RandomStream stream(3, RandomPurpose::Test);
    for (std::uint32_t i = 0; i < 8; ++i)
        compare(Case(drawnShape(stream, 400, 700), i), std::array{1U, 2U, 3U, 7U}[i % 4], i);
}

void TestMatmul::everySmallSizeInEachDimension()
{
    for (std::uint32_t size = 1; size <= 70; ++size) {
        compare(Case({size, 9, 5}, size), 1, size);
        compare(Case({5, size, 9}, size), 1, size + 1);
        compare(Case({9, 5, size}, size), 1, size + 2);
    }
}

/// The negative control: the same numbers summed in one chain, not in blocks, are not the same bits.
void TestMatmul::anotherOrderIsFound()
{
    const Case one({6, 8, 600}, 1);
    std::vector<float> chain(one.shape.rows * one.shape.columns);
    for (std::size_t i = 0; i < one.shape.rows; ++i) {
        for (std::size_t j = 0; j < one.shape.columns; ++j) {
            float sum = 0.0F;
            for (std::size_t k = 0; k < one.shape.depth; ++k)
                sum = std::fma(one.a[i * one.shape.depth + k], one.b[k * one.shape.columns + j], sum);
            chain[i * one.shape.columns + j] = sum;
        }
    }
    QVERIFY(!sameBits(chain, one.reference(Operands::NN)));
}

void TestMatmul::oneChangedBitIsFound()
{
    Case one({20, 20, 1}, 2); // in a longer sum the rounding may hide it
    const std::vector<float> before = one.reference(Operands::NN);
    one.a[7] = std::nextafter(one.a[7], 1e30F);
    QVERIFY(!sameBits(one.reference(Operands::NN), before));
}

void TestMatmul::isAsNearToTheTruthAsSinglePrecisionAllows()
{
    const Case one({10, 10, 2000}, 3);
    const std::vector<float> product = one.reference(Operands::NN);
    for (std::size_t i = 0; i < one.shape.rows; ++i) {
        for (std::size_t j = 0; j < one.shape.columns; ++j) {
            double exact = 0.0;
            double size = 0.0;
            for (std::size_t k = 0; k < one.shape.depth; ++k) {
                const double term = static_cast<double>(one.a[i * one.shape.depth + k]) *
                                    static_cast<double>(one.b[k * one.shape.columns + j]);
                exact += term;
                size += std::abs(term);
            }
            QVERIFY(std::abs(static_cast<double>(product[i * one.shape.columns + j]) - exact) < size * 1e-6);
        }
    }
}

void TestMatmul::specialValues()
{
    ThreadPool pool(1);
    for (const Isa isa : availableIsas()) {
        Workplace place(isa, &pool);
        const float tiny = std::ldexp(1.0F, -100);
        std::array<float, 1> c{};
        matmul(place, Operands::NN, {1, 1, 1}, std::array{tiny}.data(),
               std::array{std::ldexp(1.0F, -40)}.data(), c.data());
        QCOMPARE(c[0], std::ldexp(1.0F, -140)); // a denormal
        matmul(place, Operands::NN, {1, 1, 1}, std::array{HUGE_VALF}.data(), std::array{2.0F}.data(),
               c.data());
        QCOMPARE(c[0], HUGE_VALF);
        c = {5.0F};
        matmul(place, Operands::NN, {1, 1, 0}, nullptr, nullptr, c.data());
        QCOMPARE(c[0], 0.0F);
        const float bias = -1.0F;
        matmul(place, Operands::NN, {1, 1, 0}, nullptr, nullptr, c.data(), {&bias, Activation::Relu});
        QVERIFY(c[0] == 0.0F && !std::signbit(c[0]));
    }
}

void TestMatmul::threadsKeepDenormals()
{
    ThreadPool pool(3);
    std::array<bool, 64> exact{};
    pool.run(exact.size(), [&](std::size_t piece) { exact[piece] = isFloatStateExact(); });
    for (const bool one : exact)
        QVERIFY(one);
}

QTEST_GUILESS_MAIN(TestMatmul)
#include "tst_matmul.moc"
