// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::convert {

/// What the values of a sparse matrix are like.
struct RowFindings
{
    std::uint64_t unsortedRows = 0;  ///< rows that had to be sorted
    std::uint64_t explicitZeros = 0; ///< stored zeros that were dropped
    std::uint64_t negative = 0;
    std::uint64_t fractional = 0;
    std::uint64_t emptyCells = 0;
    std::uint64_t emptyGenes = 0;
    double sum = 0.0;     ///< of the stored values, cell by cell, genes ascending
    double minimum = 0.0; ///< what is not stored counts as 0
    double maximum = 0.0;
};

/// For messages about a place in the matrix.
struct RowNames
{
    const std::string &path;
    const std::string &source;
    const std::vector<std::string> &cells;
    const std::vector<std::string> &genes;
};

/// Brings rows to the invariants of data::SparseView in place: sorts columns within rows and drops zeros.
/// BadData for starts that do not fit, a gene that is not there, a gene twice in one cell, values that are
/// not finite (the first by name, and how many). One pass over the values where nothing is to be mended.
[[nodiscard]] Result<RowFindings> finishRows(data::SparseMatrix &rows, const RowNames &names);

} // namespace ibidem::convert
