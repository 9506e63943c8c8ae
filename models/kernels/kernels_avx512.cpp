// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/tile_matmul.h"
#include "models/kernels/tile_table.h"
#include "models/kernels/vector_avx512.h"

namespace ibidem::kernels {

extern const KernelTable kAvx512Kernels;
/// 13 × 32 outputs: 26 of the 32 registers are sums.
const KernelTable kAvx512Kernels = tableOf<Avx512, 13, 32>(matmulTileOf<Avx512, 13, 2>);

} // namespace ibidem::kernels
