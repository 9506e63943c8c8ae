// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/train/reproducibility/cuda_driver.h"
#include "models/train/reproducibility/facts.h"

#include <algorithm>
#include <set>
#include <sys/statvfs.h>
#include <sys/utsname.h>

namespace ibidem::train {

namespace {

/// "16384 kB" of /proc/meminfo.
std::optional<std::uint64_t> meminfoBytes(std::string_view key)
{
    const std::optional<std::string> value = keyedValue(kernelText("/proc/meminfo"), key);
    if (!value)
        return std::nullopt;
    const auto kibibytes = parseUnsigned(std::string_view(*value).substr(0, value->find(' ')));
    return kibibytes ? std::optional(*kibibytes * 1024U) : std::nullopt;
}

std::string withoutQuotes(std::string text)
{
    std::erase(text, '"');
    return text;
}

/// Octal escapes that /proc/mounts writes for blanks.
std::string unescapedMount(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i, 4) == "\\040") {
            plain += ' ';
            i += 3;
        } else {
            plain += text[i];
        }
    }
    return plain;
}

Json usageOf(const std::string &mountPoint, std::string_view fileSystem)
{
    Json entry{{"mountPoint", mountPoint}, {"fileSystem", fileSystem}};

    struct statvfs status
    {};

    if (::statvfs(mountPoint.c_str(), &status) != 0) {
        entry["totalBytes"] = nullptr;
        entry["why"]["totalBytes"] = "statvfs failed";
        return entry;
    }
    const std::uint64_t unit = status.f_frsize;
    const std::uint64_t total = status.f_blocks * unit;
    const std::uint64_t used = total - status.f_bfree * unit;
    entry["totalBytes"] = total;
    entry["usedBytes"] = used;
    entry["freeBytes"] = status.f_bavail * unit;
    entry["usedPercent"] = total ? static_cast<double>(used * 1000U / total) / 10.0 : 0.0;
    return entry;
}

Json partitions()
{
    Json list = Json::array();
    std::set<std::string> seen;
    const std::string mounts = kernelText("/proc/mounts");
    for (const std::string_view line : split(mounts, '\n')) {
        const std::vector<std::string_view> fields = split(line, ' ');
        if (fields.size() < 3)
            continue;
        const std::string mountPoint = unescapedMount(fields[1]);
        const bool device = fields[0].starts_with("/dev/");
        if ((!device && mountPoint != "/") || !isValidUtf8(mountPoint))
            continue;
        // A device that is mounted in several places (containers) is counted once.
        if (seen.insert(device ? std::string(fields[0]) : mountPoint).second)
            list.push_back(usageOf(mountPoint, fields[2]));
    }
    return list;
}

bool isPretendedDisk(std::string_view name)
{
    return name.starts_with("loop") || name.starts_with("ram") || name.starts_with("zram");
}

Json disks()
{
    Json list = Json::array();
    for (const std::string &name : listFolder("/sys/block").value_or(std::vector<std::string>{})) {
        if (isPretendedDisk(name))
            continue;
        const std::filesystem::path block = std::filesystem::path("/sys/block") / name;
        Facts facts;
        facts.set("name", Json(name));
        facts.set("model", firstLine(block / "device/model"), "the device does not tell");
        const auto sectors = numberIn(block / "size");
        facts.set("bytes", sectors ? std::optional(*sectors * 512U) : std::nullopt,
                  "the kernel does not tell");
        const auto rotational = numberIn(block / "queue/rotational");
        facts.set("rotational", rotational ? std::optional(*rotational == 1) : std::nullopt,
                  "the kernel does not tell");
        list.push_back(facts.take());
    }
    return list;
}

std::optional<std::string> osRelease(std::string_view key)
{
    std::optional<std::string> value = keyedValue(kernelText("/etc/os-release"), key, '=');
    return value ? std::optional(withoutQuotes(*value)) : std::nullopt;
}

std::string_view architectureOf(const GpuFacts &gpu)
{
    switch (gpu.computeMajor) {
    case 5:
        return "Maxwell";
    case 6:
        return "Pascal";
    case 7:
        return gpu.computeMinor >= 5 ? "Turing" : "Volta";
    case 8:
        return gpu.computeMinor == 9 ? "Ada Lovelace" : "Ampere";
    case 9:
        return "Hopper";
    case 10:
    case 11:
    case 12:
        return "Blackwell";
    default:
        return {};
    }
}

