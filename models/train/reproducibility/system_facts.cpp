// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/reproducibility/system_facts.h"

#include "models/train/reproducibility/effective_state.h"
#include "models/train/reproducibility/facts.h"

#include <clocale>
#include <gnu/libc-version.h>
#include <sys/utsname.h>

namespace ibidem::train {

namespace {

Json libcFacts()
{
    return {{"name", "glibc"}, {"version", ::gnu_get_libc_version()}};
}

/// Numbers are read and written without locale; that it is odd may still explain what another program
/// printed.
Json localeFacts(const Json &environment)
{
    const char *numbers = std::setlocale(LC_NUMERIC, nullptr);
    Json facts{{"numbers", numbers ? numbers : "C"}};
    for (const char *name : {"LANG", "LC_ALL", "LC_NUMERIC", "TZ"})
        facts[name] = environment[name];
    return facts;
}

Json hostFacts()
{
    Facts facts;
    utsname names{};
    facts.set("hostname", ::uname(&names) == 0 ? std::optional<std::string>(names.nodename) : std::nullopt,
              "uname failed");
    return facts.take();
}

} // namespace

Json systemFacts(const std::filesystem::path &dependencies)
{
    Json facts = gpuFacts(true);
    facts["cpu"] = cpuFacts(true);
    facts["ram"] = ramFacts();
    facts["swap"] = swapFacts();
    facts["host"] = hostFacts();
    facts["os"] = osFacts();
    facts["hdd"] = diskFacts();
    facts["network"] = networkFacts();
    facts["software"] = softwareFacts();
    facts["isa"] = availableIsas();
    facts["libc"] = libcFacts();
    facts["libraries"] = dependencyLibraries(dependencies);
    if (facts["libraries"].empty())
        facts["librariesWhy"] = dependencies.empty()
                                    ? "no dependency folder was named"
                                    : "the dependency folder holds none: run installer/setup";
    facts["loadedLibraries"] = loadedLibraries();
    facts["threads"] = threadFacts();
    facts["environment"] = environmentVariables();
    facts["locale"] = localeFacts(facts["environment"]);
    facts["floatingPoint"] = floatingPointState();
    return facts;
}

Json environmentFacts()
{
    Json facts = gpuFacts(false);
    facts["cpu"] = cpuFacts(false);
    Facts ram;
    const std::optional<std::uint64_t> bytes = memoryBytes();
    // The kernel's own share moves the total by a few pages from boot to boot.
    ram.set("totalMebibytes", bytes ? std::optional(*bytes >> 20U) : std::nullopt,
            "/proc/meminfo does not tell");
    facts["ram"] = ram.take();
    facts["isa"] = availableIsas();
    facts["os"] = osFacts();
    facts["libc"] = libcFacts();
    facts["libraries"] = loadedLibraries();
    return facts;
}

} // namespace ibidem::train
