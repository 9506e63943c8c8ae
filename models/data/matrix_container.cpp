// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"
#include "models/base/text.h"
#include "models/data/container_summary.h"
#include "models/data/count_matrix.h"
#include "models/data/matrix_digest.h"
#include "models/data/tensor_list.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <unordered_set>
#include <utility>

namespace ibidem::data {

namespace {

std::string numbered(std::string_view what, std::size_t index)
{
    std::array<char, 16> digits{};
    std::snprintf(digits.data(), digits.size(), ".%04zu", index);
    return std::string(what) + digits.data();
}

tl::unexpected<Error> badContainer(const std::string &path, const std::string &why)
{
    return fail(ErrorCode::BadData, "this is no container of a matrix: " + why, path,
                "open the original file again");
}

std::string flawOfNames(std::string_view what, const std::vector<std::string> &names)
{
    std::unordered_set<std::string_view> seen;
    seen.reserve(names.size());
    for (const std::string &name : names) {
        if (name.empty())
            return "an empty name among the " + std::string(what);
        if (!seen.insert(name).second)
            return ibidem::quoted(name) + " twice among the " + std::string(what);
    }
    return {};
}

std::string flawOfColumn(const CellColumn &column, std::size_t count, std::string_view what)
{
    const std::string name = "column " + ibidem::quoted(column.name);
    const std::string wrongLength = name + " is not as long as the " + std::string(what);
    if (column.kind == CellColumn::Kind::Number)
        return column.numbers.size() == count ? std::string() : wrongLength;
    if (column.codes.size() != count)
        return wrongLength;
    const auto categories = static_cast<std::int64_t>(column.categories.size());
    const auto outside = [categories](std::int32_t code) { return code < -1 || code >= categories; };
    if (std::any_of(column.codes.begin(), column.codes.end(), outside))
        return name + " has a code without a category";
    return {};
}

std::string flawOf(const CountMatrix &names, const SparseView &rows)
{
    const std::size_t cells = names.cellIds.size();
    if (rows.rowCount() != cells || rows.columnCount != names.geneIds.size())
        return "the rows are not cells times genes";
    if (!names.geneAccessions.empty() && names.geneAccessions.size() != names.geneIds.size())
        return "there are not as many accessions as genes";
    if (std::string flaw = flawOfNames("cells", names.cellIds); !flaw.empty())
        return flaw;
    if (std::string flaw = flawOfNames("genes", names.geneIds); !flaw.empty())
        return flaw;
    for (const CellColumn &column : names.cellColumns) {
        if (std::string flaw = flawOfColumn(column, cells, "cells"); !flaw.empty())
            return flaw;
    }
    for (const CellColumn &column : names.geneColumns) {
        if (std::string flaw = flawOfColumn(column, names.geneIds.size(), "genes"); !flaw.empty())
            return flaw;
    }
    return flawOf(rows);
}

std::string flawOf(const MatrixContainer &container)
{
    const CountMatrix &matrix = container.matrix;
    if (container.summary.kind != kMatrixKind || !container.summary.matrix)
        return "its summary is not one of a matrix";
    if (container.summary.shape != std::vector<std::uint64_t>{matrix.cellIds.size(), matrix.geneIds.size()})
        return "the summary's shape is not the matrix's";
    for (const Embedding &embedding : matrix.embeddings) {
        if (embedding.width == 0 || embedding.values.size() != matrix.cellIds.size() * embedding.width)
            return "embedding " + ibidem::quoted(embedding.name) + " is not as long as the cells";
    }
    return flawOf(matrix, matrix.rows.view());
}

/// The tensors of the annotations of cells or genes: `what` is "cell_column" or "gene_column".
Status addColumns(TensorList &list, const std::string &what, const std::vector<CellColumn> &columns)
{
    std::vector<std::string> names;
    std::vector<std::string> kinds;
    for (const CellColumn &column : columns) {
        names.push_back(column.name);
        kinds.emplace_back(kindName(column.kind));
    }
    IBIDEM_CHECK(list.addNames(what + "s", names));
    IBIDEM_CHECK(list.addNames(what + "_kinds", kinds));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string tensor = numbered(what, i);
        if (columns[i].kind == CellColumn::Kind::Number) {
            list.add(tensor + ".numbers", DType::F64, {columns[i].numbers.size()}, columns[i].numbers);
        } else {
            IBIDEM_CHECK(list.addNames(tensor + ".categories", columns[i].categories));
            list.add(tensor + ".codes", DType::I32, {columns[i].codes.size()}, columns[i].codes);
        }
    }
    return {};
}

Status addEmbeddings(TensorList &list, const CountMatrix &matrix)
{
    std::vector<std::string> names;
    for (const Embedding &embedding : matrix.embeddings)
        names.push_back(embedding.name);
    IBIDEM_CHECK(list.addNames("embeddings", names));
    for (std::size_t i = 0; i < matrix.embeddings.size(); ++i)
        list.add(numbered("embedding", i), DType::F32, {matrix.cellIds.size(), matrix.embeddings[i].width},
                 matrix.embeddings[i].values);
    return {};
}

std::optional<CellColumn::Kind> kindOfName(std::string_view name)
{
    for (const auto kind : {CellColumn::Kind::Number, CellColumn::Kind::Text, CellColumn::Kind::Category,
                            CellColumn::Kind::Boolean}) {
        if (kindName(kind) == name)
            return kind;
    }
    return std::nullopt;
}

Result<CellColumn> readColumn(const Safetensors &file, const std::string &name, const std::string &kind,
                              const std::string &tensor)
{
    CellColumn column;
    column.name = name;
    const auto known = kindOfName(kind);
    if (!known)
        return fail(ErrorCode::BadData, "column " + ibidem::quoted(name) + " is of unknown kind");
    column.kind = *known;
    if (column.kind == CellColumn::Kind::Number) {
        IBIDEM_TRY(const auto numbers, file.values<double>(tensor + ".numbers"));
        column.numbers.assign(numbers.begin(), numbers.end());
        return column;
    }
    IBIDEM_TRY(column.categories, file.names(tensor + ".categories"));
    IBIDEM_TRY(const auto codes, file.values<std::int32_t>(tensor + ".codes"));
    column.codes.assign(codes.begin(), codes.end());
    return column;
}

Result<std::vector<CellColumn>> readColumns(const Safetensors &file, const std::string &what)
{
    IBIDEM_TRY(const std::vector<std::string> names, file.names(what + "s"));
    IBIDEM_TRY(const std::vector<std::string> kinds, file.names(what + "_kinds", names.size()));
    std::vector<CellColumn> columns;
    for (std::size_t i = 0; i < names.size(); ++i) {
        IBIDEM_TRY(CellColumn column, readColumn(file, names[i], kinds[i], numbered(what, i)));
        columns.push_back(std::move(column));
    }
    return columns;
}

Status readNames(const Safetensors &file, CountMatrix &names)
{
    IBIDEM_TRY(names.cellIds, file.names("cell_ids"));
    IBIDEM_TRY(names.geneIds, file.names("gene_ids"));
    if (file.find("gene_accessions")) {
        IBIDEM_TRY(names.geneAccessions, file.names("gene_accessions"));
    }
    IBIDEM_TRY(names.cellColumns, readColumns(file, "cell_column"));
    if (file.find("gene_columns")) {
        IBIDEM_TRY(names.geneColumns, readColumns(file, "gene_column"));
    }
    return {};
}

Result<SparseView> readRows(const Safetensors &file, std::uint64_t genes)
{
    SparseView rows;
    IBIDEM_TRY(rows.starts, file.values<std::uint64_t>("starts"));
    IBIDEM_TRY(rows.columns, file.values<std::uint32_t>("columns"));
    IBIDEM_TRY(rows.values, file.values<float>("values"));
    rows.columnCount = genes;
    return rows;
}

Result<std::vector<Embedding>> readEmbeddings(const Safetensors &file, std::size_t cells)
{
    IBIDEM_TRY(const std::vector<std::string> names, file.names("embeddings"));
    std::vector<Embedding> embeddings;
    for (std::size_t i = 0; i < names.size(); ++i) {
        IBIDEM_TRY(const auto values, file.values<float>(numbered("embedding", i)));
        const std::uint64_t width = cells == 0 ? 0 : values.size() / cells;
        if (width == 0 || width * cells != values.size())
            return fail(ErrorCode::BadData,
                        "embedding " + ibidem::quoted(names[i]) + " does not fit the cells");
        embeddings.push_back({names[i], width, {values.begin(), values.end()}});
    }
    return embeddings;
}

} // namespace