std::optional<double> megahertz(const std::optional<int> &kilohertz)
{
    if (!kilohertz || *kilohertz <= 0)
        return std::nullopt;
    return *kilohertz / 1000.0;
}

Json describeGpu(const GpuFacts &gpu, bool identifying)
{
    const std::string_view untold = "the driver does not tell";
    Facts facts;
    facts.set("name", Json(gpu.name));
    facts.set("computeCapability",
              Json(std::to_string(gpu.computeMajor) + "." + std::to_string(gpu.computeMinor)));
    const std::string_view architecture = architectureOf(gpu);
    facts.set("architecture", architecture.empty() ? std::nullopt : std::optional(architecture),
              "newer or older than this program knows");
    facts.set("memoryBytes", Json(gpu.memoryBytes));
    facts.set("clockMhz", megahertz(gpu.clockKhz), untold);
    facts.set("memoryClockMhz", megahertz(gpu.memoryClockKhz), untold);
    facts.set("multiprocessors", gpu.multiprocessors, untold);
    facts.set("warpSize", gpu.warpSize, untold);
    facts.set("ecc", gpu.ecc, "the management library (libnvidia-ml.so.1) does not tell");
    facts.set("mig", gpu.mig, "the management library (libnvidia-ml.so.1) does not tell");
    if (identifying)
        facts.set("uuid", gpu.uuid.empty() ? std::nullopt : std::optional(gpu.uuid), untold);
    return facts.take();
}

} // namespace

std::optional<std::uint64_t> memoryBytes()
{
    return meminfoBytes("MemTotal");
}

Json ramFacts()
{
    Facts facts;
    facts.set("totalBytes", memoryBytes(), "/proc/meminfo does not tell");
    facts.set("availableBytes", meminfoBytes("MemAvailable"), "/proc/meminfo does not tell");
    facts.lacks("banks", "the firmware's tables, which only root may read, are not looked at");
    return facts.take();
}

Json swapFacts()
{
    Facts facts;
    facts.set("totalBytes", meminfoBytes("SwapTotal"), "/proc/meminfo does not tell");
    return facts.take();
}

Json osFacts()
{
    Facts facts;
    facts.set("name", osRelease("PRETTY_NAME"), "/etc/os-release does not tell");
    utsname names{};
    const bool known = ::uname(&names) == 0;
    facts.set("kernel",
              known ? std::optional<std::string>(names.sysname + (" " + std::string(names.release)))
                    : std::nullopt,
              "uname failed");
    return facts.take();
}

Json diskFacts()
{
    return {{"disks", disks()}, {"usage", partitions()}};
}

Json networkFacts()
{
    Json list = Json::array();
    for (const std::string &name : listFolder("/sys/class/net").value_or(std::vector<std::string>{})) {
        const std::filesystem::path device = std::filesystem::path("/sys/class/net") / name;
        Facts facts;
        facts.set("name", Json(name));
        facts.set("state", firstLine(device / "operstate"), "the kernel does not tell");
        facts.set("duplex", firstLine(device / "duplex"), "not a wired link that is up");
        facts.set("speedMegabits", numberIn(device / "speed"), "not a wired link that is up");
        facts.set("mtu", numberIn(device / "mtu"), "the kernel does not tell");
        list.push_back(facts.take());
    }
    return list;
}

Json gpuFacts(bool identifying)
{
    const CudaFacts found = readCudaFacts();
    Json gpus = Json::array();
    for (const GpuFacts &gpu : found.gpus)
        gpus.push_back(describeGpu(gpu, identifying));
    Facts cuda;
    const std::string reason = found.why.empty() ? "the driver does not tell" : found.why;
    cuda.set("driver", found.driver.empty() ? std::nullopt : std::optional(found.driver), reason);
    cuda.set("driverApi", found.driverApi ? std::optional(driverApiText(found.driverApi)) : std::nullopt,
             reason);
    Json facts{{"gpus", gpus}, {"cuda", cuda.take()}};
    if (gpus.empty())
        facts["gpusWhy"] = found.why;
    return facts;
}

} // namespace ibidem::train
