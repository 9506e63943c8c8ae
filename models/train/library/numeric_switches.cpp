// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/library/numeric_switches.h"

#include "models/base/text.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>

#include <array>
#include <cstring>
#include <dlfcn.h>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace ibidem::train {

namespace {

using at::Float32Backend;
using at::Float32Op;
using at::Float32Precision;

constexpr std::array kOperations{std::pair{"all", Float32Op::ALL}, std::pair{"conv", Float32Op::CONV},
                                 std::pair{"matmul", Float32Op::MATMUL}, std::pair{"rnn", Float32Op::RNN}};
constexpr std::array kBackends{std::pair{"cuda", Float32Backend::CUDA},
                               std::pair{"mkldnn", Float32Backend::MKLDNN}};

template <class Function>
Function symbol(const char *name)
{
    Function function = nullptr;
    void *address = ::dlsym(RTLD_DEFAULT, name);
    static_assert(sizeof function == sizeof address);
    std::memcpy(&function, &address, sizeof function);
    return function;
}

/// TF32 and BF16 hide behind several switches; the general one alone leaves the others as they were.
void setFullPrecision(at::Context &context)
{
    context.setFloat32Precision(Float32Backend::GENERIC, Float32Op::ALL, Float32Precision::IEEE);
    for (const auto &[ignored, backend] : kBackends)
        for (const auto &[alsoIgnored, operation] : kOperations)
            context.setFloat32Precision(backend, operation, Float32Precision::IEEE);
    context.setFloat32MatmulPrecision("highest");
    context.setAllowTF32CuDNN(false);
    context.setAllowTF32CuBLAS(false);
    context.setAllowFP16ReductionCuBLAS(false, false);
    context.setAllowBF16ReductionCuBLAS(false, false);
    context.setAllowFP16AccumulationCuBLAS(false);
    context.setAllowFP16ReductionCPU(false);
    context.setAllowFP16BF16ReductionMathSDP(false);
}

/// Some getters refuse where settings contradict each other: that is an answer too.
template <class Getter>
Json told(const Getter &getter)
{
    try {
        return getter();
    } catch (const c10::Error &error) {
        const std::string words = error.what_without_backtrace();
        return "refused: " + words.substr(0, words.find(". ")); // the first sentence says it
    }
}

Json precisions(const at::Context &context)
{
    const auto precision = [&](Float32Backend backend, Float32Op operation) {
        return told([&] { return Json(at::precision2str(context.float32Precision(backend, operation))); });
    };
    Json list = {{"generic", {{"all", precision(Float32Backend::GENERIC, Float32Op::ALL)}}}};
    for (const auto &[backendName, backend] : kBackends)
        for (const auto &[operationName, operation] : kOperations)
            list[backendName][operationName] = precision(backend, operation);
    return list;
}

const char *matmulPrecisionName(at::Float32MatmulPrecision precision)
{
    switch (precision) {
    case at::Float32MatmulPrecision::HIGHEST:
        return "highest";
    case at::Float32MatmulPrecision::HIGH:
        return "high";
    default:
        return "medium";
    }
}

const char *reductionName(at::CuBLASReductionOption option)
{
    switch (option) {
    case at::CuBLASReductionOption::AllowReducedPrecisionWithSplitK:
        return "reduced precision, split k";
    case at::CuBLASReductionOption::DisallowReducedPrecisionAllowSplitK:
        return "full precision, split k";
    default:
        return "full precision, no split k";
    }
}

void addPrecision(Json &state, const at::Context &context)
{
    state["float32Precision"] = precisions(context);
    state["float32MatmulPrecision"] =
        told([&] { return Json(matmulPrecisionName(context.float32MatmulPrecision())); });
    state["allowTF32CuDNN"] = told([&] { return Json(context.allowTF32CuDNN()); });
    state["allowTF32CuBLAS"] = told([&] { return Json(context.allowTF32CuBLAS()); });
    state["allowTF32OneDNN"] = told([&] { return Json(context.allowTF32OneDNN()); });
    state["allowFP16ReductionCuBLAS"] = reductionName(context.allowFP16ReductionCuBLAS());
    state["allowBF16ReductionCuBLAS"] = reductionName(context.allowBF16ReductionCuBLAS());
    state["allowFP16AccumulationCuBLAS"] = context.allowFP16AccumulationCuBLAS();
    state["allowFP16ReductionCPU"] = context.allowFP16ReductionCPU();
    state["allowFP16BF16ReductionMathSDP"] = context.allowFP16BF16ReductionMathSDP();
}

void addDeterminism(Json &state, const at::Context &context)
{
    state["deterministicAlgorithms"] = context.deterministicAlgorithms();
    state["deterministicAlgorithmsWarnOnly"] = context.deterministicAlgorithmsWarnOnly();
    state["deterministicFillUninitializedMemory"] = context.deterministicFillUninitializedMemory();
    state["deterministicCuDNN"] = context.deterministicCuDNN();
    state["deterministicMkldnn"] = context.deterministicMkldnn();
    state["benchmarkCuDNN"] = context.benchmarkCuDNN();
    state["benchmarkLimitCuDNN"] = context.benchmarkLimitCuDNN();
}

void addBackends(Json &state, at::Context &context)
{
    state["userEnabledCuDNN"] = context.userEnabledCuDNN();
    state["userEnabledMkldnn"] = context.userEnabledMkldnn();
    state["userEnabledNNPACK"] = context.userEnabledNNPACK();
    state["userEnabledFlashSDP"] = context.userEnabledFlashSDP();
    state["userEnabledMemEfficientSDP"] = context.userEnabledMemEfficientSDP();
    state["userEnabledMathSDP"] = context.userEnabledMathSDP();
    state["userEnabledCuDNNSDP"] = context.userEnabledCuDNNSDP();
    state["userEnabledFA3SDP"] = context.userEnabledFA3SDP();
    state["userEnabledOverrideableSDP"] = context.userEnabledOverrideableSDP();
    state["linalgPreferredBackend"] = at::LinalgBackendToString(context.linalgPreferredBackend());
    state["blasPreferredBackend"] =
        told([&] { return Json(at::BlasBackendToString(context.blasPreferredBackend())); });
    state["qEngine"] = at::toString(context.qEngine());
}

void addBuild(Json &state)
{
    using at::Context;
    state["hasMKL"] = Context::hasMKL();
    state["hasMKLDNN"] = Context::hasMKLDNN();
    state["hasOpenMP"] = Context::hasOpenMP();
    state["hasLAPACK"] = Context::hasLAPACK();
    state["isXNNPACKAvailable"] = Context::isXNNPACKAvailable();
    state["hasCUDA"] = Context::hasCUDA();
    state["hasCuDNN"] = told([] { return Json(Context::hasCuDNN()); });
    state["versionCUDART"] = told([] { return Json(Context::versionCUDART()); });
    state["versionCuDNN"] = told([] { return Json(Context::versionCuDNN()); });
    state["versionRuntimeCuDNN"] = told([] { return Json(Context::versionRuntimeCuDNN()); });
    state["versionMKL"] = at::get_mkl_version();
    state["versionMKLDNN"] = at::get_mkldnn_version();
    state["versionOpenMP"] = at::get_openmp_version();
    state["cpuCapability"] = at::get_cpu_capability();
}

/// "TORCH_VERSION=2.11.0, …" of the library that runs, which need not be the one whose headers were used.
Json runningVersion()
{
    constexpr std::string_view key = "TORCH_VERSION=";
    const std::string configuration = at::show_config();
    const std::size_t at = configuration.find(key);
    if (at == std::string::npos)
        return nullptr;
    const std::size_t start = at + key.size();
    return configuration.substr(start, configuration.find_first_of(", \n", start) - start);
}

/// The branch for which MKL keeps its sums the same, as it decided itself: it ignores MKL_CBWR=AVX2 and
/// AVX512 on other vendors' processors. Numbers as Intel's documentation of mkl_cbwr_get gives them.
Json mklBranch()
{
    constexpr int branchOnly = 1;
    constexpr std::array names{std::pair{0, "off"},        std::pair{1, "off"},   std::pair{2, "auto"},
                               std::pair{3, "compatible"}, std::pair{10, "avx2"}, std::pair{12, "avx512"}};
    const auto ask = symbol<int (*)(int)>("mkl_serv_cbwr_get");
    if (!ask)
        return nullptr;
    const int branch = ask(branchOnly);
    for (const auto &[number, name] : names)
        if (number == branch)
            return name;
    return "branch " + std::to_string(branch);
}

/// jemalloc tells about itself; the C library's allocator has nothing to tell.
Json allocator()
{
    const auto ask = symbol<int (*)(const char *, void *, std::size_t *, void *, std::size_t)>("mallctl");
    if (!ask)
        return {{"name", "libc"}};
    const char *version = "";
    std::size_t size = sizeof version;
    ask("version", &version, &size, nullptr, 0);
    Json facts{{"name", "jemalloc"},
               {"version", std::string(version).substr(0, std::string(version).find('-'))}};
    for (const auto &[key, option] :
         {std::pair{"dirtyDecayMs", "opt.dirty_decay_ms"}, std::pair{"muzzyDecayMs", "opt.muzzy_decay_ms"}}) {
        ssize_t milliseconds = 0;
        size = sizeof milliseconds;
        const bool known = ask(option, &milliseconds, &size, nullptr, 0) == 0;
        facts[key] = known ? Json(milliseconds) : Json(nullptr);
    }
    return facts;
}

/// Lines like "at::get_num_threads() : 2", which name no path.
Json parallelInfo()
{
    const std::string text = at::get_parallel_info();
    Json lines = Json::array();
    for (const std::string_view line : split(text, '\n'))
        if (const std::string_view content = trimmed(line); !content.empty())
            lines.push_back(content);
    return lines;
}

} // namespace

