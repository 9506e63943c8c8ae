// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/reductions.h"
#include "models/train/network/network_trainer.h"

#include <algorithm>

namespace ibidem::train {

namespace {

/// Errors in the order of the samples, in double: one chain a feature.
void addFeatureErrors(std::span<const float> output, std::span<const float> input, std::vector<double> &sums)
{
    for (std::size_t first = 0; first < input.size(); first += sums.size())
        for (std::size_t feature = 0; feature < sums.size(); ++feature) {
            const double difference =
                static_cast<double>(output[first + feature]) - static_cast<double>(input[first + feature]);
            sums[feature] += difference * difference;
        }
}

} // namespace

Result<NetworkEvaluation> evaluateNetwork(Engine &engine, const spec::Network &network,
                                          const NetworkData &data, std::size_t batchSize, bool keepOutput)
{
    kernels::setFloatState();
    kernels::Workplace place(kernels::availableIsas().back(), nullptr);
    NetworkEvaluation all;
    std::vector<double> featureSums(data.features, 0.0);
    double total = 0.0;
    if (keepOutput)
        all.output.reserve(data.values.size());
    for (std::size_t first = 0; first < data.samples; first += batchSize) {
        const std::size_t count = std::min(batchSize, data.samples - first);
        const auto batch = data.values.subspan(first * data.features, count * data.features);
        IBIDEM_TRY(const Engine::Evaluation one, engine.evaluate(batch, count));
        all.embedding.insert(all.embedding.end(), one.embedding.begin(), one.embedding.end());
        if (keepOutput)
            all.output.insert(all.output.end(), one.output.begin(), one.output.end());
        for (std::size_t row = 0; row < count; ++row) {
            const float sum = kernels::sumOfSquaredDifferences(
                place, one.output.subspan(row * data.features, data.features),
                batch.subspan(row * data.features, data.features));
            all.sampleErrors.push_back(sum / static_cast<float>(data.features));
            total += static_cast<double>(sum);
        }
        addFeatureErrors(one.output, batch, featureSums);
    }
    for (const double sum : featureSums)
        all.featureErrors.push_back(static_cast<float>(sum / static_cast<double>(data.samples)));
    all.loss = total / static_cast<double>(data.samples * data.features);
    if (network.embedding == 0)
        all.embedding.clear();
    return all;
}

} // namespace ibidem::train
