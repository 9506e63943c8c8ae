// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/text_table.h"

namespace ibidem::convert {

/// Where the parts of an expression matrix stand in each record.
struct MatrixLayout
{
    bool genesInRows = true;
    std::size_t fieldCount = 0;    ///< every record must have as many
    bool extraEmptyFields = false; ///< more fields are allowed if they are empty (GCT)
    std::size_t idColumn = 0;
    std::optional<std::size_t> nameColumn;  ///< genes in rows: text beside the id
    std::optional<std::size_t> labelColumn; ///< samples in rows
    std::vector<std::size_t> valueColumns;
    std::vector<std::string> columnIds; ///< names of valueColumns: samples or genes
    std::uint64_t mostValues = 0;       ///< room to make before the first record; may be too much
    std::string labelName;              ///< of the label column, for messages
};

/// A matrix as it stands in the file: one row a record.
struct Matrix
{
    std::vector<std::string> rowIds;
    std::vector<std::string> rowNames;
    std::vector<std::string> rowLabels;
    std::vector<double> values; ///< rowIds.size() * valueColumns.size()
    double sum = 0.0;           ///< in file order
    double minimum = 0.0;
    double maximum = 0.0;
};

/// Reads the remaining records. BadData naming row, column, gene, sample and text of the first cell that is
/// no finite number, the first record of another length, the first missing id or label.
[[nodiscard]] Result<Matrix> readMatrix(RowReader &reader, const MatrixLayout &layout,
                                        const TextTable &table);

/// Names the records that are not as long as they should be: "row 3 has 4 fields, the header has 3".
[[nodiscard]] tl::unexpected<Error> raggedRow(const TextTable &table, std::uint64_t row, std::size_t fields,
                                              std::size_t expected);

/// Sorts the matrix into samples × genes and fills table and numbers of the summary.
void takeMatrix(Matrix matrix, MatrixLayout layout, data::TableContainer &container);

} // namespace ibidem::convert
