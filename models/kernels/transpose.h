// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/kernels/workplace.h"

#include <span>

namespace ibidem::kernels {

/// out[j][i] = in[i][j]: `in` is row-major with `columns` columns, `out` row-major with as many columns as
/// `in` has rows. Moves bits and computes nothing. The two must not overlap.
void transpose(Workplace &place, std::span<const float> in, std::size_t columns, std::span<float> out);

} // namespace ibidem::kernels
