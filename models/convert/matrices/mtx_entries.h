// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::convert {

/// The head of a Matrix Market file (NIST, "The Matrix Market exchange formats", 1996) and where its entries
/// begin.
struct MtxHead
{
    enum class Field { Integer, Real, Pattern };
    Field field = Field::Integer;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t entries = 0;
    std::size_t position = 0; ///< of the first entry in the text
    std::uint64_t line = 0;   ///< lines before it
};

/// BadData naming the line for what is no Matrix Market file or promises more entries than the text can hold;
/// Unavailable for dense, complex and symmetric matrices.
[[nodiscard]] Result<MtxHead> readMtxHead(std::string_view text, const std::string &path);

/// Entries in the order of the file, indices from 0.
struct MtxEntries
{
    std::vector<std::uint32_t> rows;
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    std::uint64_t rounded = 0; ///< values that single precision changed
    bool columnsAscend = true; ///< no column lies before that of the entry above
};

/// Memory that MtxEntries takes.
[[nodiscard]] std::uint64_t bytesOf(const MtxHead &head) noexcept;

/// Every entry. BadData naming the line for anything but `head.entries` lines of two indices within the
/// head's size and a finite number. `head` is readMtxHead's of the same text. Stopped.
[[nodiscard]] Result<MtxEntries> readMtxEntries(std::string_view text, const MtxHead &head,
                                                const RunToken &token, const std::string &path);

} // namespace ibidem::convert
