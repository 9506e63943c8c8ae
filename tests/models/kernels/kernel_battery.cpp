// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Every kernel, on every instruction set and with 1, 2, 3 and 7 threads, against its plain definition: whole
// buffers, bit by bit. A program of its own, so that it can be built again with kernels that are wrong on
// purpose.
//
//   kernel_battery [ISA …]   default: those that this processor has
//
// Prints a line a kernel, "NAME cases N different M", and "all cases N different M"; ends with 1 if M is not
// 0.
#include "models/base/philox.h"
#include "models/kernels/elementwise.h"
#include "models/kernels/finite.h"
#include "models/kernels/matmul.h"
#include "models/kernels/moments.h"
#include "models/kernels/reductions.h"
#include "models/kernels/softmax.h"
#include "models/kernels/tensor_digest.h"
#include "models/kernels/transpose.h"

#include <array>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "outputs.h"
#include "plain_definitions.h"

namespace {

using namespace ibidem;
using namespace ibidem::kernels;
using tests::Outputs;
namespace plain = tests::plain;

constexpr std::size_t kMost = 70; ///< each dimension takes each value from 1 to this

struct Tally
{
    std::uint64_t cases = 0;
    std::uint64_t different = 0;
    std::string first;
};

using Work = std::function<void(Workplace &, Outputs &)>;

class Battery
{
public:
    explicit Battery(std::vector<Isa> isas)
        : m_isas(std::move(isas))
    {
        for (const unsigned threads : {1U, 2U, 3U, 7U})
            m_pools.push_back(std::make_unique<ThreadPool>(threads));
    }

    /// Does `work` fill its buffers as `definition` does?
    void compare(const std::string &kernel, const std::string &shape, const Work &work,
                 const Work &definition)
    {
        Workplace plainPlace;
        Outputs expected;
        definition(plainPlace, expected);
        const std::vector<std::uint64_t> bits = expected.bits();
        Tally &tally = m_tallies[kernel];
        for (const Isa isa : m_isas) {
            for (const auto &pool : m_pools) {
                Workplace place(isa, pool.get());
                place.shareSmallWork = true;
                Outputs got;
                work(place, got);
                ++tally.cases;
                if (got.guardsAreWhole() && got.bits() == bits)
                    continue;
                if (tally.different++ == 0)
                    tally.first = shape + ", " + std::string(isaName(isa)) + ", " +
                                  std::to_string(pool->threadCount()) + " threads" +
                                  (got.guardsAreWhole() ? "" : ", wrote outside");
            }
        }
    }

