// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/hdf5_chunks.h"

#include "models/convert/matrices/hdf5_file.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <libdeflate.h>
#include <system_error>
#include <thread>

namespace ibidem::convert {

namespace {

constexpr std::uint64_t kMostChunkBytes = 32ULL << 20U;
constexpr std::uint64_t kMostPackedBytes = 256ULL << 20U;
constexpr unsigned kMostThreads = 4;
/// Starting a thread takes as long as unpacking some ten thousand bytes.
constexpr std::size_t kPackedBytesForThreads = 65536;

struct PackedChunk
{
    std::uint64_t row = 0; ///< of its first element
    std::uint64_t column = 0;
    std::size_t offset = 0; ///< of its bytes
    std::size_t size = 0;
};

/// One inflater, used for one chunk after the other.
class Inflater
{
public:
    Inflater()
        : m_state(libdeflate_alloc_decompressor())
    {}

    /// Whether `packed` gave exactly `size` bytes.
    bool inflateTo(const unsigned char *packed, std::size_t packedSize, unsigned char *out, std::size_t size)
    {
        std::size_t got = 0;
        return m_state &&
               libdeflate_zlib_decompress(m_state.get(), packed, packedSize, out, size, &got) ==
                   LIBDEFLATE_SUCCESS &&
               got == size;
    }

private:
    struct Free
    {
        void operator()(libdeflate_decompressor *state) const noexcept
        {
            libdeflate_free_decompressor(state);
        }
    };

    std::unique_ptr<libdeflate_decompressor, Free> m_state;
};

std::uint64_t widthOf(const std::vector<std::uint64_t> &extents) noexcept
{
    return extents.size() == 1 ? 1 : extents[1];
}

std::size_t chunkBytes(const ChunkPlan &plan) noexcept
{
    return plan.chunk[0] * widthOf(plan.chunk) * plan.elementBytes;
}

/// The shuffle filter stores first bytes, second bytes … of all elements.
template <std::size_t elementBytes>
void unshuffle(const unsigned char *from, std::size_t count, unsigned char *to)
{
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t byte = 0; byte < elementBytes; ++byte)
            to[i * elementBytes + byte] = from[byte * count + i];
}

void unshuffle(const std::vector<unsigned char> &from, std::vector<unsigned char> &to,
               std::size_t elementBytes)
{
    const std::size_t count = from.size() / elementBytes;
    switch (elementBytes) {
    case 2:
        unshuffle<2>(from.data(), count, to.data());
        break;
    case 4:
        unshuffle<4>(from.data(), count, to.data());
        break;
    case 8:
        unshuffle<8>(from.data(), count, to.data());
        break;
    default:
        to = from;
        break; // one byte: nothing to do
    }
}

} // namespace

/// All that one request shares; threads take chunks in turn and write to places of their own.
struct ChunkReading::Request
{
    ChunkPlan plan;
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    unsigned char *out = nullptr;
    std::vector<PackedChunk> chunks;
    std::vector<unsigned char> packed;
    std::atomic<std::size_t> next{0};
    std::atomic<bool> failed{false};
    std::vector<std::jthread> helpers;

    void place(const PackedChunk &chunk, const unsigned char *bytes) const;
    void unpack();
    void unpackNoexcept() noexcept;
    bool fetchChunk(hid_t dataset, PackedChunk chunk);
    bool fetchChunks(hid_t dataset);
    void startHelpers();
};

/// Copies the part of an unpacked chunk that was asked for.
void ChunkReading::Request::place(const PackedChunk &chunk, const unsigned char *bytes) const
{
    const std::uint64_t width = widthOf(plan.extents);
    const std::uint64_t chunkWidth = widthOf(plan.chunk);
    const std::uint64_t from = std::max(chunk.row, first);
    const std::uint64_t to = std::min(chunk.row + plan.chunk[0], first + count);
    if (chunkWidth == width) {
        std::memcpy(out + (from - first) * width * plan.elementBytes,
                    bytes + (from - chunk.row) * width * plan.elementBytes,
                    (to - from) * width * plan.elementBytes);
        return;
    }
    const std::uint64_t columns = std::min(chunkWidth, width - chunk.column);
    for (std::uint64_t row = from; row < to; ++row)
        std::memcpy(out + ((row - first) * width + chunk.column) * plan.elementBytes,
                    bytes + (row - chunk.row) * chunkWidth * plan.elementBytes, columns * plan.elementBytes);
}

void ChunkReading::Request::unpack()
{
    Inflater inflater;
    const std::size_t size = chunkBytes(plan);
    std::vector<unsigned char> bytes(size);
    std::vector<unsigned char> ordered(plan.shuffled ? size : 0);
    for (std::size_t i = next++; i < chunks.size() && !failed; i = next++) {
        if (!inflater.inflateTo(packed.data() + chunks[i].offset, chunks[i].size, bytes.data(), size)) {
            failed = true;
            return;
        }
        if (plan.shuffled)
            unshuffle(bytes, ordered, plan.elementBytes);
        place(chunks[i], plan.shuffled ? ordered.data() : bytes.data());
    }
}

