// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/effective_state.h"
#include "models/train/reproducibility/numeric_variables.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string_view>
#include <unistd.h>

namespace ibidem::train {

namespace {

using Pins = std::map<std::string, std::string>;

bool isFixedLevel(spec::Level level) noexcept
{
    return level == spec::Level::Deterministic || level == spec::Level::Portable;
}

bool onCuda(const spec::RunSpec &spec) noexcept
{
    return spec.device.starts_with("cuda");
}

/// A cap says how far a library may go, so that it takes the same path on a processor that can more. MKL
/// honours AVX2 and AVX512 on Intel processors only; COMPATIBLE is the one that holds on every vendor's.
Pins isaCaps(const spec::RunSpec &spec)
{
    const bool portable = spec.level == spec::Level::Portable;
    if (spec.isa == "scalar")
        return {
            {"ATEN_CPU_CAPABILITY", "default"}, {"MKL_CBWR", "COMPATIBLE"}, {"ONEDNN_MAX_CPU_ISA", "SSE41"}};
    if (spec.isa == "avx512" && !portable)
        return {
            {"ATEN_CPU_CAPABILITY", "avx512"}, {"MKL_CBWR", "AVX512"}, {"ONEDNN_MAX_CPU_ISA", "AVX512_CORE"}};
    return {{"ATEN_CPU_CAPABILITY", "avx2"},
            {"MKL_CBWR", portable ? "COMPATIBLE" : "AVX2"},
            {"ONEDNN_MAX_CPU_ISA", "AVX2"}};
}

Pins pinsOf(const spec::RunSpec &spec)
{
    const std::string threads = std::to_string(std::max(1, spec.threads));
    Pins pins{{"MKL_NUM_THREADS", threads}, {"OMP_NUM_THREADS", threads}, {"OMP_WAIT_POLICY", "PASSIVE"}};
    // A step of a network is a chain of short operations. LibTorch's threads look for the next for some 50
    // microseconds before they sleep, as ours do: twice as fast on a quiet machine, half as fast on a busy
    // one, where waiting without end is a hundred times slower.
    if (spec.kind == spec::ModelKind::Autoencoder && spec.level != spec::Level::Portable)
        pins.emplace("GOMP_SPINCOUNT", "3000");
    if (!isFixedLevel(spec.level))
        return pins;
    pins.merge(Pins{{"MKL_DYNAMIC", "FALSE"},
                    {"OMP_DYNAMIC", "FALSE"},
                    {"OMP_PROC_BIND", "false"},
                    {"ONEDNN_DEFAULT_FPMATH_MODE", "STRICT"}});
    pins.merge(isaCaps(spec));
    if (onCuda(spec))
        pins.merge(Pins{{"CUBLAS_WORKSPACE_CONFIG", ":4096:8"}, {"NVIDIA_TF32_OVERRIDE", "0"}});
    return pins;
}

/// Every KMP_ variable, whatever its name: they belong to one runtime and all of them override OMP_ ones.
std::vector<std::string> intelRuntimeVariables()
{
    std::vector<std::string> names;
    for (char **entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        if (text.starts_with("KMP_"))
            names.emplace_back(text.substr(0, text.find('=')));
    }
    return names;
}

} // namespace

std::vector<std::pair<std::string, std::string>> environmentPins(const spec::RunSpec &spec)
{
    const Pins pins = pinsOf(spec);
    return {pins.begin(), pins.end()};
}

void applyPins(const spec::RunSpec &spec)
{
    if (spec.level != spec::Level::Random) {
        for (const std::string &name : intelRuntimeVariables())
            ::unsetenv(name.c_str());
        for (const char *name : kUndoingVariables)
            ::unsetenv(name);
    }
    for (const auto &[name, value] : environmentPins(spec))
        ::setenv(name.c_str(), value.c_str(), 1);
}

} // namespace ibidem::train
