// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Wrong on purpose: the AVX2 kernels with one thing changed, the order in which the sixteen lanes of a sum
// are added (neighbours first, not halves). The battery must find it.
#include "models/kernels/tile_matmul.h"
#include "models/kernels/tile_table.h"
#include "models/kernels/vector_avx2.h"

namespace ibidem::kernels {

namespace {

float sumOfNeighbours(const float *a, const float *, std::size_t count)
{
    float lanes[kLanes] = {};
    for (std::size_t i = 0; i < count; ++i)
        lanes[i % kLanes] = lanes[i % kLanes] + a[i];
    for (std::size_t step = 1; step < kLanes; step *= 2)
        for (std::size_t l = 0; l < kLanes; l += 2 * step)
            lanes[l] = lanes[l] + lanes[l + step];
    return lanes[0];
}

KernelTable changedTable()
{
    KernelTable table = tableOf<Avx2, 6, 16>(matmulTileOf<Avx2, 6, 2>);
    table.sumBlock = sumOfNeighbours;
    return table;
}

} // namespace

extern const KernelTable kAvx2Kernels;
const KernelTable kAvx2Kernels = changedTable();

} // namespace ibidem::kernels
