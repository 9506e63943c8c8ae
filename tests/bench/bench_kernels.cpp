// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Kernels beside the peak of the processor and beside LibTorch, in one process and in turns: on a machine
// that also does other things only the ratio of the smallest times of both sides means something.
//
//   bench_kernels [matmul|memory|all] [seconds per row, default 1]
#include "models/base/philox.h"
#include "models/kernels/elementwise.h"
#include "models/kernels/finite.h"
#include "models/kernels/matmul.h"
#include "models/kernels/moments.h"
#include "models/kernels/reductions.h"
#include "models/kernels/softmax.h"
#include "models/kernels/tensor_digest.h"
#include "models/kernels/transpose.h"

#ifdef IBIDEM_HAVE_TORCH
#include "../models/kernels/torch_reference.h"
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace {

using namespace ibidem;
using namespace ibidem::kernels;

std::vector<float> normals(std::size_t count, std::uint32_t number)
{
    RandomStream stream(1, RandomPurpose::Test, number);
    std::vector<float> values(count);
    for (float &value : values)
        value = static_cast<float>(stream.normal());
    return values;
}

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The smallest time of each contender; all take turns for as long as is given. One call goes before the one
/// that is measured, as in a step of a training: threads are awake, operands are where they were left.
std::vector<double> smallestTimes(const std::vector<std::function<void()>> &contenders, double duration)
{
    std::vector<double> best(contenders.size(), 1e9);
    const double end = seconds() + duration;
    for (int turn = 0; turn < 5 || seconds() < end; ++turn) {
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            contenders[i]();
            const double start = seconds();
            contenders[i]();
            best[i] = std::min(best[i], seconds() - start);
        }
    }
    return best;
}

#ifdef __x86_64__
constexpr int kPeakRounds = 20000;
constexpr int kPeakSums = 24; ///< enough to hide the latency of an addition

/// Multiplications and additions of kPeakRounds × kPeakSums vectors.
[[gnu::target("avx512f"), gnu::optimize("O3")]] float peakAvx512()
{
    __m512 sums[kPeakSums];
    for (__m512 &sum : sums)
        sum = _mm512_set1_ps(1.0F);
    const __m512 factor = _mm512_set1_ps(0.999F);
    for (int i = 0; i < kPeakRounds; ++i) {
#pragma GCC unroll 24
        for (int j = 0; j < kPeakSums; ++j)
            sums[j] = _mm512_fmadd_ps(sums[j], factor, factor);
    }
    __m512 total = sums[0];
#pragma GCC unroll 24
    for (int j = 1; j < kPeakSums; ++j)
        total = _mm512_add_ps(total, sums[j]);
    float lanes[16];
    _mm512_storeu_ps(lanes, total);
    return lanes[0];
}

[[gnu::target("avx2,fma"), gnu::optimize("O3")]] float peakAvx2()
{
    constexpr int count = 12;
    __m256 sums[count];
    for (__m256 &sum : sums)
        sum = _mm256_set1_ps(1.0F);
    const __m256 factor = _mm256_set1_ps(0.999F);
    for (int i = 0; i < kPeakRounds * kPeakSums / count; ++i) {
#pragma GCC unroll 12
        for (int j = 0; j < count; ++j)
            sums[j] = _mm256_fmadd_ps(sums[j], factor, factor);
    }
    __m256 total = sums[0];
#pragma GCC unroll 12
    for (int j = 1; j < count; ++j)
        total = _mm256_add_ps(total, sums[j]);
    float lanes[8];
    _mm256_storeu_ps(lanes, total);
    return lanes[0];
}

volatile float keptAlive = 0.0F;

void peak(Isa isa)
{
    keptAlive = isa == Isa::Avx512 ? peakAvx512() : peakAvx2();
}

double peakOperations(Isa isa)
{
    return 2.0 * kPeakRounds * kPeakSums * (isa == Isa::Avx512 ? 16 : 8);
}
#endif

struct Row
{
    const char *name;
    Operands operands;
    MatmulShape shape;
};

