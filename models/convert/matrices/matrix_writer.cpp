// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/matrix_writer.h"

#include "models/base/text.h"
#include "models/convert/matrices/hdf5_image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fcntl.h>
#include <limits>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ibidem::convert {

namespace {

using data::CellColumn;

tl::unexpected<Error> impossible(const std::string &what, std::string cure)
{
    return fail(ErrorCode::Usage, what, {}, std::move(cure));
}

/// Names that become objects of the file.
Status checkNames(const data::CountMatrix &matrix)
{
    std::vector<std::string_view> names;
    for (const auto *columns : {&matrix.cellColumns, &matrix.geneColumns})
        for (const CellColumn &column : *columns)
            names.emplace_back(column.name);
    for (const data::Embedding &embedding : matrix.embeddings)
        names.emplace_back(embedding.name);
    for (const std::string_view name : names)
        if (!isAnnDataName(name))
            return impossible("AnnData cannot hold an annotation called " + ibidem::quoted(name),
                              "rename it");
    return {};
}

void encode(Hdf5Image &file, hid_t object, std::string_view type, std::string_view version)
{
    file.attribute(object, "encoding-type", type);
    file.attribute(object, "encoding-version", version);
}

std::vector<std::int64_t> startsOf(const data::SparseMatrix &rows)
{
    return {rows.starts.begin(), rows.starts.end()};
}

/// In the narrowest type that has room for the codes of so many categories, as anndata does.
void addCodes(Hdf5Image &file, hid_t group, const CellColumn &column)
{
    Hdf5Id made;
    if (column.categories.size() <= std::numeric_limits<std::int8_t>::max())
        made = file.dataset(
            group, "codes",
            std::span<const std::int8_t>(std::vector<std::int8_t>(column.codes.begin(), column.codes.end())));
    else if (column.categories.size() <= std::numeric_limits<std::int16_t>::max())
        made = file.dataset(group, "codes",
                            std::span<const std::int16_t>(
                                std::vector<std::int16_t>(column.codes.begin(), column.codes.end())));
    else
        made = file.dataset(group, "codes", std::span<const std::int32_t>(column.codes));
    encode(file, made.get(), "array", "0.2.0");
}

void addTexts(Hdf5Image &file, hid_t group, const std::string &name, std::span<const std::string> texts)
{
    const Hdf5Id made = file.texts(group, name, texts);
    encode(file, made.get(), "string-array", "0.2.0");
}

void addCategories(Hdf5Image &file, hid_t frame, const CellColumn &column)
{
    const Hdf5Id group = file.group(frame, column.name);
    encode(file, group.get(), "categorical", "0.2.0");
    file.attribute(group.get(), "ordered", false);
    addCodes(file, group.get(), column);
    addTexts(file, group.get(), "categories", column.categories);
}

bool hasMissing(const CellColumn &column)
{
    return std::any_of(column.codes.begin(), column.codes.end(), [](std::int32_t code) { return code < 0; });
}

/// The reader calls booleans "False" and "True".
bool isTrue(const CellColumn &column, std::int32_t code)
{
    const std::string_view word =
        code < 0 ? std::string_view() : std::string_view(column.categories[static_cast<std::size_t>(code)]);
    return word == "True" || word == "TRUE" || word == "true";
}

void addBooleans(Hdf5Image &file, hid_t frame, const CellColumn &column)
{
    std::vector<std::int8_t> values;
    std::vector<std::int8_t> mask;
    for (const std::int32_t code : column.codes) {
        values.push_back(static_cast<std::int8_t>(isTrue(column, code) ? 1 : 0));
        mask.push_back(static_cast<std::int8_t>(code < 0 ? 1 : 0));
    }
    if (!hasMissing(column)) {
        const Hdf5Id made = file.booleans(frame, column.name, values);
        encode(file, made.get(), "array", "0.2.0");
        return;
    }
    const Hdf5Id group = file.group(frame, column.name);
    encode(file, group.get(), "nullable-boolean", "0.1.0");
    for (const auto &[name, bytes] : {std::pair("values", &values), std::pair("mask", &mask)}) {
        const Hdf5Id made = file.booleans(group.get(), name, *bytes);
        encode(file, made.get(), "array", "0.2.0");
    }
}

void addTextColumn(Hdf5Image &file, hid_t frame, const CellColumn &column)
{
    if (hasMissing(column)) { // a string array has no place for what is missing
        addCategories(file, frame, column);
        return;
    }
    std::vector<std::string> texts;
    for (const std::int32_t code : column.codes)
        texts.push_back(column.categories[static_cast<std::size_t>(code)]);
    addTexts(file, frame, column.name, texts);
}

void addColumn(Hdf5Image &file, hid_t frame, const CellColumn &column)
{
    switch (column.kind) {
    case CellColumn::Kind::Number: {
        const Hdf5Id made = file.dataset(frame, column.name, column.numbers);
        encode(file, made.get(), "array", "0.2.0");
        break;
    }
    case CellColumn::Kind::Text:
        addTextColumn(file, frame, column);
        break;
    case CellColumn::Kind::Category:
        addCategories(file, frame, column);
        break;
    case CellColumn::Kind::Boolean:
        addBooleans(file, frame, column);
        break;
    }
}

Hdf5Id addFrame(Hdf5Image &file, const char *name, const std::vector<std::string> &index,
                const std::vector<std::string> &columns)
{
    Hdf5Id frame = file.group(file.root(), name);
    encode(file, frame.get(), "dataframe", "0.2.0");
    file.attribute(frame.get(), "_index", std::string_view("_index"));
    file.attribute(frame.get(), "column-order", std::span(columns));
    addTexts(file, frame.get(), "_index", index);
    return frame;
}

void addObs(Hdf5Image &file, const data::CountMatrix &matrix)
{
    std::vector<std::string> names;
    for (const CellColumn &column : matrix.cellColumns)
        names.push_back(column.name);
    const Hdf5Id frame = addFrame(file, "obs", matrix.cellIds, names);
    for (const CellColumn &column : matrix.cellColumns)
        addColumn(file, frame.get(), column);
}

void addVar(Hdf5Image &file, const data::CountMatrix &matrix)
{
    constexpr const char *kAccessions = "gene_ids";
    const std::vector<CellColumn> &columns = matrix.geneColumns;
    const bool addsAccessions = !matrix.geneAccessions.empty() &&
                                std::none_of(columns.begin(), columns.end(), [&](const CellColumn &column) {
                                    return column.name == kAccessions;
                                });
    std::vector<std::string> names;
    if (addsAccessions)
        names.emplace_back(kAccessions);
    for (const CellColumn &column : columns)
        names.push_back(column.name);
    const Hdf5Id frame = addFrame(file, "var", matrix.geneIds, names);
    if (addsAccessions)
        addTexts(file, frame.get(), kAccessions, matrix.geneAccessions);
    for (const CellColumn &column : columns)
        addColumn(file, frame.get(), column);
}

void addRows(Hdf5Image &file, const data::CountMatrix &matrix)
{
    const Hdf5Id group = file.group(file.root(), "X");
    encode(file, group.get(), "csr_matrix", "0.1.0");
    const std::array<std::int64_t, 2> shape = {static_cast<std::int64_t>(matrix.cellIds.size()),
                                               static_cast<std::int64_t>(matrix.geneIds.size())};
    file.attribute(group.get(), "shape", std::span<const std::int64_t>(shape));
    file.dataset(group.get(), "data", std::span<const float>(matrix.rows.values));
    const std::vector<std::int32_t> columns(matrix.rows.columns.begin(), matrix.rows.columns.end());
    file.dataset(group.get(), "indices", std::span<const std::int32_t>(columns));
    file.dataset(group.get(), "indptr", std::span<const std::int64_t>(startsOf(matrix.rows)));
}

void addAnnData(Hdf5Image &file, const data::CountMatrix &matrix)
{
    encode(file, file.root(), "anndata", "0.1.0");
    addRows(file, matrix);
    addObs(file, matrix);
    addVar(file, matrix);
    for (const char *name : {"layers", "obsm", "obsp", "uns", "varm", "varp"}) {
        const Hdf5Id group = file.group(file.root(), name);
        encode(file, group.get(), "dict", "0.1.0");
        if (std::string_view(name) != "obsm")
            continue;
        for (const data::Embedding &embedding : matrix.embeddings) {
            const Hdf5Id made = file.dataset(group.get(), embedding.name, embedding.values, embedding.width);
            encode(file, made.get(), "array", "0.2.0");
        }
    }
}

Result<std::vector<std::int32_t>> counts(const std::vector<float> &values)
{
    constexpr float kTooLarge = 2147483648.0F;
    std::vector<std::int32_t> whole;
    whole.reserve(values.size());
    for (const float value : values) {
        if (!(value >= 0.0F && value < kTooLarge && value == std::floor(value)))
            return impossible("the 10x format holds counts alone, and " + formatFloat(value) + " is none",
                              "write h5ad instead");
        whole.push_back(static_cast<std::int32_t>(value));
    }
    return whole;
}

void addTenx(Hdf5Image &file, const data::CountMatrix &matrix, const std::vector<std::int32_t> &values)
{
    const std::size_t genes = matrix.geneIds.size();
    file.attribute(file.root(), "filetype", std::string_view("matrix"));
    file.attribute(file.root(), "version", std::int64_t{2});
    const Hdf5Id group = file.group(file.root(), "matrix");
    file.fixedTexts(group.get(), "barcodes", matrix.cellIds);
    file.dataset(group.get(), "data", std::span<const std::int32_t>(values));
    const std::vector<std::int64_t> indices(matrix.rows.columns.begin(), matrix.rows.columns.end());
    file.dataset(group.get(), "indices", std::span<const std::int64_t>(indices));
    file.dataset(group.get(), "indptr", std::span<const std::int64_t>(startsOf(matrix.rows)));
    const std::array<std::int32_t, 2> shape = {static_cast<std::int32_t>(genes),
                                               static_cast<std::int32_t>(matrix.cellIds.size())};
    file.dataset(group.get(), "shape", std::span<const std::int32_t>(shape));
    const Hdf5Id features = file.group(group.get(), "features");
    const std::vector<std::string> tags = {"genome"};
    file.fixedTexts(features.get(), "_all_tag_keys", tags);
    file.fixedTexts(features.get(), "feature_type", std::vector<std::string>(genes, "Gene Expression"));
    file.fixedTexts(features.get(), "genome", std::vector<std::string>(genes, "unknown"));
    file.fixedTexts(features.get(), "id",
                    matrix.geneAccessions.empty() ? matrix.geneIds : matrix.geneAccessions);
    file.fixedTexts(features.get(), "name", matrix.geneIds);
}

/// The whole file under a name that nothing has yet.
Status writeNew(const std::filesystem::path &path, const data::CountMatrix &matrix, MatrixFormat format)
{
    if (format == MatrixFormat::H5ad) {
        IBIDEM_CHECK(checkNames(matrix));
        Hdf5Image file(path);
        addAnnData(file, matrix);
        return file.finish();
    }
    IBIDEM_TRY(const std::vector<std::int32_t> values, counts(matrix.rows.values));
    Hdf5Image file(path);
    addTenx(file, matrix, values);
    return file.finish();
}

/// What a crash must not lose is on the disk before it gets its name.
Status moveTo(const std::filesystem::path &from, const std::filesystem::path &path)
{
    const int file = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synchronised = file >= 0 && ::fsync(file) == 0;
    if (file >= 0)
        ::close(file);
    if (!synchronised)
        return fail(ErrorCode::Io, "the file cannot be brought to the disk", path.string());
    std::error_code error;
    std::filesystem::rename(from, path, error);
    if (error)
        return fail(ErrorCode::CannotWrite, "cannot be written: " + error.message(), path.string());
    return {};
}

} // namespace

