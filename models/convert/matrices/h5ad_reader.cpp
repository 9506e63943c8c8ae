// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/matrices/hdf5_readers.h"

#include <algorithm>
#include <array>

namespace ibidem::convert {

namespace {

/// Columns of var that hold database names, by the tools that write them.
constexpr std::array<const char *, 4> kAccessionColumns = {"gene_ids", "gene_id", "ensembl_id", "Accession"};

/// One matrix of the file and the frame that names its genes.
struct Source
{
    std::string name;
    std::string matrix;
    std::string genes;
};

Result<std::vector<Source>> findSources(Hdf5File &file)
{
    std::vector<Source> sources;
    const auto addIfThere = [&](Source source) -> Status {
        IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(source.matrix));
        if (kind != Hdf5Kind::Missing)
            sources.push_back(std::move(source));
        return {};
    };
    IBIDEM_CHECK(addIfThere({"X", "/X", "/var"}));
    IBIDEM_CHECK(addIfThere({"raw", "/raw/X", "/raw/var"}));
    IBIDEM_CHECK(addIfThere({"raw", "/raw.X", "/raw.var"}));
    IBIDEM_TRY(const Hdf5Kind layers, file.kindOf("/layers"));
    if (layers != Hdf5Kind::Group)
        return sources;
    IBIDEM_TRY(const std::vector<std::string> entries, file.entriesOf("/layers"));
    for (const std::string &entry : entries)
        IBIDEM_CHECK(addIfThere({"layers/" + entry, "/layers/" + entry, "/var"}));
    return sources;
}

std::vector<std::string> namesOf(const std::vector<Source> &sources)
{
    std::vector<std::string> names;
    for (const Source &source : sources)
        if (names.empty() || names.back() != source.name)
            names.push_back(source.name);
    return names;
}

/// "csr" or "csc" of a group, whatever the generation.
Result<std::string> compressionOf(Hdf5File &file, const std::string &group)
{
    IBIDEM_TRY(const auto encoding, file.textAttribute(group, "encoding-type"));
    IBIDEM_TRY(const auto older, file.textAttribute(group, "h5sparse_format"));
    const std::string name = encoding ? *encoding : older.value_or("");
    if (name == "csr_matrix" || name == "csr")
        return std::string("csr");
    if (name == "csc_matrix" || name == "csc")
        return std::string("csc");
    if (encoding && *encoding == "null")
        return file.bad(group, "is empty", "choose another matrix, for example with matrix raw");
    return file.bad(group,
                    name.empty() ? std::string("does not tell whether it is csr or csc")
                                 : "is of the kind " + ibidem::quoted(name) + ", which is not read",
                    "save the matrix dense, as csr_matrix or as csc_matrix");
}

Status checkShape(Hdf5File &file, const std::string &group, std::uint64_t cells, std::uint64_t genes)
{
    for (const char *name : {"shape", "h5sparse_shape"}) {
        IBIDEM_TRY(const auto shape, file.numbersAttribute(group, name));
        if (!shape)
            continue;
        if (shape->size() == 2 && (*shape)[0] == static_cast<std::int64_t>(cells) &&
            (*shape)[1] == static_cast<std::int64_t>(genes))
            return {};
        const std::string found = shape->size() == 2
                                      ? std::to_string((*shape)[0]) + " x " + std::to_string((*shape)[1])
                                      : std::to_string(shape->size()) + " numbers";
        return file.bad(group,
                        std::string("its ") + name + " is " + found + ", but the names are for " +
                            std::to_string(cells) + " x " + std::to_string(genes),
                        std::string(kFetchAgain));
    }
    return {};
}

Result<ReadRows> readMatrixObject(Hdf5File &file, const std::string &object, std::uint64_t cells,
                                  std::uint64_t genes)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    if (kind != Hdf5Kind::Group)
        return readDense(file, object, cells, genes);
    IBIDEM_TRY(const std::string compression, compressionOf(file, object));
    IBIDEM_CHECK(checkShape(file, object, cells, genes));
    if (compression == "csr")
        return readCompressed(file, {object, cells, genes});
    IBIDEM_TRY(ReadRows read, readCompressed(file, {object, genes, cells}));
    IBIDEM_TRY(read.rows, transposed(file, read.rows, object));
    return read;
}

