// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/safetensors.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::data {

inline constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
inline constexpr std::string_view kMetadataKey = "__metadata__";

/// The type of a name in a header, or nullptr.
[[nodiscard]] const DType *findDType(std::string_view name) noexcept;

/// Bytes of a tensor. False if they do not fit 64 bits.
[[nodiscard]] bool byteCount(DType type, const std::vector<std::uint64_t> &shape,
                             std::uint64_t &bytes) noexcept;

struct SafetensorsHeader
{
    std::vector<TensorView> tensors; ///< in the order of their bytes
    std::map<std::string, std::string> metadata;
};

/// Checks the header against itself and against the bytes of data behind it. BadData without a path.
[[nodiscard]] Result<SafetensorsHeader> parseHeader(std::string_view header, std::span<const std::byte> data);

} // namespace ibidem::data