Status writeMatrixContainer(const std::filesystem::path &path, const MatrixContainer &container)
{
    const auto refuse = [&](const std::string &why) {
        return fail(ErrorCode::Internal, "the converted matrix cannot be written: " + why, path.string());
    };
    if (const std::string flaw = flawOf(container); !flaw.empty())
        return refuse(flaw);
    TableSummary summary = container.summary;
    if (summary.digest.empty())
        summary.digest = contentDigest(container.matrix);
    const CountMatrix &matrix = container.matrix;
    TensorList list;
    IBIDEM_CHECK(list.addNames("cell_ids", matrix.cellIds));
    IBIDEM_CHECK(list.addNames("gene_ids", matrix.geneIds));
    if (!matrix.geneAccessions.empty())
        IBIDEM_CHECK(list.addNames("gene_accessions", matrix.geneAccessions));
    list.add("starts", DType::U64, {matrix.rows.starts.size()}, matrix.rows.starts);
    list.add("columns", DType::U32, {matrix.rows.columns.size()}, matrix.rows.columns);
    list.add("values", DType::F32, {matrix.rows.values.size()}, matrix.rows.values);
    IBIDEM_CHECK(addColumns(list, "cell_column", matrix.cellColumns));
    if (!matrix.geneColumns.empty())
        IBIDEM_CHECK(addColumns(list, "gene_column", matrix.geneColumns));
    IBIDEM_CHECK(addEmbeddings(list, matrix));
    IBIDEM_TRY(const std::string text, compactJson(summary.toJson()));
    return writeSafetensors(path, list.tensors(), {{std::string(kSummaryKey), text}});
}

