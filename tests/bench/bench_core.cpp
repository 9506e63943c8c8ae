// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Hot loops of the core: digests, own functions, random numbers, metrics.
#include "models/analyze/classification_metrics.h"
#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/base/sha256.h"
#include "models/kernels/tensor_digest.h"

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace {

std::vector<float> normals(std::size_t count)
{
    ibidem::RandomStream stream(1, ibidem::RandomPurpose::Test);
    std::vector<float> values(count);
    for (float &value : values)
        value = static_cast<float>(stream.normal());
    return values;
}

void tensorDigest(benchmark::State &state)
{
    const std::vector<float> values = normals(static_cast<std::size_t>(state.range(0)) / sizeof(float));
    const auto bytes = std::as_bytes(std::span(values));
    for (auto _ : state)
        benchmark::DoNotOptimize(ibidem::kernels::tensorDigest(bytes));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(tensorDigest)->Arg(1 << 12)->Arg(1 << 20)->Arg(1 << 26);

void sha256(benchmark::State &state)
{
    const std::vector<float> values = normals(static_cast<std::size_t>(state.range(0)) / sizeof(float));
    const auto bytes = std::as_bytes(std::span(values));
    for (auto _ : state)
        benchmark::DoNotOptimize(ibidem::sha256Hex(bytes));
    state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(sha256)->Arg(1 << 26);

template <double (*function)(double) noexcept>
void scalarFunction(benchmark::State &state)
{
    const std::vector<float> values = normals(4096);
    for (auto _ : state)
        for (const float value : values)
            benchmark::DoNotOptimize(function(static_cast<double>(value)));
    state.SetItemsProcessed(state.iterations() * 4096);
}

BENCHMARK(scalarFunction<ibidem::portableExp>)->Name("portableExp");
BENCHMARK(scalarFunction<ibidem::portableLog>)->Name("portableLog");
BENCHMARK(scalarFunction<ibidem::portableSigmoid>)->Name("portableSigmoid");

void uniformNumbers(benchmark::State &state)
{
    ibidem::RandomStream stream(1, ibidem::RandomPurpose::Test);
    for (auto _ : state)
        benchmark::DoNotOptimize(stream.uniform());
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(uniformNumbers);

void metricsOfOneRound(benchmark::State &state)
{
    const std::vector<float> margins = normals(420);
    std::vector<std::int32_t> truth(margins.size());
    for (std::size_t i = 0; i < truth.size(); ++i)
        truth[i] = static_cast<std::int32_t>(i % 3 == 0);
    for (auto _ : state)
        benchmark::DoNotOptimize(ibidem::analyze::roundMetrics(truth, margins, 2));
}

BENCHMARK(metricsOfOneRound);

} // namespace

BENCHMARK_MAIN();
