// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/numbers.h"
#include "models/data/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace ibidem::compare {

/// How two tensors of one type and shape differ.
struct TensorDifference
{
    std::size_t first = 0;   ///< index of the element to name, see NumberSpread::namesLast
    std::uint64_t count = 0; ///< of elements whose bytes differ
    NumberSpread spread;     ///< of F32 and F64
    bool isNumeric = false;
};

/// Nothing if they have the same bytes.
[[nodiscard]] std::optional<TensorDifference>
differenceOfTensors(const data::TensorView &a, const data::TensorView &b, const Tolerance &tolerance);

/// One element as text: numbers as shortest decimals, U64 and types without a number as hexadecimal.
[[nodiscard]] std::string elementText(const data::TensorView &tensor, std::size_t index);

/// " [3, 17]": the place of an element in the tensor's shape.
[[nodiscard]] std::string indexText(const data::TensorView &tensor, std::size_t index);

} // namespace ibidem::compare
