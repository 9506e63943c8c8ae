// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/kernels/finite.h"

#include "models/kernels/kernel_table.h"

namespace ibidem::kernels {

std::optional<std::size_t> firstNonFinite(Isa isa, std::span<const float> values)
{
    const std::size_t found = kernelsFor(isa).firstNonFinite(values.data(), values.size());
    return found == values.size() ? std::nullopt : std::optional(found);
}

} // namespace ibidem::kernels
