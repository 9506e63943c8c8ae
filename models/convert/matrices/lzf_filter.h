// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ibidem::convert {

/// Undoes LZF (Marc Lehmann's LibLZF): a control byte below 32 is followed by one literal byte more than it
/// says; any other holds three bits of a length and the upper five bits of a distance, both counted from the
/// bytes already written. Nothing for a stream that is cut or points before its beginning. The result is at
/// most 88 times as large.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> decodeLzf(std::span<const std::uint8_t> bytes);

/// Makes h5py's compression "lzf" (HDF5 filter 32000) known to the HDF5 library, for reading. May be called
/// again.
void registerLzfFilter();

} // namespace ibidem::convert
