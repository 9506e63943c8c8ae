// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/cell_labels.h"

#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ibidem::app {

namespace {

constexpr std::size_t kMostLabels = 100;
/// What columns of cell types are called, the plainest first.
constexpr std::array<std::string_view, 8> kTypicalNames = {"celltype", "annotation", "label",   "type",
                                                           "class",    "cluster",    "louvain", "leiden"};

/// "Cell_type" -> "celltype"
std::string bareName(std::string_view name)
{
    std::string bare;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z')
            bare.push_back(static_cast<char>(c - 'A' + 'a'));
        else if (c != '_' && c != '-' && c != ' ' && c != '.')
            bare.push_back(c);
    }
    return bare;
}

const data::CellColumn *typicalColumn(const std::vector<data::CellColumn> &columns)
{
    for (const std::string_view typical : kTypicalNames)
        for (const data::CellColumn &column : columns) {
            const std::size_t count = column.categories.size();
            if (count >= 2 && count <= kMostLabels &&
                bareName(column.name).find(typical) != std::string::npos)
                return &column;
        }
    return nullptr;
}

} // namespace

Result<CellLabels> cellLabels(const data::MatrixFile &matrix, const std::vector<std::string> &cellIds,
                              const std::string &wanted)
{
    const data::CellColumn *column = nullptr;
    if (wanted == "auto") {
        column = typicalColumn(matrix.cellColumns());
    } else if (wanted != "none") {
        IBIDEM_TRY(column, data::labelColumnNamed(matrix.cellColumns(), wanted));
    }
    if (!column)
        return CellLabels{};
    CellLabels labels{column->name, column->categories, {}};
    std::size_t row = 0;
    for (const std::string &id : cellIds) {
        while (row < matrix.cellIds().size() && matrix.cellIds()[row] != id)
            ++row;
        if (row == matrix.cellIds().size())
            return fail(ErrorCode::Internal, "cell " + ibidem::quoted(id) + " is not among the matrix's");
        labels.codes.push_back(column->codes[row]);
    }
    return labels;
}

} // namespace ibidem::app
