// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/column_roles.h"

#include "models/base/text.h"
#include "models/convert/cell.h"

#include <algorithm>
#include <array>
#include <span>
#include <unordered_set>
#include <utility>

namespace ibidem::convert {

namespace {

using Words = std::span<const std::string_view>;

constexpr std::array<std::string_view, 18> kSampleWords = {
    "sample",  "samples", "sample_id",  "sampleid", "sample_name",    "samplename",
    "cell",    "cells",   "cell_id",    "barcode",  "patient",        "patient_id",
    "case_id", "subject", "subject_id", "donor_id", "sample_barcode", "specimen"};
constexpr std::array<std::string_view, 24> kGeneWords = {
    "gene",     "genes",       "gene_id", "geneid",      "ensembl",    "ensembl_id", "ensembl_gene_id",
    "ensg",     "hugo_symbol", "symbol",  "gene_symbol", "gene_name",  "probe",      "probe_id",
    "probeset", "probeset_id", "id_ref",  "feature",     "feature_id", "transcript", "transcript_id",
    "entrez",   "entrez_id",   "entrezid"};
constexpr std::array<std::string_view, 10> kGeneNameWords = {
    "gene_name",   "name", "symbol",      "gene_symbol", "description",
    "hugo_symbol", "gene", "hgnc_symbol", "gene_title",  "title"};
constexpr std::array<std::string_view, 20> kGeneFactWords = {"chr",
                                                             "chrom",
                                                             "chromosome",
                                                             "start",
                                                             "end",
                                                             "strand",
                                                             "length",
                                                             "gene_length",
                                                             "gene_type",
                                                             "biotype",
                                                             "gene_biotype",
                                                             "entrez",
                                                             "entrez_id",
                                                             "entrezid",
                                                             "entrez_gene_id",
                                                             "description",
                                                             "gene_description",
                                                             "gc",
                                                             "gene_version",
                                                             "cytoband"};
constexpr std::array<std::string_view, 18> kLabelWords = {
    "label",     "labels",   "class",       "classes",    "target",    "y",
    "group",     "groups",   "condition",   "diagnosis",  "phenotype", "outcome",
    "cell_type", "celltype", "cancer_type", "tumor_type", "subtype",   "type"};
/// So called, a column of numbers that do not repeat is a label too.
constexpr std::array<std::string_view, 5> kCertainLabelWords = {"label", "labels", "class", "classes",
                                                                "target"};
constexpr std::size_t kColumnsWithNames = 8; ///< ids stand in the first columns
constexpr std::uint32_t kMostClasses = 20;   ///< of a label column that holds numbers

std::string normalised(std::string_view name)
{
    std::string word(name.substr(0, 24));
    for (char &c : word) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        else if (c == ' ' || c == '-' || c == '.')
            c = '_';
    }
    return word;
}

bool isWord(std::string_view name, Words words)
{
    if (name.empty() || name.size() > 24)
        return false;
    return std::find(words.begin(), words.end(), normalised(name)) != words.end();
}

bool looksLikeGene(std::string_view name) noexcept
{
    return name.starts_with("ENSG0") || name.starts_with("ENSMUSG0") || name.starts_with("ENST0") ||
           name.ends_with("_at");
}

bool looksLikeSample(std::string_view name)
{
    const std::string word = normalised(name);
    for (const std::string_view start :
         {"tcga_", "gsm", "srr", "err", "drr", "sample", "cell", "patient", "gtex_", "subject"})
        if (word.starts_with(start) && word.size() > start.size())
            return true;
    return false;
}

template <class Range, class Predicate>
bool mostAre(const Range &names, Predicate predicate)
{
    const auto hits = static_cast<std::size_t>(std::count_if(names.begin(), names.end(), predicate));
    return !names.empty() && hits * 2 > names.size();
}

/// Finds the roles step by step; each step needs what the ones before found.
class RoleFinder
{
public:
    RoleFinder(const TableSample &sample, const TextTable &table)
        : m_sample(sample)
        , m_table(table)
        , m_looks(lookAtColumns(sample))
    {}

