// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::data {

enum class CheckState { Ok, Warning, Error };

/// One check that a file passed or not, in words for the user. `name` is stable ("duplicate-genes").
struct Check
{
    std::string name;
    CheckState state = CheckState::Ok;
    std::string message;
    bool operator==(const Check &) const = default;
};

[[nodiscard]] std::string_view checkStateName(CheckState state) noexcept; ///< "ok", "warning", "error"

/// A matrix of expression values with names: samples × genes, row-major (sample by sample), finite doubles
/// exactly as the file's decimals read. An immutable value once made; share it as std::shared_ptr<const
/// ExpressionTable>.
struct ExpressionTable
{
    std::vector<std::string>
        sampleIds; ///< unique, not empty; without the label that mlf-core's header puts in front
    std::vector<std::string> geneIds; ///< unique (made so as scanpy does: "-1", "-2" … appended), not empty
    std::vector<std::string> geneNames;    ///< as many as geneIds, each may be empty; or none at all
    std::vector<std::string> sampleLabels; ///< class names as many as samples; or none at all
    std::vector<double> values;            ///< sampleIds.size() * geneIds.size()

    [[nodiscard]] std::size_t sampleCount() const noexcept { return sampleIds.size(); }

    [[nodiscard]] std::size_t geneCount() const noexcept { return geneIds.size(); }

    /// Class name -> count, sorted by name.
    [[nodiscard]] std::map<std::string, std::uint64_t> labelCounts() const;
    bool operator==(const ExpressionTable &) const = default;
};

/// SHA-256 over names, labels and values (canonical frames, little endian): the identity of the content,
/// whatever file and format it came from.
[[nodiscard]] std::string contentDigest(const ExpressionTable &table);

/// What is known of a matrix file beside its shape.
struct MatrixFacts
{
    std::uint64_t nonZero = 0;
    bool counts = false; ///< whether all values are whole numbers that are not negative
    std::string source;  ///< which matrix of the file was read: "X", "raw", "layers/counts"; "matrix", "mm10"
    std::vector<std::string> sources; ///< all that the file offers, in the file's order
    /// Annotations of the cells: column -> category -> cells; empty for numbers and where nearly each cell
    /// has a value of its own.
    std::map<std::string, std::map<std::string, std::uint64_t>> columns;
    std::vector<std::string> embeddings;  ///< names
    std::vector<std::string> geneColumns; ///< names of the annotations of the genes
    bool operator==(const MatrixFacts &) const = default;

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<MatrixFacts> fromJson(const Json &json);
};

/// What the converter found out about one foreign file: the answer of `inspect`.
struct TableSummary
{
    std::string kind; ///< "expression-table", "class-labels", "sample-annotations", "count-matrix"
    /// "mlf-core-tsv", "gct-1.2", "gct-1.3", "cls", "tsv", "csv" + ".gz"; "h5ad-0" to "h5ad-2", "10x-v2",
    /// "10x-v3", "10x-v3-probes", "10x-mtx", "loom-2", "loom-3"
    std::string format;
    std::uint64_t fileBytes = 0;
    std::string fileSha256;
    std::vector<std::uint64_t> shape;            ///< samples, genes (or rows, columns for annotations)
    std::map<std::string, std::uint64_t> labels; ///< class -> count
    std::vector<Check> checks;
    std::string digest; ///< contentDigest
    double sum = 0.0;   ///< of all values, in file order
    double minimum = 0.0;
    double maximum = 0.0;
    std::string orientation;           ///< "genes-in-rows" or "samples-in-rows"
    std::string delimiter;             ///< "tab", "comma", "semicolon", "blank"
    std::string labelSource;           ///< "sample-names", "column label", "none", …
    std::optional<MatrixFacts> matrix; ///< count matrices only

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<TableSummary> fromJson(const Json &json);
};

/// The container of one converted table. Tensors: `values` F64 [samples, genes]; `sample_ids`, `gene_ids`,
/// `gene_names`, `sample_labels` U8, NUL-separated (resources/docs/formats.md). Metadata `ibidem` holds the
/// summary as JSON. Class labels alone (CLS, annotation tables) have `sample_ids` (may be empty) and
/// `sample_labels`, or for annotations `columns` and one U8 tensor `column.NNNN` per column.
struct TableContainer
{
    TableSummary summary;
    ExpressionTable table;
    std::vector<std::string> columns;                   ///< annotations only: names
    std::vector<std::vector<std::string>> columnValues; ///< annotations only: one vector per column
};

/// Digest of whatever the container holds: the table's, with annotation columns where there are any.
[[nodiscard]] std::string contentDigest(const TableContainer &container);

/// Fills in the digest where the summary has none. Internal if the parts contradict each other or the digest.
[[nodiscard]] Status writeTableContainer(const std::filesystem::path &path, const TableContainer &container);
/// BadData if it is no such container, or if the content does not have the digest that the summary names.
[[nodiscard]] Result<TableContainer> readTableContainer(const std::filesystem::path &path);
/// Reads the summary alone: fast.
[[nodiscard]] Result<TableSummary> readTableSummary(const std::filesystem::path &path);

} // namespace ibidem::data