void ChunkReading::Request::unpackNoexcept() noexcept
{
    try {
        unpack();
    } catch (...) {
        failed = true;
    }
}

bool ChunkReading::Request::fetchChunk(hid_t dataset, PackedChunk chunk)
{
    const hsize_t offset[2] = {chunk.row, chunk.column};
    hsize_t size = 0;
    if (H5Dget_chunk_storage_size(dataset, offset, &size) < 0 || size == 0)
        return false;
    if (size > kMostPackedBytes || packed.size() + size > kMostPackedBytes)
        return false;
    chunk.offset = packed.size();
    chunk.size = size;
    packed.resize(chunk.offset + size);
    std::uint32_t skippedFilters = 0;
    if (H5Dread_chunk(dataset, H5P_DEFAULT, offset, &skippedFilters, packed.data() + chunk.offset) < 0)
        return false;
    chunks.push_back(chunk);
    return skippedFilters == 0;
}

bool ChunkReading::Request::fetchChunks(hid_t dataset)
{
    const std::uint64_t rows = plan.chunk[0];
    for (std::uint64_t row = first / rows * rows; row < first + count; row += rows)
        for (std::uint64_t column = 0; column < widthOf(plan.extents); column += widthOf(plan.chunk))
            if (!fetchChunk(dataset, {row, column, 0, 0}))
                return false;
    return true;
}

void ChunkReading::Request::startHelpers()
{
    if (packed.size() < kPackedBytesForThreads)
        return;
    const std::size_t threads = std::min<std::size_t>(
        {kMostThreads, std::max(1U, std::thread::hardware_concurrency()), chunks.size()});
    try {
        for (std::size_t i = 1; i < threads; ++i)
            helpers.emplace_back([this] { unpackNoexcept(); });
    } catch (const std::system_error &) {
        // No more threads are to be had: finish() does the rest.
    }
}

ChunkReading::ChunkReading(hid_t dataset, const ChunkPlan &plan, std::uint64_t first, std::uint64_t count,
                           void *out)
    : m_request(std::make_unique<Request>())
{
    m_request->plan = plan;
    m_request->first = first;
    m_request->count = count;
    m_request->out = static_cast<unsigned char *>(out);
    if (m_request->fetchChunks(dataset))
        m_request->startHelpers();
    else
        m_request->failed = true;
}

ChunkReading::~ChunkReading()
{
    m_request->failed = true; // helpers stop at the next chunk; their threads are joined
}

bool ChunkReading::finish()
{
    m_request->unpackNoexcept();
    m_request->helpers.clear();
    return !m_request->failed;
}

namespace {

/// "deflate" or "shuffle, deflate" and nothing else; sets whether there is a shuffle.
bool hasPlainFilters(hid_t creation, bool &shuffled)
{
    const int count = H5Pget_nfilters(creation);
    if (count < 1 || count > 2)
        return false;
    const auto filterAt = [creation](unsigned index) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        return H5Pget_filter2(creation, index, &flags, &values, nullptr, 0, nullptr, &config);
    };
    shuffled = count == 2;
    return filterAt(count == 2 ? 1 : 0) == H5Z_FILTER_DEFLATE &&
           (count == 1 || filterAt(0) == H5Z_FILTER_SHUFFLE);
}

} // namespace

std::optional<ChunkPlan> chunkPlanOf(hid_t dataset)
{
    ChunkPlan plan;
    const Hdf5Id creation(H5Dget_create_plist(dataset));
    const Hdf5Id space(H5Dget_space(dataset));
    const Hdf5Id type(H5Dget_type(dataset));
    const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : 0;
    if (!creation || !type || rank < 1 || rank > 2 || H5Pget_layout(creation.get()) != H5D_CHUNKED ||
        !hasPlainFilters(creation.get(), plan.shuffled))
        return std::nullopt;
    hsize_t extents[2] = {};
    hsize_t chunk[2] = {};
    if (H5Sget_simple_extent_dims(space.get(), extents, nullptr) != rank ||
        H5Pget_chunk(creation.get(), rank, chunk) != rank)
        return std::nullopt;
    plan.extents.assign(extents, extents + rank);
    plan.chunk.assign(chunk, chunk + rank);
    plan.elementBytes = H5Tget_size(type.get());
    if (plan.elementBytes == 0 || plan.elementBytes > sizeof(double) || plan.chunk[0] == 0 ||
        widthOf(plan.chunk) == 0 || plan.chunk[0] > kMostChunkBytes ||
        widthOf(plan.chunk) > kMostChunkBytes || chunkBytes(plan) > kMostChunkBytes)
        return std::nullopt;
    return plan;
}

} // namespace ibidem::convert
