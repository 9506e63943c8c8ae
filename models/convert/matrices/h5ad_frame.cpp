// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/h5ad_frame.h"

#include "models/base/text.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

namespace ibidem::convert {

namespace {

using data::CellColumn;
using MaybeColumn = std::optional<CellColumn>;

/// One column of a frame on its way.
struct ColumnPlace
{
    std::string frame;
    std::string name;
    std::uint64_t rowCount = 0;

    [[nodiscard]] std::string path() const { return childOf(frame, name); }
};

Status requireLength(const Hdf5Dataset &dataset, std::uint64_t rowCount)
{
    if (dataset.rowCount() == rowCount)
        return {};
    return dataset.file().bad(dataset.path(),
                              "has " + plural(dataset.rowCount(), "value") + ", but the index has " +
                                  std::to_string(rowCount),
                              std::string(kFetchAgain));
}

/// Codes and names of categories -> a column; the codes are checked.
Result<CellColumn> categoryColumn(Hdf5File &file, const ColumnPlace &place,
                                  const std::vector<std::int64_t> &codes, std::vector<std::string> categories)
{
    std::unordered_set<std::string_view> seen;
    for (const std::string &category : categories)
        if (!seen.insert(category).second)
            return file.bad(place.path(), "has the category " + ibidem::quoted(category) + " twice",
                            std::string(kFetchAgain));
    CellColumn column;
    column.name = place.name;
    column.kind = CellColumn::Kind::Category;
    column.codes.reserve(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (codes[i] < -1 || codes[i] >= static_cast<std::int64_t>(categories.size()))
            return file.bad(place.path(),
                            "row " + std::to_string(i) + " (from 0) has the code " +
                                std::to_string(codes[i]) + ", but the number of categories is " +
                                std::to_string(categories.size()),
                            std::string(kFetchAgain));
        column.codes.push_back(static_cast<std::int32_t>(codes[i]));
    }
    column.categories = std::move(categories);
    return column;
}

Result<std::vector<std::string>> readCategories(Hdf5File &file, const std::string &object)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    // Newer pandas: categories in a nullable-string-array.
    const std::string values = kind == Hdf5Kind::Group ? childOf(object, "values") : object;
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, values));
    IBIDEM_CHECK(dataset.requireAxes(1));
    return dataset.words();
}

/// Generation 2: a group of codes and categories.
Result<CellColumn> categoricalGroup(Hdf5File &file, const ColumnPlace &place)
{
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, childOf(place.path(), "codes")));
    IBIDEM_CHECK(requireLength(dataset, place.rowCount));
    IBIDEM_TRY(const auto codes, dataset.integers());
    IBIDEM_TRY(auto categories, readCategories(file, childOf(place.path(), "categories")));
    return categoryColumn(file, place, codes, std::move(categories));
}

/// Generation 2: a group of values and a mask, which is true where a value is missing.
Result<MaybeColumn> nullableGroup(Hdf5File &file, const ColumnPlace &place)
{
    IBIDEM_TRY(const Hdf5Dataset values, Hdf5Dataset::open(file, childOf(place.path(), "values")));
    IBIDEM_CHECK(requireLength(values, place.rowCount));
    IBIDEM_TRY(MaybeColumn column, columnOf(values, place.name));
    if (!column)
        return MaybeColumn();
    IBIDEM_TRY(const Hdf5Kind hasMask, file.kindOf(childOf(place.path(), "mask")));
    if (hasMask == Hdf5Kind::Missing)
        return column;
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, childOf(place.path(), "mask")));
    IBIDEM_CHECK(requireLength(dataset, place.rowCount));
    IBIDEM_TRY(const auto mask, dataset.integers());
    for (std::size_t i = 0; i < std::min<std::size_t>(mask.size(), place.rowCount); ++i) {
        if (mask[i] == 0)
            continue;
        if (column->kind == CellColumn::Kind::Number)
            column->numbers[i] = std::numeric_limits<double>::quiet_NaN();
        else
            column->codes[i] = -1;
    }
    return column;
}

