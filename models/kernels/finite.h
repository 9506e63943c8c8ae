// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/isa.h"

#include <cstddef>
#include <optional>
#include <span>

namespace ibidem::kernels {

/// The index of the first number that is infinite or not a number; none if all are finite. As fast as memory:
/// meant for every step of a training, piece by piece on its threads.
[[nodiscard]] std::optional<std::size_t> firstNonFinite(Isa isa, std::span<const float> values);

} // namespace ibidem::kernels