Result<std::shared_ptr<const MatrixFile>> MatrixFile::open(const std::filesystem::path &path)
{
    const auto opened = std::shared_ptr<MatrixFile>(new MatrixFile);
    opened->m_path = path.string();
    IBIDEM_TRY(opened->m_file, Safetensors::open(path));
    IBIDEM_TRY(opened->m_summary, tableSummaryOf(opened->m_file, path));
    if (opened->m_summary.kind != kMatrixKind || !opened->m_summary.matrix)
        return badContainer(opened->m_path, "it holds " + ibidem::quoted(opened->m_summary.kind));
    IBIDEM_CHECK(readNames(opened->m_file, opened->m_names));
    IBIDEM_TRY(opened->m_rows, readRows(opened->m_file, opened->m_names.geneIds.size()));
    if (const std::string flaw = flawOf(opened->m_names, opened->m_rows); !flaw.empty())
        return badContainer(opened->m_path, flaw);
    return std::shared_ptr<const MatrixFile>(opened);
}

Status MatrixFile::verify() const
{
    if (matrixDigest(m_names, m_rows) == m_summary.digest)
        return {};
    return badContainer(m_path, "its content does not have the digest that its summary names");
}

Result<CountMatrix> MatrixFile::load() const
{
    CountMatrix matrix = m_names;
    matrix.rows.starts.assign(m_rows.starts.begin(), m_rows.starts.end());
    matrix.rows.columns.assign(m_rows.columns.begin(), m_rows.columns.end());
    matrix.rows.values.assign(m_rows.values.begin(), m_rows.values.end());
    matrix.rows.columnCount = m_rows.columnCount;
    IBIDEM_TRY(matrix.embeddings, readEmbeddings(m_file, m_names.cellIds.size()));
    return matrix;
}

} // namespace ibidem::data
