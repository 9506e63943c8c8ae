// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/annotations.h"
#include "models/convert/cell.h"
#include "models/convert/column_roles.h"
#include "models/convert/matrix.h"
#include "models/convert/table_checks.h"

#include <algorithm>
#include <utility>

namespace ibidem::convert {

namespace {

using data::CheckState;

constexpr std::size_t kSampleRows = 64;
constexpr std::size_t kSampleCells = 400'000;

/// Bytes for one value: in the file's order, in the samples' order, in the written container.
constexpr std::uint64_t kBytesPerValue = 3 * sizeof(double);
/// Bytes for one cell of text: a string, its copy on writing.
constexpr std::uint64_t kBytesPerText = sizeof(std::string) + 8;
constexpr std::uint64_t kBytesPerName = 3 * sizeof(std::string);

std::vector<std::string> trimmedNames(const std::vector<std::string_view> &fields)
{
    std::vector<std::string> names;
    names.reserve(fields.size());
    for (const std::string_view field : fields)
        names.emplace_back(trimmed(field));
    return names;
}

/// R writes the names of the rows without a name for their column.
bool hasUnnamedFirstColumn(const TableSample &sample)
{
    if (sample.rows.size() < 2)
        return false;
    return std::all_of(sample.rows.begin(), sample.rows.end(), [&sample](const auto &row) {
        return row.size() == sample.header.size() + 1 && !trimmed(row.back()).empty();
    });
}

bool hasEmptyLastColumn(const TableSample &sample)
{
    return sample.header.size() > 2 && sample.header.back().empty() &&
           std::all_of(sample.rows.begin(), sample.rows.end(), [&sample](const auto &row) {
               return row.size() == sample.header.size() && trimmed(row.back()).empty();
           });
}

Status takeSampleRows(RowReader &reader, const TextTable &table, TableSample &sample)
{
    const std::size_t most = std::clamp<std::size_t>(
        kSampleCells / std::max<std::size_t>(sample.header.size(), 1), 2, kSampleRows);
    std::vector<std::uint64_t> numbers;
    while (sample.rows.size() < most) {
        IBIDEM_TRY(const bool more, reader.next());
        if (!more)
            break;
        sample.rows.push_back(reader.fields());
        numbers.push_back(reader.row());
    }
    if (sample.rows.empty())
        return table.bad("the table has a header but no rows", "export the table with its rows");
    if (hasUnnamedFirstColumn(sample)) {
        sample.rowNamesWithoutHeader = true;
        sample.header.insert(sample.header.begin(), std::string());
    }
    for (std::size_t i = 0; i < sample.rows.size(); ++i)
        if (sample.rows[i].size() != sample.header.size())
            return raggedRow(table, numbers[i], sample.rows[i].size(), sample.header.size());
    return {};
}

/// A header of numbers like 0.5 or -3 is a first row of data. Whole numbers can be names: Entrez ids are.
bool headerIsData(const std::vector<std::string> &header)
{
    std::size_t values = 0;
    for (std::size_t i = 1; i < header.size(); ++i) {
        const bool whole =
            !header[i].empty() && header[i].find_first_not_of("0123456789") == std::string::npos;
        if (readCell(header[i]).kind != CellKind::Number)
            return false;
        values += whole ? 0U : 1U;
    }
    return values * 2 > header.size() - 1;
}

Result<TableSample> takeSample(RowReader &reader, const TextTable &table)
{
    TableSample sample;
    IBIDEM_TRY(const bool any, reader.next());
    if (!any)
        return table.bad("the file holds nothing but blanks and line ends", "export the table again");
    sample.header = trimmedNames(reader.fields());
    IBIDEM_CHECK(takeSampleRows(reader, table, sample));
    if (sample.header.size() < 2)
        return table.bad("only one column was found",
                         "name the delimiter with --delimiter, or give a table with values");
    if (hasEmptyLastColumn(sample)) {
        sample.emptyLastColumn = true;
        sample.header.pop_back();
    }
    if (headerIsData(sample.header))
        return table.bad("row 1 holds numbers, not names: the table has no header",
                         "add a first row with the names of the columns");
    return sample;
}

Status checkNames(const TextTable &table, const ColumnRoles &roles, const TableSample &sample)
{
    for (const std::size_t c : roles.values)
        if (sample.header[c].empty())
            return table.bad("row 1, column " + std::to_string(c + 1) + ": the " +
                                 (roles.genesInRows ? "sample" : "gene") + " has no name",
                             "give every column a name");
    return {};
}

MatrixLayout layoutOf(const ColumnRoles &roles, const TableSample &sample)
{
    MatrixLayout layout;
    layout.genesInRows = roles.genesInRows;
    layout.fieldCount = sample.header.size() + (sample.emptyLastColumn ? 1 : 0);
    layout.idColumn = *roles.id;
    layout.nameColumn = roles.names;
    layout.labelColumn = roles.label;
    layout.valueColumns = roles.values;
    for (const std::size_t c : roles.values)
        layout.columnIds.push_back(sample.header[c]);
    if (roles.label)
        layout.labelName = sample.header[*roles.label];
    return layout;
}

void checkLayout(TextTable &table, const ColumnRoles &roles, const TableSample &sample, std::size_t rows,
                 std::uint64_t skipped)
{
    std::string complete =
        "every one of " + plural(rows, "row") + " has " + plural(sample.header.size(), "field");
    if (skipped != 0)
        complete += "; empty rows that were left out: " + std::to_string(skipped);
    table.check("complete-rows", CheckState::Ok, std::move(complete));
    const std::string orientation = roles.genesInRows ? "genes stand in rows" : "samples stand in rows";
    table.check("orientation", roles.orientationIsGuess ? CheckState::Warning : CheckState::Ok,
                orientation + (roles.orientationIsGuess ? ", it seems: " : ": ") + roles.orientationReason +
                    (roles.orientationIsGuess ? "; give --orientation if that is wrong" : ""));
    if (roles.ignored.empty())
        return;
    std::vector<std::string> names;
    for (const std::size_t c : roles.ignored)
        names.push_back(sample.header[c]);
    table.check("ignored-columns", CheckState::Warning,
                "columns left out, since they hold neither values nor the chosen label: " +
                    listed(names, 10));
}

bool hasMlfCoreHeader(const TableSample &sample)
{
    return sample.header.size() > 2 && sample.header[0] == "Gene ID" && sample.header[1] == "Gene Name";
}

void takeLabelSource(TextTable &table, const MatrixLayout &layout, const TableSample &sample,
                     Delimiter delimiter, data::TableContainer &container)
{
    data::TableSummary &summary = container.summary;
    summary.labelSource = layout.labelColumn ? "column " + layout.labelName : "none";
    const bool mlfCore = delimiter == Delimiter::Tab && layout.genesInRows && hasMlfCoreHeader(sample);
    if (!mlfCore || table.options.labelColumn != "auto")
        return;
    if (splitLabelPrefixes(container.table.sampleIds, container.table.sampleLabels)) {
        summary.format = "mlf-core-tsv";
        summary.labelSource = "sample-names";
    }
}

std::string formatName(Delimiter delimiter)
{
    switch (delimiter) {
    case Delimiter::Tab:
        return "tsv";
    case Delimiter::Comma:
    case Delimiter::Semicolon:
        return "csv";
    case Delimiter::Blank:
        break;
    }
    return "text";
}

Result<data::TableContainer> readExpression(TextTable &table, const TableSample &sample,
                                            const ColumnRoles &roles, RowReader &reader, Delimiter delimiter)
{
    data::TableContainer container;
    IBIDEM_CHECK(checkNames(table, roles, sample));
    MatrixLayout layout = layoutOf(roles, sample);
    layout.mostValues = mostCells(table.text, delimiter);
    IBIDEM_TRY(Matrix matrix, readMatrix(reader, layout, table));
    checkLayout(table, roles, sample, matrix.rowIds.size(), reader.skippedRows());
    container.summary.format = formatName(delimiter);
    takeMatrix(std::move(matrix), layout, container);
    takeLabelSource(table, layout, sample, delimiter, container);
    IBIDEM_CHECK(finishExpressionTable(table, container));
    return container;
}

Delimiter delimiterOf(const TextTable &table)
{
    const std::optional<Delimiter> given = delimiterOfName(table.options.delimiter);
    return given ? *given : findDelimiter(table.text);
}

Status requireMemoryFor(const TextTable &table, Delimiter delimiter, const TableSample &sample,
                        TableKind kind)
{
    const std::uint64_t cells = mostCells(table.text, delimiter);
    const std::uint64_t names = sample.header.size() * kBytesPerName;
    const std::uint64_t each = kind == TableKind::Expression ? kBytesPerValue : kBytesPerText;
    return table.requireMemory(cells * each + names + 2 * table.text.size(),
                               "up to " + plural(cells, "cell"));
}

} // namespace

Result<data::TableContainer> readDelimited(TextTable &table)
{
    const Delimiter delimiter = delimiterOf(table);
    RowReader sampler(table.text, delimiter, table.path, true);
    IBIDEM_TRY(const TableSample sample, takeSample(sampler, table));
    IBIDEM_TRY(const ColumnRoles roles, findRoles(sample, table));
    IBIDEM_CHECK(requireMemoryFor(table, delimiter, sample, roles.kind));
    RowReader reader(table.text, delimiter, table.path);
    IBIDEM_CHECK(reader.next().map([](bool) {}));
    IBIDEM_TRY(data::TableContainer container, roles.kind == TableKind::Annotations
                                                   ? readAnnotations(table, sample, roles, reader)
                                                   : readExpression(table, sample, roles, reader, delimiter));
    if (container.summary.format.empty())
        container.summary.format = formatName(delimiter);
    container.summary.delimiter = delimiterName(delimiter);
    return container;
}

} // namespace ibidem::convert
