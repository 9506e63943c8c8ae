// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/convert/foreign_file.h"
#include "models/convert/gzip.h"
#include "models/convert/matrices/feature_types.h"
#include "models/convert/matrices/matrix_builder.h"
#include "models/convert/matrices/matrix_reader.h"
#include "models/convert/matrices/mtx_entries.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ibidem::convert {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMatrixName = "matrix.mtx";

/// The three files of a 10x folder.
struct MtxFiles
{
    fs::path matrix;
    fs::path barcodes;
    fs::path features;
};

/// A file's text, inflated where it was compressed.
struct Text
{
    std::string path;
    ForeignFile file;
    std::string inflated;
    bool compressed = false;

    [[nodiscard]] std::string_view view() const noexcept
    {
        return compressed ? std::string_view(inflated) : file.bytes();
    }
};

struct Features
{
    std::vector<std::string> names;
    std::vector<std::string> accessions; ///< none if the file has one column
    std::vector<std::string> types;
};

bool isMatrixName(std::string_view name)
{
    return name.ends_with(kMatrixName) || name.ends_with(std::string(kMatrixName) + ".gz");
}

/// data::mtxMembers() knows matrices by these names: others would be one file for the cache.
bool hasMtxSuffix(std::string_view name)
{
    return name.ends_with(".mtx") || name.ends_with(".mtx.gz");
}

/// What stands before "matrix.mtx" in the name, as in "GSM1_matrix.mtx.gz"; it stands before the other names
/// too.
std::string prefixOf(const std::string &name)
{
    const std::size_t at = isMatrixName(name) ? name.rfind(kMatrixName) : 0;
    return name.substr(0, at);
}

Result<fs::path> matrixInFolder(const fs::path &folder)
{
    IBIDEM_TRY(const std::vector<std::string> names, listFolder(folder));
    std::vector<std::string> found;
    for (const std::string &name : names)
        if (hasMtxSuffix(name))
            found.push_back(name);
    if (found.empty())
        return fail(ErrorCode::InputMissing, "there is no matrix.mtx or matrix.mtx.gz in this folder",
                    folder.string(),
                    "choose the folder that holds matrix.mtx, barcodes.tsv and features.tsv");
    if (found.size() > 1)
        return fail(ErrorCode::Usage, "there is more than one matrix in this folder: " + listed(found, 10),
                    folder.string(), "name one of these files instead of the folder");
    return folder / found.front();
}

/// The one file of these names, plain or compressed, beside the matrix.
Result<fs::path> companion(const fs::path &matrix, std::initializer_list<const char *> names,
                           const char *holds)
{
    const std::string prefix = prefixOf(matrix.filename().string());
    std::vector<std::string> found;
    std::vector<std::string> wanted;
    for (const char *name : names)
        for (const char *suffix : {"", ".gz"}) {
            std::error_code ignored;
            wanted.push_back(prefix + name + suffix);
            if (fs::exists(matrix.parent_path() / wanted.back(), ignored))
                found.push_back(wanted.back());
        }
    if (found.empty())
        return fail(ErrorCode::InputMissing,
                    std::string("the names of the ") + holds + " are missing: there is no " +
                        listed(wanted, 10) + " beside the matrix",
                    matrix.string(), "put the three files of the matrix into one folder");
    if (found.size() > 1)
        return fail(ErrorCode::Usage,
                    std::string("there is more than one file with the names of the ") + holds + ": " +
                        listed(found, 10),
                    matrix.string(), "leave only the one that belongs to the matrix");
    return matrix.parent_path() / found.front();
}

Result<MtxFiles> findFiles(const fs::path &path)
{
    std::error_code ignored;
    MtxFiles files;
    files.matrix = path;
    if (fs::is_directory(path, ignored)) {
        IBIDEM_TRY(files.matrix, matrixInFolder(path));
    }
    if (!hasMtxSuffix(files.matrix.filename().string()))
        return fail(ErrorCode::Usage, "a matrix must be called .mtx or .mtx.gz", path.string(), "rename it");
    IBIDEM_TRY(files.barcodes, companion(files.matrix, {"barcodes.tsv"}, "cells"));
    IBIDEM_TRY(files.features, companion(files.matrix, {"features.tsv", "genes.tsv"}, "genes"));
    return files;
}