    [[nodiscard]] bool report() const
    {
        Tally all;
        for (const auto &[kernel, tally] : m_tallies) {
            std::printf("%s cases %llu different %llu%s%s\n", kernel.c_str(),
                        static_cast<unsigned long long>(tally.cases),
                        static_cast<unsigned long long>(tally.different),
                        tally.first.empty() ? "" : " first: ", tally.first.c_str());
            all.cases += tally.cases;
            all.different += tally.different;
        }
        std::printf("all cases %llu different %llu\n", static_cast<unsigned long long>(all.cases),
                    static_cast<unsigned long long>(all.different));
        return all.different == 0;
    }

private:
    std::vector<Isa> m_isas;
    std::vector<std::unique_ptr<ThreadPool>> m_pools;
    std::map<std::string, Tally> m_tallies;
};

/// Numbers whose sums depend on their order: normal, of sizes from 1 to 2^11; one in sixteen a denormal or a
/// zero.
std::vector<float> numbers(std::size_t count, std::uint32_t number)
{
    RandomStream stream(6, RandomPurpose::Test, number, static_cast<std::uint32_t>(count));
    std::vector<float> values(count);
    for (float &value : values) {
        const auto size = static_cast<int>(stream.bounded(12));
        const bool tiny = stream.bounded(16) == 0;
        value = static_cast<float>(std::ldexp(stream.normal(), tiny ? -140 - size : size));
    }
    return values;
}

/// Numbers around 0, for functions that are only interesting there.
std::vector<float> small(std::size_t count, std::uint32_t number)
{
    RandomStream stream(7, RandomPurpose::Test, number, static_cast<std::uint32_t>(count));
    std::vector<float> values(count);
    for (float &value : values)
        value = static_cast<float>(3.0 * stream.normal());
    return values;
}

/// Any 32 bits: infinities and NaN too.
std::vector<float> anyBits(std::size_t count, std::uint32_t number)
{
    RandomStream stream(8, RandomPurpose::Test, number, static_cast<std::uint32_t>(count));
    std::vector<float> values(count);
    for (float &value : values)
        value = std::bit_cast<float>(stream.next32());
    return values;
}

std::string text(std::size_t a, std::size_t b = 0, std::size_t c = 0)
{
    return std::to_string(a) + (b > 0 ? " x " + std::to_string(b) : "") +
           (c > 0 ? " x " + std::to_string(c) : "");
}

void compareProduct(Battery &battery, const MatmulShape &shape, std::uint32_t number)
{
    static constexpr std::array names = {"matmul N N", "matmul N T", "matmul T N"};
    const std::vector<float> a = numbers(shape.rows * shape.depth, 2 * number);
    const std::vector<float> b = numbers(shape.columns * shape.depth, 2 * number + 1);
    const std::vector<float> bias = numbers(shape.columns, number);
    for (const Operands operands : {Operands::NN, Operands::NT, Operands::TN}) {
        const Epilogue epilogue{number % 2 == 0 ? bias.data() : nullptr,
                                number % 3 == 0 ? Activation::Relu : Activation::None};
        battery.compare(
            names[static_cast<std::size_t>(operands)], text(shape.rows, shape.columns, shape.depth),
            [&](Workplace &place, Outputs &outputs) {
                matmul(place, operands, shape, a.data(), b.data(),
                       outputs.take(shape.rows * shape.columns).data(), epilogue);
            },
            [&](Workplace &, Outputs &outputs) {
                matmulReference(operands, shape, a.data(), b.data(),
                                outputs.take(shape.rows * shape.columns).data(), epilogue);
            });
    }
}

void compareFunctions(Battery &battery, std::size_t count, std::uint32_t number)
{
    static constexpr std::array names = {"exp", "log", "log1p", "sigmoid", "tanh", "relu"};
    for (const Function function :
         {Function::Exp, Function::Log, Function::Log1p, Function::Sigmoid, Function::Tanh, Function::Relu}) {
        const std::vector<float> in = number % 2 == 0 ? anyBits(count, number) : small(count, number);
        battery.compare(
            names[static_cast<std::size_t>(function)], text(count),
            [&](Workplace &place, Outputs &outputs) { apply(place, function, in, outputs.take(count)); },
            [&](Workplace &, Outputs &outputs) {
                const std::span<float> out = outputs.take(count);
                for (std::size_t i = 0; i < count; ++i)
                    out[i] = plain::valueOf(function, in[i]);
            });
    }
}

void compareGradients(Battery &battery, std::size_t count, std::uint32_t number)
{
    const std::vector<float> y = small(count, number);
    const std::vector<float> dy = number % 2 == 0 ? anyBits(count, number) : numbers(count, number);
    for (const Function function : {Function::Sigmoid, Function::Tanh, Function::Relu})
        battery.compare(
            "gradients of functions", text(count),
            [&](Workplace &place, Outputs &outputs) {
                applyGradient(place, function, y, dy, outputs.take(count));
            },
            [&](Workplace &, Outputs &outputs) {
                const std::span<float> dx = outputs.take(count);
                for (std::size_t i = 0; i < count; ++i)
                    dx[i] = plain::gradientOf(function, y[i], dy[i]);
            });
    battery.compare(
        "scaled difference", text(count),
        [&](Workplace &place, Outputs &outputs) {
            scaledDifference(place, y, dy, 0.37F, outputs.take(count));
        },
        [&](Workplace &, Outputs &outputs) { plain::scaledDifference(y, dy, 0.37F, outputs.take(count)); });
}

void compareOptimisers(Battery &battery, std::size_t count, std::uint32_t number)
{
    const std::vector<float> weights = small(count, number);
    const std::vector<float> gradient = number % 3 == 0 ? numbers(count, number) : small(count, number + 1);
    const AdamOptions options{1e-3F, 0.9F, 0.999F, 1e-8F, number % 2 == 0 ? 0.0F : 0.01F, number % 4 == 3};
    const AdamPowers powers = nextPowers(options, nextPowers(options, {}));
    const std::vector<float> mean = small(count, number + 2);
    std::vector<float> variance = small(count, number + 3);
    for (float &value : variance)
        value *= value;
    battery.compare(
        options.decoupled ? "AdamW" : "Adam", text(count),
        [&](Workplace &place, Outputs &outputs) {
            const std::span<float> w = outputs.take(weights);
            const std::span<float> m = outputs.take(mean);
            adamStep(place, options, powers, w, gradient, m, outputs.take(variance));
        },
        [&](Workplace &, Outputs &outputs) {
            const std::span<float> w = outputs.take(weights);
            const std::span<float> m = outputs.take(mean);
            plain::adamStep(options, powers, w, gradient, m, outputs.take(variance));
        });
    const SgdOptions sgd{0.1F, 0.9F, 1e-3F};
    battery.compare(
        "SGD", text(count),
        [&](Workplace &place, Outputs &outputs) {
            const std::span<float> w = outputs.take(weights);
            sgdStep(place, sgd, w, gradient, outputs.take(mean));
        },
        [&](Workplace &, Outputs &outputs) {
            const std::span<float> w = outputs.take(weights);
            plain::sgdStep(sgd, w, gradient, outputs.take(mean));
        });
}

void compareSums(Battery &battery, std::size_t count, std::uint32_t number)
{
    const std::vector<float> a = numbers(count, number);
    const std::vector<float> b = numbers(count, number + 1);
    battery.compare(
        "sum", text(count), [&](Workplace &place, Outputs &outputs) { outputs.note(sum(place, a)); },
        [&](Workplace &, Outputs &outputs) { outputs.note(plain::sum(a)); });
    battery.compare(
        "dot", text(count), [&](Workplace &place, Outputs &outputs) { outputs.note(dot(place, a, b)); },
        [&](Workplace &, Outputs &outputs) { outputs.note(plain::dot(a, b)); });
    battery.compare(
        "sum of squared differences", text(count),
        [&](Workplace &place, Outputs &outputs) { outputs.note(sumOfSquaredDifferences(place, a, b)); },
        [&](Workplace &, Outputs &outputs) { outputs.note(plain::sumOfSquaredDifferences(a, b)); });
    battery.compare(
        "squared error and gradient", text(count),
        [&](Workplace &place, Outputs &outputs) {
            const std::span<float> gradient = outputs.take(count);
            outputs.note(squaredErrorAndGradient(place, a, b, 0.37F, gradient));
        },
        [&](Workplace &, Outputs &outputs) {
            plain::scaledDifference(a, b, 0.37F, outputs.take(count));
            outputs.note(plain::sumOfSquaredDifferences(a, b));
        });
    const auto noted = [](Outputs &outputs, const Moments &moments) {
        outputs.note(moments.mean);
        outputs.note(moments.variance);
    };
    battery.compare(
        "moments", text(count),
        [&](Workplace &place, Outputs &outputs) { noted(outputs, moments(place, a)); },
        [&](Workplace &, Outputs &outputs) { noted(outputs, plain::moments(a)); });
}

void compareChecks(Battery &battery, std::size_t count, std::uint32_t number)
{
    std::vector<float> values = numbers(count, number);
    for (std::uint32_t bad = 0; bad < number % 3; ++bad)
        values[(number * 37 + bad * 11) % count] = number % 2 == 0 ? std::numeric_limits<float>::quiet_NaN()
                                                                   : -std::numeric_limits<float>::infinity();
    battery.compare(
        "first non-finite", text(count),
        [&](Workplace &place, Outputs &outputs) {
            outputs.note(static_cast<std::uint64_t>(firstNonFinite(place.isa, values).value_or(count)));
        },
        [&](Workplace &, Outputs &outputs) {
            std::size_t first = 0;
            while (first < count && std::isfinite(values[first]))
                ++first;
            outputs.note(static_cast<std::uint64_t>(first));
        });
    const auto bytes = std::as_bytes(std::span(values));
    battery.compare(
        "tensor digest", text(count),
        [&](Workplace &place, Outputs &outputs) { outputs.note(tensorDigest(place, bytes)); },
        [&](Workplace &, Outputs &outputs) { outputs.note(tensorDigest(bytes)); });
}

void compareMatrices(Battery &battery, std::size_t rows, std::size_t columns, std::uint32_t number)
{
    const std::vector<float> matrix = numbers(rows * columns, number);
    const std::string shape = text(rows, columns);
    battery.compare(
        "transpose", shape,
        [&](Workplace &place, Outputs &outputs) {
            transpose(place, matrix, columns, outputs.take(matrix.size()));
        },
        [&](Workplace &, Outputs &outputs) {
            plain::transpose(matrix, columns, outputs.take(matrix.size()));
        });
    battery.compare(
        "column sums", shape,
        [&](Workplace &place, Outputs &outputs) {
            columnSums(place, matrix, columns, outputs.take(columns));
        },
        [&](Workplace &, Outputs &outputs) { plain::columnSums(matrix, columns, outputs.take(columns)); });
    battery.compare(
        "column moments", shape,
        [&](Workplace &place, Outputs &outputs) {
            const std::span<float> means = outputs.take(columns);
            columnMoments(place, matrix, columns, means, outputs.take(columns));
        },
        [&](Workplace &, Outputs &outputs) {
            const std::span<float> means = outputs.take(columns);
            plain::columnMoments(matrix, columns, means, outputs.take(columns));
        });
}

/// definition(row of a, row of b, row of the result) over all rows.
template <class Row>
Work rowByRow(const std::vector<float> &a, const std::vector<float> &b, std::size_t columns, const Row &row)
{
    return [&a, &b, columns, row](Workplace &, Outputs &outputs) {
        const std::span<float> out = outputs.take(a.size());
        for (std::size_t at = 0; at < a.size(); at += columns)
            row(std::span(a).subspan(at, columns), std::span(b).subspan(at, columns),
                out.subspan(at, columns));
    };
}

void compareRows(Battery &battery, std::size_t rows, std::size_t columns, std::uint32_t number)
{
    using plain::Numbers;
    const std::vector<float> x =
        number % 4 == 0 ? anyBits(rows * columns, number) : small(rows * columns, number);
    const std::vector<float> dy = small(rows * columns, number + 1);
    const std::string shape = text(rows, columns);
    battery.compare(
        "softmax", shape,
        [&](Workplace &place, Outputs &outputs) { softmax(place, x, columns, outputs.take(x.size())); },
        rowByRow(x, x, columns,
                 [](Numbers row, Numbers, std::span<float> out) { plain::softmaxRow(row, out); }));
    battery.compare(
        "log softmax", shape,
        [&](Workplace &place, Outputs &outputs) { logSoftmax(place, x, columns, outputs.take(x.size())); },
        rowByRow(x, x, columns,
                 [](Numbers row, Numbers, std::span<float> out) { plain::logSoftmaxRow(row, out); }));
    battery.compare(
        "softmax gradient", shape,
        [&](Workplace &place, Outputs &outputs) {
            softmaxGradient(place, x, dy, columns, outputs.take(x.size()));
        },
        rowByRow(x, dy, columns, plain::softmaxGradientRow));
    battery.compare(
        "log softmax gradient", shape,
        [&](Workplace &place, Outputs &outputs) {
            logSoftmaxGradient(place, x, dy, columns, outputs.take(x.size()));
        },
        rowByRow(x, dy, columns, plain::logSoftmaxGradientRow));
    RandomStream stream(9, RandomPurpose::Test, number);
    std::vector<std::int32_t> classes(rows);
    for (std::int32_t &one : classes)
        one = static_cast<std::int32_t>(stream.bounded(columns));
    battery.compare(
        "cross-entropy", shape,
        [&](Workplace &place, Outputs &outputs) {
            const std::span<float> gradient = outputs.take(x.size());
            outputs.note(crossEntropy(place, x, classes, columns, gradient).value_or(-1.0F));
            outputs.note(crossEntropy(place, x, classes, columns).value_or(-1.0F));
        },
        [&](Workplace &, Outputs &outputs) {
            const std::span<float> gradient = outputs.take(x.size());
            const float loss = plain::crossEntropy(x, classes, columns, gradient);
            outputs.note(loss);
            outputs.note(loss);
        });
}

/// 1 … 70, another permutation for each `which` and each round of 70.
std::size_t sizeOf(std::uint32_t number, std::uint32_t which)
{
    static constexpr std::array<std::uint32_t, 3> steps = {1, 11, 13}; // without a divisor of 70
    return 1 + (number * steps[which] + (number / kMost) * (which * 17 + 5)) % kMost;
}

void everySmallSize(Battery &battery)
{
    for (std::uint32_t i = 0; i < kMost; ++i) {
        const std::size_t count = sizeOf(i, 0);
        compareFunctions(battery, count, i);
        compareGradients(battery, count, i);
        compareOptimisers(battery, count, i);
        compareSums(battery, count, i);
        compareChecks(battery, count, i);
        compareMatrices(battery, count, sizeOf(i, 1), i);
        compareRows(battery, count, sizeOf(i, 2), i);
    }
    for (std::uint32_t i = 0; i < 2 * kMost; ++i)
        compareProduct(battery, {sizeOf(i, 0), sizeOf(i, 1), sizeOf(i, 2)}, i);
}

/// Over the ends of blocks and pieces.
void largerSizes(Battery &battery)
{
    RandomStream stream(10, RandomPurpose::Test);
    for (std::uint32_t i = 100; i < 104; ++i) {
        const std::size_t count = 4096 * i % 7 + stream.bounded(80000) + 71;
        compareFunctions(battery, count, i);
        compareGradients(battery, count, i);
        compareOptimisers(battery, count, i);
        compareSums(battery, count, i);
        compareChecks(battery, count, i);
        compareMatrices(battery, 71 + stream.bounded(900), 71 + stream.bounded(200), i);
        compareRows(battery, 1 + stream.bounded(9), 71 + stream.bounded(9000), i);
        compareProduct(battery,
                       {71 + stream.bounded(300), 71 + stream.bounded(300), 71 + stream.bounded(700)}, i);
    }
    compareProduct(battery, {270, 150, 512}, 1); // rows too far apart to be read where they lie
    compareProduct(battery, {530, 300, 40}, 2);  // several blocks of rows, several strips of columns
    compareProduct(battery, {5, 33, 0}, 1);
    compareProduct(battery, {5, 33, 0}, 6);
}

} // namespace

int main(int argumentCount, char **arguments)
{
    std::vector<Isa> isas;
    for (int i = 1; i < argumentCount; ++i)
        for (const Isa isa : {Isa::Scalar, Isa::Avx2, Isa::Avx512})
            if (isaName(isa) == arguments[i])
                isas.push_back(isa);
    Battery battery(isas.empty() ? availableIsas() : isas);
    everySmallSize(battery);
    largerSizes(battery);
    return battery.report() ? 0 : 1;
}
