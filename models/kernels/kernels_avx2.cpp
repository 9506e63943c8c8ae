// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/tile_matmul.h"
#include "models/kernels/tile_table.h"
#include "models/kernels/vector_avx2.h"

namespace ibidem::kernels {

extern const KernelTable kAvx2Kernels;
/// 6 × 16 outputs: 12 of the 16 registers are sums.
const KernelTable kAvx2Kernels = tableOf<Avx2, 6, 16>(matmulTileOf<Avx2, 6, 2>);

} // namespace ibidem::kernels
