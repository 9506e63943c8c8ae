// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrix.h"

#include "models/base/text.h"
#include "models/convert/cell.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace ibidem::convert {

namespace {

constexpr std::uint64_t kRowsBetweenStops = 64;

std::string place(std::uint64_t row, std::size_t column)
{
    return "row " + std::to_string(row) + ", column " + std::to_string(column + 1);
}

std::string cureOf(CellKind kind)
{
    switch (kind) {
    case CellKind::DecimalComma:
        return "export the table with decimal points instead of decimal commas";
    case CellKind::Missing:
    case CellKind::NotFinite:
        return "leave out the gene or the sample, or fill the value in a way that you can state";
    default:
        return "correct the cell, or say with --orientation, --delimiter or --label-column how the table is "
               "to be read";
    }
}

tl::unexpected<Error> cellError(const TextTable &table, const MatrixLayout &layout, const RowReader &reader,
                                std::size_t value, CellKind kind)
{
    const std::size_t column = layout.valueColumns[value];
    const std::string rowId = ibidem::quoted(trimmed(reader.fields()[layout.idColumn]));
    const std::string columnId = ibidem::quoted(layout.columnIds[value]);
    const std::string &gene = layout.genesInRows ? rowId : columnId;
    const std::string &sample = layout.genesInRows ? columnId : rowId;
    return table.bad(place(reader.row(), column) + " (gene " + gene + ", sample " + sample +
                         "): " + describeCell(kind, reader.fields()[column]),
                     cureOf(kind));
}

bool extraFieldsAreEmpty(const std::vector<std::string_view> &fields, std::size_t from)
{
    return std::all_of(fields.begin() + static_cast<std::ptrdiff_t>(from), fields.end(),
                       [](std::string_view field) { return trimmed(field).empty(); });
}

Status checkLength(const RowReader &reader, const MatrixLayout &layout, const TextTable &table)
{
    const std::size_t count = reader.fields().size();
    if (count == layout.fieldCount)
        return {};
    if (layout.extraEmptyFields && count > layout.fieldCount &&
        extraFieldsAreEmpty(reader.fields(), layout.fieldCount))
        return {};
    return raggedRow(table, reader.row(), count, layout.fieldCount);
}

Status takeNames(const RowReader &reader, const MatrixLayout &layout, const TextTable &table, Matrix &matrix)
{
    const std::string_view id = trimmed(reader.fields()[layout.idColumn]);
    if (id.empty())
        return table.bad(place(reader.row(), layout.idColumn) + ": the " +
                             (layout.genesInRows ? "gene" : "sample") + " has no name",
                         "give every row a name");
    matrix.rowIds.emplace_back(id);
    if (layout.nameColumn)
        matrix.rowNames.emplace_back(trimmed(reader.fields()[*layout.nameColumn]));
    if (!layout.labelColumn)
        return {};
    const std::string_view label = trimmed(reader.fields()[*layout.labelColumn]);
    if (readCell(label).kind == CellKind::Missing)
        return table.bad(place(reader.row(), *layout.labelColumn) + ": sample " + ibidem::quoted(id) +
                             " has no label in column " + ibidem::quoted(layout.labelName),
                         "leave out samples without label, or read the table with --label-column none");
    matrix.rowLabels.emplace_back(label);
    return {};
}

Status takeValues(const RowReader &reader, const MatrixLayout &layout, const TextTable &table, Matrix &matrix)
{
    const std::vector<std::string_view> &fields = reader.fields();
    const std::size_t count = layout.valueColumns.size();
    const std::size_t first = matrix.values.size();
    matrix.values.resize(first + count);
    double *const out = matrix.values.data() + first;
    double sum = matrix.sum;
    double minimum = matrix.minimum;
    double maximum = matrix.maximum;
    for (std::size_t i = 0; i < count; ++i) {
        const Cell cell = readCell(fields[layout.valueColumns[i]]);
        if (cell.kind != CellKind::Number)
            return cellError(table, layout, reader, i, cell.kind);
        out[i] = cell.value;
        sum += cell.value;
        minimum = std::min(minimum, cell.value);
        maximum = std::max(maximum, cell.value);
    }
    matrix.sum = sum;
    matrix.minimum = minimum;
    matrix.maximum = maximum;
    return {};
}

/// rows × columns to columns × rows, in tiles that stay in the nearest cache.
std::vector<double> transposed(const std::vector<double> &values, std::size_t rows, std::size_t columns)
{
    constexpr std::size_t tile = 16;
    std::vector<double> out(values.size());
    for (std::size_t rowTile = 0; rowTile < rows; rowTile += tile)
        for (std::size_t columnTile = 0; columnTile < columns; columnTile += tile)
            for (std::size_t c = columnTile; c < std::min(columns, columnTile + tile); ++c)
                for (std::size_t r = rowTile; r < std::min(rows, rowTile + tile); ++r)
                    out[c * rows + r] = values[r * columns + c];
    return out;
}

} // namespace

tl::unexpected<Error> raggedRow(const TextTable &table, std::uint64_t row, std::size_t fields,
                                std::size_t expected)
{
    return table.bad("row " + std::to_string(row) + " has " + plural(fields, "field") + ", the header has " +
                         std::to_string(expected),
                     "complete the row; a text with the delimiter in it must stand in double quotes");
}

Result<Matrix> readMatrix(RowReader &reader, const MatrixLayout &layout, const TextTable &table)
{
    Matrix matrix;
    matrix.values.reserve(layout.mostValues);
    matrix.minimum = std::numeric_limits<double>::infinity();
    matrix.maximum = -std::numeric_limits<double>::infinity();
    std::uint64_t row = 0;
    while (true) {
        IBIDEM_TRY(const bool more, reader.next());
        if (!more)
            break;
        IBIDEM_CHECK(checkLength(reader, layout, table));
        IBIDEM_CHECK(takeNames(reader, layout, table, matrix));
        IBIDEM_CHECK(takeValues(reader, layout, table, matrix));
        if (row++ % kRowsBetweenStops != 0)
            continue;
        if (table.token.stopRequested())
            return fail(ErrorCode::Stopped, "stopped on request while reading the table", table.path);
        table.token.progress("read",
                             static_cast<double>(reader.position()) / static_cast<double>(table.text.size()));
    }
    if (matrix.rowIds.empty())
        return table.bad("the table has a header but no rows", "export the table with its rows");
    return matrix;
}

void takeMatrix(Matrix matrix, MatrixLayout layout, data::TableContainer &container)
{
    data::ExpressionTable &table = container.table;
    if (layout.genesInRows) {
        table.values = transposed(matrix.values, matrix.rowIds.size(), layout.columnIds.size());
        table.geneIds = std::move(matrix.rowIds);
        table.geneNames = std::move(matrix.rowNames);
        table.sampleIds = std::move(layout.columnIds);
    } else {
        table.values = std::move(matrix.values);
        table.sampleIds = std::move(matrix.rowIds);
        table.sampleLabels = std::move(matrix.rowLabels);
        table.geneIds = std::move(layout.columnIds);
    }
    container.summary.kind = "expression-table";
    container.summary.orientation = layout.genesInRows ? "genes-in-rows" : "samples-in-rows";
    container.summary.sum = matrix.sum;
    container.summary.minimum = matrix.minimum;
    container.summary.maximum = matrix.maximum;
}

} // namespace ibidem::convert
