// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/reductions.h"

#include "models/kernels/kernel_table.h"

#include <algorithm>

namespace ibidem::kernels {

namespace {

using BlockKernel = float (*)(const float *a, const float *b, std::size_t count);

float reduce(Workplace &place, BlockKernel kernel, const float *a, const float *b, std::size_t count)
{
    if (count == 0)
        return 0.0F;
    const std::size_t blocks = (count + kReductionBlock - 1) / kReductionBlock;
    place.partialSums.resize(std::max(place.partialSums.size(), blocks));
    float *sums = place.partialSums.data();
    place.each(blocks, blocks > 8, [&](std::size_t block) {
        const std::size_t first = block * kReductionBlock;
        sums[block] = kernel(a + first, b + first, std::min(kReductionBlock, count - first));
    });
    float total = sums[0];
    for (std::size_t block = 1; block < blocks; ++block)
        total += sums[block];
    return total;
}

} // namespace

float sum(Workplace &place, std::span<const float> values)
{
    return reduce(place, kernelsFor(place.isa).sumBlock, values.data(), values.data(), values.size());
}

float dot(Workplace &place, std::span<const float> a, std::span<const float> b)
{
    return reduce(place, kernelsFor(place.isa).dotBlock, a.data(), b.data(), a.size());
}

float sumOfSquaredDifferences(Workplace &place, std::span<const float> a, std::span<const float> b)
{
    return reduce(place, kernelsFor(place.isa).squaresBlock, a.data(), b.data(), a.size());
}

void columnSums(Workplace &place, std::span<const float> matrix, std::size_t columns, std::span<float> sums)
{
    const auto kernel = kernelsFor(place.isa).columnSums;
    const std::size_t rows = columns == 0 ? 0 : matrix.size() / columns;
    constexpr std::size_t piece = 64; // columns
    place.each((columns + piece - 1) / piece, matrix.size() > (1U << 16U), [&](std::size_t number) {
        const std::size_t first = number * piece;
        const std::size_t count = std::min(piece, columns - first);
        if (rows == 0)
            std::fill_n(sums.data() + first, count, 0.0F);
        for (std::size_t row = 0; row < rows; row += kColumnSumBlock)
            kernel(matrix.data() + row * columns + first, columns, std::min(kColumnSumBlock, rows - row),
                   count, sums.data() + first, row != 0);
    });
}

} // namespace ibidem::kernels