/// Names of the genes in a database.
struct Accessions
{
    std::vector<std::string> names; ///< or none
    std::string column;             ///< where they stood
};

Result<Accessions> readAccessions(Hdf5File &file, const std::string &frame, std::uint64_t genes)
{
    for (const char *name : kAccessionColumns) {
        IBIDEM_TRY(auto texts, readFrameTexts(file, frame, name, genes));
        if (texts)
            return Accessions{std::move(*texts), name};
    }
    return Accessions();
}

/// The same among annotations that were read already.
Accessions accessionsAmong(const std::vector<data::CellColumn> &columns)
{
    const auto hasNul = [](const std::string &text) { return text.find('\0') != std::string::npos; };
    for (const char *name : kAccessionColumns) {
        const auto column = std::find_if(columns.begin(), columns.end(),
                                         [name](const auto &each) { return each.name == name; });
        if (column == columns.end() || column->kind == data::CellColumn::Kind::Number ||
            column->kind == data::CellColumn::Kind::Boolean ||
            std::any_of(column->categories.begin(), column->categories.end(), hasNul))
            continue;
        return {textsOf(*column), name};
    }
    return {};
}

/// Generation 0: one compound dataset, a member for each map.
Status readCompoundMaps(Hdf5File &file, RawMatrix &raw, SkippedElements &skipped)
{
    IBIDEM_TRY(const Hdf5Dataset table, Hdf5Dataset::open(file, "/obsm"));
    for (const std::string &name : table.members()) {
        IBIDEM_TRY(const Hdf5Dataset member, table.member(name));
        IBIDEM_TRY(auto map, embeddingOf(member, name, raw.cellIds.size()));
        if (map)
            raw.embeddings.push_back(std::move(*map));
        else
            skipped.push_back("/obsm/" + name + " (not a dense map)");
    }
    return {};
}

Status readMaps(Hdf5File &file, RawMatrix &raw, SkippedElements &skipped)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf("/obsm"));
    if (kind == Hdf5Kind::Dataset)
        return readCompoundMaps(file, raw, skipped);
    if (kind != Hdf5Kind::Group)
        return {};
    IBIDEM_TRY(const std::vector<std::string> entries, file.entriesOf("/obsm"));
    for (const std::string &name : entries) {
        const std::string object = "/obsm/" + name;
        IBIDEM_TRY(const Hdf5Kind entry, file.kindOf(object));
        if (entry == Hdf5Kind::Dataset) {
            IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, object));
            IBIDEM_TRY(auto map, embeddingOf(dataset, name, raw.cellIds.size()));
            if (map) {
                raw.embeddings.push_back(std::move(*map));
                continue;
            }
        }
        IBIDEM_TRY(const auto encoding, file.textAttribute(object, "encoding-type"));
        skipped.push_back(object + " (" + encoding.value_or("not a dense map") + ")");
    }
    return {};
}

/// What of AnnData has no place in a container: maps of the genes, graphs, loose values.
Result<SkippedElements> unreadElements(Hdf5File &file)
{
    SkippedElements unread;
    for (const std::string group : {"/uns", "/varm", "/obsp", "/varp"}) {
        IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(group));
        if (kind == Hdf5Kind::Dataset)
            unread.push_back(group);
        if (kind != Hdf5Kind::Group)
            continue;
        IBIDEM_TRY(const std::vector<std::string> entries, file.entriesOf(group));
        for (const std::string &entry : entries)
            if (!entry.ends_with("_categories")) // of a column, as AnnData once wrote them
                unread.push_back(childOf(group, entry));
    }
    return unread;
}

