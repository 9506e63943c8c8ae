// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/lzf_filter.h"

#include <hdf5.h>

#include <cstring>
#include <new>

namespace ibidem::convert {

namespace {

constexpr H5Z_filter_t kLzf = 32000;
constexpr std::uint8_t kLiteralLimit = 32;
constexpr std::size_t kLongLength = 7; ///< says that a byte with more of the length follows

/// HDF5 calls this for each chunk: 0 is failure.
std::size_t inflateChunk(unsigned flags, std::size_t, const unsigned *, std::size_t usedBytes,
                         std::size_t *bufferBytes, void **buffer) noexcept
{
    if ((flags & H5Z_FLAG_REVERSE) == 0)
        return 0;
    try {
        const auto decoded = decodeLzf({static_cast<const std::uint8_t *>(*buffer), usedBytes});
        if (!decoded || decoded->empty())
            return 0;
        void *result = H5allocate_memory(decoded->size(), false);
        if (!result)
            return 0;
        std::memcpy(result, decoded->data(), decoded->size());
        H5free_memory(*buffer);
        *buffer = result;
        *bufferBytes = decoded->size();
        return decoded->size();
    } catch (const std::bad_alloc &) {
        return 0;
    }
}

} // namespace

std::optional<std::vector<std::uint8_t>> decodeLzf(std::span<const std::uint8_t> bytes)
{
    std::vector<std::uint8_t> out;
    out.reserve(bytes.size() * 2);
    std::size_t at = 0;
    while (at < bytes.size()) {
        const std::uint8_t control = bytes[at++];
        if (control < kLiteralLimit) {
            const std::size_t length = std::size_t{control} + 1;
            if (bytes.size() - at < length)
                return std::nullopt;
            out.insert(out.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                       bytes.begin() + static_cast<std::ptrdiff_t>(at + length));
            at += length;
            continue;
        }
        std::size_t length = control >> 5U;
        if (bytes.size() - at < (length == kLongLength ? 2U : 1U))
            return std::nullopt;
        if (length == kLongLength)
            length += bytes[at++];
        length += 2;
        const std::size_t distance = (static_cast<std::size_t>(control & 0x1FU) << 8U) + bytes[at++] + 1;
        if (distance > out.size())
            return std::nullopt;
        // Byte by byte: the copy may run into what it writes.
        const std::size_t from = out.size() - distance;
        for (std::size_t i = 0; i < length; ++i)
            out.push_back(out[from + i]);
    }
    return out;
}

void registerLzfFilter()
{
    if (H5Zfilter_avail(kLzf) > 0)
        return;
    H5Z_class2_t filter{};
    filter.version = H5Z_CLASS_T_VERS;
    filter.id = kLzf;
    filter.decoder_present = 1;
    filter.name = "lzf";
    filter.filter = inflateChunk;
    H5Zregister(&filter);
}

} // namespace ibidem::convert
