// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Hot loops of the core: digests, own functions, random numbers, metrics, the preparation of cells.
#include "models/analyze/classification_metrics.h"
#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/base/sha256.h"
#include "models/data/count_matrix.h"
#include "models/kernels/tensor_digest.h"
#include "models/prepare/cells.h"

#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unistd.h>
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

/// Counts of cells × genes, one in four stored, as small as counts are.
ibidem::data::MatrixContainer countMatrix(std::uint64_t cells, std::uint32_t genes)
{
    ibidem::RandomStream stream(1, ibidem::RandomPurpose::Test);
    ibidem::data::MatrixContainer container;
    ibidem::data::CountMatrix &matrix = container.matrix;
    matrix.rows.columnCount = genes;
    for (std::uint32_t gene = 0; gene < genes; ++gene)
        matrix.geneIds.push_back("gene" + std::to_string(gene));
    for (std::uint64_t cell = 0; cell < cells; ++cell) {
        matrix.cellIds.push_back("cell" + std::to_string(cell));
        for (std::uint32_t gene = 0; gene < genes; ++gene) {
            const double number = stream.uniform();
            const double share = 0.05 + 0.4 * static_cast<double>(gene) / static_cast<double>(genes);
            if (number >= share)
                continue;
            matrix.rows.columns.push_back(gene);
            matrix.rows.values.push_back(static_cast<float>(1 + static_cast<int>(share / (number + 0.01))));
        }
        matrix.rows.starts.push_back(matrix.rows.values.size());
    }
    container.summary.kind = ibidem::data::kMatrixKind;
    container.summary.shape = {cells, genes};
    container.summary.matrix = ibidem::data::MatrixFacts();
    container.summary.matrix->counts = true;
    return container;
}

/// The size of Paul et al. 2015 (2,730 cells); threads.
void preparationOfCells(benchmark::State &state)
{
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       ("ibidem-bench-" + std::to_string(::getpid()) + ".safetensors");
    if (!ibidem::data::writeMatrixContainer(path, countMatrix(2730, 3451))) {
        state.SkipWithError("the matrix cannot be written");
        return;
    }
    const auto matrix = ibidem::data::MatrixFile::open(path);
    std::filesystem::remove(path);
    ibidem::spec::CellPreparation preparation;
    preparation.minDispersion = 0.1;
    for (auto _ : state) {
        auto prepared =
            ibidem::prepare::prepareCells(**matrix, preparation, static_cast<unsigned>(state.range(0)));
        if (!prepared) {
            state.SkipWithError(prepared.error().message.c_str());
            return;
        }
        benchmark::DoNotOptimize(prepared->values.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>((*matrix)->rows().nonZeroCount()));
}

BENCHMARK(preparationOfCells)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace

BENCHMARK_MAIN();
