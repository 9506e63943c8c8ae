// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/count_matrix.h"

#include "models/base/text.h"
#include "models/data/matrix_digest.h"

#include <algorithm>
#include <cmath>

namespace ibidem::data {

namespace {

std::string flawOfRow(const SparseView &rows, std::uint64_t row)
{
    const auto columns = rows.rowColumns(row);
    const auto inRow = [row] { return " in row " + std::to_string(row); };
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i] >= rows.columnCount)
            return "column " + std::to_string(columns[i]) + " of " + std::to_string(rows.columnCount) +
                   inRow();
        if (i > 0 && columns[i] <= columns[i - 1])
            return "columns that do not ascend" + inRow();
    }
    for (const float value : rows.rowValues(row)) {
        if (value == 0.0F || !std::isfinite(value))
            return "a value that is zero or not finite" + inRow();
    }
    return {};
}

} // namespace

float SparseView::at(std::uint64_t row, std::uint64_t column) const noexcept
{
    const auto inRow = rowColumns(row);
    const auto found = std::lower_bound(inRow.begin(), inRow.end(), column);
    if (found == inRow.end() || *found != column)
        return 0.0F;
    return rowValues(row)[static_cast<std::size_t>(found - inRow.begin())];
}

std::string flawOf(const SparseView &rows)
{
    if (rows.starts.empty() || rows.starts.front() != 0)
        return "the starts of the rows do not begin with 0";
    if (!std::is_sorted(rows.starts.begin(), rows.starts.end()))
        return "the starts of the rows fall";
    if (rows.starts.back() != rows.values.size() || rows.columns.size() != rows.values.size())
        return "the starts of the rows do not end at the number of values";
    for (std::uint64_t row = 0; row < rows.rowCount(); ++row) {
        if (std::string flaw = flawOfRow(rows, row); !flaw.empty())
            return flaw;
    }
    return {};
}

std::map<std::string, std::uint64_t> CellColumn::counts() const
{
    std::vector<std::uint64_t> perCode(categories.size());
    for (const std::int32_t code : codes) {
        if (code >= 0)
            ++perCode[static_cast<std::size_t>(code)];
    }
    std::map<std::string, std::uint64_t> counts;
    for (std::size_t i = 0; i < categories.size(); ++i) {
        if (perCode[i] != 0)
            counts.emplace(categories[i], perCode[i]);
    }
    return counts;
}

std::string_view kindName(CellColumn::Kind kind) noexcept
{
    switch (kind) {
    case CellColumn::Kind::Number:
        return "number";
    case CellColumn::Kind::Text:
        return "text";
    case CellColumn::Kind::Category:
        return "category";
    case CellColumn::Kind::Boolean:
        break;
    }
    return "boolean";
}

Result<const CellColumn *> labelColumnNamed(const std::vector<CellColumn> &columns, const std::string &name)
{
    std::vector<std::string> usable;
    for (const CellColumn &column : columns) {
        if (column.kind == CellColumn::Kind::Number)
            continue;
        if (column.name == name)
            return &column;
        usable.push_back(column.name);
    }
    return fail(ErrorCode::BadSpec,
                "analysis.labelColumn: the cells have no annotation " + ibidem::quoted(name), {},
                usable.empty() ? "use none: the file has no annotation in words"
                               : "use one of " + join(usable, ", ") + ", or none");
}

std::string contentDigest(const CountMatrix &matrix)
{
    return matrixDigest(matrix, matrix.rows.view());
}

} // namespace ibidem::data
