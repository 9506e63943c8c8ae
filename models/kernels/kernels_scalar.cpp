// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/isa.h"
#include "models/kernels/kernel_table.h"
#include "models/kernels/tile_table.h"
#include "models/kernels/vector_scalar.h"

#include <cmath>

namespace ibidem::kernels {

extern const KernelTable kAvx2Kernels;
extern const KernelTable kAvx512Kernels;

namespace {

constexpr std::size_t kTileRows = 4;
constexpr std::size_t kTileColumns = 8;

void matmulTile(const float *a, std::size_t aPitch, const float *b, std::size_t depth, float *c,
                std::size_t cPitch, std::size_t rows, std::size_t columns, bool add)
{
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t j = 0; j < columns; ++j) {
            float sum = 0.0F;
            for (std::size_t k = 0; k < depth; ++k)
                sum = std::fma(a[r * aPitch + k], b[k * kTileColumns + j], sum);
            float &place = c[r * cPitch + j];
            place = add ? place + sum : sum;
        }
    }
}

constexpr KernelTable kScalarKernels = tableOf<Scalar, kTileRows, kTileColumns>(matmulTile);

} // namespace

const KernelTable &kernelsFor(Isa isa) noexcept
{
    switch (isa) {
#ifdef __x86_64__
    case Isa::Avx2:
        return kAvx2Kernels;
    case Isa::Avx512:
        return kAvx512Kernels;
#endif
    default:
        break;
    }
    return kScalarKernels;
}

} // namespace ibidem::kernels
