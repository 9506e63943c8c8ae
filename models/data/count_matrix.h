// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/expression_table.h"
#include "models/data/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::data {

/// Compressed sparse rows, cells × genes: the stored values of cell i are columns[starts[i] … starts[i+1])
/// and the same range of values; columns ascend strictly within a row; values are finite and not zero. Points
/// to somebody else's memory.
struct SparseView
{
    std::span<const std::uint64_t> starts; ///< rowCount + 1, from 0
    std::span<const std::uint32_t> columns;
    std::span<const float> values;
    std::uint64_t columnCount = 0;

    [[nodiscard]] std::uint64_t rowCount() const noexcept { return starts.empty() ? 0 : starts.size() - 1; }

    [[nodiscard]] std::uint64_t nonZeroCount() const noexcept { return values.size(); }

    [[nodiscard]] std::span<const std::uint32_t> rowColumns(std::uint64_t row) const noexcept
    {
        return columns.subspan(starts[row], starts[row + 1] - starts[row]);
    }

    [[nodiscard]] std::span<const float> rowValues(std::uint64_t row) const noexcept
    {
        return values.subspan(starts[row], starts[row + 1] - starts[row]);
    }

    /// 0 where nothing is stored. O(log of the row's length).
    [[nodiscard]] float at(std::uint64_t row, std::uint64_t column) const noexcept;
};

/// The same with memory of its own.
struct SparseMatrix
{
    std::vector<std::uint64_t> starts{0};
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    std::uint64_t columnCount = 0;

    [[nodiscard]] SparseView view() const noexcept { return {starts, columns, values, columnCount}; }

    bool operator==(const SparseMatrix &) const = default;
};

/// What is wrong with the rows, or nothing: starts that do not begin with 0, fall or do not end at the number
/// of values, a column outside or not ascending, a value that is zero or not finite.
[[nodiscard]] std::string flawOf(const SparseView &rows);

/// One annotation of the cells (a column of obs), or of the genes (of var). Numbers are doubles, NaN where
/// missing; everything else is text by code, with -1 where missing.
struct CellColumn
{
    enum class Kind { Number, Text, Category, Boolean };
    std::string name;
    Kind kind = Kind::Text;
    std::vector<double> numbers;         ///< Number: one a cell or gene
    std::vector<std::string> categories; ///< others: unique; in the file's order (Text: of first appearance)
    std::vector<std::int32_t> codes;     ///< others: as many, index into categories or -1

    /// Category -> number of cells, without the missing; empty for numbers.
    [[nodiscard]] std::map<std::string, std::uint64_t> counts() const;
    bool operator==(const CellColumn &) const = default;
};

[[nodiscard]] std::string_view
kindName(CellColumn::Kind kind) noexcept; ///< "number", "text", "category", "boolean"

/// The annotation in words of that name, for labels. BadSpec naming those there are, where it is missing or
/// holds numbers; the pointer lives as long as `columns`.
[[nodiscard]] Result<const CellColumn *> labelColumnNamed(const std::vector<CellColumn> &columns,
                                                          const std::string &name);

/// A map of the cells that the file brought along (obsm): cells × width, row-major.
struct Embedding
{
    std::string name; ///< "X_pca"
    std::uint64_t width = 0;
    std::vector<float> values;
    bool operator==(const Embedding &) const = default;
};

/// Cells × genes with names and annotations, as the converter read them.
struct CountMatrix
{
    std::vector<std::string> cellIds;        ///< unique, not empty
    std::vector<std::string> geneIds;        ///< unique: made so as scanpy's var_names_make_unique does
    std::vector<std::string> geneAccessions; ///< the database's names (Ensembl), as many as genes; or none
    SparseMatrix rows;                       ///< cells × genes
    std::vector<CellColumn> cellColumns;     ///< sorted by name
    std::vector<Embedding> embeddings;       ///< sorted by name
    std::vector<CellColumn> geneColumns;     ///< annotations of the genes, sorted by name
    bool operator==(const CountMatrix &) const = default;
};

/// SHA-256 over names, rows and cell columns: the identity of the content. Dense or sparse, compression,
/// chunks, time stamps, the storage of annotations (text or category), embeddings, accessions and annotations
/// of the genes are not in it.
[[nodiscard]] std::string contentDigest(const CountMatrix &matrix);

inline constexpr std::string_view kMatrixKind = "count-matrix"; ///< TableSummary::kind

/// Names of the checks that tell what of a file did not get into the container: what is of a kind that is not
/// read, and what has no place in it (maps of genes, graphs, loose values).
inline constexpr std::string_view kSkippedElements = "skipped-elements";
inline constexpr std::string_view kUnreadElements = "unread-elements";

/// The converter's answer about one matrix file. summary.kind is kMatrixKind, summary.shape cells, genes, and
/// summary.matrix is set.
struct MatrixContainer
{
    TableSummary summary;
    CountMatrix matrix;
};

/// Tensors (resources/docs/formats.md): `values` F32, `columns` U32, `starts` U64; `cell_ids`, `gene_ids`,
/// `gene_accessions` names; `cell_columns` names and per column NNNN `cell_column.NNNN.numbers` F64, or
/// `.categories` names and `.codes` I32; `embeddings` names and `embedding.NNNN` F32 [cells, width]; where
/// genes have annotations, `gene_columns` and `gene_column.NNNN` in the same way. Metadata `ibidem`: the
/// summary. Fills in the digest. Internal if the parts contradict each other.
[[nodiscard]] Status writeMatrixContainer(const std::filesystem::path &path,
                                          const MatrixContainer &container);

/// A container mapped for reading: the values stay in the file, so that a matrix of any size can be looked
/// at. Immutable and thread-safe: share it.
class MatrixFile
{
public:
    /// BadData if it is no such container or breaks an invariant. Does not hash the values: verify() does.
    [[nodiscard]] static Result<std::shared_ptr<const MatrixFile>> open(const std::filesystem::path &path);

    [[nodiscard]] const TableSummary &summary() const noexcept { return m_summary; }

    [[nodiscard]] const std::vector<std::string> &cellIds() const noexcept { return m_names.cellIds; }

    [[nodiscard]] const std::vector<std::string> &geneIds() const noexcept { return m_names.geneIds; }

    [[nodiscard]] const std::vector<std::string> &geneAccessions() const noexcept
    {
        return m_names.geneAccessions;
    }

    [[nodiscard]] const std::vector<CellColumn> &cellColumns() const noexcept { return m_names.cellColumns; }

    [[nodiscard]] SparseView rows() const noexcept { return m_rows; }

    /// BadData if the content does not have the digest that the summary names. Reads everything.
    [[nodiscard]] Status verify() const;
    /// The whole in memory, with embeddings.
    [[nodiscard]] Result<CountMatrix> load() const;

private:
    MatrixFile() = default;

    Safetensors m_file;
    std::string m_path;
    TableSummary m_summary;
    CountMatrix m_names; ///< all but rows and embeddings
    SparseView m_rows;
};

} // namespace ibidem::data
