// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/run_spec.h"

#include <cstdint>
#include <filesystem>
#include <map>

namespace ibidem::jobs {

/// Bytes of memory that new processes may take: MemAvailable of /proc/meminfo, and no more than what every
/// control group of this process still allows (cgroup 2: memory.max - memory.current; cgroup 1:
/// limit_in_bytes - usage_in_bytes; page cache that can be dropped, inactive_file, does not count as used). 4
/// GiB where nothing can be read. `root` is the root of the file system, for tests.
[[nodiscard]] std::uint64_t usableMemory(const std::filesystem::path &root = "/");

/// Estimate of what a training takes: 6 bytes for each byte of its containers, 32 KiB for each feature
/// (histograms of 256 bins of 16 bytes for 8 nodes), 64 MiB for the program. Measured with boosted trees of
/// depth 3: 25 MB for 60 genes of 80 samples (estimate 66), 958 MB for 20,000 genes of 300 samples (980),
/// 2,014 MB for 20,000 genes of 1,500 samples (2,070).
[[nodiscard]] std::uint64_t memoryNeed(std::uint64_t containerBytes, std::uint64_t features);

/// The same for a network on a matrix of cells × genes. All that is known before the preparation: at most
/// kMostSelectedGenes genes stay where the specification selects them, else all of them. Counted are twice
/// the container (mapped, and the sparse copy that is worked on), the dense prepared matrix (twice where the
/// reconstruction is kept), seven values for each parameter (weight, gradient, two moments, and a checkpoint
/// being written), a few for each value of the widest batch, 4 KiB for each cell (names, neighbours and map
/// of the analysis), and the program: 64 MiB, with LibTorch 320 MiB, on a GPU 1 GiB. Measured: 21 MiB for 200
/// cells of 150 genes (estimate 75), with LibTorch 143 (331); for 20,000 cells of 6,000 genes, of which 2,082
/// were selected, 658 MiB (1,020), with the reconstruction 794 (1,325), with all genes 837 (1,216); with
/// LibTorch 658 (1,276).
[[nodiscard]] std::uint64_t networkMemoryNeed(const spec::RunSpec &spec, std::uint64_t containerBytes,
                                              std::uint64_t cells, std::uint64_t genes);

inline constexpr std::uint64_t kMostSelectedGenes = 4000;

/// Which trainings fit beside each other.
class MemoryBudget
{
public:
    /// May a training with this need begin? `usable`: bytes usable now. One always may. Remembers what was
    /// usable when none ran: later, what running ones have taken already is no longer usable, and must not
    /// count twice.
    [[nodiscard]] bool fits(std::uint64_t need, std::uint64_t usable);
    void begin(int id, std::uint64_t need);
    void end(int id);

private:
    std::map<int, std::uint64_t> m_needs; ///< of the running ones
    std::uint64_t m_usableAtRest = 0;
};

} // namespace ibidem::jobs
