// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/finite.h"

#include "models/kernels/kernel_table.h"

#include <atomic>

namespace ibidem::kernels {

std::optional<std::size_t> firstNonFinite(Workplace &place, std::span<const float> values)
{
    constexpr std::size_t piece = 1U << 15U;
    const auto kernel = kernelsFor(place.isa).firstNonFinite;
    std::atomic<std::size_t> lowest = values.size();
    place.eachRange(values.size(), piece, [&](std::size_t first, std::size_t count) {
        if (first > lowest.load())
            return;
        const std::size_t found = kernel(values.data() + first, count);
        if (found == count)
            return;
        std::size_t known = lowest.load(); // whoever finds the lowest index wins, whenever that is
        while (first + found < known && !lowest.compare_exchange_weak(known, first + found)) {
        }
    });
    return lowest == values.size() ? std::nullopt : std::optional(lowest.load());
}

} // namespace ibidem::kernels
