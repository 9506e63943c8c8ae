// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// bench_cell_map EMBEDDING.safetensors [THREADS [REPEATS [OUT.safetensors]]]: maps the cells of the F32
// tensor "embedding" (cells × dimensions) and prints one line of JSON with the seconds of each step (the
// least of the repeats), the digests and, where the file has I32 "labels", the agreement of the clusters with
// them.
#include "models/analyze/cell_map.h"
#include "models/analyze/cluster_agreement.h"
#include "models/base/text.h"
#include "models/data/safetensors.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

using namespace ibidem;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Seconds by what was going on between two reports of progress.
class Steps
{
public:
    void report(const std::string &stage, double fraction)
    {
        m_seconds[m_current] += secondsSince(m_since);
        m_since = Clock::now();
        // The eigenvectors are sought between the first two reports of "umap".
        if (stage == "umap" && fraction == 0.0 && m_current == "neighbours")
            m_current = "start";
        else
            m_current = stage;
    }

    [[nodiscard]] const std::map<std::string, double> &seconds() const { return m_seconds; }

private:
    std::map<std::string, double> m_seconds;
    std::string m_current = "neighbours";
    Clock::time_point m_since = Clock::now();
};

struct Measured
{
    analyze::CellMap map;
    std::map<std::string, double> seconds;
};

Result<Measured> measure(std::span<const float> embedding, std::size_t dimensions, unsigned threads,
                         int repeats)
{
    Measured result;
    for (int i = 0; i < repeats; ++i) {
        analyze::CellMapOptions options;
        options.threads = threads;
        Steps steps;
        const RunToken token(
            {}, [&](std::string_view stage, double fraction) { steps.report(std::string(stage), fraction); });
        const Clock::time_point start = Clock::now();
        IBIDEM_TRY(result.map, analyze::mapCells(embedding, dimensions, options, token));
        std::map<std::string, double> seconds = steps.seconds();
        seconds["total"] = secondsSince(start);
        for (const auto &[step, value] : seconds) {
            const auto place = result.seconds.try_emplace(step, value).first;
            place->second = std::min(place->second, value);
        }
    }
    return result;
}

void print(const Measured &measured, unsigned threads, const analyze::ClusterAgreement *agreement)
{
    std::printf("{\"threads\":%u,\"clusters\":%zu,\"modularity\":%.6f,\"graph\":\"%.16s\",\"map\":\"%.16s\","
                "\"cluster\":\"%.16s\"",
                threads, measured.map.clusterSizes.size(), measured.map.modularity,
                measured.map.graphDigest.c_str(), measured.map.mapDigest.c_str(),
                measured.map.clusterDigest.c_str());
    if (agreement)
        std::printf(",\"ari\":%.4f,\"nmi\":%.4f", agreement->adjustedRand, agreement->mutualInformation);
    for (const auto &[step, value] : measured.seconds)
        std::printf(",\"%s_s\":%.4f", step.c_str(), value);
    std::printf("}\n");
}

Status writeResult(const std::string &path, const analyze::CellMap &map)
{
    const std::uint64_t cells = map.clusters.size();
    const std::vector<data::TensorView> tensors = {
        {"map", data::DType::F32, {cells, 2}, std::as_bytes(std::span(map.map))},
        {"clusters", data::DType::I32, {cells}, std::as_bytes(std::span(map.clusters))},
        {"neighbours",
         data::DType::I32,
         {cells, map.neighbourCount},
         std::as_bytes(std::span(map.neighbours))},
    };
    return data::writeSafetensors(path, tensors, {});
}

Status run(const std::vector<std::string> &arguments)
{
    const auto numberAt = [&](std::size_t i, int otherwise) {
        return arguments.size() > i ? std::max(1, std::atoi(arguments[i].c_str())) : otherwise;
    };
    const auto threads = static_cast<unsigned>(numberAt(1, 1));
    IBIDEM_TRY(const data::Safetensors file, data::Safetensors::open(arguments[0]));
    IBIDEM_TRY(const std::span<const float> embedding, file.values<float>("embedding"));
    const std::vector<std::uint64_t> &shape = file.find("embedding")->shape;
    if (shape.size() != 2)
        return fail(ErrorCode::BadData, "the embedding is not cells × dimensions", arguments[0]);
    IBIDEM_TRY(const Measured measured, measure(embedding, shape[1], threads, numberAt(2, 3)));
    const auto labels = file.values<std::int32_t>("labels");
    analyze::ClusterAgreement agreement;
    if (labels)
        agreement = analyze::clusterAgreement(*labels, measured.map.clusters);
    print(measured, threads, labels ? &agreement : nullptr);
    return arguments.size() > 3 ? writeResult(arguments[3], measured.map) : Status();
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.empty()) {
        std::fprintf(stderr,
                     "usage: bench_cell_map EMBEDDING.safetensors [THREADS [REPEATS [OUT.safetensors]]]\n");
        return 64;
    }
    const Status status = run(arguments);
    if (status)
        return 0;
    std::fprintf(stderr, "%s\n", describe(status.error()).c_str());
    return exitCode(status.error().code);
}
