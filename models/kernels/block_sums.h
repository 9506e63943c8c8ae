// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// How the reductions are cut; not for other folders.
#pragma once

#include "models/kernels/reductions.h"
#include "models/kernels/workplace.h"

#include <algorithm>
#include <cstddef>

namespace ibidem::kernels {

/// The blocks' sums, added in order as numbers of type Total: block(first, count) -> sum over elements first
/// … first
/// + count - 1.
template <class Total = float, std::size_t blockSize = kReductionBlock, class Block>
[[nodiscard]] Total sumOfBlocks(Workplace &place, std::size_t count, const Block &block)
{
    if (count == 0)
        return 0;
    const std::size_t blocks = (count + blockSize - 1) / blockSize;
    place.partialSums.resize(std::max(place.partialSums.size(), blocks));
    float *sums = place.partialSums.data();
    // A piece of several blocks, so that handing it out costs nothing beside it.
    constexpr std::size_t piece = 32768 / blockSize;
    place.each((blocks + piece - 1) / piece, blocks > 2 * piece, [&](std::size_t number) {
        for (std::size_t i = number * piece; i < std::min((number + 1) * piece, blocks); ++i)
            sums[i] = block(i * blockSize, std::min(blockSize, count - i * blockSize));
    });
    Total total = sums[0];
    for (std::size_t i = 1; i < blocks; ++i)
        total += static_cast<Total>(sums[i]);
    return total;
}

/// The same of one thread, without memory: for the rows of a matrix.
template <class Block>
[[nodiscard]] float sumOfRow(std::size_t count, const Block &block)
{
    float total = count == 0 ? 0.0F : block(0, std::min(kReductionBlock, count));
    for (std::size_t first = kReductionBlock; first < count; first += kReductionBlock)
        total += block(first, std::min(kReductionBlock, count - first));
    return total;
}

/// work(first column, columns) over pieces of a matrix of `total` elements.
template <class Work>
void eachColumnPiece(Workplace &place, std::size_t total, std::size_t columns, const Work &work)
{
    constexpr std::size_t piece = 64;
    place.each((columns + piece - 1) / piece, total > (1U << 16U),
               [&](std::size_t number) { work(number * piece, std::min(piece, columns - number * piece)); });
}

} // namespace ibidem::kernels
