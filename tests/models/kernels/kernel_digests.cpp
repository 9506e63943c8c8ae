// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Digests of what all kernels, and three steps of training with them, give for one fixed set of inputs: to be
// the same on every processor. It needs neither Qt nor any other library, so that it is also built for other
// processors.
//
// Prints "ISA THREADS NAME DIGEST" for every instruction set here and 1 and 3 threads.
#include "models/base/philox.h"
#include "models/kernels/elementwise.h"
#include "models/kernels/finite.h"
#include "models/kernels/initialise.h"
#include "models/kernels/matmul.h"
#include "models/kernels/moments.h"
#include "models/kernels/reductions.h"
#include "models/kernels/softmax.h"
#include "models/kernels/tensor_digest.h"
#include "models/kernels/transpose.h"
#include "models/train/fixed/fixed_network.h"

#include <cmath>
#include <cstdio>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "outputs.h"

namespace {

using namespace ibidem;
using namespace ibidem::kernels;
using tests::Outputs;

std::vector<float> numbers(std::size_t count, std::uint32_t number, int sizes = 8)
{
    RandomStream stream(11, RandomPurpose::Test, number);
    std::vector<float> values(count);
    for (float &value : values) { // one draw a statement: the order in which arguments are evaluated is open
        const auto size = static_cast<int>(stream.bounded(static_cast<std::uint64_t>(sizes)));
        const bool tiny = stream.bounded(20) == 0;
        const double normal = stream.normal();
        value = static_cast<float>(std::ldexp(normal, tiny ? -140 : size));
    }
    return values;
}

std::vector<float> anyBits(std::size_t count)
{
    RandomStream stream(12, RandomPurpose::Test);
    std::vector<float> values(count);
    for (float &value : values)
        value = std::bit_cast<float>(stream.next32());
    return values;
}

void products(Workplace &place, Outputs &outputs)
{
    const std::vector<float> bias = numbers(75, 3);
    for (const Operands operands : {Operands::NN, Operands::NT, Operands::TN})
        for (const MatmulShape &shape :
             {MatmulShape{1, 1, 1}, MatmulShape{7, 75, 19}, MatmulShape{45, 75, 530}})
            matmul(place, operands, shape, numbers(shape.rows * shape.depth, 1).data(),
                   numbers(shape.columns * shape.depth, 2).data(),
                   outputs.take(shape.rows * shape.columns).data(), {bias.data(), Activation::Relu});
}

void functions(Workplace &place, Outputs &outputs)
{
    const std::vector<float> any = anyBits(3001);
    const std::vector<float> y = numbers(3001, 4, 1);
    for (const Function function :
         {Function::Exp, Function::Log, Function::Log1p, Function::Sigmoid, Function::Tanh, Function::Relu}) {
        apply(place, function, any, outputs.take(any.size()));
        apply(place, function, y, outputs.take(y.size()));
    }
    for (const Function function : {Function::Sigmoid, Function::Tanh, Function::Relu})
        applyGradient(place, function, y, numbers(3001, 5), outputs.take(y.size()));
    scaledDifference(place, y, numbers(3001, 6), 0.37F, outputs.take(y.size()));
}

void optimisers(Workplace &place, Outputs &outputs)
{
    const std::vector<float> start = numbers(1003, 7, 1);
    const std::vector<float> zero(start.size(), 0.0F);
    for (const bool decoupled : {false, true}) {
        const AdamOptions options{1e-3F, 0.9F, 0.999F, 1e-8F, 0.01F, decoupled};
        const std::span<float> w = outputs.take(start);
        const std::span<float> m = outputs.take(zero);
        const std::span<float> v = outputs.take(zero);
        AdamPowers powers;
        for (std::uint32_t step = 0; step < 3; ++step) {
            powers = nextPowers(options, powers);
            adamStep(place, options, powers, w, numbers(start.size(), 8 + step, 1), m, v);
        }
    }
    const std::span<float> w = outputs.take(start);
    sgdStep(place, {0.1F, 0.9F, 1e-3F}, w, numbers(start.size(), 8), outputs.take(start));
}

void sums(Workplace &place, Outputs &outputs)
{
    const std::vector<float> a = numbers(9003, 12);
    const std::vector<float> b = numbers(9003, 13);
    outputs.note(sum(place, a));
    outputs.note(dot(place, a, b));
    outputs.note(sumOfSquaredDifferences(place, a, b));
    outputs.note(moments(place, a).mean);
    outputs.note(moments(place, a).variance);
    const std::span<float> means = outputs.take(29);
    columnMoments(place, std::span(a).first(29 * 300), 29, means, outputs.take(29));
    transpose(place, std::span(a).first(29 * 300), 29, outputs.take(29 * 300));
    outputs.note(tensorDigest(place, std::as_bytes(std::span(a))));
    outputs.note(static_cast<std::uint64_t>(firstNonFinite(place.isa, anyBits(3001)).value_or(0)));
}

void softmaxes(Workplace &place, Outputs &outputs)
{
    const std::vector<float> x = numbers(20 * 57, 14, 3);
    const std::vector<float> dy = numbers(20 * 57, 15, 1);
    std::vector<std::int32_t> classes;
    for (std::int32_t i = 0; i < 20; ++i)
        classes.push_back(i * 31 % 57);
    const std::span<float> y = outputs.take(x.size());
    softmax(place, x, 57, y);
    softmaxGradient(place, y, dy, 57, outputs.take(x.size()));
    const std::span<float> logarithms = outputs.take(x.size());
    logSoftmax(place, x, 57, logarithms);
    logSoftmaxGradient(place, logarithms, dy, 57, outputs.take(x.size()));
    outputs.note(crossEntropy(place, x, classes, 57, outputs.take(x.size())).value_or(-1.0F));
}

/// Three steps of a small autoencoder: the fixed engine.
void training(Workplace &place, Outputs &outputs)
{
    constexpr std::size_t genes = 301;
    constexpr std::size_t samples = 40;
    auto network =
        train::FixedNetwork::create(spec::autoencoder({genes, {64, 40}, 20, spec::Operation::Relu}), samples);
    if (!network)
        return;
    network->initialise(5);
    const std::vector<float> batch = numbers(samples * genes, 16, 1);
    std::vector<float> mean(network->weights().size());
    std::vector<float> variance(mean.size());
    const AdamOptions options;
    AdamPowers powers;
    for (int step = 0; step < 3; ++step) {
        const auto output = network->forward(place, batch, samples);
        outputs.note(squaredErrorAndGradient(place, output, batch, 2.0F / static_cast<float>(batch.size()),
                                             network->outputGradient()));
        network->backward(place);
        powers = nextPowers(options, powers);
        adamStep(place, options, powers, network->weights(), network->gradients(), mean, variance);
    }
    for (const std::span<const float> part : {std::span<const float>(network->weights()),
                                              std::span<const float>(mean), std::span<const float>(variance)})
        outputs.take(part);
}

} // namespace

int main()
{
    const std::vector<std::pair<const char *, std::function<void(Workplace &, Outputs &)>>> parts = {
        {"products", products}, {"functions", functions}, {"optimisers", optimisers},
        {"sums", sums},         {"softmax", softmaxes},   {"training", training}};
    for (const Isa isa : availableIsas()) {
        for (const unsigned threads : {1U, 3U}) {
            ThreadPool pool(threads);
            Workplace place(isa, &pool);
            place.shareSmallWork = true;
            for (const auto &[name, part] : parts) {
                Outputs outputs;
                part(place, outputs);
                const std::vector<std::uint64_t> bits = outputs.bits();
                std::printf("%s %u %s %016llx\n", std::string(isaName(isa)).c_str(), threads, name,
                            static_cast<unsigned long long>(tensorDigest(std::as_bytes(std::span(bits)))));
            }
        }
    }
    return 0;
}
