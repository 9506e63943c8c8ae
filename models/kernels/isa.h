// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <string_view>
#include <vector>

namespace ibidem::kernels {

/// The instruction sets that the kernels are written for. All give the same bits.
enum class Isa { Scalar, Avx2, Avx512 };

[[nodiscard]] std::string_view isaName(Isa isa) noexcept; ///< "scalar", "avx2", "avx512"

/// Those that this processor and operating system can run, slowest first; never empty.
[[nodiscard]] const std::vector<Isa> &availableIsas();

/// "auto" is the fastest available. Unavailable for one that this processor lacks, BadSpec for an unknown
/// name.
[[nodiscard]] Result<Isa> isaOfName(std::string_view name);

} // namespace ibidem::kernels
