// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/philox.h"
#include "models/kernels/elementwise.h"
#include "models/kernels/reductions.h"
#include "models/train/fixed/fixed_network.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>

using namespace ibidem;
using namespace ibidem::train;
using kernels::Isa;
using kernels::ThreadPool;
using kernels::Workplace;
using spec::Operation;

namespace {

constexpr std::size_t kGenes = 37;
constexpr std::size_t kSamples = 21;

spec::Network smallNetwork(Operation activation = Operation::Relu)
{
    return spec::autoencoder({kGenes, {17, 9}, 5, activation});
}

std::vector<float> batchOf(std::size_t samples, std::size_t genes)
{
    RandomStream stream(1, RandomPurpose::Test);
    std::vector<float> batch;
    for (std::size_t i = 0; i < samples * genes; ++i)
        batch.push_back(static_cast<float>(stream.normal()));
    return batch;
}

/// The same network in double, written plainly: the loss of a batch for given weights.
double lossInDouble(const spec::Network &network, const std::vector<double> &weights,
                    const std::vector<float> &batch)
{
    double sum = 0.0;
    for (std::size_t sample = 0; sample < batch.size() / kGenes; ++sample) {
        std::vector<double> values(batch.begin() + static_cast<std::ptrdiff_t>(sample * kGenes),
                                   batch.begin() + static_cast<std::ptrdiff_t>((sample + 1) * kGenes));
        const std::vector<double> input = values;
        std::size_t at = 0;
        for (std::size_t node = 1; node < network.nodes.size(); ++node) {
            const std::size_t out = network.nodes[node].shape.front();
            std::vector<double> next(out);
            if (network.nodes[node].operation == Operation::Linear) {
                for (std::size_t j = 0; j < out; ++j)
                    for (std::size_t k = 0; k < values.size(); ++k)
                        next[j] += weights[at + j * values.size() + k] * values[k];
                at += out * values.size();
                for (std::size_t j = 0; j < out; ++j)
                    next[j] += weights[at + j];
                at += out;
            } else {
                for (std::size_t j = 0; j < out; ++j)
                    next[j] = network.nodes[node].operation == Operation::Tanh ? std::tanh(values[j])
                              : network.nodes[node].operation == Operation::Sigmoid
                                  ? 1.0 / (1.0 + std::exp(-values[j]))
                                  : std::max(values[j], 0.0);
            }
            values = next;
        }
        for (std::size_t j = 0; j < kGenes; ++j)
            sum += (values[j] - input[j]) * (values[j] - input[j]);
    }
    return sum / static_cast<double>(batch.size());
}

float lossAndGradient(FixedNetwork &network, Workplace &place, const std::vector<float> &batch)
{
    const std::size_t samples = batch.size() / network.network().nodes.front().shape.front();
    const auto output = network.forward(place, batch, samples);
    const float count = static_cast<float>(batch.size());
    const float error =
        kernels::squaredErrorAndGradient(place, output, batch, 2.0F / count, network.outputGradient());
    network.backward(place);
    return error / count;
}

struct Trained
{
    std::vector<float> weights;
    std::vector<float> losses;
    bool operator==(const Trained &) const = default;
};

Trained trained(Isa isa, unsigned threads, std::uint64_t seed, std::size_t steps, std::size_t genes = 300)
{
    ThreadPool pool(threads);
    Workplace place(isa, &pool);
    auto network = FixedNetwork::create(spec::autoencoder({genes, {64, 40}, 20, Operation::Relu}), 100);
    network->initialise(seed);
    const std::vector<float> batch = batchOf(100, genes);
    std::vector<float> mean(network->weights().size());
    std::vector<float> variance(mean.size());
    kernels::AdamPowers powers;
    const kernels::AdamOptions options;
    Trained result;
    for (std::size_t step = 0; step < steps; ++step) {
        result.losses.push_back(lossAndGradient(*network, place, batch));
        powers = nextPowers(options, powers);
        adamStep(place, options, powers, network->weights(), network->gradients(), mean, variance);
    }
    result.weights.assign(network->weights().begin(), network->weights().end());
    return result;
}

} // namespace

class TestFixedNetwork : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void autoencoderHasThePapersSize();
    void namesAreThoseOfAStateDict();
    void brokenNetworksAreRefused();
    void gradientsAreTheDerivatives_data();
    void gradientsAreTheDerivatives();
    void trainingHasTheSameBitsEverywhere();
    void anotherSeedIsFound();
    void oneUlpInOneWeightIsFound();
    void theLossFalls();
    void embeddingIsANodeOfItsOwn();
};

void TestFixedNetwork::autoencoderHasThePapersSize()
{
    const spec::Network network = spec::autoencoder({1838});
    QVERIFY(spec::check(network));
    QCOMPARE(network.parameterCount(), std::size_t(513 * 1838 + 86944));
    QCOMPARE(network.nodes[network.embedding].shape.front(), std::size_t(32));
}

void TestFixedNetwork::namesAreThoseOfAStateDict()
{
    const spec::Network network = smallNetwork();
    QCOMPARE(network.parameters.size(), std::size_t(12));
    QCOMPARE(network.parameters.front().name, std::string("encoder.0.weight"));
    QCOMPARE(network.parameters[5].name, std::string("encoder.4.bias"));
    QCOMPARE(network.parameters.back().name, std::string("decoder.4.bias"));
}

