// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/moments.h"

#include "models/kernels/block_sums.h"
#include "models/kernels/kernel_table.h"
#include "models/kernels/reductions.h"

#include <algorithm>

namespace ibidem::kernels {

Moments moments(Workplace &place, std::span<const float> values)
{
    if (values.empty())
        return {};
    const KernelTable &kernels = kernelsFor(place.isa);
    const auto meanOf = [&](const auto &block) {
        const double total = sumOfBlocks<double, kMomentsBlock>(place, values.size(), block);
        return static_cast<float>(total / static_cast<double>(values.size()));
    };
    const float mean = meanOf([&](std::size_t first, std::size_t size) {
        return kernels.sumBlock(values.data() + first, values.data() + first, size);
    });
    const float variance = meanOf([&](std::size_t first, std::size_t size) {
        return kernels.deviationsBlock(values.data() + first, mean, size);
    });
    return {mean, variance};
}

void columnMoments(Workplace &place, std::span<const float> matrix, std::size_t columns,
                   std::span<float> means, std::span<float> variances)
{
    const std::size_t rows = columns == 0 ? 0 : matrix.size() / columns;
    if (rows == 0) {
        std::fill(means.begin(), means.end(), 0.0F);
        std::fill(variances.begin(), variances.end(), 0.0F);
        return;
    }
    const KernelTable &kernels = kernelsFor(place.isa);
    const auto count = static_cast<float>(rows);
    columnSums(place, matrix, columns, means);
    kernels.divided(means.data(), count, means.data(), columns);
    eachColumnPiece(place, matrix.size(), columns, [&](std::size_t first, std::size_t size) {
        for (std::size_t row = 0; row < rows; row += kColumnSumBlock)
            kernels.columnDeviations(matrix.data() + row * columns + first, columns,
                                     std::min(kColumnSumBlock, rows - row), size, means.data() + first,
                                     variances.data() + first, row != 0);
        kernels.divided(variances.data() + first, count, variances.data() + first, size);
    });
}

} // namespace ibidem::kernels