Result<MaybeColumn> groupColumn(Hdf5File &file, const ColumnPlace &place, SkippedElements &skipped)
{
    IBIDEM_TRY(const auto encoding, file.textAttribute(place.path(), "encoding-type"));
    const std::string type = encoding.value_or("group without encoding-type");
    if (type == "categorical") {
        IBIDEM_TRY(CellColumn column, categoricalGroup(file, place));
        return MaybeColumn(std::move(column));
    }
    if (type == "nullable-integer" || type == "nullable-boolean" || type == "nullable-string-array") {
        IBIDEM_TRY(MaybeColumn column, nullableGroup(file, place));
        if (column)
            return column;
    }
    skipped.push_back(place.path() + " (" + type + ")");
    return MaybeColumn();
}

/// Generation 0 keeps the names of codes apart from them, by the column's name alone: they are taken where
/// they fit.
Result<MaybeColumn> looseCategories(Hdf5File &file, const ColumnPlace &place, const Hdf5Dataset &dataset)
{
    const std::string object = "/uns/" + place.name + "_categories";
    if (dataset.content() != Hdf5Content::Number || !dataset.isInteger())
        return MaybeColumn();
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    if (kind != Hdf5Kind::Dataset)
        return MaybeColumn();
    IBIDEM_TRY(const auto codes, dataset.integers());
    IBIDEM_TRY(const Hdf5Dataset names, Hdf5Dataset::open(file, object));
    IBIDEM_TRY(auto categories, names.words());
    const auto outside = [&](std::int64_t code) {
        return code < -1 || code >= static_cast<std::int64_t>(categories.size());
    };
    if (std::any_of(codes.begin(), codes.end(), outside))
        return MaybeColumn();
    IBIDEM_TRY(CellColumn column, categoryColumn(file, place, codes, std::move(categories)));
    return MaybeColumn(std::move(column));
}

Result<MaybeColumn> plainColumn(const ColumnPlace &place, const Hdf5Dataset &dataset,
                                SkippedElements &skipped)
{
    IBIDEM_CHECK(requireLength(dataset, place.rowCount));
    IBIDEM_TRY(MaybeColumn column, columnOf(dataset, place.name));
    if (!column)
        skipped.push_back(place.path() + " (neither numbers nor text in one dimension)");
    return column;
}

/// Of a frame that is a compound dataset.
Result<MaybeColumn> compoundColumn(Hdf5File &file, const ColumnPlace &place, const Hdf5Dataset &member,
                                   SkippedElements &skipped)
{
    IBIDEM_TRY(MaybeColumn loose, looseCategories(file, place, member));
    if (loose)
        return loose;
    return plainColumn(place, member, skipped);
}

/// Of a frame that is a group.
Result<MaybeColumn> memberColumn(Hdf5File &file, const ColumnPlace &place, SkippedElements &skipped)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(place.path()));
    if (kind == Hdf5Kind::Group)
        return groupColumn(file, place, skipped);
    if (kind != Hdf5Kind::Dataset)
        return file.bad(place.path(),
                        kind == Hdf5Kind::Missing ? "is named in column-order, but not there"
                                                  : "is no dataset",
                        std::string(kFetchAgain));
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, place.path()));
    IBIDEM_TRY(const auto reference, file.referenceAttribute(place.path(), "categories"));
    if (!reference)
        return plainColumn(place, dataset, skipped);
    IBIDEM_CHECK(requireLength(dataset, place.rowCount));
    IBIDEM_TRY(const auto codes, dataset.integers());
    IBIDEM_TRY(auto categories, readCategories(file, *reference));
    IBIDEM_TRY(CellColumn column, categoryColumn(file, place, codes, std::move(categories)));
    return MaybeColumn(std::move(column));
}

/// The member of a group or compound that holds the index.
Result<std::string> indexName(Hdf5File &file, const std::string &frame)
{
    IBIDEM_TRY(const auto named, file.textAttribute(frame, "_index"));
    if (named)
        return *named;
    for (const std::string name : {"_index", "index"}) {
        IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(childOf(frame, name)));
        if (kind != Hdf5Kind::Missing)
            return name;
    }
    return file.bad(frame, "does not say which of its columns is the index",
                    "write the file again with a recent version of anndata");
}

Result<std::string> compoundIndex(const Hdf5Dataset &frame)
{
    const std::vector<std::string> members = frame.members();
    if (members.empty())
        return frame.file().bad(frame.path(), "has no columns, so no index");
    for (const std::string name : {"index", "_index"})
        if (std::find(members.begin(), members.end(), name) != members.end())
            return name;
    return members.front();
}

