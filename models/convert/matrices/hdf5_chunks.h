// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace ibidem::convert {

/// How the chunks of a dataset can be unpacked without HDF5, which does it in one thread: chunks of one or
/// two axes, packed by deflate, with or without shuffle.
struct ChunkPlan
{
    std::vector<std::uint64_t> extents; ///< of the dataset
    std::vector<std::uint64_t> chunk;   ///< extents of a chunk
    std::size_t elementBytes = 0;
    bool shuffled = false;
};

/// Nothing where the dataset is stored in another way.
[[nodiscard]] std::optional<ChunkPlan> chunkPlanOf(hid_t dataset);

/// Rows on their way: made by the thread that may call HDF5, which fetches the packed bytes at once; unpacked
/// in as many threads as pay, beside whatever the maker does until it asks for the end. Not to be moved.
class ChunkReading
{
public:
    /// Rows [first, first + count) as they stand in the file go to `out`, which must outlive this.
    ChunkReading(hid_t dataset, const ChunkPlan &plan, std::uint64_t first, std::uint64_t count, void *out);
    ~ChunkReading();
    ChunkReading(const ChunkReading &) = delete;
    ChunkReading &operator=(const ChunkReading &) = delete;

    /// Takes part in the work until it is done. False if it did not work (a chunk that is missing, damaged or
    /// packed in its own way): `out` then holds anything, and HDF5 must be asked.
    [[nodiscard]] bool finish();

private:
    struct Request;
    std::unique_ptr<Request> m_request;
};

} // namespace ibidem::convert
