// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The table of one instruction set, for its vector type.
#pragma once

#include "models/kernels/kernel_table.h"
#include "models/kernels/tile_elementwise.h"
#include "models/kernels/tile_layout.h"
#include "models/kernels/tile_reductions.h"

namespace ibidem::kernels {
namespace {

template <class V, std::size_t tileRows, std::size_t tileColumns>
constexpr KernelTable tableOf(decltype(KernelTable::matmulTile) tile)
{
    static_assert(tileColumns <= kPackedColumns);
    return {tileRows,
            tileColumns,
            tile,
            transposeOf<V>,
            finishOf<V>,
            {expLoop<V>, logLoop<V>, log1pLoop<V>, sigmoidLoop<V>, tanhLoop<V>, reluLoop<V>},
            {sigmoidGradientLoop<V>, tanhGradientLoop<V>, reluGradientLoop<V>},
            scaledDifferenceLoop<V>,
            adamLoop<V>,
            sgdLoop<V>,
            sumBlockOf<V>,
            dotBlockOf<V>,
            squaresBlockOf<V>,
            deviationsBlockOf<V>,
            expSumBlockOf<V>,
            maxBlockOf<V>,
            columnSumsOf<V>,
            columnDeviationsOf<V>,
            expShiftedLoop<V>,
            dividedLoop<V>,
            scaledLoop<V>,
            shiftedTwiceLoop<V>,
            softmaxGradientLoop<V>,
            logSoftmaxGradientLoop<V>,
            firstNonFiniteOf<V>};
}

} // namespace
} // namespace ibidem::kernels