    Result<ColumnRoles> find()
    {
        m_roles.id = findId();
        IBIDEM_CHECK(findGivenLabel());
        findKind();
        if (m_roles.kind == TableKind::Annotations)
            return m_roles;
        if (!m_roles.label && m_table.options.labelColumn == "auto")
            m_roles.label = findLabel();
        findOrientation();
        if (m_roles.genesInRows)
            IBIDEM_CHECK(assignGenesInRows());
        else
            assignSamplesInRows();
        if (m_roles.values.empty())
            return m_table.bad("no column holds expression values", "check the delimiter (--delimiter)");
        return m_roles;
    }

private:
    [[nodiscard]] std::size_t columns() const noexcept { return m_sample.header.size(); }

    [[nodiscard]] std::size_t findId() const
    {
        if (m_sample.rowNamesWithoutHeader)
            return 0;
        std::optional<std::size_t> named;
        for (std::size_t c = 0; c < std::min(columns(), kColumnsWithNames); ++c) {
            if (!isSampleWord(m_sample.header[c]) && !isWord(m_sample.header[c], kGeneWords))
                continue;
            if (m_looks[c].missing == 0 && m_looks[c].distinct == m_sample.rows.size())
                return c;
            if (!named)
                named = c;
        }
        return named.value_or(0);
    }

    Status findGivenLabel()
    {
        const std::string &name = m_table.options.labelColumn;
        if (name == "auto" || name == "none")
            return {};
        const auto found = std::find(m_sample.header.begin(), m_sample.header.end(), name);
        if (found == m_sample.header.end())
            return fail(ErrorCode::Usage,
                        "there is no column " + ibidem::quoted(name) + "; the columns are " +
                            listed(m_sample.header, 12),
                        m_table.path, "correct --label-column");
        m_roles.label = static_cast<std::size_t>(found - m_sample.header.begin());
        return {};
    }

    void findKind()
    {
        std::size_t texts = 0;
        std::size_t numbers = 0;
        for (std::size_t c = 0; c < columns(); ++c) {
            if (c == *m_roles.id)
                continue;
            texts += m_looks[c].isText() ? 1U : 0U;
            numbers += !m_looks[c].isText() && m_looks[c].numbers > 0 ? 1U : 0U;
        }
        // Facts about patients are a third text or more; a matrix has a label, perhaps a batch, and many
        // values.
        const bool mostlyText = texts > numbers || (texts >= 3 && texts * 3 >= texts + numbers);
        const bool isFree =
            m_table.options.orientation == "auto" && !isWord(m_sample.header[*m_roles.id], kGeneWords);
        if (isFree && mostlyText)
            m_roles.kind = TableKind::Annotations;
    }

    /// A column that is called so, or else the first text column whose values repeat.
    [[nodiscard]] std::optional<std::size_t> findLabel() const
    {
        std::optional<std::size_t> found;
        for (std::size_t c = 0; c < columns(); ++c) {
            const ColumnLook &look = m_looks[c];
            if (c == *m_roles.id)
                continue;
            const bool classes =
                look.isText() || (look.integers && look.numbers > 0 && look.distinct <= kMostClasses);
            const bool certain =
                look.isText() || look.repeats() || isWord(m_sample.header[c], kCertainLabelWords);
            if (classes && certain && isLabelWord(m_sample.header[c]))
                return c;
            if (!found && look.isText() && look.repeats() && look.missing == 0 && !isGeneFact(c))
                found = c;
        }
        return found;
    }

    [[nodiscard]] bool isGeneFact(std::size_t column) const
    {
        return isWord(m_sample.header[column], kGeneFactWords) ||
               isWord(m_sample.header[column], kGeneNameWords);
    }

    void decide(bool genesInRows, std::string reason, bool guess = false)
    {
        m_roles.genesInRows = genesInRows;
        m_roles.orientationReason = std::move(reason);
        m_roles.orientationIsGuess = guess;
    }

    void findOrientation()
    {
        const std::string &given = m_table.options.orientation;
        const std::string &idName = m_sample.header[*m_roles.id];
        if (given != "auto")
            return decide(given == "genes-in-rows", "as given");
        if (isWord(idName, kGeneWords))
            return decide(true, "the first column is called " + ibidem::quoted(idName));
        if (m_roles.label)
            return decide(false,
                          "the column " + ibidem::quoted(m_sample.header[*m_roles.label]) + " holds classes");
        if (isSampleWord(idName))
            return decide(false, "the first column is called " + ibidem::quoted(idName));
        if (hasGeneNamesBesideIds())
            return decide(true, "the second column describes genes");
        decideByNames();
    }

