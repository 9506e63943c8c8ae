// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/convert/foreign_file.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"

#include <cstdint>
#include <filesystem>

namespace ibidem::convert {

struct ReadLimits
{
    std::uint64_t memoryBytes = 0; ///< estimated need over this is refused; 0: usableMemory()
};

/// Three quarters of what the system has available, or of what RLIMIT_AS leaves to this process if that is
/// less.
[[nodiscard]] std::uint64_t usableMemory();

/// Reads a foreign text table (mlf-core TSV, GCT, CLS, TSV, CSV, annotations; plain or gzip) with all its
/// checks. BadData names row, column, cause and cure; Unavailable for known formats that are not text tables;
/// Stopped.
[[nodiscard]] Result<data::TableContainer> readTable(const ForeignFile &file,
                                                     const data::TableOptions &options,
                                                     const RunToken &token = {},
                                                     const ReadLimits &limits = {});
[[nodiscard]] Result<data::TableContainer> readTable(const std::filesystem::path &path,
                                                     const data::TableOptions &options,
                                                     const RunToken &token = {},
                                                     const ReadLimits &limits = {});

} // namespace ibidem::convert
