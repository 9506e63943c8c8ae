// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::train {

/// One GPU as the driver libraries describe it; what they do not tell is empty.
struct GpuFacts
{
    std::string name;
    int computeMajor = 0;
    int computeMinor = 0;
    std::uint64_t memoryBytes = 0;
    std::optional<int> clockKhz;
    std::optional<int> memoryClockKhz;
    std::optional<int> multiprocessors;
    std::optional<int> warpSize;
    std::string uuid;        ///< identifies the card: never exported
    std::optional<bool> ecc; ///< from NVML
    std::optional<bool> mig; ///< from NVML
};

struct CudaFacts
{
    int driverApi = 0;  ///< 13000 for CUDA 13.0; 0 without a driver
    std::string driver; ///< "580.65.06", from NVML
    std::string why;    ///< what was missing, if gpus is empty
    std::vector<GpuFacts> gpus;
};

/// The smallest driver that XGBoost's library runs on: it is built with CUDA 13.
inline constexpr int kNeededDriverApi = 13000;

/// Asks the driver library, loaded on demand and never unloaded (it keeps threads).
[[nodiscard]] CudaFacts readCudaFacts();
/// 13000 -> "13.0".
[[nodiscard]] std::string driverApiText(int version);

} // namespace ibidem::train