    [[nodiscard]] bool hasGeneNamesBesideIds() const
    {
        const std::size_t second = *m_roles.id + 1;
        return second < columns() && m_looks[second].isText() && isGeneFact(second);
    }

    void decideByNames()
    {
        std::vector<std::string_view> rowNames;
        for (const auto &row : m_sample.rows)
            rowNames.push_back(trimmed(row[*m_roles.id]));
        const std::vector<std::string> columnNames(m_sample.header.begin() + 1, m_sample.header.end());
        if (mostAre(rowNames, looksLikeGene))
            return decide(true, "the rows have names of genes");
        if (mostAre(columnNames, looksLikeGene))
            return decide(false, "the columns have names of genes");
        if (mostAre(columnNames, looksLikeSample) && !mostAre(rowNames, looksLikeSample))
            return decide(true, "the columns have names of samples");
        if (mostAre(rowNames, looksLikeSample) && !mostAre(columnNames, looksLikeSample))
            return decide(false, "the rows have names of samples");
        const bool tall = m_sample.rows.size() + 1 >= columns();
        decide(tall, tall ? "there are more rows than columns" : "there are more columns than rows", true);
    }

    Status assignGenesInRows()
    {
        if (m_table.options.labelColumn == "auto")
            m_roles.label.reset();
        if (m_roles.label)
            return m_table.bad(
                "a label column needs a table with samples in rows, but this one has genes in rows",
                "give --orientation samples-in-rows, or leave out --label-column");
        bool valuesBegan = false;
        for (std::size_t c = 0; c < columns(); ++c) {
            if (c == *m_roles.id)
                continue;
            // Text among the samples is an error about its cells, not a column to leave out.
            if (valuesBegan) {
                m_roles.values.push_back(c);
            } else if (!m_roles.names && isWord(m_sample.header[c], kGeneNameWords)) {
                m_roles.names = c;
            } else if (m_looks[c].isText() || isWord(m_sample.header[c], kGeneFactWords)) {
                m_roles.ignored.push_back(c);
            } else {
                m_roles.values.push_back(c);
                valuesBegan = true;
            }
        }
        return {};
    }

    void assignSamplesInRows()
    {
        for (std::size_t c = 0; c < columns(); ++c) {
            if (c == *m_roles.id || c == m_roles.label)
                continue;
            (m_looks[c].isText() ? m_roles.ignored : m_roles.values).push_back(c);
        }
    }

    const TableSample &m_sample;
    const TextTable &m_table;
    std::vector<ColumnLook> m_looks;
    ColumnRoles m_roles;
};

} // namespace

bool isLabelWord(std::string_view name)
{
    return isWord(name, kLabelWords);
}

bool isSampleWord(std::string_view name)
{
    return isWord(name, kSampleWords);
}

std::vector<ColumnLook> lookAtColumns(const TableSample &sample)
{
    std::vector<ColumnLook> looks(sample.header.size());
    std::unordered_set<std::string_view> seen;
    for (std::size_t c = 0; c < looks.size(); ++c) {
        ColumnLook &look = looks[c];
        seen.clear();
        for (const auto &row : sample.rows) {
            const std::string_view text = trimmed(row[c]);
            const Cell cell = readCell(text);
            // A few cells that are no proper numbers do not make a column of text: they are to be found and
            // named.
            const bool isText = cell.kind == CellKind::Text;
            const bool missing = cell.kind == CellKind::Missing || cell.kind == CellKind::NotFinite;
            look.texts += isText ? 1U : 0U;
            look.missing += missing ? 1U : 0U;
            look.numbers += !isText && !missing ? 1U : 0U;
            look.integers = look.integers && text.find_first_not_of("0123456789") == std::string_view::npos;
            if (!missing)
                seen.insert(text);
        }
        look.distinct = static_cast<std::uint32_t>(seen.size());
    }
    return looks;
}

Result<ColumnRoles> findRoles(const TableSample &sample, const TextTable &table)
{
    return RoleFinder(sample, table).find();
}

} // namespace ibidem::convert
