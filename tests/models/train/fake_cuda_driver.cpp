// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// A driver library for tests: as many GPUs as FAKE_CUDA_GPUS says, with the driver version FAKE_CUDA_VERSION.
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace {

int numberOf(const char *variable, int otherwise)
{
    const char *text = std::getenv(variable);
    return text ? std::atoi(text) : otherwise;
}

} // namespace

extern "C" {

int cuInit(unsigned int)
{
    return numberOf("FAKE_CUDA_INIT", 0);
}

int cuDriverGetVersion(int *version)
{
    *version = numberOf("FAKE_CUDA_VERSION", 13000);
    return 0;
}

int cuDeviceGetCount(int *count)
{
    *count = numberOf("FAKE_CUDA_GPUS", 1);
    return 0;
}

int cuDeviceGet(int *device, int index)
{
    *device = index;
    return index < numberOf("FAKE_CUDA_GPUS", 1) ? 0 : 101;
}

int cuDeviceGetName(char *name, int length, int)
{
    std::strncpy(name, "Pretended GPU", static_cast<std::size_t>(length));
    return 0;
}

int cuDeviceTotalMem_v2(std::size_t *bytes, int)
{
    *bytes = 80'000'000'000U;
    return 0;
}

int cuDeviceGetAttribute(int *value, int attribute, int)
{
    *value = attribute == 75 ? 9 : attribute == 13 ? 1'980'000 : 0;
    return 0;
}

int cuDeviceGetUuid_v2(unsigned char *bytes, int)
{
    for (unsigned char i = 0; i < 16; ++i)
        bytes[i] = i;
    return 0;
}
}