void setNumericSwitches(const spec::RunSpec &spec)
{
    const bool fixed = spec.level == spec::Level::Deterministic || spec.level == spec::Level::Portable;
    at::Context &context = at::globalContext();
    context.setDeterministicAlgorithms(fixed, false);
    // Filling fresh memory finds code that reads it; the network's operations do not.
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(fixed);
    context.setDeterministicMkldnn(fixed);
    context.setBenchmarkCuDNN(!fixed);
    context.setUserEnabledNNPACK(!fixed);
    if (fixed)
        setFullPrecision(context);
    at::manual_seed(spec.seed);
    if (at::get_num_interop_threads() != 1)
        at::set_num_interop_threads(1);
}

void holdThreadCount(int threads)
{
    // Asking first makes LibTorch set up this thread, which would otherwise undo what is set here.
    if (at::get_num_threads() != threads)
        at::set_num_threads(threads);
}

Json readNumericSwitches()
{
    at::Context &context = at::globalContext();
    Json state = Json::object();
    addDeterminism(state, context);
    addPrecision(state, context);
    addBackends(state, context);
    addBuild(state);
    state["version"] = runningVersion();
    state["seed"] = context.defaultGenerator(at::kCPU).current_seed();
    state["nthread"] = at::get_num_threads();
    state["interopThreads"] = at::get_num_interop_threads();
    state["parallel"] = parallelInfo();
    state["mklBranch"] = mklBranch();
    state["allocator"] = allocator();
    return state;
}

} // namespace ibidem::train
