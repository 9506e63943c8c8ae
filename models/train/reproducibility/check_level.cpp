// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/effective_state.h"

#include <string_view>

namespace ibidem::train {

namespace {

constexpr const char *kSetUpAgain = "run installer/setup and build again";

std::string printed(const Json *value)
{
    if (!value || value->is_null())
        return "nothing (not read back)";
    if (value->is_string())
        return "\"" + value->get<std::string>() + "\"";
    if (const auto text = compactJson(*value))
        return *text;
    return "an unprintable value";
}

/// Compares what was found with what the level needs; the first contradiction becomes the error.
class StateCheck
{
public:
    StateCheck(const spec::RunSpec &spec, const Json &state)
        : m_spec(spec)
        , m_state(state)
    {}

    [[nodiscard]] Status needs(std::string_view where, const Json &needed, std::string cure = {}) const
    {
        return judge(where, findAt(m_state, where), needed, std::move(cure));
    }

    [[nodiscard]] Status needsText(std::string_view where) const
    {
        const Json *found = findAt(m_state, where);
        return found && found->is_string() ? Status() : judge(where, found, "a text");
    }

    /// Names of variables hold no dots, yet the dotted look-up is for documents of ours only.
    [[nodiscard]] Status needsVariable(const std::string &name, const std::string &needed) const
    {
        const Json *environment = findAt(m_state, "environment");
        const Json *found = nullptr;
        if (environment && environment->is_object() && environment->contains(name))
            found = &(*environment)[name];
        return judge("environment variable " + name, found, Json(needed),
                     "start training through ibidem, which sets it before a library is loaded");
    }

private:
    [[nodiscard]] Status judge(std::string_view where, const Json *found, const Json &needed,
                               std::string cure = {}) const
    {
        if (found && *found == needed)
            return {};
        std::string message = "level \"" + std::string(spec::levelName(m_spec.level)) + "\" needs ";
        message += std::string(where) + " = " + printed(&needed) + ", found " + printed(found);
        return fail(ErrorCode::Unavailable, std::move(message), {}, std::move(cure));
    }

    const spec::RunSpec &m_spec;
    const Json &m_state;
};

Status checkSeeds(const StateCheck &check, const spec::RunSpec &spec)
{
    IBIDEM_CHECK(check.needs("level", spec::levelName(spec.level)));
    IBIDEM_CHECK(check.needs("seed", spec.seed));
    IBIDEM_CHECK(check.needs("library.seed", spec.seed));
    IBIDEM_CHECK(check.needs("threads.asked", spec.threads));
    IBIDEM_CHECK(check.needs("threads.used", spec.threads,
                             "ask for as many threads as the library may use (--threads)"));
    IBIDEM_CHECK(check.needs("device", spec.device));
    IBIDEM_CHECK(check.needs("library.device", spec.device, "ask for the device that works (--device cpu)"));
    for (const auto &[name, value] : environmentPins(spec))
        IBIDEM_CHECK(check.needsVariable(name, value));
    return {};
}

Status checkArithmetic(const StateCheck &check)
{
    const std::string cure =
        "a library or a preloaded object changed it: see LD_PRELOAD in the recorded state";
    IBIDEM_CHECK(check.needs("floatingPoint.rounding", "nearest", cure));
    IBIDEM_CHECK(check.needs("floatingPoint.flushToZero", false, cure));
    IBIDEM_CHECK(check.needs("floatingPoint.denormalsAreZero", false, cure));
    return {};
}

Status checkTrees(const StateCheck &check)
{
    IBIDEM_CHECK(check.needs("library.name", "xgboost"));
    IBIDEM_CHECK(check.needs("library.version", kPinnedXgboostVersion, kSetUpAgain));
    IBIDEM_CHECK(check.needs("library.treeMethod", "hist"));
    return check.needs("library.seedPerIteration", true);
}

/// TF32 has several switches, of which the general one does not move the others.
Status checkFullPrecision(const StateCheck &check)
{
    for (const char *backend : {"cuda", "mkldnn"})
        for (const char *operation : {"all", "conv", "matmul", "rnn"})
            IBIDEM_CHECK(
                check.needs(std::string("library.float32Precision.") + backend + "." + operation, "ieee"));
    IBIDEM_CHECK(check.needs("library.float32Precision.generic.all", "ieee"));
    IBIDEM_CHECK(check.needs("library.float32MatmulPrecision", "highest"));
    for (const char *name : {"allowTF32CuDNN", "allowTF32CuBLAS", "allowTF32OneDNN",
                             "allowFP16AccumulationCuBLAS", "allowFP16ReductionCPU"})
        IBIDEM_CHECK(check.needs(std::string("library.") + name, false));
    for (const char *name : {"allowFP16ReductionCuBLAS", "allowBF16ReductionCuBLAS"})
        IBIDEM_CHECK(check.needs(std::string("library.") + name, "full precision, no split k"));
    return {};
}

/// What LibTorch calls the instruction set that a pin limits it to.
std::string_view cpuCapability(const std::string &isa)
{
    if (isa == "scalar")
        return "DEFAULT";
    return isa == "avx512" ? "AVX512" : "AVX2";
}

Status checkLibTorch(const StateCheck &check, const spec::RunSpec &spec)
{
    IBIDEM_CHECK(check.needs("library.name", "libtorch"));
    IBIDEM_CHECK(check.needs("library.version", kPinnedLibTorchVersion, kSetUpAgain));
    IBIDEM_CHECK(check.needs("library.deterministicAlgorithms", true));
    IBIDEM_CHECK(check.needs("library.deterministicAlgorithmsWarnOnly", false));
    IBIDEM_CHECK(check.needs("library.deterministicCuDNN", true));
    IBIDEM_CHECK(check.needs("library.deterministicMkldnn", true));
    IBIDEM_CHECK(check.needs("library.benchmarkCuDNN", false));
    IBIDEM_CHECK(check.needs("library.userEnabledNNPACK", false));
    IBIDEM_CHECK(check.needs("library.interopThreads", 1));
    IBIDEM_CHECK(checkFullPrecision(check));
    return check.needs("library.cpuCapability", cpuCapability(spec.isa),
                       "LibTorch must be loaded after its pins are set");
}

Status checkKernels(const StateCheck &check)
{
    IBIDEM_CHECK(check.needs("library.name", "ibidem-kernels"));
    IBIDEM_CHECK(check.needsText("library.version"));
    return check.needs("library.floatStateExact", true);
}

Status checkModel(const StateCheck &check, const spec::RunSpec &spec)
{
    if (spec.kind == spec::ModelKind::Trees)
        return checkTrees(check);
    return spec.level == spec::Level::Portable ? checkKernels(check) : checkLibTorch(check, spec);
}

} // namespace

Status checkLevel(const spec::RunSpec &spec, const Json &effectiveState)
{
    if (spec.level == spec::Level::Random)
        return {};
    const StateCheck check(spec, effectiveState);
    IBIDEM_CHECK(checkSeeds(check, spec));
    if (spec.level == spec::Level::Seeded)
        return {};
    IBIDEM_CHECK(checkArithmetic(check));
    IBIDEM_CHECK(checkModel(check, spec));
    IBIDEM_CHECK(check.needs("isa.used", spec.isa));
    if (spec.level == spec::Level::Deterministic)
        return {};
    IBIDEM_CHECK(check.needs("device", "cpu"));
    return spec.kind == spec::ModelKind::Trees ? check.needs("library.ownGradients", true) : Status();
}

} // namespace ibidem::train
