// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/matrices/feature_types.h"
#include "models/convert/matrices/hdf5_readers.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <array>
#include <map>

namespace ibidem::convert {

namespace {

/// Genes are the rows in the file and cells the columns, compressed by columns: cells × genes by rows.
Result<RawMatrix> readGroup(Hdf5File &file, const std::string &group, const std::string &genes)
{
    RawMatrix raw;
    IBIDEM_TRY(const Hdf5Dataset barcodes, Hdf5Dataset::open(file, childOf(group, "barcodes")));
    IBIDEM_TRY(const Hdf5Dataset names, Hdf5Dataset::open(file, genes));
    CompressedMatrix matrix{group, barcodes.rowCount(), names.rowCount()};
    IBIDEM_TRY(const Hdf5Kind hasShape, file.kindOf(childOf(group, "shape")));
    if (hasShape != Hdf5Kind::Missing) {
        IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, childOf(group, "shape")));
        IBIDEM_TRY(const auto shape, dataset.integers());
        if (shape.size() != 2 || shape[0] != static_cast<std::int64_t>(matrix.minor) ||
            shape[1] != static_cast<std::int64_t>(matrix.major))
            return file.bad(dataset.path(),
                            "does not fit " + plural(matrix.minor, "gene") + " and " +
                                plural(matrix.major, "cell") + " that have names",
                            std::string(kFetchAgain));
    }
    IBIDEM_TRY(raw.cellIds, readNames(file, childOf(group, "barcodes"), matrix.major));
    IBIDEM_TRY(ReadRows read, readCompressed(file, matrix));
    raw.rows = std::move(read.rows);
    raw.roundedValues = read.roundedValues;
    return raw;
}

Result<bool> isGenome(Hdf5File &file, const std::string &group)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(group));
    if (kind != Hdf5Kind::Group)
        return false;
    for (const char *name : {"barcodes", "genes", "gene_names", "data", "indices", "indptr"}) {
        IBIDEM_TRY(const Hdf5Kind member, file.kindOf(childOf(group, name)));
        if (member != Hdf5Kind::Dataset)
            return false;
    }
    return true;
}

/// What /matrix/features says about the features.
struct Features
{
    std::vector<std::string> names;
    std::vector<std::string> accessions;
    std::vector<std::string> types;   ///< or none
    std::vector<std::string> genomes; ///< or none
    bool probes = false;
};

Result<std::vector<std::string>> readIfThere(Hdf5File &file, const std::string &object, std::uint64_t length)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    if (kind != Hdf5Kind::Dataset)
        return std::vector<std::string>();
    return readNames(file, object, length);
}

Result<Features> readFeatures(Hdf5File &file, std::uint64_t count)
{
    const std::string group = "/matrix/features";
    Features features;
    IBIDEM_TRY(const Hdf5Kind probes, file.kindOf(childOf(group, "gene_id")));
    features.probes = probes == Hdf5Kind::Dataset;
    IBIDEM_TRY(features.accessions,
               readNames(file, childOf(group, features.probes ? "gene_id" : "id"), count));
    IBIDEM_TRY(features.names, readIfThere(file, childOf(group, "name"), count));
    if (features.names.empty() && features.probes) {
        IBIDEM_TRY(features.names, readIfThere(file, childOf(group, "gene_name"), count));
    }
    if (features.names.empty())
        features.names = features.accessions;
    IBIDEM_TRY(features.types, readIfThere(file, childOf(group, "feature_type"), count));
    IBIDEM_TRY(features.genomes, readIfThere(file, childOf(group, "genome"), count));
    return features;
}

std::map<std::string, std::uint64_t> countsOf(const std::vector<std::string> &words)
{
    std::map<std::string, std::uint64_t> counts;
    for (const std::string &word : words)
        ++counts[word];
    return counts;
}

std::string listOf(const std::map<std::string, std::uint64_t> &counts)
{
    std::string list;
    for (const auto &[word, count] : counts)
        list +=
            (list.empty() ? "" : ", ") + (word.empty() ? "''" : word) + " (" + std::to_string(count) + ")";
    return list;
}