void TestFixedNetwork::brokenNetworksAreRefused()
{
    const auto refused = [](const std::function<void(spec::Network &)> &change) {
        spec::Network network = smallNetwork();
        change(network);
        return !FixedNetwork::create(network, 1);
    };
    QVERIFY(!refused([](spec::Network &) {}));
    QVERIFY(refused([](spec::Network &network) { network.nodes.resize(1); }));
    QVERIFY(refused([](spec::Network &network) { network.nodes[1].inputs = {2}; }));
    QVERIFY(refused([](spec::Network &network) { network.nodes[2].shape = {3}; }));
    QVERIFY(refused([](spec::Network &network) { network.nodes[2].operation = Operation::Input; }));
    QVERIFY(refused([](spec::Network &network) { network.parameters.pop_back(); }));
    QVERIFY(refused([](spec::Network &network) { network.embedding = 99; }));
}

void TestFixedNetwork::gradientsAreTheDerivatives_data()
{
    QTest::addColumn<int>("activation");
    for (const Operation operation : {Operation::Relu, Operation::Sigmoid, Operation::Tanh})
        QTest::newRow(spec::operationName(operation).data()) << static_cast<int>(operation);
}

/// Every parameter, against a difference of the loss in double.
void TestFixedNetwork::gradientsAreTheDerivatives()
{
    QFETCH(int, activation);
    const spec::Network shape = smallNetwork(static_cast<Operation>(activation));
    auto network = FixedNetwork::create(shape, kSamples);
    QVERIFY(network);
    network->initialise(3);
    const std::vector<float> batch = batchOf(kSamples, kGenes);
    Workplace place;
    const float loss = lossAndGradient(*network, place, batch);
    std::vector<double> weights(network->weights().begin(), network->weights().end());
    QVERIFY(std::abs(static_cast<double>(loss) - lossInDouble(shape, weights, batch)) < 1e-6);
    double largest = 0.0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        constexpr double step = 1e-6;
        const double kept = weights[i];
        weights[i] = kept + step;
        const double above = lossInDouble(shape, weights, batch);
        weights[i] = kept - step;
        const double below = lossInDouble(shape, weights, batch);
        weights[i] = kept;
        const double slope = (above - below) / (2 * step);
        largest = std::max(largest, std::abs(slope));
        QVERIFY2(std::abs(slope - static_cast<double>(network->gradients()[i])) < 1e-6,
                 qPrintable(
                     QStringLiteral("weight %1: %2 and %3").arg(i).arg(slope).arg(network->gradients()[i])));
    }
    QVERIFY(largest > 1e-3);
}

void TestFixedNetwork::trainingHasTheSameBitsEverywhere()
{
    const Trained expected = trained(Isa::Scalar, 1, 5, 3);
    for (const Isa isa : kernels::availableIsas())
        for (const unsigned threads : {1U, 2U, 3U})
            QVERIFY(trained(isa, threads, 5, 3) == expected);
}

void TestFixedNetwork::anotherSeedIsFound()
{
    QVERIFY(!(trained(Isa::Scalar, 1, 5, 1, 40) == trained(Isa::Scalar, 1, 6, 1, 40)));
}

/// In the last layer, where no relu can swallow it.
void TestFixedNetwork::oneUlpInOneWeightIsFound()
{
    Workplace place;
    const std::vector<float> batch = batchOf(kSamples, kGenes);
    auto network = FixedNetwork::create(smallNetwork(Operation::Tanh), kSamples);
    network->initialise(3);
    const auto output = network->forward(place, batch, kSamples);
    const std::vector<float> before(output.begin(), output.end());
    const std::size_t lastLayer = network->weights().size() - kGenes - kGenes * 17;
    const auto layer = network->weights().subspan(lastLayer, kGenes * 17);
    float &largest = *std::max_element(layer.begin(), layer.end());
    largest = std::nextafter(largest, 2.0F);
    const auto after = network->forward(place, batch, kSamples);
    QVERIFY(!std::equal(before.begin(), before.end(), after.begin()));
}

void TestFixedNetwork::theLossFalls()
{
    const Trained result = trained(kernels::availableIsas().back(), 2, 1, 300);
    QVERIFY(result.losses.front() > 0.9F);
    QVERIFY(result.losses.back() < 0.5F * result.losses.front());
}

void TestFixedNetwork::embeddingIsANodeOfItsOwn()
{
    Workplace place;
    auto network = FixedNetwork::create(smallNetwork(), kSamples);
    network->initialise(3);
    const std::vector<float> batch = batchOf(kSamples, kGenes);
    network->forward(place, batch, kSamples);
    const auto latent = network->values(network->network().embedding);
    QCOMPARE(latent.size(), kSamples * 5);
    QVERIFY(std::any_of(latent.begin(), latent.end(), [](float value) { return value > 0.0F; }));
    QVERIFY(std::none_of(latent.begin(), latent.end(), [](float value) { return value < 0.0F; }));
}

QTEST_GUILESS_MAIN(TestFixedNetwork)
#include "tst_fixed_network.moc"