std::optional<MatrixFormat> matrixFormatOfName(std::string_view name) noexcept
{
    if (name == "h5ad")
        return MatrixFormat::H5ad;
    if (name == "10x")
        return MatrixFormat::Tenx;
    return std::nullopt;
}

bool isAnnDataName(std::string_view name) noexcept
{
    return !name.empty() && name != "." && name != "_index" && name.find('/') == std::string_view::npos;
}

Status writeMatrixFile(const std::filesystem::path &path, const data::CountMatrix &matrix,
                       MatrixFormat format)
{
    if (matrix.rows.view().rowCount() != matrix.cellIds.size() ||
        matrix.rows.columnCount != matrix.geneIds.size())
        return fail(ErrorCode::Internal,
                    "a matrix to be written does not have a name for each row and column");
    std::filesystem::path temporary = path;
    temporary.replace_filename("." + path.filename().string() + "." + std::to_string(::getpid()) + ".tmp");
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored); // left by a process of that number which died
    Status status = writeNew(temporary, matrix, format);
    if (status)
        status = moveTo(temporary, path);
    if (status)
        return status;
    std::filesystem::remove(temporary, ignored);
    Error error = std::move(status).error();
    error.path = path.string();
    return tl::unexpected<Error>(std::move(error));
}

} // namespace ibidem::convert
