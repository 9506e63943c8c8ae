// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/embedded_matrix.h"

#include "models/base/text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ibidem::app {

namespace {

using data::CellColumn;
using data::CountMatrix;

/// For each cell of the embedding its row in the matrix.
Result<std::vector<std::size_t>> rowsOf(const CountMatrix &matrix, const std::vector<std::string> &cellIds)
{
    std::unordered_map<std::string_view, std::size_t> places;
    for (std::size_t row = 0; row < matrix.cellIds.size(); ++row)
        places.emplace(matrix.cellIds[row], row);
    std::vector<std::size_t> rows;
    rows.reserve(cellIds.size());
    for (const std::string &cell : cellIds) {
        const auto found = places.find(cell);
        if (found == places.end())
            return fail(ErrorCode::BadData, "the cell " + ibidem::quoted(cell) + " is not in the matrix", {},
                        "export with the matrix that the run was trained on");
        rows.push_back(found->second);
    }
    return rows;
}

data::SparseMatrix pickedRows(const data::SparseView &from, const std::vector<std::size_t> &rows)
{
    data::SparseMatrix picked;
    picked.columnCount = from.columnCount;
    picked.starts.reserve(rows.size() + 1);
    for (const std::size_t row : rows) {
        const auto columns = from.rowColumns(row);
        const auto values = from.rowValues(row);
        picked.columns.insert(picked.columns.end(), columns.begin(), columns.end());
        picked.values.insert(picked.values.end(), values.begin(), values.end());
        picked.starts.push_back(picked.columns.size());
    }
    return picked;
}

template <class Value>
void pick(std::vector<Value> &values, const std::vector<std::size_t> &rows, std::size_t width = 1)
{
    if (values.empty())
        return;
    std::vector<Value> picked;
    picked.reserve(rows.size() * width);
    for (const std::size_t row : rows)
        for (std::size_t i = 0; i < width; ++i)
            picked.push_back(values[row * width + i]);
    values = std::move(picked);
}

void keepRows(CountMatrix &matrix, const std::vector<std::size_t> &rows)
{
    bool all = rows.size() == matrix.cellIds.size();
    for (std::size_t i = 0; all && i < rows.size(); ++i)
        all = rows[i] == i;
    if (all) // a copy of the values would cost memory for nothing
        return;
    matrix.rows = pickedRows(matrix.rows.view(), rows);
    pick(matrix.cellIds, rows);
    for (CellColumn &column : matrix.cellColumns) {
        pick(column.numbers, rows);
        pick(column.codes, rows);
    }
    for (data::Embedding &embedding : matrix.embeddings)
        pick(embedding.values, rows, embedding.width);
}

/// Puts the item at its place in a list sorted by name; true if it took another's place.
template <class Item>
bool put(std::vector<Item> &items, Item item)
{
    const auto place =
        std::lower_bound(items.begin(), items.end(), item,
                         [](const Item &one, const Item &other) { return one.name < other.name; });
    if (place != items.end() && place->name == item.name) {
        *place = std::move(item);
        return true;
    }
    items.insert(place, std::move(item));
    return false;
}

/// Clusters as a category whose names are their numbers, 0, 1, … 10 and not 0, 1, 10, ….
CellColumn clusterColumn(const std::vector<std::int32_t> &clusters)
{
    std::map<std::int32_t, std::int32_t> codes;
    for (const std::int32_t cluster : clusters)
        codes.emplace(cluster, 0);
    CellColumn column;
    column.name = "leiden";
    column.kind = CellColumn::Kind::Category;
    for (auto &[cluster, code] : codes) {
        code = static_cast<std::int32_t>(column.categories.size());
        column.categories.push_back(std::to_string(cluster));
    }
    column.codes.reserve(clusters.size());
    for (const std::int32_t cluster : clusters)
        column.codes.push_back(codes.at(cluster));
    return column;
}

} // namespace

Result<EmbeddedMatrix> embeddedMatrix(CountMatrix matrix, runs::EmbeddingFile embedding)
{
    IBIDEM_TRY(const std::vector<std::size_t> rows, rowsOf(matrix, embedding.cellIds));
    keepRows(matrix, rows);
    EmbeddedMatrix joined;
    const auto note = [&joined](const char *name) { joined.replaced.emplace_back(name); };
    if (put(matrix.embeddings, {"X_ae", embedding.latent, std::move(embedding.embedding)}))
        note("obsm/X_ae");
    if (!embedding.map.empty()) {
        if (put(matrix.embeddings, {"X_umap", 2, std::move(embedding.map)}))
            note("obsm/X_umap");
        if (put(matrix.cellColumns, clusterColumn(embedding.clusters)))
            note("obs/leiden");
    }
    joined.matrix = std::move(matrix);
    return joined;
}

} // namespace ibidem::app