Result<std::string> chooseGenome(const Hdf5File &file, const Features &features, const std::string &wanted)
{
    if (wanted == "auto")
        return std::string();
    const auto counts = countsOf(features.genomes);
    if (counts.contains(wanted))
        return wanted;
    return fail(ErrorCode::Usage, "there are no features of genome " + ibidem::quoted(wanted), file.path(),
                counts.empty() ? "the file does not name genomes: leave genome at 'auto'"
                               : "choose with genome: " + listOf(counts));
}

void keepNames(std::vector<std::string> &names, const std::vector<std::uint32_t> &kept)
{
    for (std::size_t i = 0; i < kept.size(); ++i)
        if (kept[i] != i) // never onto itself
            names[i] = std::move(names[kept[i]]);
    names.resize(kept.size());
}

/// Leaves only the features that the options ask for.
Status selectFeatures(const Hdf5File &file, Features &features, const data::TableOptions &options,
                      RawMatrix &raw)
{
    const std::size_t count = features.names.size();
    if (features.types.empty())
        features.types.assign(count, "Gene Expression");
    IBIDEM_TRY(std::vector<std::uint32_t> kept,
               chooseFeatures(features.types, options.featureType, file.path(), raw.checks));
    IBIDEM_TRY(const std::string genome, chooseGenome(file, features, options.genome));
    if (!genome.empty())
        std::erase_if(kept, [&](std::uint32_t feature) { return features.genomes[feature] != genome; });
    if (kept.empty() && count > 0)
        return fail(ErrorCode::Usage, "no feature of this type is left of genome " + ibidem::quoted(genome),
                    file.path(), "choose another genome or featureType");
    if (kept.size() == count)
        return {};
    keepColumns(raw.rows, kept);
    keepNames(features.names, kept);
    keepNames(features.accessions, kept);
    return {};
}

/// Which cells the program called cells; a column, because the matrix holds only some barcodes anyway.
Status addFilteredBarcodes(Hdf5File &file, RawMatrix &raw)
{
    const std::string object = "/matrix/filtered_barcodes";
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    if (kind != Hdf5Kind::Dataset)
        return {};
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, object));
    if (dataset.extents() != std::vector<std::uint64_t>{raw.cellIds.size()})
        return file.bad(object, "does not have one entry for each barcode", std::string(kFetchAgain));
    if (dataset.content() != Hdf5Content::Boolean)
        return {};
    IBIDEM_TRY(auto column, columnOf(dataset, "filtered_barcodes"));
    raw.cellColumns.push_back(std::move(*column));
    return {};
}

} // namespace

Result<RawMatrix> readTenxV2(Hdf5File &file, const data::TableOptions &options)
{
    std::vector<std::string> genomes;
    IBIDEM_TRY(const std::vector<std::string> entries, file.entriesOf("/"));
    for (const std::string &entry : entries) {
        IBIDEM_TRY(const bool genome, isGenome(file, "/" + entry));
        if (genome)
            genomes.push_back(entry);
    }
    IBIDEM_TRY(const std::string genome, chooseSource(file, genomes, options.genome, "", "genome"));
    const std::string group = "/" + genome;
    IBIDEM_TRY(RawMatrix raw, readGroup(file, group, childOf(group, "genes")));
    IBIDEM_TRY(raw.geneAccessions, readNames(file, childOf(group, "genes"), raw.rows.columnCount));
    IBIDEM_TRY(raw.geneNames, readNames(file, childOf(group, "gene_names"), raw.rows.columnCount));
    raw.format = "10x-v2";
    raw.source = genome;
    raw.sources = std::move(genomes);
    return raw;
}

Result<RawMatrix> readTenxV3(Hdf5File &file, const data::TableOptions &options)
{
    IBIDEM_TRY(RawMatrix raw, readGroup(file, "/matrix", "/matrix/features/id"));
    IBIDEM_TRY(Features features, readFeatures(file, raw.rows.columnCount));
    IBIDEM_CHECK(selectFeatures(file, features, options, raw));
    IBIDEM_CHECK(addFilteredBarcodes(file, raw));
    raw.geneNames = std::move(features.names);
    raw.geneAccessions = std::move(features.accessions);
    raw.format = features.probes ? "10x-v3-probes" : "10x-v3";
    raw.source = "matrix";
    raw.sources = {"matrix"};
    return raw;
}

} // namespace ibidem::convert
