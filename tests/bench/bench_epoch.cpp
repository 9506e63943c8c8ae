// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Seconds of an epoch of the autoencoder, records and checkpoints included:
//   bench_epoch PREPARED.safetensors [key=value …]
// PREPARED comes from `ibidem prepare --out`; the assignments change the recipe (epochs=50, threads=2,
// isa=avx2).
#include "models/data/prepared_cells.h"
#include "models/runs/manifest.h"
#include "models/spec/recipes.h"
#include "models/train/network/network_trainer.h"
#include "models/train/reproducibility/effective_state.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

using namespace ibidem;

namespace {

using Clock = std::chrono::steady_clock;

class Stopwatch : public train::TrainListener
{
public:
    std::vector<double> seconds;
    double loss = 0.0;

    Status ready(const Json &) override { return {}; }

    void started(std::int64_t) override { m_last = Clock::now(); }

    void round(std::int64_t, std::int64_t, const std::vector<runs::MetricPoint> &metrics) override
    {
        const auto now = Clock::now();
        seconds.push_back(std::chrono::duration<double>(now - m_last).count());
        m_last = now;
        loss = metrics.front().value;
    }

    void checkpoint(std::int64_t, const std::string &) override {}

    void warning(const std::string &) override {}

private:
    Clock::time_point m_last;
};

Status measure(const std::string &file, const std::vector<std::string> &assignments)
{
    IBIDEM_TRY(const data::PreparedCells cells, data::readPreparedCells(file));
    IBIDEM_TRY(const spec::Recipe recipe, spec::findRecipe("sc-autoencoder"));
    IBIDEM_TRY(spec::RunSpec spec, spec::withOverrides(recipe.spec, {"epochs=50", "threads=2"}));
    IBIDEM_TRY(spec, spec::withOverrides(std::move(spec), assignments));
    IBIDEM_TRY(spec, train::resolve(std::move(spec), true, cells.values.size()));
    const spec::Network network = spec::networkOf(spec.autoencoder, cells.geneIds.size());
    IBIDEM_TRY(const kernels::Isa isa, kernels::isaOfName(spec.isa));
    kernels::ThreadPool pool(static_cast<unsigned>(spec.threads));
    kernels::Workplace place(isa, &pool);
    const auto batchSize = static_cast<std::size_t>(spec.training.batchSize);
    IBIDEM_TRY(const auto engine, train::createFixedEngine({spec, network, batchSize}, place));
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("ibidem-bench-epoch-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    Stopwatch watch;
    const train::NetworkData data{cells.values, cells.cellIds.size(), cells.geneIds.size(), "bench"};
    const auto outcome =
        train::trainNetwork({spec, network, place, data, folder}, *engine, watch, RunToken());
    std::filesystem::remove_all(folder);
    IBIDEM_CHECK(outcome);
    std::sort(watch.seconds.begin(), watch.seconds.end());
    std::printf("{\"cells\": %zu, \"genes\": %zu, \"threads\": %d, \"isa\": \"%s\", \"epoch\": %.6f, "
                "\"median\": %.6f, \"slowest\": %.6f, \"loss\": %.9g}\n",
                cells.cellIds.size(), cells.geneIds.size(), spec.threads, spec.isa.c_str(),
                watch.seconds.front(), watch.seconds[watch.seconds.size() / 2], watch.seconds.back(),
                watch.loss);
    return {};
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 2) {
        std::fputs("bench_epoch PREPARED.safetensors [key=value …]\n", stderr);
        return 64;
    }
    const Status done = measure(argv[1], {argv + 2, argv + argc});
    if (done)
        return 0;
    std::fprintf(stderr, "bench_epoch: %s\n", describe(done.error()).c_str());
    return exitCode(done.error().code);
}