void matmulRows(double duration)
{
#ifdef __x86_64__
    const std::vector<Row> rows = {
        {"256 x 1838 x 256", Operands::NN, {256, 1838, 256}},
        {"256 x 256 x 1838", Operands::NN, {256, 256, 1838}},
        {"1838 x 256 x 256", Operands::NN, {1838, 256, 256}},
        {"256 x 1024 x 1024", Operands::NN, {256, 1024, 1024}},
        {"512 x 512 x 512", Operands::NN, {512, 512, 512}},
        {"first forward 685", Operands::NT, {256, 256, 685}},
        {"first weights 685", Operands::TN, {256, 685, 256}},
        {"last forward 685", Operands::NT, {256, 685, 256}},
        {"last weights 685", Operands::TN, {685, 256, 256}},
        {"last inputs 685", Operands::NN, {256, 256, 685}},
        {"first forward 1838", Operands::NT, {256, 256, 1838}},
        {"first weights 1838", Operands::TN, {256, 1838, 256}},
        {"last forward 1838", Operands::NT, {256, 1838, 256}},
        {"last weights 1838", Operands::TN, {1838, 256, 256}},
        {"last inputs 1838", Operands::NN, {256, 256, 1838}},
        {"second forward", Operands::NT, {256, 128, 256}},
        {"second weights", Operands::TN, {128, 256, 256}},
        {"second inputs", Operands::NN, {256, 256, 128}},
        {"third forward", Operands::NT, {256, 64, 128}},
        {"fourth forward", Operands::NT, {256, 32, 64}},
    };
    std::printf("%-20s %s  threads  peak/core", "product", "operands");
    for (const Isa isa : availableIsas())
        if (isa != Isa::Scalar)
            std::printf("  %7s  of peak", std::string(isaName(isa)).c_str());
    std::printf("  torch.mm  own/torch\n");
    for (const Row &row : rows) {
        const std::vector<float> a = normals(row.shape.rows * row.shape.depth, 1);
        const std::vector<float> b = normals(row.shape.columns * row.shape.depth, 2);
        std::vector<float> c(row.shape.rows * row.shape.columns);
        for (const unsigned threads : {1U, 2U}) {
            ThreadPool pool(threads);
            std::vector<Workplace> places;
            for (const Isa isa : availableIsas())
                if (isa != Isa::Scalar)
                    places.emplace_back(isa, &pool);
            std::vector<std::function<void()>> contenders;
            for (Workplace &place : places) {
                contenders.emplace_back(
                    [&] { matmul(place, row.operands, row.shape, a.data(), b.data(), c.data()); });
                contenders.emplace_back([&] { peak(place.isa); });
            }
#ifdef IBIDEM_HAVE_TORCH
            tests::setTorchThreads(static_cast<int>(threads));
            contenders.emplace_back(
                [&] { tests::torchMatmul(row.operands, row.shape, a.data(), b.data(), c.data()); });
#endif
            const std::vector<double> times = smallestTimes(contenders, duration);
            const double operations = 2.0 * static_cast<double>(row.shape.rows) *
                                      static_cast<double>(row.shape.columns) *
                                      static_cast<double>(row.shape.depth);
            const std::size_t last = places.size() - 1;
            std::printf("%-20s %-8s  %7u  %9.1f", row.name,
                        row.operands == Operands::NN   ? "N N"
                        : row.operands == Operands::NT ? "N T"
                                                       : "T N",
                        threads, peakOperations(places[last].isa) / times[2 * last + 1] * 1e-9);
            for (std::size_t i = 0; i < places.size(); ++i)
                std::printf("  %7.1f  %5.1f %%", operations / times[2 * i] * 1e-9,
                            100.0 * operations / times[2 * i] /
                                (peakOperations(places[i].isa) / times[2 * i + 1] * threads));
            if (contenders.size() > 2 * places.size())
                std::printf("  %8.1f  %9.2f", operations / times.back() * 1e-9,
                            times.back() / times[2 * last]);
            std::printf("\n");
            std::fflush(stdout);
        }
    }
#else
    std::printf("%.0f: the peak of this processor is not measured here\n", duration);
#endif
}

