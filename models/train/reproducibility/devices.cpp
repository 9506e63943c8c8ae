// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/train/reproducibility/cuda_driver.h"
#include "models/train/reproducibility/effective_state.h"

#include <array>
#include <cstring>
#include <dlfcn.h>

namespace ibidem::train {

namespace {

// The few entry points used, as the driver's documentation gives them: no CUDA header is needed to build.
using CuResult = int;
using CuDevice = int;

struct CuUuid
{
    std::array<std::uint8_t, 16> bytes;
};

constexpr int kAttributeWarpSize = 10;
constexpr int kAttributeClockRate = 13;
constexpr int kAttributeMultiprocessors = 16;
constexpr int kAttributeMemoryClockRate = 36;
constexpr int kAttributeComputeMajor = 75;
constexpr int kAttributeComputeMinor = 76;

template <class Function>
Function symbol(void *library, const char *name)
{
    Function function = nullptr;
    void *address = library ? ::dlsym(library, name) : nullptr;
    static_assert(sizeof function == sizeof address);
    std::memcpy(&function, &address, sizeof function);
    return function;
}

struct Driver
{
    explicit Driver(void *library)
        : init(symbol<decltype(init)>(library, "cuInit"))
        , version(symbol<decltype(version)>(library, "cuDriverGetVersion"))
        , count(symbol<decltype(count)>(library, "cuDeviceGetCount"))
        , device(symbol<decltype(device)>(library, "cuDeviceGet"))
        , name(symbol<decltype(name)>(library, "cuDeviceGetName"))
        , memory(symbol<decltype(memory)>(library, "cuDeviceTotalMem_v2"))
        , attribute(symbol<decltype(attribute)>(library, "cuDeviceGetAttribute"))
        , uuid(symbol<decltype(uuid)>(library, "cuDeviceGetUuid_v2"))
    {}

    [[nodiscard]] bool complete() const
    {
        return init && version && count && device && name && memory && attribute;
    }

    CuResult (*init)(unsigned int);
    CuResult (*version)(int *);
    CuResult (*count)(int *);
    CuResult (*device)(CuDevice *, int);
    CuResult (*name)(char *, int, CuDevice);
    CuResult (*memory)(std::size_t *, CuDevice);
    CuResult (*attribute)(int *, int, CuDevice);
    CuResult (*uuid)(CuUuid *, CuDevice);
};

std::optional<int> attributeOf(const Driver &driver, int attribute, CuDevice device)
{
    int value = 0;
    if (driver.attribute(&value, attribute, device) != 0)
        return std::nullopt;
    return value;
}

/// "GPU-01234567-89ab-…", as NVML writes it.
std::string uuidText(const CuUuid &uuid)
{
    std::string hex = toHex(uuid.bytes);
    for (const std::size_t at : {20U, 16U, 12U, 8U})
        hex.insert(at, "-");
    return "GPU-" + hex;
}

std::optional<GpuFacts> readGpu(const Driver &driver, int index)
{
    CuDevice device = 0;
    std::array<char, 256> name{};
    std::size_t memory = 0;
    if (driver.device(&device, index) != 0 ||
        driver.name(name.data(), static_cast<int>(name.size()) - 1, device) != 0 ||
        driver.memory(&memory, device) != 0)
        return std::nullopt;
    GpuFacts gpu;
    gpu.name = name.data();
    gpu.memoryBytes = memory;
    gpu.computeMajor = attributeOf(driver, kAttributeComputeMajor, device).value_or(0);
    gpu.computeMinor = attributeOf(driver, kAttributeComputeMinor, device).value_or(0);
    gpu.clockKhz = attributeOf(driver, kAttributeClockRate, device);
    gpu.memoryClockKhz = attributeOf(driver, kAttributeMemoryClockRate, device);
    gpu.multiprocessors = attributeOf(driver, kAttributeMultiprocessors, device);
    gpu.warpSize = attributeOf(driver, kAttributeWarpSize, device);
    CuUuid uuid{};
    if (driver.uuid && driver.uuid(&uuid, device) == 0)
        gpu.uuid = uuidText(uuid);
    return gpu;
}

/// The management library tells what the driver's does not: driver release, ECC and MIG.
struct Management
{
    using Handle = void *;

    explicit Management(void *library)
        : init(symbol<decltype(init)>(library, "nvmlInit_v2"))
        , shutdown(symbol<decltype(shutdown)>(library, "nvmlShutdown"))
        , driverVersion(symbol<decltype(driverVersion)>(library, "nvmlSystemGetDriverVersion"))
        , byUuid(symbol<decltype(byUuid)>(library, "nvmlDeviceGetHandleByUUID"))
        , eccMode(symbol<decltype(eccMode)>(library, "nvmlDeviceGetEccMode"))
        , migMode(symbol<decltype(migMode)>(library, "nvmlDeviceGetMigMode"))
        , clock(symbol<decltype(clock)>(library, "nvmlDeviceGetMaxClockInfo"))
    {}

