// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/annotations.h"

#include "models/base/text.h"
#include "models/convert/cell.h"
#include "models/convert/matrix.h"
#include "models/convert/table_checks.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace ibidem::convert {

namespace {

using data::CheckState;
using Columns = std::vector<std::vector<std::string>>;

constexpr std::uint64_t kRowsBetweenStops = 256;

bool isMissing(const std::string &text) noexcept
{
    return readCell(text).kind == CellKind::Missing;
}

Status checkColumnNames(const TextTable &table, const std::vector<std::string> &names)
{
    for (std::size_t i = 1; i < names.size(); ++i)
        if (names[i].empty())
            return table.bad("column " + std::to_string(i + 1) + " has no name", "give every column a name");
    if (const std::optional<Duplicate> duplicate = firstDuplicate(names))
        return table.bad("two columns are called " + ibidem::quoted(names[duplicate->first]) + " (columns " +
                             std::to_string(duplicate->first + 1) + " and " +
                             std::to_string(duplicate->second + 1) + ")",
                         "give every column a name of its own");
    return {};
}

Result<Columns> readColumns(RowReader &reader, const TextTable &table, std::size_t count,
                            std::size_t fieldCount)
{
    Columns columns(count);
    for (std::uint64_t row = 0;; ++row) {
        IBIDEM_TRY(const bool more, reader.next());
        if (!more)
            break;
        if (reader.fields().size() != fieldCount)
            return raggedRow(table, reader.row(), reader.fields().size(), fieldCount);
        for (std::size_t c = 0; c < count; ++c)
            columns[c].emplace_back(trimmed(reader.fields()[c]));
        if (row % kRowsBetweenStops != 0)
            continue;
        if (table.token.stopRequested())
            return fail(ErrorCode::Stopped, "stopped on request while reading the table", table.path);
        table.token.progress("read",
                             static_cast<double>(reader.position()) / static_cast<double>(table.text.size()));
    }
    return columns;
}

/// A complete column of text with some classes that repeat: the one with most classes, of equals the first,
/// unless one is called a label.
std::optional<std::size_t> findLabelColumn(const std::vector<std::string> &names, const Columns &columns,
                                           std::size_t id)
{
    std::optional<std::size_t> best;
    std::size_t bestClasses = 1;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        const std::vector<std::string> &cells = columns[c];
        if (c == id || std::any_of(cells.begin(), cells.end(), isMissing))
            continue;
        const std::unordered_set<std::string_view> classes(cells.begin(), cells.end());
        const std::size_t count = classes.size();
        if (count < 2 || count > 200 || count * 2 > cells.size())
            continue;
        if (isLabelWord(names[c]))
            return c;
        const auto isNumber = [](const std::string &cell) { return readCell(cell).kind == CellKind::Number; };
        if (count > bestClasses && std::none_of(cells.begin(), cells.end(), isNumber)) {
            best = c;
            bestClasses = count;
        }
    }
    return best;
}

bool isUnique(const std::vector<std::string> &cells)
{
    return !firstDuplicate(cells) && std::none_of(cells.begin(), cells.end(), isMissing);
}

Result<std::optional<std::size_t>> findIds(TextTable &table, const std::vector<std::string> &names,
                                           const Columns &columns, std::size_t candidate)
{
    if (isUnique(columns[candidate])) {
        table.check("duplicate-samples", CheckState::Ok,
                    "all sample names in column " + ibidem::quoted(names[candidate]) + " are unique");
        return std::optional<std::size_t>(candidate);
    }
    if (isSampleWord(names[candidate])) {
        const std::optional<Duplicate> duplicate = firstDuplicate(columns[candidate]);
        if (!duplicate)
            return table.bad("there are samples without a name in column " + ibidem::quoted(names[candidate]),
                             "give every sample a name");
        return table.bad("the sample " + ibidem::quoted(columns[candidate][duplicate->first]) +
                             " occurs more than once in column " + ibidem::quoted(names[candidate]) +
                             " (as number " + std::to_string(duplicate->first + 1) + " and number " +
                             std::to_string(duplicate->second + 1) + ")",
                         "give every sample a name of its own, or leave out the repetition");
    }
    table.check("duplicate-samples", CheckState::Warning,
                "the values of column " + ibidem::quoted(names[candidate]) +
                    " are not unique: the rows have no names");
    return std::optional<std::size_t>();
}

void checkMissing(TextTable &table, const Columns &columns)
{
    std::uint64_t missing = 0;
    for (const std::vector<std::string> &cells : columns)
        missing += static_cast<std::uint64_t>(std::count_if(cells.begin(), cells.end(), isMissing));
    table.check("missing-values", CheckState::Ok,
                missing == 0 ? std::string("no cell is empty")
                             : std::to_string(missing) + " of " +
                                   plural(columns.size() * columns.front().size(), "cell") +
                                   " are empty or marked as missing");
}

void takeLabels(TextTable &table, const std::optional<std::size_t> &column, data::TableContainer &container)
{
    container.summary.labelSource = "none";
    if (column) {
        const std::vector<std::string> &cells = container.columnValues[*column];
        container.summary.labelSource = "column " + container.columns[*column];
        std::uint64_t missing = 0;
        for (const std::string &cell : cells) {
            const bool absent = isMissing(cell);
            container.table.sampleLabels.push_back(absent ? std::string() : cell);
            missing += absent ? 1U : 0U;
        }
        if (missing != 0)
            table.check("missing-labels", CheckState::Warning,
                        "samples without a label in column " + ibidem::quoted(container.columns[*column]) +
                            ": " + std::to_string(missing) + " of " + std::to_string(cells.size()));
    }
    checkLabels(table, container);
}

} // namespace

Result<data::TableContainer> readAnnotations(TextTable &table, const TableSample &sample,
                                             const ColumnRoles &roles, RowReader &reader)
{
    data::TableContainer container;
    container.columns = sample.header;
    IBIDEM_CHECK(checkColumnNames(table, container.columns));
    const std::size_t fieldCount = sample.header.size() + (sample.emptyLastColumn ? 1 : 0);
    IBIDEM_TRY(container.columnValues, readColumns(reader, table, sample.header.size(), fieldCount));
    const std::size_t rows = container.columnValues.front().size();
    table.check("complete-rows", CheckState::Ok,
                "every one of " + plural(rows, "row") + " has " + plural(container.columns.size(), "field"));
    checkMissing(table, container.columnValues);
    IBIDEM_TRY(const std::optional<std::size_t> ids,
               findIds(table, container.columns, container.columnValues, roles.id.value_or(0)));
    if (ids)
        container.table.sampleIds = container.columnValues[*ids];
    std::optional<std::size_t> label = roles.label;
    if (!label && table.options.labelColumn == "auto")
        label = findLabelColumn(container.columns, container.columnValues,
                                ids.value_or(container.columns.size()));
    takeLabels(table, label, container);
    container.summary.kind = "sample-annotations";
    container.summary.orientation = "samples-in-rows";
    container.summary.shape = {rows, container.columns.size()};
    return container;
}

} // namespace ibidem::convert