Result<Text> readText(const fs::path &path, std::uint64_t memoryBytes, const RunToken &token)
{
    Text text;
    text.path = path.string();
    IBIDEM_TRY(text.file, ForeignFile::open(path));
    text.compressed = isGzip(text.file.bytes());
    if (text.compressed) {
        IBIDEM_TRY(text.inflated, gunzip(text.file.bytes(), memoryBytes, token, text.path));
    }
    return text;
}

tl::unexpected<Error> badLine(const Text &text, std::uint64_t line, const std::string &what)
{
    return fail(ErrorCode::BadData, "line " + std::to_string(line) + ": " + what, text.path,
                "fetch or write the file again");
}

/// Calls take(fields, line number) for each line; empty lines may only stand at the end.
template <class Take>
Status forEachLine(const Text &text, Take take)
{
    std::uint64_t number = 0;
    std::uint64_t firstEmpty = 0;
    std::string_view rest = text.view();
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty()) {
            firstEmpty = firstEmpty == 0 ? number : firstEmpty;
            continue;
        }
        if (firstEmpty != 0)
            return badLine(text, firstEmpty, "the line is empty");
        IBIDEM_CHECK(take(split(line, '\t'), number));
    }
    return {};
}

Result<std::vector<std::string>> readBarcodes(const Text &text)
{
    std::vector<std::string> barcodes;
    const Status status =
        forEachLine(text, [&](const std::vector<std::string_view> &fields, std::uint64_t line) {
            if (fields[0].empty())
                return Status(badLine(text, line, "the cell has no name"));
            barcodes.emplace_back(fields[0]);
            return Status();
        });
    IBIDEM_CHECK(status);
    return barcodes;
}

/// "id", "id<TAB>name" or "id<TAB>name<TAB>type<TAB>…": in each line as many as in the first.
Result<Features> readFeatures(const Text &text)
{
    Features features;
    std::size_t columns = 0;
    const Status status =
        forEachLine(text, [&](const std::vector<std::string_view> &fields, std::uint64_t line) {
            const std::size_t count = std::min<std::size_t>(fields.size(), 3);
            columns = line == 1 ? count : columns;
            if (count != columns)
                return Status(badLine(text, line,
                                      plural(fields.size(), "column") + ", but the first line has " +
                                          std::to_string(columns) + (columns == 3 ? " or more" : "")));
            features.names.emplace_back(fields[count > 1 ? 1 : 0]);
            if (count > 1)
                features.accessions.emplace_back(fields[0]);
            features.types.emplace_back(count > 2 ? fields[2] : std::string_view("Gene Expression"));
            return Status();
        });
    IBIDEM_CHECK(status);
    return features;
}

/// The head's size must be genes × cells as the other two files have it.
Status checkSize(const MtxHead &head, std::size_t genes, std::size_t cells, const Text &matrix)
{
    if (head.rows == genes && head.columns == cells)
        return {};
    const bool transposed = head.rows == cells && head.columns == genes;
    return fail(ErrorCode::BadData,
                "line " + std::to_string(head.line) + ": the matrix has " + plural(head.rows, "row") +
                    " and " + plural(head.columns, "column") + ", but there are " + plural(genes, "gene") +
                    " and " + plural(cells, "cell"),
                matrix.path,
                transposed ? "write the matrix with genes in rows and cells in columns"
                           : "put the three files of one matrix into the folder");
}

Status requireMemory(std::uint64_t bytes, std::uint64_t memoryBytes, const Text &matrix)
{
    if (bytes <= memoryBytes)
        return {};
    return fail(ErrorCode::BadData,
                "reading this matrix needs about " + formatBytes(bytes) + " of memory, " +
                    formatBytes(memoryBytes) + " may be used",
                matrix.path, "use a machine with more memory, or a matrix with fewer cells");
}

