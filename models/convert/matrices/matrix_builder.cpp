// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/matrix_builder.h"

#include "models/base/text.h"
#include "models/convert/matrices/matrix_rows.h"
#include "models/convert/matrices/matrix_writer.h"
#include "models/convert/table_checks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace ibidem::convert {

namespace {

using data::CellColumn;
using data::CheckState;

/// Names that the tools of the field give to the column of cell types, the likelier first.
constexpr std::array<std::string_view, 18> kLabelColumns = {
    "cell_type",       "CellType",    "celltype",  "Cell_type",
    "cell_types",      "celltypes",   "CellTypes", "cell_ontology_class",
    "label",           "bulk_labels", "cluster",   "Cluster",
    "clusters",        "ClusterName", "leiden",    "louvain",
    "seurat_clusters", "annotation"};

class Builder
{
public:
    Builder(RawMatrix raw, const data::TableOptions &options)
        : m_raw(std::move(raw))
        , m_options(options)
    {}

    Result<data::MatrixContainer> build();

private:
    [[nodiscard]] tl::unexpected<Error> bad(std::string message, std::string cure) const
    {
        return fail(ErrorCode::BadData, std::move(message), m_raw.path, std::move(cure));
    }

    void check(std::string name, CheckState state, std::string message)
    {
        m_raw.checks.push_back({std::move(name), state, std::move(message)});
    }

    [[nodiscard]] Status checkText(const std::vector<std::string> &names, std::string_view what) const;
    Status checkCells();
    Status checkGenes();
    void checkGeneNames();
    void checkValues(const RowFindings &found);
    void checkScale(const RowFindings &found);
    [[nodiscard]] std::string otherMatrices() const;
    [[nodiscard]] Status checkCellColumns() const;
    [[nodiscard]] Status checkColumn(const CellColumn &column, const std::vector<std::string> &ids,
                                     const std::string &what) const;
    [[nodiscard]] Status checkGeneColumn(const CellColumn &column, bool isFirst) const;
    void keepSoundGeneColumns();
    Status checkEmbeddings() const;
    Status chooseLabels();
    [[nodiscard]] const CellColumn *findColumn(std::string_view name) const;
    [[nodiscard]] const CellColumn *likelyLabels() const;
    [[nodiscard]] std::string usableColumns() const;
    data::MatrixContainer assemble(const RowFindings &found);

