// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/effective_state.h"

#include "models/base/text.h"
#include "models/train/reproducibility/facts.h"
#include "models/train/reproducibility/numeric_variables.h"

#include <algorithm>
#include <cfenv>
#include <cstdlib>
#include <string_view>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ibidem::train {

namespace {

std::string fileNamesOnly(std::string_view value)
{
    std::string names;
    std::size_t start = 0;
    while (start <= value.size()) {
        const std::size_t end = std::min(value.find_first_of(": ", start), value.size());
        const std::string_view part = value.substr(start, end - start);
        if (!part.empty()) {
            const std::size_t slash = part.find_last_of('/');
            names += names.empty() ? "" : ":";
            names += part.substr(slash == std::string_view::npos ? 0 : slash + 1);
        }
        start = end + 1;
    }
    return names;
}

/// What may stand in a manifest: no path, no serial number of a device.
Json recordedValue(std::string_view name, const char *value)
{
    if (!value)
        return nullptr;
    const std::string_view text = value;
    if (!isValidUtf8(text))
        return "(not UTF-8)";
    if (name == "CUDA_VISIBLE_DEVICES" && text.find_first_not_of("0123456789,-") != std::string_view::npos)
        return "(devices by identifier)";
    if (name == "LD_LIBRARY_PATH")
        return text.empty() ? "" : "(set)";
    if (name == "TZ" || text.find('/') == std::string_view::npos)
        return std::string(text);
    return fileNamesOnly(text);
}

std::string_view roundingName()
{
    switch (std::fegetround()) {
    case FE_TONEAREST:
        return "nearest";
    case FE_UPWARD:
        return "upward";
    case FE_DOWNWARD:
        return "downward";
    case FE_TOWARDZERO:
        return "toward-zero";
    default:
        return "unknown";
    }
}

Json memberOrNull(const Json &object, const char *key)
{
    const auto found = object.is_object() ? object.find(key) : object.end();
    return object.is_object() && found != object.end() ? *found : Json(nullptr);
}

} // namespace

Json environmentVariables()
{
    Json environment = Json::object();
    for (const char *name : kUndoingVariables)
        environment[name] = recordedValue(name, std::getenv(name));
    for (const char *name : kRecordedVariables)
        environment[name] = recordedValue(name, std::getenv(name));
    return environment;
}

Json floatingPointState()
{
    bool flushToZero = false;
    bool denormalsAreZero = false;
#if defined(__x86_64__)
    const unsigned int control = _mm_getcsr();
    flushToZero = (control & 0x8000U) != 0;
    denormalsAreZero = (control & 0x0040U) != 0;
#elif defined(__aarch64__)
    std::uint64_t control = 0;
    __asm__("mrs %0, fpcr" : "=r"(control));
    flushToZero = (control & (1ULL << 24U)) != 0;
    denormalsAreZero = flushToZero;
#endif
    return {
        {"rounding", roundingName()}, {"flushToZero", flushToZero}, {"denormalsAreZero", denormalsAreZero}};
}

Json readEffectiveState(const spec::RunSpec &spec, const Json &library)
{
    const Json usedIsa = memberOrNull(library, "isa");
    Json state = Json::object();
    state["environment"] = environmentVariables();
    state["floatingPoint"] = floatingPointState();
    state["isa"] = {{"available", availableIsas()}, {"used", usedIsa.is_null() ? Json(spec.isa) : usedIsa}};
    state["level"] = spec::levelName(spec.level);
    state["seed"] = spec.seed;
    state["device"] = spec.device;
    state["threads"] = {{"asked", spec.threads}, {"used", memberOrNull(library, "nthread")}};
    state["library"] = library;
    return state;
}

} // namespace ibidem::train
