// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Errors against double on ordinary, huge, tiny, cancelling and denormal numbers, below fixed bounds; and,
// where LibTorch is set up, beside its errors on the same numbers: ours are at most twice as large, or
// less than a tenth of one rounding error.
#include "models/base/philox.h"
#include "models/kernels/elementwise.h"
#include "models/kernels/isa.h"
#include "models/kernels/matmul.h"
#include "models/kernels/moments.h"
#include "models/kernels/reductions.h"
#include "models/kernels/softmax.h"

#ifdef IBIDEM_HAVE_TORCH
#include "torch_reference.h"
#endif

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace {

using namespace ibidem;
using namespace ibidem::kernels;

using Floats = std::vector<float>;

constexpr std::size_t kCount = 50'000;
constexpr double kHalfUlp = 0x1p-24; ///< rounding error of single precision
constexpr double kNegligible = 0.1;  ///< of these: LibTorch adds in double, and its luck is no bound for ours
constexpr double kTiniest = 0x1p-149;

Floats drawn(std::size_t count, std::uint32_t number, double factor, double shift = 0.0)
{
    RandomStream stream(20, RandomPurpose::Test, number);
    Floats values(count);
    for (float &value : values)
        value = static_cast<float>(shift + factor * stream.normal());
    return values;
}

/// Pairs that nearly cancel: a sum far smaller than its terms.
Floats cancelling(std::size_t count, std::uint32_t number)
{
    Floats values = drawn(count, number, 1e4);
    for (std::size_t i = 1; i < count; i += 2)
        values[i] = -values[i - 1] * (1.0F + 1e-6F * static_cast<float>(i % 7));
    return values;
}

Floats numbersOf(const QString &kind, std::size_t count, std::uint32_t number)
{
    if (kind == QStringLiteral("huge"))
        return drawn(count, number, 1e15);
    if (kind == QStringLiteral("tiny"))
        return drawn(count, number, 1e-15);
    if (kind == QStringLiteral("denormal"))
        return drawn(count, number, 1e-40);
    if (kind == QStringLiteral("cancelling"))
        return cancelling(count, number);
    if (kind == QStringLiteral("far from zero"))
        return drawn(count, number, 1.0, 1000.0);
    return drawn(count, number, 1.0);
}

void addKinds()
{
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"ordinary", "huge", "tiny", "denormal", "cancelling", "far from zero"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

/// The exact value, and the size of the terms, to which errors of sums are relative.
struct Exact
{
    double value = 0.0;
    double size = 0.0;

    void add(double term)
    {
        value += term;
        size += std::abs(term);
    }

    /// In rounding errors of a single term as large as all.
    [[nodiscard]] double errorOf(float computed) const
    {
        return std::abs(static_cast<double>(computed) - value) / (kHalfUlp * size + kTiniest);
    }
};

double toDouble(float x)
{
    return static_cast<double>(x);
}

Workplace fastest()
{
    return Workplace(availableIsas().back(), nullptr);
}

/// Root of the mean square: a single value may be exact by luck.
class Errors
{
public:
    void add(double error)
    {
        m_squares += error * error;
        m_largest = std::max(m_largest, error);
        ++m_count;
    }

    [[nodiscard]] double mean() const { return std::sqrt(m_squares / static_cast<double>(m_count)); }

    [[nodiscard]] double largest() const { return m_largest; }

private:
    double m_squares = 0.0;
    double m_largest = 0.0;
    std::size_t m_count = 0;
};

/// Ours and LibTorch's for one quantity.
struct Pair
{
    Errors own;
    Errors torch;

    void check(const char *what, double bound) const
    {
        qInfo("%-24s own %.4f (largest %.4f), LibTorch %.4f", what, own.mean(), own.largest(), torch.mean());
        QVERIFY2(own.largest() <= bound, what);
#ifdef IBIDEM_HAVE_TORCH
        QVERIFY2(own.mean() <= std::max(2.0 * torch.mean(), kNegligible), what);
#endif
    }
};

class TestAccuracy : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void products_data() { addKinds(); }

    void products();

    void sums_data() { addKinds(); }

    void sums();

    void moments_data();

    void moments();
    void functions();
    void softmaxes();
    void wrongClassesAreRefused();
};

void TestAccuracy::products()
{
    QFETCH(QString, kind);
    const MatmulShape shape{24, 24, 1838};
    const Floats a = numbersOf(kind, shape.rows * shape.depth, 1);
    const Floats b = kind == QStringLiteral("cancelling") ? Floats(shape.columns * shape.depth, 1.0F)
                                                          : numbersOf(kind, shape.columns * shape.depth, 2);
    Floats own(shape.rows * shape.columns);
    Workplace place = fastest();
    matmul(place, Operands::NT, shape, a.data(), b.data(), own.data());
    Floats torch = own;
#ifdef IBIDEM_HAVE_TORCH
    tests::setTorchThreads(1);
    tests::torchMatmul(Operands::NT, shape, a.data(), b.data(), torch.data());
#endif
    Pair errors;
    for (std::size_t i = 0; i < shape.rows; ++i) {
        for (std::size_t j = 0; j < shape.columns; ++j) {
            Exact exact;
            for (std::size_t k = 0; k < shape.depth; ++k)
                exact.add(toDouble(a[i * shape.depth + k]) * toDouble(b[j * shape.depth + k]));
            errors.own.add(exact.errorOf(own[i * shape.columns + j]));
            errors.torch.add(exact.errorOf(torch[i * shape.columns + j]));
        }
    }
    errors.check("matmul, depth 1838", 16.0);
}

void TestAccuracy::sums()
{
    QFETCH(QString, kind);
    Workplace place = fastest();
    Pair plainSum;
    Pair product;
    for (std::uint32_t repeat = 0; repeat < 20; ++repeat) {
        const Floats a = numbersOf(kind, kCount, 3 + repeat);
        const Floats b = drawn(kCount, 40 + repeat, 1.0);
        Exact exactSum;
        Exact exactDot;
        for (std::size_t i = 0; i < kCount; ++i) {
            exactSum.add(toDouble(a[i]));
            exactDot.add(toDouble(a[i]) * toDouble(b[i]));
        }
        plainSum.own.add(exactSum.errorOf(sum(place, a)));
        product.own.add(exactDot.errorOf(dot(place, a, b)));
#ifdef IBIDEM_HAVE_TORCH
        plainSum.torch.add(exactSum.errorOf(tests::torchSum(a)));
        product.torch.add(exactDot.errorOf(tests::torchDot(a, b)));
#endif
    }
    plainSum.check("sum of 50,000", 16.0);
    product.check("dot of 50,000", 16.0);
}

/// Squares of the others leave single precision.
void TestAccuracy::moments_data()
{
    QTest::addColumn<QString>("kind");
    for (const char *kind : {"ordinary", "cancelling", "far from zero"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

/// Relative to the variance itself, however far from zero the numbers are.
void TestAccuracy::moments()
{
    QFETCH(QString, kind);
    Workplace place = fastest();
    Pair errors;
    for (std::uint32_t repeat = 0; repeat < 20; ++repeat) {
        const Floats a = numbersOf(kind, kCount, 60 + repeat);
        const double mean = std::accumulate(a.begin(), a.end(), 0.0) / static_cast<double>(kCount);
        Exact exact;
        for (const float value : a)
            exact.add((toDouble(value) - mean) * (toDouble(value) - mean) / static_cast<double>(kCount));
        errors.own.add(exact.errorOf(kernels::moments(place, a).variance));
#ifdef IBIDEM_HAVE_TORCH
        errors.torch.add(exact.errorOf(tests::torchVariance(a)));
#endif
    }
    errors.check("variance of 50,000", 16.0);
}

/// In units of the last place: 2 for exp and log, as promised; LibTorch beside it.
void TestAccuracy::functions()
{
    struct Row
    {
        const char *name;
        Function function;
        double (*truth)(double);
        double bound;
        bool positive;
    };

    static constexpr auto sigmoid = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
    const std::array rows = {
        Row{"exp", Function::Exp, [](double x) { return std::exp(x); }, 2.0, false},
        Row{"log", Function::Log, [](double x) { return std::log(x); }, 2.0, true},
        Row{"log1p", Function::Log1p, [](double x) { return std::log1p(x); }, 2.0, true},
        Row{"sigmoid", Function::Sigmoid, [](double x) { return sigmoid(x); }, 3.0, false},
        Row{"tanh", Function::Tanh, [](double x) { return std::tanh(x); }, 2.0, false},
    };
    Workplace place = fastest();
    for (const Row &row : rows) {
        Floats in = drawn(kCount, 5, 10.0);
        if (row.positive)
            for (float &x : in)
                x = std::abs(x);
        Floats own(kCount);
        apply(place, row.function, in, own);
        Floats torch = own;
#ifdef IBIDEM_HAVE_TORCH
        tests::torchApply(row.name, in, torch);
#endif
        Pair errors;
        for (std::size_t i = 0; i < kCount; ++i) {
            const double truth = row.truth(toDouble(in[i]));
            int exponent = 0;
            std::frexp(truth, &exponent);
            const double ulp = std::ldexp(1.0, std::max(exponent - 24, -149));
            errors.own.add(std::abs(toDouble(own[i]) - truth) / ulp);
            errors.torch.add(std::abs(toDouble(torch[i]) - truth) / ulp);
        }
        errors.check(row.name, row.bound);
    }
}

/// Of the probabilities relative, of their logarithms absolute or relative, of the loss relative.
void TestAccuracy::softmaxes()
{
    constexpr std::size_t columns = 257;
    constexpr std::size_t rows = 64;
    Workplace place = fastest();
    const Floats x = drawn(rows * columns, 6, 5.0);
    Floats own(x.size());
    Floats ownLog(x.size());
    softmax(place, x, columns, own);
    logSoftmax(place, x, columns, ownLog);
    Floats torch = own;
    Floats torchLog = ownLog;
#ifdef IBIDEM_HAVE_TORCH
    tests::torchSoftmax(false, x, columns, torch);
    tests::torchSoftmax(true, x, columns, torchLog);
#endif
    Pair errors;
    Pair logErrors;
    std::vector<std::int32_t> classes;
    double loss = 0.0;
    for (std::size_t row = 0; row < rows; ++row) {
        double total = 0.0;
        for (std::size_t j = 0; j < columns; ++j)
            total += std::exp(toDouble(x[row * columns + j]));
        classes.push_back(static_cast<std::int32_t>(row * 5 % columns));
        loss += std::log(total) - toDouble(x[row * columns + row * 5 % columns]);
        for (std::size_t i = row * columns; i < (row + 1) * columns; ++i) {
            const double probability = std::exp(toDouble(x[i])) / total;
            const double logarithm = toDouble(x[i]) - std::log(total);
            errors.own.add(std::abs(toDouble(own[i]) - probability) / (kHalfUlp * probability));
            errors.torch.add(std::abs(toDouble(torch[i]) - probability) / (kHalfUlp * probability));
            const double size = kHalfUlp * std::max(1.0, std::abs(logarithm));
            logErrors.own.add(std::abs(toDouble(ownLog[i]) - logarithm) / size);
            logErrors.torch.add(std::abs(toDouble(torchLog[i]) - logarithm) / size);
        }
    }
    loss /= static_cast<double>(rows);
    errors.check("softmax", 64.0); // the rounding of x - m alone is |x - m| of these
    logErrors.check("log softmax", 16.0);
    const float ownLoss = crossEntropy(place, x, classes, columns).value_or(-1.0F);
    QVERIFY(std::abs(toDouble(ownLoss) / loss - 1.0) < 4.0 * kHalfUlp);
#ifdef IBIDEM_HAVE_TORCH
    const double torchError = std::abs(toDouble(tests::torchCrossEntropy(x, classes, columns)) / loss - 1.0);
    QVERIFY(torchError < 1e-5); // the same quantity
#endif
}

void TestAccuracy::wrongClassesAreRefused()
{
    Workplace place = fastest();
    const Floats x(6, 1.0F);
    const auto lossOf = [&](std::vector<std::int32_t> classes) { return crossEntropy(place, x, classes, 3); };
    QVERIFY(lossOf({0, 2}).has_value());
    for (const std::vector<std::int32_t> &classes :
         {std::vector<std::int32_t>{0, 3}, {-1, 0}, {0}, {0, 1, 2}})
        QVERIFY(!lossOf(classes).has_value());
    QVERIFY(lossOf({0, 3}).error().message.find("row 1 has class 3 of 3") != std::string::npos);
    QCOMPARE(crossEntropy(place, {}, {}, 3).value_or(7.0F), 0.0F);
}

} // namespace

QTEST_GUILESS_MAIN(TestAccuracy)
#include "tst_accuracy.moc"
