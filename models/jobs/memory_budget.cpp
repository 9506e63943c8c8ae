// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/memory_budget.h"

#include "models/base/files.h"
#include "models/base/text.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace ibidem::jobs {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kKilobyte = 1024;
constexpr std::uint64_t kUnknown = 4ULL << 30U;
constexpr std::uint64_t kLargestKernelFile = 1ULL << 20U;

/// The number behind `key` at the start of a line.
std::optional<std::uint64_t> numberBehind(const fs::path &file, std::string_view key)
{
    const auto text = readFile(file, kLargestKernelFile);
    if (!text)
        return std::nullopt;
    for (const std::string_view line : split(*text, '\n')) {
        if (!line.starts_with(key))
            continue;
        const std::string_view rest = trimmed(line.substr(key.size()));
        return parseUnsigned(rest.substr(0, rest.find(' ')));
    }
    return std::nullopt;
}

/// Of one control group: what its limit leaves. None if it has none ("max", or cgroup 1's huge number, which
/// is larger than any memory).
std::optional<std::uint64_t> leftIn(const fs::path &group, const char *limitFile, const char *usageFile,
                                    std::string_view droppable)
{
    const auto limit = numberBehind(group / limitFile, "");
    const auto usage = numberBehind(group / usageFile, "");
    if (!limit || !usage)
        return std::nullopt;
    const std::uint64_t cache = numberBehind(group / "memory.stat", droppable).value_or(0);
    const std::uint64_t used = *usage - std::min(cache, *usage);
    return *limit - std::min(used, *limit);
}

/// The group and all above it: each may have a limit.
std::uint64_t leftInAll(const fs::path &mount, std::string_view group, bool unified, std::uint64_t most)
{
    fs::path relative = fs::path(group).relative_path();
    while (true) {
        const auto left = unified ? leftIn(mount / relative, "memory.max", "memory.current", "inactive_file ")
                                  : leftIn(mount / relative, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                           "total_inactive_file ");
        most = std::min(most, left.value_or(most));
        if (relative.empty())
            return most;
        relative = relative.parent_path();
    }
}

} // namespace

std::uint64_t usableMemory(const fs::path &root)
{
    const auto available = numberBehind(root / "proc/meminfo", "MemAvailable:");
    std::uint64_t usable = available ? *available * kKilobyte : kUnknown;
    const auto groups = readFile(root / "proc/self/cgroup", kLargestKernelFile);
    if (!groups)
        return usable;
    // Lines "number:controllers:path"; cgroup 2 has no controllers in its line.
    for (const std::string_view line : split(*groups, '\n')) {
        const std::size_t first = line.find(':');
        const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
        if (second == std::string_view::npos)
            continue;
        const std::string_view controllers = line.substr(first + 1, second - first - 1);
        const std::string_view group = line.substr(second + 1);
        if (controllers.empty())
            usable = leftInAll(root / "sys/fs/cgroup", group, true, usable);
        else if (controllers == "memory")
            usable = leftInAll(root / "sys/fs/cgroup/memory", group, false, usable);
    }
    return usable;
}

std::uint64_t memoryNeed(std::uint64_t containerBytes, std::uint64_t features)
{
    constexpr std::uint64_t perByte = 6;
    constexpr std::uint64_t perFeature = 32ULL << 10U;
    constexpr std::uint64_t base = 64ULL << 20U;
    return containerBytes * perByte + features * perFeature + base;
}

std::uint64_t networkMemoryNeed(const spec::RunSpec &spec, std::uint64_t containerBytes, std::uint64_t cells,
                                std::uint64_t genes)
{
    constexpr std::uint64_t kValueBytes = 4;
    constexpr std::uint64_t kValuesOfParameter = 7;
    constexpr std::uint64_t kValuesOfUnit = 4; // of a batch: value and gradient, in two layouts
    constexpr std::uint64_t kBytesOfCell = 4096;
    constexpr std::uint64_t kProgram = 64ULL << 20U;
    constexpr std::uint64_t kLibrary = 256ULL << 20U;
    constexpr std::uint64_t kGpu = 1ULL << 30U;
    const std::uint64_t kept = spec.cells.selectGenes ? std::min(genes, kMostSelectedGenes) : genes;
    const spec::Network network = spec::networkOf(spec.autoencoder, kept);
    std::uint64_t parameters = 0;
    for (const spec::Parameter &parameter : network.parameters)
        parameters += spec::elementCount(parameter.shape);
    std::uint64_t units = 0; // functions work in place
    for (const spec::Node &node : network.nodes)
        if (node.inputs.empty() || node.operation == spec::Operation::Linear)
            units += spec::elementCount(node.shape);
    const std::uint64_t dense = cells * kept * kValueBytes * (spec.analysis.reconstruction ? 2 : 1);
    const auto batch = static_cast<std::uint64_t>(spec.training.batchSize);
    return 2 * containerBytes + dense + parameters * kValueBytes * kValuesOfParameter +
           batch * units * kValueBytes * kValuesOfUnit + cells * kBytesOfCell + kProgram +
           (spec.device != "cpu"                  ? kGpu
            : spec.level == spec::Level::Portable ? 0
                                                  : kLibrary);
}

bool MemoryBudget::fits(std::uint64_t need, std::uint64_t usable)
{
    if (m_needs.empty()) {
        m_usableAtRest = usable;
        return true;
    }
    std::uint64_t sum = need;
    for (const auto &[id, one] : m_needs)
        sum += one;
    return sum <= m_usableAtRest / 4 * 3 && need <= usable / 4 * 3;
}

void MemoryBudget::begin(int id, std::uint64_t need)
{
    m_needs[id] = need;
}

void MemoryBudget::end(int id)
{
    m_needs.erase(id);
}

} // namespace ibidem::jobs