/// A kernel that computes little a number: bytes a call, and what it does.
struct Stream
{
    const char *name;
    double bytes;
    std::function<void(Workplace &)> run;
};

/// Sizes of the autoencoder with 1,838 genes: 1.0 million parameters, batches of 256.
void memoryRows(double duration)
{
    constexpr std::size_t parameters = 513 * 1838 + 86944;
    constexpr std::size_t columns = 1838;
    constexpr std::size_t values = 256 * columns;
    const std::vector<float> gradient = normals(parameters, 1);
    std::vector<float> weights = normals(parameters, 2);
    std::vector<float> mean(parameters);
    std::vector<float> variance(parameters, 1.0F);
    const std::vector<float> a = normals(values, 3);
    const std::vector<float> b = normals(values, 4);
    std::vector<float> out(values);
    std::vector<float> sums(columns);
    const AdamOptions options;
    const AdamPowers powers = nextPowers(options, {});
    volatile float kept = 0.0F;
    volatile std::uint64_t keptNumber = 0;
    constexpr double number = sizeof(float);
    const std::vector<Stream> streams = {
        {"copy (std::copy)", 2 * number * values,
         [&](Workplace &) { std::copy(a.begin(), a.end(), out.begin()); }},
        {"adamStep", 7 * number * parameters,
         [&](Workplace &place) { adamStep(place, options, powers, weights, gradient, mean, variance); }},
        {"scaledDifference", 3 * number * values,
         [&](Workplace &place) { scaledDifference(place, a, b, 0.5F, out); }},
        {"sumOfSquaredDifferences", 2 * number * values,
         [&](Workplace &place) { kept = sumOfSquaredDifferences(place, a, b); }},
        {"columnSums", number * values, [&](Workplace &place) { columnSums(place, a, columns, sums); }},
        {"moments", 2 * number * values, [&](Workplace &place) { kept = moments(place, a).variance; }},
        {"transpose", 2 * number * values, [&](Workplace &place) { transpose(place, a, columns, out); }},
        {"softmax", 2 * number * values, [&](Workplace &place) { softmax(place, a, columns, out); }},
        {"tensorDigest", number * parameters,
         [&](Workplace &place) { keptNumber = tensorDigest(place, std::as_bytes(std::span(gradient))); }},
        {"firstNonFinite", number * parameters,
         [&](Workplace &place) { keptNumber = firstNonFinite(place.isa, gradient).value_or(0); }},
    };
    std::printf("%-26s  1 thread GB/s  2 threads GB/s\n", "kernel");
    ThreadPool one(1);
    ThreadPool two(2);
    Workplace alone(availableIsas().back(), &one);
    Workplace both(availableIsas().back(), &two);
    for (const Stream &stream : streams) {
        const std::vector<double> times =
            smallestTimes({[&] { stream.run(alone); }, [&] { stream.run(both); }}, duration);
        std::printf("%-26s  %13.1f  %14.1f\n", stream.name, stream.bytes / times[0] * 1e-9,
                    stream.bytes / times[1] * 1e-9);
        std::fflush(stdout);
    }
}

} // namespace

int main(int argumentCount, char **arguments)
{
    // Threads of LibTorch that look for work between its turns without end would take the processor from
    // ours; for 50 microseconds or so, as ours do, they may.
    if (!std::getenv("OMP_WAIT_POLICY")) {
        ::setenv("OMP_WAIT_POLICY", "PASSIVE", 1);
        ::setenv("GOMP_SPINCOUNT", "3000", 1);
        ::execv("/proc/self/exe", arguments);
    }
    const std::string_view what = argumentCount > 1 ? arguments[1] : "all";
    const double duration = argumentCount > 2 ? std::atof(arguments[2]) : 1.0;
    if (what == "matmul" || what == "all")
        matmulRows(duration);
    if (what == "memory" || what == "all")
        memoryRows(duration);
    return 0;
}
