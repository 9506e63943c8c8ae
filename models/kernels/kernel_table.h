// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace ibidem::kernels {

enum class Isa;

/// The inner loops that exist once for each instruction set: plain functions on plain pointers. They are
/// compiled with flags of their own, so their sources include nothing whose functions another source could
/// share (no standard containers, no templates outside their own unnamed namespace).
struct KernelTable
{
    std::size_t tileRows;    ///< of the matrix product: at most so many rows …
    std::size_t tileColumns; ///< … and exactly so many columns of packed B
    /// c[r * cPitch + j] (+)= chain over k of fma(a[r * aPitch + k], b[k * tileColumns + j], ·) from +0, for
    /// r < rows and j < columns. `add` adds the chain's result to what is there, in one addition.
    void (*matmulTile)(const float *a, std::size_t aPitch, const float *b, std::size_t depth, float *c,
                       std::size_t cPitch, std::size_t rows, std::size_t columns, bool add);
};

[[nodiscard]] const KernelTable &kernelsFor(Isa isa) noexcept;

} // namespace ibidem::kernels
