// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/workplace.h"

#include <cstddef>
#include <optional>
#include <span>

namespace ibidem::kernels {

/// The index of the first number that is infinite or not a number; none if all are finite. As fast as memory:
/// meant for every step of a training.
[[nodiscard]] std::optional<std::size_t> firstNonFinite(Workplace &place, std::span<const float> values);

} // namespace ibidem::kernels
