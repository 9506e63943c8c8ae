// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/kernels/isa.h"
#include "models/train/reproducibility/effective_state.h"

#include <algorithm>
#include <thread>

namespace ibidem::train {

namespace {

constexpr std::uint64_t kCellsWorthThreads = 1'000'000; ///< of a table that trees are grown on

/// An answered portable order stays on the CPU: its kernels exist only there.
Status resolveDevice(spec::RunSpec &spec, bool levelGiven)
{
    const bool portableAsked = levelGiven && spec.level == spec::Level::Portable;
    if (spec.device == "auto")
        spec.device = !portableAsked && !cudaDevices().empty() ? "cuda:0" : "cpu";
    if (spec.device == "cuda")
        spec.device = "cuda:0";
    if (spec.device == "cpu")
        return {};
    if (!spec.device.starts_with("cuda:") || !parseUnsigned(std::string_view(spec.device).substr(5)))
        return fail(ErrorCode::BadSpec, "device: " + ibidem::quoted(spec.device) + " is none", {},
                    "auto, cpu or cuda:N");
    if (portableAsked)
        return fail(ErrorCode::Unavailable, "level portable has no kernels for " + spec.device + " yet", {},
                    "--device cpu, or --level deterministic");
    std::string why;
    const std::vector<Device> devices = cudaDevices(&why);
    if (std::any_of(devices.begin(), devices.end(), [&](const Device &d) { return d.name == spec.device; }))
        return {};
    if (why.empty())
        why = "this machine has " + std::to_string(devices.size()) + " CUDA device(s)";
    return fail(ErrorCode::Unavailable, "device " + spec.device + " is not available: " + why, {},
                "--device cpu");
}

Status resolveIsa(spec::RunSpec &spec)
{
    const std::vector<std::string> available = availableIsas();
    if (spec.isa == "auto")
        spec.isa = available.back();
    if (std::find(available.begin(), available.end(), spec.isa) != available.end())
        return {};
    return fail(ErrorCode::Unavailable,
                "isa " + ibidem::quoted(spec.isa) + " is not available on this processor", {},
                "--isa auto, or one of: " + join(available, ", "));
}

/// The one place that knows when a second thread pays.
bool isWorthThreads(spec::ModelKind kind, std::uint64_t cells) noexcept
{
    return kind != spec::ModelKind::Trees || cells >= kCellsWorthThreads;
}

void resolveThreads(spec::RunSpec &spec, std::uint64_t cells)
{
    if (spec.threads > 0)
        return;
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    spec.threads = isWorthThreads(spec.kind, cells) ? cores : 1;
}

} // namespace

std::vector<std::string> availableIsas()
{
    std::vector<std::string> names;
    for (const kernels::Isa isa : kernels::availableIsas())
        names.emplace_back(kernels::isaName(isa));
    return names;
}

Result<spec::RunSpec> resolve(spec::RunSpec spec, bool levelGiven, std::uint64_t cells)
{
    IBIDEM_CHECK(resolveDevice(spec, levelGiven));
    if (!levelGiven)
        spec.level = spec.device == "cpu" ? spec::Level::Portable : spec::Level::Deterministic;
    IBIDEM_CHECK(resolveIsa(spec));
    resolveThreads(spec, cells);
    return spec;
}

} // namespace ibidem::train