Result<std::vector<std::string>> columnOrder(Hdf5File &file, const std::string &frame)
{
    // An empty order is written as an array of numbers without elements.
    IBIDEM_TRY(const auto order, file.textsAttribute(frame, "column-order"));
    if (order)
        return *order;
    IBIDEM_TRY(const Hdf5Id id, file.openObject(frame));
    if (H5Aexists(id.get(), "column-order") > 0)
        return std::vector<std::string>();
    IBIDEM_TRY(std::vector<std::string> entries, file.entriesOf(frame));
    std::erase(entries, "__categories");
    return entries;
}

/// The index of a frame that is a group; it may be categorical itself.
Result<std::vector<std::string>> readGroupIndex(Hdf5File &file, const std::string &frame,
                                                const std::string &name)
{
    const std::string object = childOf(frame, name);
    IBIDEM_TRY(const Hdf5Kind codesKind, file.kindOf(childOf(object, "codes")));
    if (codesKind != Hdf5Kind::Dataset)
        return readCategories(file, object);
    IBIDEM_TRY(const Hdf5Dataset codes, Hdf5Dataset::open(file, childOf(object, "codes")));
    IBIDEM_TRY(const CellColumn column, categoricalGroup(file, {frame, name, codes.rowCount()}));
    return textsOf(column);
}

Result<Hdf5Dataset> openCompound(Hdf5File &file, const std::string &frame)
{
    IBIDEM_TRY(Hdf5Dataset dataset, Hdf5Dataset::open(file, frame));
    if (dataset.content() != Hdf5Content::Compound || dataset.extents().size() != 1)
        return file.bad(frame, "is neither a group nor a table of columns", std::string(kFetchAgain));
    return dataset;
}

/// Puts what was read of a column among the columns, or among the skipped.
Status keepColumn(Result<MaybeColumn> read, FlawedColumns flawed, std::vector<CellColumn> &columns,
                  SkippedElements &skipped)
{
    if (!read)
        return flawed == FlawedColumns::PassOver ? passOver(read.error(), skipped)
                                                 : tl::unexpected<Error>(std::move(read).error());
    if (*read)
        columns.push_back(std::move(**read));
    return {};
}

} // namespace

Status passOver(const Error &error, SkippedElements &skipped)
{
    if (error.code != ErrorCode::BadData && error.code != ErrorCode::Unavailable)
        return tl::unexpected<Error>(error);
    const std::size_t colon = error.message.find(": ");
    skipped.push_back(colon == std::string::npos
                          ? error.message
                          : error.message.substr(0, colon) + " (" + error.message.substr(colon + 2) + ")");
    return {};
}

std::vector<std::string> textsOf(const CellColumn &column)
{
    std::vector<std::string> texts;
    texts.reserve(column.codes.size());
    for (const std::int32_t code : column.codes)
        texts.push_back(code < 0 ? std::string() : column.categories[static_cast<std::size_t>(code)]);
    return texts;
}

CellColumn textColumn(std::string name, std::vector<std::string> texts)
{
    CellColumn column;
    column.name = std::move(name);
    column.kind = CellColumn::Kind::Text;
    column.codes.reserve(texts.size());
    std::unordered_map<std::string, std::int32_t> codes;
    for (std::string &text : texts) {
        const auto [entry, isNew] = codes.try_emplace(text, static_cast<std::int32_t>(codes.size()));
        column.codes.push_back(entry->second);
        if (isNew)
            column.categories.push_back(std::move(text));
    }
    return column;
}

Result<MaybeColumn> columnOf(const Hdf5Dataset &dataset, std::string name)
{
    if (dataset.extents().size() != 1)
        return MaybeColumn();
    CellColumn column;
    column.name = std::move(name);
    switch (dataset.content()) {
    case Hdf5Content::Number: {
        IBIDEM_TRY(column.numbers, dataset.doubles());
        column.kind = CellColumn::Kind::Number;
        return MaybeColumn(std::move(column));
    }
    case Hdf5Content::Boolean: {
        IBIDEM_TRY(const auto values, dataset.integers());
        column.kind = CellColumn::Kind::Boolean;
        column.categories = {"False", "True"};
        for (const std::int64_t value : values)
            column.codes.push_back(value != 0 ? 1 : 0);
        return MaybeColumn(std::move(column));
    }
    case Hdf5Content::Text: {
        IBIDEM_TRY(std::vector<std::string> texts, dataset.texts());
        return MaybeColumn(textColumn(std::move(column.name), std::move(texts)));
    }
    default:
        return MaybeColumn();
    }
}