    int (*init)();
    int (*shutdown)();
    int (*driverVersion)(char *, unsigned int);
    int (*byUuid)(const char *, Handle *);
    int (*eccMode)(Handle, unsigned int *, unsigned int *);
    int (*migMode)(Handle, unsigned int *, unsigned int *);
    int (*clock)(Handle, unsigned int, unsigned int *);
};

std::optional<bool> modeOf(int (*ask)(Management::Handle, unsigned int *, unsigned int *),
                           Management::Handle device)
{
    unsigned int current = 0;
    unsigned int pending = 0;
    if (!ask || ask(device, &current, &pending) != 0)
        return std::nullopt;
    return current == 1;
}

std::optional<int> clockKhzOf(const Management &management, Management::Handle device, unsigned int kind)
{
    unsigned int megahertz = 0;
    if (!management.clock || management.clock(device, kind, &megahertz) != 0)
        return std::nullopt;
    return static_cast<int>(megahertz) * 1000;
}

void addManagementFacts(CudaFacts &facts)
{
    const Management management(::dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL));
    if (!management.init || !management.shutdown || management.init() != 0)
        return;
    std::array<char, 96> version{};
    if (management.driverVersion &&
        management.driverVersion(version.data(), static_cast<unsigned int>(version.size()) - 1) == 0)
        facts.driver = version.data();
    for (GpuFacts &gpu : facts.gpus) {
        Management::Handle device = nullptr;
        if (gpu.uuid.empty() || !management.byUuid || management.byUuid(gpu.uuid.c_str(), &device) != 0)
            continue;
        gpu.ecc = modeOf(management.eccMode, device);
        gpu.mig = modeOf(management.migMode, device);
        if (!gpu.clockKhz.value_or(0))
            gpu.clockKhz = clockKhzOf(management, device, 1); // streaming multiprocessors
        if (!gpu.memoryClockKhz.value_or(0))
            gpu.memoryClockKhz = clockKhzOf(management, device, 2); // memory
    }
    management.shutdown();
}

CudaFacts without(std::string why, int driverApi = 0)
{
    CudaFacts facts;
    facts.driverApi = driverApi;
    facts.why = std::move(why);
    return facts;
}

std::string describeGpu(const GpuFacts &gpu, const CudaFacts &facts)
{
    std::string text = gpu.name + ", " + formatBytes(gpu.memoryBytes) + ", compute capability " +
                       std::to_string(gpu.computeMajor) + "." + std::to_string(gpu.computeMinor);
    if (!facts.driver.empty())
        text += ", driver " + facts.driver;
    return text + ", CUDA " + driverApiText(facts.driverApi);
}

} // namespace

std::string driverApiText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

CudaFacts readCudaFacts()
{
    void *library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return without("no NVIDIA driver is installed (libcuda.so.1 was not found)");
    const Driver driver(library);
    if (!driver.complete())
        return without("the NVIDIA driver library (libcuda.so.1) lacks functions that are needed");
    CudaFacts facts;
    if (driver.version(&facts.driverApi) != 0)
        facts.driverApi = 0;
    if (const CuResult status = driver.init(0); status != 0)
        return without("the NVIDIA driver does not start (cuInit gives error " + std::to_string(status) + ")",
                       facts.driverApi);
    int count = 0;
    if (driver.count(&count) != 0 || count < 1)
        return without("the NVIDIA driver is there but no GPU", facts.driverApi);
    for (int index = 0; index < count; ++index) {
        const std::optional<GpuFacts> gpu = readGpu(driver, index);
        if (!gpu)
            return without("GPU " + std::to_string(index) + " does not answer", facts.driverApi);
        facts.gpus.push_back(*gpu);
    }
    addManagementFacts(facts);
    return facts;
}

std::vector<Device> cudaDevices(std::string *why)
{
    const CudaFacts facts = readCudaFacts();
    std::string missing = facts.why;
    if (missing.empty() && facts.driverApi < kNeededDriverApi)
        missing = "the NVIDIA driver supports CUDA " + driverApiText(facts.driverApi) +
                  ", XGBoost's library needs " + driverApiText(kNeededDriverApi) + " or newer";
    if (why)
        *why = missing;
    std::vector<Device> devices;
    if (!missing.empty())
        return devices;
    for (std::size_t index = 0; index < facts.gpus.size(); ++index)
        devices.push_back({"cuda:" + std::to_string(index), describeGpu(facts.gpus[index], facts)});
    return devices;
}

} // namespace ibidem::train
