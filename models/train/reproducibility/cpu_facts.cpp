// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/train/reproducibility/facts.h"

#include <algorithm>
#include <array>
#include <sched.h>
#include <set>
#include <sys/utsname.h>
#include <unistd.h>

namespace ibidem::train {

namespace {

const std::filesystem::path kCpuFolder = "/sys/devices/system/cpu";

/// Instruction sets on which numeric libraries choose their code.
constexpr std::array kNumericFlags{
    "sse4_1",   "sse4_2",   "avx",         "avx2",        "fma",         "f16c",     "avx512f",  "avx512bw",
    "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16", "avx512_fp16", "avx_vnni", "amx_tile", "amx_bf16",
    "amx_int8", "sha_ni",   "asimd",       "asimdhp",     "asimddp",     "sve",      "sve2",     "bf16",
};

std::optional<std::uint64_t> cacheBytes(const std::filesystem::path &cache)
{
    const std::optional<std::string> size = firstLine(cache / "size");
    if (!size || size->empty())
        return std::nullopt;
    const std::uint64_t unit = size->back() == 'K' ? 1024U : size->back() == 'M' ? 1024U * 1024U : 0U;
    const auto number = parseUnsigned(std::string_view(*size).substr(0, size->size() - (unit ? 1U : 0U)));
    return number ? std::optional(*number * std::max<std::uint64_t>(unit, 1)) : std::nullopt;
}

/// Caches of the first core, in the kernel's order of levels.
Json caches()
{
    Json list = Json::array();
    for (int index = 0; index < 16; ++index) {
        const std::filesystem::path cache = kCpuFolder / "cpu0/cache" / ("index" + std::to_string(index));
        const auto level = numberIn(cache / "level");
        const auto bytes = cacheBytes(cache);
        if (level && bytes)
            list.push_back(
                {{"level", *level}, {"type", firstLine(cache / "type").value_or("")}, {"bytes", *bytes}});
    }
    return list;
}

std::optional<std::uint64_t> physicalCores(std::string_view cpuInfo)
{
    std::set<std::pair<std::string, std::string>> cores;
    std::string package;
    for (const std::string_view line : split(cpuInfo, '\n')) {
        const std::size_t at = line.find(':');
        if (at == std::string_view::npos)
            continue;
        const std::string_view key = trimmed(line.substr(0, at));
        const std::string value(trimmed(line.substr(at + 1)));
        if (key == "physical id")
            package = value;
        else if (key == "core id")
            cores.emplace(package, value);
    }
    return cores.empty() ? std::nullopt : std::optional<std::uint64_t>(cores.size());
}

std::vector<std::string> numericFlags(std::string_view cpuInfo)
{
    std::optional<std::string> flags = keyedValue(cpuInfo, "flags");
    if (!flags)
        flags = keyedValue(cpuInfo, "Features");
    std::vector<std::string> found;
    if (!flags)
        return found;
    const std::vector<std::string_view> all = split(*flags, ' ');
    for (const char *flag : kNumericFlags)
        if (std::find(all.begin(), all.end(), flag) != all.end())
            found.emplace_back(flag);
    return found;
}

std::optional<double> megahertz(const std::filesystem::path &file)
{
    const auto kilohertz = numberIn(file);
    return kilohertz ? std::optional(static_cast<double>(*kilohertz) / 1000.0) : std::nullopt;
}

void addClocks(Facts &facts, std::string_view cpuInfo)
{
    const std::filesystem::path frequency = kCpuFolder / "cpu0/cpufreq";
    const auto current = keyedValue(cpuInfo, "cpu MHz");
    facts.set("clockMhz", current ? parseDouble(*current) : std::nullopt, "/proc/cpuinfo does not tell");
    const std::string_view reason = "the kernel offers no frequency control (virtual machine, or no driver)";
    facts.set("clockMinMhz", megahertz(frequency / "cpuinfo_min_freq"), reason);
    facts.set("clockMaxMhz", megahertz(frequency / "cpuinfo_max_freq"), reason);
}

} // namespace

Json cpuFacts(bool withClocks)
{
    const std::string cpuInfo = kernelText("/proc/cpuinfo");
    Facts facts;
    std::optional<std::string> vendor = keyedValue(cpuInfo, "vendor_id");
    facts.set("vendor", vendor ? vendor : keyedValue(cpuInfo, "CPU implementer"),
              "/proc/cpuinfo does not tell");
    std::optional<std::string> brand = keyedValue(cpuInfo, "model name");
    facts.set("brand", brand ? brand : keyedValue(cpuInfo, "CPU part"), "/proc/cpuinfo does not tell");
    facts.set("family", keyedValue(cpuInfo, "cpu family"), "/proc/cpuinfo does not tell");
    facts.set("model", keyedValue(cpuInfo, "model"), "/proc/cpuinfo does not tell");
    facts.set("stepping", keyedValue(cpuInfo, "stepping"), "/proc/cpuinfo does not tell");
    utsname names{};
    facts.set("architecture", ::uname(&names) == 0 ? std::optional<std::string>(names.machine) : std::nullopt,
              "uname failed");
    facts.set("logicalCores", Json(::sysconf(_SC_NPROCESSORS_ONLN)));
    facts.set("physicalCores", physicalCores(cpuInfo), "/proc/cpuinfo does not tell");
    const Json list = caches();
    if (list.empty())
        facts.lacks("caches", "the kernel does not describe them");
    else
        facts.set("caches", list);
    facts.set("isa", Json(numericFlags(cpuInfo)));
    if (withClocks)
        addClocks(facts, cpuInfo);
    return facts.take();
}

Json threadFacts()
{
    Facts facts;
    facts.set("logicalCores", Json(::sysconf(_SC_NPROCESSORS_ONLN)));
    cpu_set_t set;
    CPU_ZERO(&set);
    const bool known = ::sched_getaffinity(0, sizeof set, &set) == 0;
    facts.set("allowed", known ? std::optional<int>(CPU_COUNT(&set)) : std::nullopt,
              "sched_getaffinity failed");
    facts.set("quota", firstLine("/sys/fs/cgroup/cpu.max"), "no control group limits this process");
    return facts.take();
}

} // namespace ibidem::train