Result<std::optional<data::Embedding>> embeddingOf(const Hdf5Dataset &dataset, std::string name,
                                                   std::uint64_t rowCount)
{
    using MaybeEmbedding = std::optional<data::Embedding>;
    if (dataset.extents().size() != 2 || dataset.content() != Hdf5Content::Number)
        return MaybeEmbedding();
    IBIDEM_CHECK(requireLength(dataset, rowCount));
    IBIDEM_CHECK(dataset.file().reserve(dataset.count() * sizeof(float), dataset.path()));
    data::Embedding embedding{std::move(name), dataset.rowWidth(), {}};
    embedding.values.resize(dataset.count());
    IBIDEM_CHECK(dataset.read(0, rowCount, embedding.values.data()));
    return MaybeEmbedding(std::move(embedding));
}

Result<std::vector<std::string>> readFrameIndex(Hdf5File &file, const std::string &frame)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(frame));
    if (kind == Hdf5Kind::Missing)
        return file.bad(frame, "is not there, so nothing has a name", std::string(kFetchAgain));
    if (kind == Hdf5Kind::Group) {
        IBIDEM_TRY(const std::string name, indexName(file, frame));
        return readGroupIndex(file, frame, name);
    }
    IBIDEM_TRY(const Hdf5Dataset table, openCompound(file, frame));
    IBIDEM_TRY(const std::string name, compoundIndex(table));
    IBIDEM_TRY(const Hdf5Dataset index, table.member(name));
    IBIDEM_CHECK(index.requireAxes(1));
    return index.words();
}

Result<std::vector<CellColumn>> readFrameColumns(Hdf5File &file, const std::string &frame,
                                                 std::uint64_t rowCount, SkippedElements &skipped,
                                                 FlawedColumns flawed)
{
    std::vector<CellColumn> columns;
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(frame));
    if (kind != Hdf5Kind::Group) {
        IBIDEM_TRY(const Hdf5Dataset table, openCompound(file, frame));
        IBIDEM_TRY(const std::string index, compoundIndex(table));
        for (const std::string &name : table.members()) {
            if (name == index)
                continue;
            auto column = table.member(name).and_then([&](const Hdf5Dataset &member) {
                return compoundColumn(file, {frame, name, rowCount}, member, skipped);
            });
            IBIDEM_CHECK(keepColumn(std::move(column), flawed, columns, skipped));
        }
        return columns;
    }
    IBIDEM_TRY(const std::string index, indexName(file, frame));
    IBIDEM_TRY(const std::vector<std::string> order, columnOrder(file, frame));
    for (const std::string &name : order) {
        if (name == index)
            continue;
        IBIDEM_CHECK(file.requireRunning());
        IBIDEM_CHECK(
            keepColumn(memberColumn(file, {frame, name, rowCount}, skipped), flawed, columns, skipped));
    }
    return columns;
}

Result<std::optional<std::vector<std::string>>>
readFrameTexts(Hdf5File &file, const std::string &frame, const std::string &column, std::uint64_t rowCount)
{
    using Texts = std::optional<std::vector<std::string>>;
    IBIDEM_TRY(const Hdf5Kind frameKind, file.kindOf(frame));
    MaybeColumn found;
    SkippedElements skipped;
    if (frameKind == Hdf5Kind::Group) {
        IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(childOf(frame, column)));
        if (kind == Hdf5Kind::Missing)
            return Texts();
        IBIDEM_TRY(found, memberColumn(file, {frame, column, rowCount}, skipped));
    } else {
        IBIDEM_TRY(const Hdf5Dataset table, openCompound(file, frame));
        const std::vector<std::string> members = table.members();
        if (std::find(members.begin(), members.end(), column) == members.end())
            return Texts();
        IBIDEM_TRY(const Hdf5Dataset member, table.member(column));
        IBIDEM_TRY(found, compoundColumn(file, {frame, column, rowCount}, member, skipped));
    }
    if (!found || found->kind == CellColumn::Kind::Number || found->kind == CellColumn::Kind::Boolean)
        return Texts();
    return Texts(textsOf(*found));
}

} // namespace ibidem::convert
