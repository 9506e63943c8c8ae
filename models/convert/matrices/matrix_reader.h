// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/convert/table_reader.h"
#include "models/data/cache.h"
#include "models/data/count_matrix.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace ibidem::convert {

/// Whether this is a file that readMatrix() reads: HDF5 by its signature (also behind a user block), a Matrix Market
/// file, or a folder that holds one.
[[nodiscard]] bool isMatrixFile(const std::filesystem::path &path);

/// Reads a matrix of cells × genes with all its checks: 10x HDF5 (v2, v3, probes), AnnData of every generation, loom
/// 2 and 3, 10x MTX folders (also .gz). BadData names the file's object ("/X/indptr"), what is wrong and the cure;
/// Unavailable for a filter that is missing; Usage where the file offers several and `options` does not choose (the
/// cure lists them); Stopped. Leaves summary.fileBytes and summary.fileSha256 empty. Never allocates more than `limits` allow: needs are
/// estimated from the headers first.
[[nodiscard]] Result<data::MatrixContainer> readMatrix(const std::filesystem::path &path,
                                                       const data::TableOptions &options,
                                                       const RunToken &token = {}, const ReadLimits &limits = {});

/// The readers of one kind each, called by readMatrix().
[[nodiscard]] Result<data::MatrixContainer> readHdf5Matrix(const std::filesystem::path &path,
                                                           const data::TableOptions &options, const RunToken &token,
                                                           const ReadLimits &limits);
[[nodiscard]] Result<data::MatrixContainer> readMtxMatrix(const std::filesystem::path &path,
                                                          const data::TableOptions &options, const RunToken &token,
                                                          const ReadLimits &limits);

} // namespace ibidem::convert
