// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/reductions.h"

#include "models/kernels/block_sums.h"
#include "models/kernels/kernel_table.h"

#include <algorithm>

namespace ibidem::kernels {

namespace {

using BlockKernel = float (*)(const float *a, const float *b, std::size_t count);

float reduce(Workplace &place, BlockKernel kernel, const float *a, const float *b, std::size_t count)
{
    return sumOfBlocks(place, count, [&](std::size_t first, std::size_t size) {
        return kernel(a + first, b + first, size);
    });
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

float squaredErrorAndGradient(Workplace &place, std::span<const float> a, std::span<const float> b,
                              float factor, std::span<float> d)
{
    const KernelTable &kernels = kernelsFor(place.isa);
    return sumOfBlocks(place, a.size(), [&](std::size_t first, std::size_t size) {
        const float squares = kernels.squaresBlock(a.data() + first, b.data() + first, size);
        kernels.scaledDifference(a.data() + first, b.data() + first, factor, d.data() + first, size);
        return squares;
    });
}

void columnSums(Workplace &place, std::span<const float> matrix, std::size_t columns, std::span<float> sums)
{
    const auto kernel = kernelsFor(place.isa).columnSums;
    const std::size_t rows = columns == 0 ? 0 : matrix.size() / columns;
    eachColumnPiece(place, matrix.size(), columns, [&](std::size_t first, std::size_t count) {
        if (rows == 0)
            std::fill_n(sums.data() + first, count, 0.0F);
        for (std::size_t row = 0; row < rows; row += kColumnSumBlock)
            kernel(matrix.data() + row * columns + first, columns, std::min(kColumnSumBlock, rows - row),
                   count, sums.data() + first, row != 0);
    });
}

} // namespace ibidem::kernels