/// Entry by entry to rows of cells: a counting sort by cell that keeps the order within one. Entries of genes
/// without a place in `placeOfGene` are left out.
data::SparseMatrix toRows(MtxEntries entries, const std::vector<std::uint32_t> &placeOfGene,
                          std::uint64_t genes, std::uint64_t cells)
{
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    data::SparseMatrix rows;
    rows.columnCount = genes;
    rows.starts.assign(static_cast<std::size_t>(cells) + 1, 0);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < entries.rows.size(); ++i) {
        const std::uint32_t place = placeOfGene[entries.rows[i]];
        if (place == kNone)
            continue;
        ++rows.starts[entries.columns[i] + 1U];
        entries.rows[kept] = place;
        entries.columns[kept] = entries.columns[i];
        entries.values[kept++] = entries.values[i];
    }
    entries.rows.resize(kept);
    entries.values.resize(kept);
    for (std::size_t cell = 0; cell < cells; ++cell)
        rows.starts[cell + 1] += rows.starts[cell];
    if (entries.columnsAscend) {
        rows.columns = std::move(entries.rows);
        rows.values = std::move(entries.values);
        return rows;
    }
    rows.columns.resize(kept);
    rows.values.resize(kept);
    std::vector<std::uint64_t> next(rows.starts.begin(), rows.starts.end() - 1);
    for (std::size_t i = 0; i < kept; ++i) {
        const auto to = static_cast<std::size_t>(next[entries.columns[i]]++);
        rows.columns[to] = entries.rows[i];
        rows.values[to] = entries.values[i];
    }
    return rows;
}

void keepFeatures(Features &features, const std::vector<std::uint32_t> &kept, RawMatrix &raw)
{
    for (const std::uint32_t feature : kept) {
        raw.geneNames.push_back(std::move(features.names[feature]));
        if (!features.accessions.empty())
            raw.geneAccessions.push_back(std::move(features.accessions[feature]));
    }
}

Result<RawMatrix> readRaw(const MtxFiles &files, const data::TableOptions &options, const RunToken &token,
                          std::uint64_t memoryBytes)
{
    RawMatrix raw;
    IBIDEM_TRY(const Text barcodes, readText(files.barcodes, memoryBytes, token));
    IBIDEM_TRY(raw.cellIds, readBarcodes(barcodes));
    IBIDEM_TRY(const Text featureText, readText(files.features, memoryBytes, token));
    IBIDEM_TRY(Features features, readFeatures(featureText));
    IBIDEM_TRY(const auto kept,
               chooseFeatures(features.types, options.featureType, featureText.path, raw.checks));
    IBIDEM_TRY(const Text matrix, readText(files.matrix, memoryBytes, token));
    IBIDEM_TRY(const MtxHead head, readMtxHead(matrix.view(), matrix.path));
    IBIDEM_CHECK(checkSize(head, features.names.size(), raw.cellIds.size(), matrix));
    const std::uint64_t sortedBytes = head.entries * (sizeof(std::uint32_t) + sizeof(float));
    const std::uint64_t bytes =
        matrix.inflated.size() + bytesOf(head) + sortedBytes +
        (head.rows + head.columns) * (sizeof(std::string) + 2 * sizeof(std::uint64_t));
    IBIDEM_CHECK(requireMemory(bytes, memoryBytes, matrix));
    std::vector<std::uint32_t> placeOfGene(features.names.size(), std::numeric_limits<std::uint32_t>::max());
    for (std::size_t i = 0; i < kept.size(); ++i)
        placeOfGene[kept[i]] = static_cast<std::uint32_t>(i);
    keepFeatures(features, kept, raw);
    IBIDEM_TRY(MtxEntries entries, readMtxEntries(matrix.view(), head, token, matrix.path));
    raw.roundedValues = entries.rounded;
    raw.rows = toRows(std::move(entries), placeOfGene, kept.size(), raw.cellIds.size());
    raw.path = matrix.path;
    raw.format = "10x-mtx";
    raw.source = "matrix";
    raw.sources = {"matrix"};
    return raw;
}

} // namespace

Result<data::MatrixContainer> readMtxMatrix(const std::filesystem::path &path,
                                            const data::TableOptions &options, const RunToken &token,
                                            const ReadLimits &limits)
{
    const std::uint64_t memoryBytes = limits.memoryBytes != 0 ? limits.memoryBytes : usableMemory();
    if (options.matrix != "auto" && options.matrix != "matrix")
        return fail(ErrorCode::Usage,
                    "there is no matrix " + ibidem::quoted(options.matrix) + " in a 10x folder",
                    path.string(), "choose auto: there is only one");
    IBIDEM_TRY(const MtxFiles files, findFiles(path));
    IBIDEM_TRY(RawMatrix raw, readRaw(files, options, token, memoryBytes));
    IBIDEM_TRY(data::MatrixContainer container, finishMatrix(std::move(raw), options));
    token.progress("read", 1.0);
    return container;
}

} // namespace ibidem::convert
