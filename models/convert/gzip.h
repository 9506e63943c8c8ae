// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace ibidem::convert {

/// Output over this many times the input is taken for a decompression bomb, once it is over kBombFloorBytes.
inline constexpr std::uint64_t kBombRatio = 500;
inline constexpr std::uint64_t kBombFloorBytes = 64ULL << 20U;

/// All members of a gzip file, inflated; zlib verifies CRC-32 and length of each. BadData for a cut, damaged
/// or hostile stream, for bytes after the end (zeros are padding) and for more than `limitBytes` of output.
[[nodiscard]] Result<std::string> gunzip(std::string_view bytes, std::uint64_t limitBytes,
                                         const RunToken &token, const std::string &path);

} // namespace ibidem::convert
