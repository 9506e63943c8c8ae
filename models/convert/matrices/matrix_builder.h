// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/cache.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ibidem::convert {

/// What a reader found, before it is believed: names as they stand, rows that may hold zeros, be unsorted or
/// hold doubles that single precision cannot.
struct RawMatrix
{
    std::string path;   ///< for messages
    std::string format; ///< TableSummary::format
    std::vector<std::string> cellIds;
    std::vector<std::string> geneNames;
    std::vector<std::string> geneAccessions; ///< or none
    data::SparseMatrix rows;                 ///< cells × genes; invariants of the order not yet checked
    std::uint64_t roundedValues = 0;         ///< values that single precision changed
    std::vector<data::CellColumn> cellColumns;
    std::vector<data::CellColumn> geneColumns;
    std::vector<data::Embedding> embeddings;
    std::string source;
    std::vector<std::string> sources;
    std::vector<data::Check> checks; ///< what the reader already has to say
};

/// "not read: " and the first ten elements, which may be named by any bytes.
[[nodiscard]] std::string notRead(const std::vector<std::string> &elements);

/// The checks that every matrix goes through, whatever its format, and the summary: lengths against names,
/// finite values, duplicate and empty cell names (BadData), duplicate gene names (warning; made unique as
/// scanpy does: "-1",
/// "-2" … appended to the second, third …, passing over names that exist), columns sorted within rows
/// (duplicates within a row are BadData), explicit zeros dropped (ok, counted), rounding told (warning),
/// negative or fractional values told (warning), annotations of genes that are not sound or that AnnData
/// cannot hold left out (warning: they are no content), the label column chosen (options.labelColumn; auto:
/// the first of the well-known names cell_type, CellType, celltype, cluster …, else the first category
/// column; Usage listing the columns if a named one is missing). Single-threaded.
[[nodiscard]] Result<data::MatrixContainer> finishMatrix(RawMatrix raw, const data::TableOptions &options);

} // namespace ibidem::convert
