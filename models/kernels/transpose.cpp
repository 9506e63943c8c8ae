// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/transpose.h"

#include "models/kernels/kernel_table.h"

#include <algorithm>

namespace ibidem::kernels {

void transpose(Workplace &place, std::span<const float> in, std::size_t columns, std::span<float> out)
{
    if (in.empty())
        return;
    const auto kernel = kernelsFor(place.isa).transpose;
    const std::size_t rows = in.size() / columns;
    constexpr std::size_t piece = 64; // columns: a thread writes that many whole rows
    place.each((columns + piece - 1) / piece, in.size() > (1U << 16U), [&](std::size_t number) {
        const std::size_t first = number * piece;
        kernel(in.data() + first, columns, rows, std::min(piece, columns - first), out.data() + first * rows,
               rows);
    });
}

} // namespace ibidem::kernels
