// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/matrices/hdf5_dataset.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::convert {

/// A matrix as it stands in the file: its first axis in rows.
struct ReadRows
{
    data::SparseMatrix rows;
    std::uint64_t roundedValues = 0; ///< values that single precision changed
};

/// A compressed sparse matrix in three datasets: `indptr` has major + 1 entries, `indices` lie below minor.
struct CompressedMatrix
{
    std::string group; ///< holds data, indices and indptr
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
};

/// Reads data, indices and indptr, block by block, with every invariant checked: BadData naming the dataset,
/// the place and the number. Columns may still be unsorted within rows, values zero or not finite. Stopped.
[[nodiscard]] Result<ReadRows> readCompressed(Hdf5File &file, const CompressedMatrix &matrix);

/// Reads a dense matrix in slabs of whole chunks; keeps what is not zero (NaN among it). BadData if it does
/// not have two axes of these extents or does not hold numbers. Stopped.
[[nodiscard]] Result<ReadRows> readDense(Hdf5File &file, const std::string &object, std::uint64_t rowCount,
                                         std::uint64_t columnCount);

/// Rows become columns; the new rows are sorted. Counts the memory of the copy.
[[nodiscard]] Result<data::SparseMatrix> transposed(Hdf5File &file, const data::SparseMatrix &rows,
                                                    const std::string &object);

/// Only these columns, in this order: `kept` ascends and lies below rows.columnCount.
void keepColumns(data::SparseMatrix &rows, const std::vector<std::uint32_t> &kept);

} // namespace ibidem::convert