    RawMatrix m_raw;
    const data::TableOptions &m_options;
    std::string m_labelSource = "none";
    std::map<std::string, std::uint64_t> m_labels;
};

Status Builder::checkText(const std::vector<std::string> &names, std::string_view what) const
{
    for (std::size_t i = 0; i < names.size(); ++i) {
        const bool hasNul = names[i].find('\0') != std::string::npos;
        if (!hasNul && isValidUtf8(names[i]))
            continue;
        return bad(std::string(what) + " number " + std::to_string(i + 1) + ", " + ibidem::quoted(names[i]) +
                       (hasNul ? ", holds a NUL character" : ", is not UTF-8"),
                   "rename it and write the file again");
    }
    return {};
}

Status Builder::checkCells()
{
    const std::vector<std::string> &ids = m_raw.cellIds;
    if (ids.empty() || m_raw.geneNames.empty())
        return bad("the matrix has " + plural(ids.size(), "cell") + " and " +
                       plural(m_raw.geneNames.size(), "gene"),
                   "choose a file that holds data");
    IBIDEM_CHECK(checkText(ids, "the name of cell"));
    const auto empty = std::find(ids.begin(), ids.end(), std::string());
    if (empty != ids.end())
        return bad("cell number " + std::to_string(empty - ids.begin() + 1) + " has no name",
                   "give every cell a name of its own");
    if (const std::optional<Duplicate> twice = firstDuplicate(ids))
        return bad("the cell " + ibidem::quoted(ids[twice->first]) + " occurs more than once (as number " +
                       std::to_string(twice->first + 1) + " and number " + std::to_string(twice->second + 1) +
                       ")",
                   "give every cell a name of its own (anndata: obs_names_make_unique), or leave out the "
                   "repetition");
    check("duplicate-cells", CheckState::Ok, "all cell names are unique");
    return {};
}

Status Builder::checkGenes()
{
    IBIDEM_CHECK(checkText(m_raw.geneNames, "the name of gene"));
    IBIDEM_CHECK(checkText(m_raw.geneAccessions, "the accession of gene"));
    if (!m_raw.geneAccessions.empty() && m_raw.geneAccessions.size() != m_raw.geneNames.size())
        return bad(plural(m_raw.geneNames.size(), "gene") + " have " +
                       plural(m_raw.geneAccessions.size(), "accession"),
                   "the file is damaged: fetch or write it again");
    std::uint64_t unnamed = 0;
    for (std::size_t i = 0; i < m_raw.geneNames.size(); ++i) {
        if (!m_raw.geneNames[i].empty())
            continue;
        if (m_raw.geneAccessions.empty() || m_raw.geneAccessions[i].empty())
            return bad("gene number " + std::to_string(i + 1) + " has no name", "give every gene a name");
        m_raw.geneNames[i] = m_raw.geneAccessions[i];
        ++unnamed;
    }
    if (unnamed != 0)
        check("unnamed-genes", CheckState::Warning,
              plural(unnamed, "gene") + " without a name: their accessions were taken");
    checkGeneNames();
    return {};
}

void Builder::checkGeneNames()
{
    const std::vector<std::string> damaged = damagedGeneNames(m_raw.geneNames);
    if (damaged.empty())
        check("gene-names", CheckState::Ok, "no gene name looks like a date");
    else
        check("gene-names", CheckState::Warning,
              "gene names that a spreadsheet seems to have damaged (it makes dates of SEPT2 and MARCH1): " +
                  listed(damaged, 10));
    const std::vector<std::string> repeated = makeUnique(m_raw.geneNames);
    if (repeated.empty())
        check("duplicate-genes", CheckState::Ok, "all gene names are unique");
    else
        check("duplicate-genes", CheckState::Warning,
              "gene names that occur more than once: " + listed(repeated, 10) +
                  "; the repetitions were renamed with -1, -2 …");
}

/// The other matrices of the file that may hold counts: ", choose another matrix of this file: raw".
std::string Builder::otherMatrices() const
{
    std::vector<std::string> others;
    for (const std::string &source : m_raw.sources)
        if (source != m_raw.source && (source == "raw" || source.starts_with("layers/")))
            others.push_back(source);
    return others.empty() ? std::string() : "; the file offers another matrix: " + listed(others, 10);
}

void Builder::checkScale(const RowFindings &found)
{
    const std::uint64_t stored = m_raw.rows.values.size();
    if (found.negative != 0)
        check("negative", CheckState::Warning,
              std::to_string(found.negative) + " of " + plural(stored, "value") +
                  " are negative: already scaled?" + otherMatrices());
    else
        check("negative", CheckState::Ok, "no value is negative");
    if (found.fractional != 0)
        check("counts", CheckState::Warning,
              std::to_string(found.fractional) + " of " + plural(stored, "value") +
                  " are not whole numbers: these are not counts, but normalised already?" +
                  (found.negative == 0 ? otherMatrices() : std::string()));
    else if (found.negative == 0)
        check("counts", CheckState::Ok, "all values are whole numbers: counts");
}

void Builder::checkValues(const RowFindings &found)
{
    const std::uint64_t stored = m_raw.rows.values.size();
    check("finite", CheckState::Ok, "no value is missing, infinite or not a number");
    if (found.explicitZeros != 0)
        check("explicit-zeros", CheckState::Ok,
              plural(found.explicitZeros, "stored zero") + " left out; they change nothing");
    if (found.unsortedRows != 0)
        check("sorted", CheckState::Ok,
              "the genes of " + plural(found.unsortedRows, "cell") +
                  " were not in order and have been sorted");
    if (m_raw.roundedValues != 0)
        check("rounding", CheckState::Warning,
              std::to_string(m_raw.roundedValues) + " of " + plural(stored + found.explicitZeros, "value") +
                  " need more digits than single precision has and were rounded");
    check("empty", stored == 0 ? CheckState::Warning : CheckState::Ok,
          plural(found.emptyCells, "cell") + " and " + plural(found.emptyGenes, "gene") +
              " have no value but 0");
    checkScale(found);
}

Status Builder::checkColumn(const CellColumn &column, const std::vector<std::string> &ids,
                            const std::string &what) const
{
    const std::string name = "the " + what + " column " + ibidem::quoted(column.name);
    const bool isNumber = column.kind == CellColumn::Kind::Number;
    const std::size_t length = isNumber ? column.numbers.size() : column.codes.size();
    if (length != ids.size())
        return bad(name + " has " + plural(length, "value") + " for " + plural(ids.size(), what),
                   "the file is damaged: fetch or write it again");
    IBIDEM_CHECK(checkText(column.categories, name + ": category"));
    if (const std::optional<Duplicate> twice = firstDuplicate(column.categories))
        return bad(name + " has the category " + ibidem::quoted(column.categories[twice->first]) + " twice",
                   "rename one of them and write the file again");
    const auto count = static_cast<std::int64_t>(column.categories.size());
    const auto outside = [count](std::int32_t code) { return code < -1 || code >= count; };
    const auto wrong = std::find_if(column.codes.begin(), column.codes.end(), outside);
    if (wrong != column.codes.end())
        return bad(name + ": " + what + " " +
                       ibidem::quoted(ids[static_cast<std::size_t>(wrong - column.codes.begin())]) +
                       " has the code " + std::to_string(*wrong) + ", but there are " +
                       std::to_string(count) + " categories",
                   "the file is damaged: fetch or write it again");
    return {};
}

Status Builder::checkCellColumns() const
{
    std::vector<std::string> names;
    for (const CellColumn &column : m_raw.cellColumns)
        names.push_back(column.name);
    IBIDEM_CHECK(checkText(names, "the name of cell column"));
    if (const std::optional<Duplicate> twice = firstDuplicate(names))
        return bad("there are two cell columns " + ibidem::quoted(names[twice->first]),
                   "rename one of them and write the file again");
    for (const CellColumn &column : m_raw.cellColumns)
        IBIDEM_CHECK(checkColumn(column, m_raw.cellIds, "cell"));
    return {};
}

Status Builder::checkGeneColumn(const CellColumn &column, bool isFirst) const
{
    const std::string name = "the gene column " + ibidem::quoted(column.name);
    if (!isFirst)
        return bad(name + " is there twice", "");
    if (!isAnnDataName(column.name) || !isValidUtf8(column.name) ||
        column.name.find('\0') != std::string::npos)
        return bad(name + " has a name that AnnData cannot hold", "");
    return checkColumn(column, m_raw.geneNames, "gene");
}

/// Annotations of genes are no content: what is wrong with one leaves it out, and is told.
void Builder::keepSoundGeneColumns()
{
    std::vector<CellColumn> sound;
    std::vector<std::string> flawed;
    std::set<std::string> seen;
    for (CellColumn &column : m_raw.geneColumns) {
        const Status isSound = checkGeneColumn(column, seen.insert(column.name).second);
        if (isSound)
            sound.push_back(std::move(column));
        else
            flawed.push_back(isSound.error().message);
    }
    m_raw.geneColumns = std::move(sound);
    if (!flawed.empty())
        check(std::string(data::kSkippedElements), CheckState::Warning, notRead(flawed));
}

Status Builder::checkEmbeddings() const
{
    std::vector<std::string> names;
    for (const data::Embedding &embedding : m_raw.embeddings) {
        names.push_back(embedding.name);
        if (embedding.width == 0 || embedding.values.size() / embedding.width != m_raw.cellIds.size() ||
            embedding.values.size() % embedding.width != 0)
            return bad("the embedding " + ibidem::quoted(embedding.name) + " has " +
                           plural(embedding.values.size(), "value") + ", which is not " +
                           std::to_string(embedding.width) + " for each of " +
                           plural(m_raw.cellIds.size(), "cell"),
                       "the file is damaged: fetch or write it again");
    }
    IBIDEM_CHECK(checkText(names, "the name of embedding"));
    if (const std::optional<Duplicate> twice = firstDuplicate(names))
        return bad("there are two embeddings " + ibidem::quoted(names[twice->first]),
                   "rename one of them and write the file again");
    return {};
}

const CellColumn *Builder::findColumn(std::string_view name) const
{
    for (const CellColumn &column : m_raw.cellColumns)
        if (column.name == name)
            return &column;
    return nullptr;
}

/// A well-known name, else the first column of categories of which there are two to half as many as cells.
const CellColumn *Builder::likelyLabels() const
{
    for (const std::string_view name : kLabelColumns) {
        const CellColumn *const column = findColumn(name);
        if (column && column->kind != CellColumn::Kind::Number)
            return column;
    }
    for (const CellColumn &column : m_raw.cellColumns)
        if (column.kind == CellColumn::Kind::Category && column.categories.size() >= 2 &&
            column.categories.size() * 2 <= m_raw.cellIds.size())
            return &column;
    return nullptr;
}

std::string Builder::usableColumns() const
{
    std::vector<std::string> names;
    for (const CellColumn &column : m_raw.cellColumns)
        if (column.kind != CellColumn::Kind::Number)
            names.push_back(column.name);
    return names.empty() ? "the file has no column of categories: choose none"
                         : "choose one of the columns: " + listed(names, 40);
}

Status Builder::chooseLabels()
{
    const bool isAuto = m_options.labelColumn == "auto";
    const CellColumn *column = isAuto ? likelyLabels() : findColumn(m_options.labelColumn);
    if (!column && !isAuto && m_options.labelColumn != "none")
        return fail(ErrorCode::Usage, "there is no cell column " + ibidem::quoted(m_options.labelColumn),
                    m_raw.path, usableColumns());
    if (!column || m_options.labelColumn == "none") {
        check("labels", CheckState::Ok, "no column of cell types is used");
        return {};
    }
    if (column->kind == CellColumn::Kind::Number)
        return bad("the cell column " + ibidem::quoted(column->name) + " holds numbers, not classes",
                   usableColumns());
    m_labelSource = "column " + column->name;
    m_labels = column->counts();
    std::vector<std::string> counts;
    for (const auto &[label, count] : m_labels)
        counts.push_back(label + " " + std::to_string(count));
    std::uint64_t missing = 0;
    for (const std::int32_t code : column->codes)
        missing += code < 0 ? 1U : 0U;
    check("labels", m_labels.size() < 2 ? CheckState::Warning : CheckState::Ok,
          (m_labels.size() == 1 ? std::string("only one class")
                                : std::to_string(m_labels.size()) + " classes") +
              ", from " + m_labelSource + ": " + listed(counts, 40) +
              (missing == 0 ? std::string() : "; " + plural(missing, "cell") + " without"));
    return {};
}

/// What `inspect` shows of a column: nothing of numbers and of names that nearly each cell has for itself.
std::map<std::string, std::uint64_t> shownCounts(const CellColumn &column)
{
    constexpr std::size_t kAlwaysShown = 20;
    constexpr std::size_t kMostShown = 1000;
    const std::size_t count = column.categories.size();
    const bool isName = count > kAlwaysShown && count * 2 > column.codes.size();
    return isName || count > kMostShown ? std::map<std::string, std::uint64_t>() : column.counts();
}

data::MatrixContainer Builder::assemble(const RowFindings &found)
{
    const auto byName = [](const auto &a, const auto &b) { return a.name < b.name; };
    std::sort(m_raw.cellColumns.begin(), m_raw.cellColumns.end(), byName);
    std::sort(m_raw.geneColumns.begin(), m_raw.geneColumns.end(), byName);
    std::sort(m_raw.embeddings.begin(), m_raw.embeddings.end(), byName);
    data::MatrixContainer container;
    data::TableSummary &summary = container.summary;
    summary.kind = data::kMatrixKind;
    summary.format = std::move(m_raw.format);
    summary.shape = {m_raw.cellIds.size(), m_raw.geneNames.size()};
    summary.labels = std::move(m_labels);
    summary.labelSource = std::move(m_labelSource);
    summary.sum = found.sum;
    summary.minimum = found.minimum;
    summary.maximum = found.maximum;
    data::MatrixFacts facts;
    facts.nonZero = m_raw.rows.values.size();
    facts.counts = found.negative == 0 && found.fractional == 0;
    facts.source = std::move(m_raw.source);
    facts.sources = std::move(m_raw.sources);
    for (const CellColumn &column : m_raw.cellColumns)
        facts.columns.emplace(column.name, shownCounts(column));
    for (const data::Embedding &embedding : m_raw.embeddings)
        facts.embeddings.push_back(embedding.name);
    for (const CellColumn &column : m_raw.geneColumns)
        facts.geneColumns.push_back(column.name);
    summary.matrix = std::move(facts);
    summary.checks = std::move(m_raw.checks);
    container.matrix = {std::move(m_raw.cellIds),        std::move(m_raw.geneNames),
                        std::move(m_raw.geneAccessions), std::move(m_raw.rows),
                        std::move(m_raw.cellColumns),    std::move(m_raw.embeddings),
                        std::move(m_raw.geneColumns)};
    summary.digest = data::contentDigest(container.matrix);
    return container;
}

Result<data::MatrixContainer> Builder::build()
{
    IBIDEM_CHECK(checkCells());
    IBIDEM_CHECK(checkGenes());
    IBIDEM_TRY(const RowFindings found,
               finishRows(m_raw.rows, {m_raw.path, m_raw.source, m_raw.cellIds, m_raw.geneNames}));
    checkValues(found);
    IBIDEM_CHECK(checkCellColumns());
    keepSoundGeneColumns();
    IBIDEM_CHECK(checkEmbeddings());
    IBIDEM_CHECK(chooseLabels());
    return assemble(found);
}

} // namespace

std::string notRead(const std::vector<std::string> &elements)
{
    constexpr std::size_t kShown = 10;
    constexpr std::size_t kLongest = 200;
    std::vector<std::string> shown;
    for (const std::string &element : elements)
        if (shown.size() < kShown)
            shown.push_back(isValidUtf8(element) && element.size() <= kLongest
                                ? element
                                : ibidem::quoted(element, kLongest));
    const std::string more =
        elements.size() > kShown ? " and " + std::to_string(elements.size() - kShown) + " more" : "";
    return "not read: " + join(shown, ", ") + more;
}

Result<data::MatrixContainer> finishMatrix(RawMatrix raw, const data::TableOptions &options)
{
    return Builder(std::move(raw), options).build();
}

} // namespace ibidem::convert