/// The annotations of X are those of raw too, if it has the same genes: scanpy writes its results only there.
Status addColumnsOfX(Hdf5File &file, RawMatrix &raw, Accessions &accessions, SkippedElements &skipped,
                     SkippedElements &unread)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf("/var"));
    if (kind == Hdf5Kind::Missing)
        return {};
    IBIDEM_TRY(const std::vector<std::string> names, readFrameIndex(file, "/var"));
    SkippedElements flawed;
    IBIDEM_TRY(std::vector<data::CellColumn> columns,
               readFrameColumns(file, "/var", names.size(), flawed, FlawedColumns::PassOver));
    if (names != raw.geneNames) {
        if (!columns.empty() || !flawed.empty())
            unread.push_back("/var (raw has other genes)");
        return {};
    }
    skipped.insert(skipped.end(), flawed.begin(), flawed.end());
    if (accessions.names.empty())
        accessions = accessionsAmong(columns);
    for (data::CellColumn &column : columns) {
        const bool known =
            std::any_of(raw.geneColumns.begin(), raw.geneColumns.end(),
                        [&column](const data::CellColumn &other) { return other.name == column.name; });
        if (!known)
            raw.geneColumns.push_back(std::move(column));
    }
    return {};
}

/// Accessions and annotations of the genes. These are no content: what is wrong with them refuses no file.
Status readGeneColumns(Hdf5File &file, const std::string &frame, RawMatrix &raw, SkippedElements &skipped,
                       SkippedElements &unread)
{
    IBIDEM_TRY(Accessions accessions, readAccessions(file, frame, raw.geneNames.size()));
    if (auto own = readFrameColumns(file, frame, raw.geneNames.size(), skipped, FlawedColumns::PassOver))
        raw.geneColumns = *std::move(own);
    else
        IBIDEM_CHECK(passOver(own.error(), skipped));
    if (frame != "/var") {
        if (const Status added = addColumnsOfX(file, raw, accessions, skipped, unread); !added)
            IBIDEM_CHECK(passOver(added.error(), skipped));
    }
    // The export writes accessions under this name itself.
    if (accessions.column == kAccessionColumns.front())
        std::erase_if(raw.geneColumns, [](const data::CellColumn &column) {
            return column.name == kAccessionColumns.front() && column.kind == data::CellColumn::Kind::Text;
        });
    raw.geneAccessions = std::move(accessions.names);
    return {};
}

Result<std::string> formatOf(Hdf5File &file)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf("/obs"));
    if (kind == Hdf5Kind::Dataset)
        return std::string("h5ad-0");
    if (kind != Hdf5Kind::Group)
        return file.bad("/obs", "is not there, so the cells have no names", std::string(kFetchAgain));
    IBIDEM_TRY(const auto version, file.textAttribute("/obs", "encoding-version"));
    return std::string(version == "0.1.0" ? "h5ad-1" : "h5ad-2");
}

} // namespace

Result<RawMatrix> readH5ad(Hdf5File &file, const data::TableOptions &options)
{
    RawMatrix raw;
    IBIDEM_TRY(raw.format, formatOf(file));
    IBIDEM_TRY(const std::vector<Source> sources, findSources(file));
    raw.sources = namesOf(sources);
    IBIDEM_TRY(raw.source, chooseSource(file, raw.sources, options.matrix, "X", "matrix"));
    const Source source = *std::find_if(sources.begin(), sources.end(),
                                        [&](const Source &each) { return each.name == raw.source; });
    IBIDEM_TRY(raw.cellIds, readFrameIndex(file, "/obs"));
    IBIDEM_TRY(raw.geneNames, readFrameIndex(file, source.genes));
    const std::uint64_t cells = raw.cellIds.size();
    const std::uint64_t genes = raw.geneNames.size();
    IBIDEM_TRY(ReadRows read, readMatrixObject(file, source.matrix, cells, genes));
    raw.rows = std::move(read.rows);
    raw.roundedValues = read.roundedValues;
    SkippedElements skipped;
    IBIDEM_TRY(raw.cellColumns, readFrameColumns(file, "/obs", cells, skipped));
    IBIDEM_CHECK(readMaps(file, raw, skipped));
    IBIDEM_TRY(SkippedElements unread, unreadElements(file));
    IBIDEM_CHECK(readGeneColumns(file, source.genes, raw, skipped, unread));
    addSkipped(skipped, raw.checks);
    addUnread(unread, raw.checks);
    return raw;
}

} // namespace ibidem::convert
