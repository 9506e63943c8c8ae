// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/cell.h"
#include "models/convert/column_roles.h"
#include "models/convert/matrix.h"
#include "models/convert/table_checks.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <set>
#include <utility>

namespace ibidem::convert {

namespace {

using data::CheckState;

constexpr std::uint64_t kMostNumber = 1'000'000'000;
constexpr std::uint64_t kBytesPerValue = 3 * sizeof(double);

/// The second line: what the file says of itself.
struct Counts
{
    std::uint64_t rows = 0;
    std::uint64_t samples = 0;
    std::uint64_t rowFacts = 1;    ///< columns beside the id: 1.2 has one, Description
    std::uint64_t sampleFacts = 0; ///< rows before the data: 1.3 only
};

struct Header
{
    bool isVersion13 = false;
    Counts counts;
    std::vector<std::string> factNames; ///< of the columns beside the id
    std::vector<std::string> samples;
};

/// The fields of the record without the empty ones at its end.
std::vector<std::string_view> withoutEmptyTail(const std::vector<std::string_view> &fields)
{
    std::vector<std::string_view> kept = fields;
    while (!kept.empty() && trimmed(kept.back()).empty())
        kept.pop_back();
    return kept;
}

Status nextRecord(RowReader &reader, const TextTable &table, const std::string &what)
{
    IBIDEM_TRY(const bool more, reader.next());
    if (!more)
        return table.bad("GCT: the file ends before " + what, "fetch or export the file again");
    return {};
}

Result<Counts> readCounts(RowReader &reader, const TextTable &table, bool isVersion13)
{
    IBIDEM_CHECK(nextRecord(reader, table, "the counts of line 2"));
    std::vector<std::uint64_t> numbers;
    for (const std::string_view field : withoutEmptyTail(reader.fields())) {
        const std::optional<std::uint64_t> number = parseUnsigned(trimmed(field));
        if (!number || *number > kMostNumber)
            return table.bad("GCT: row " + std::to_string(reader.row()) + ": " + ibidem::quoted(field) +
                                 " is not a count",
                             "correct the counts of line 2");
        numbers.push_back(*number);
    }
    const std::size_t expected = isVersion13 ? 4 : 2;
    if (numbers.size() != expected)
        return table.bad("GCT: line 2 has " + plural(numbers.size(), "count") + ", version " +
                             (isVersion13 ? "1.3" : "1.2") + " needs " + std::to_string(expected),
                         "correct line 2");
    if (!isVersion13)
        return Counts{numbers[0], numbers[1], 1, 0};
    return Counts{numbers[0], numbers[1], numbers[2], numbers[3]};
}

Result<Header> readHeader(RowReader &reader, const TextTable &table)
{
    Header header;
    IBIDEM_CHECK(nextRecord(reader, table, "line 1"));
    header.isVersion13 = trimmed(reader.fields()[0]) == "#1.3";
    IBIDEM_TRY(header.counts, readCounts(reader, table, header.isVersion13));
    IBIDEM_CHECK(nextRecord(reader, table, "the names of the samples in line 3"));
    const std::vector<std::string_view> names = withoutEmptyTail(reader.fields());
    const std::uint64_t expected = 1 + header.counts.rowFacts + header.counts.samples;
    if (names.size() != expected)
        return table.bad("GCT: line 2 announces " + plural(header.counts.samples, "sample") +
                             ", so line 3 must have " + std::to_string(expected) + " names, it has " +
                             std::to_string(names.size()),
                         "correct the counts of line 2");
    const auto firstSample = names.begin() + 1 + static_cast<std::ptrdiff_t>(header.counts.rowFacts);
    for (auto name = names.begin() + 1; name != names.end(); ++name)
        (name < firstSample ? header.factNames : header.samples).emplace_back(trimmed(*name));
    if (header.samples.empty())
        return table.bad("GCT: the file has no samples", "export the table again");
    for (std::size_t i = 0; i < header.samples.size(); ++i)
        if (header.samples[i].empty())
            return table.bad("GCT: sample number " + std::to_string(i + 1) + " has no name",
                             "give every sample a name");
    return header;
}

/// One row of facts about the samples (version 1.3).
struct SampleFact
{
    std::string name;
    std::vector<std::string> values;
};

Result<std::vector<SampleFact>> readSampleFacts(RowReader &reader, const TextTable &table,
                                                const Header &header)
{
    std::vector<SampleFact> facts;
    const std::size_t first = 1 + header.factNames.size();
    const std::size_t fields = first + header.samples.size();
    for (std::uint64_t i = 0; i < header.counts.sampleFacts; ++i) {
        IBIDEM_CHECK(nextRecord(reader, table, "the end of the rows about samples"));
        if (reader.fields().size() < fields)
            return raggedRow(table, reader.row(), reader.fields().size(), fields);
        SampleFact fact{std::string(trimmed(reader.fields()[0])), {}};
        for (std::size_t c = first; c < fields; ++c)
            fact.values.emplace_back(trimmed(reader.fields()[c]));
        facts.push_back(std::move(fact));
    }
    return facts;
}

bool isComplete(const SampleFact &fact)
{
    return std::none_of(fact.values.begin(), fact.values.end(),
                        [](const std::string &value) { return readCell(value).kind == CellKind::Missing; });
}

Result<const SampleFact *> findLabel(const TextTable &table, const std::vector<SampleFact> &facts)
{
    const std::string &given = table.options.labelColumn;
    for (const SampleFact &fact : facts) {
        const std::set<std::string> classes(fact.values.begin(), fact.values.end());
        const bool few = classes.size() >= 2 && classes.size() * 2 <= fact.values.size();
        const bool wanted =
            given == "auto" ? isLabelWord(fact.name) && few && isComplete(fact) : fact.name == given;
        if (!wanted)
            continue;
        if (!isComplete(fact))
            return table.bad("GCT: some samples have no label in " + ibidem::quoted(fact.name),
                             "leave out these samples, or read the table with --label-column none");
        return &fact;
    }
    if (given == "auto" || given == "none")
        return nullptr;
    return fail(ErrorCode::Usage,
                "GCT: there is no row " + ibidem::quoted(given) + " of facts about the samples", table.path,
                "correct --label-column");
}

MatrixLayout layoutOf(const Header &header)
{
    MatrixLayout layout;
    layout.fieldCount = 1 + header.factNames.size() + header.samples.size();
    layout.extraEmptyFields = true;
    layout.columnIds = header.samples;
    for (std::size_t i = 0; i < header.samples.size(); ++i)
        layout.valueColumns.push_back(1 + header.factNames.size() + i);
    if (header.factNames.empty())
        return layout;
    layout.nameColumn = 1;
    for (const std::string_view name : {"pr_gene_symbol", "gene_symbol", "symbol", "gene_name"})
        for (std::size_t i = 0; i < header.factNames.size(); ++i)
            if (header.factNames[i] == name) {
                layout.nameColumn = 1 + i;
                return layout;
            }
    return layout;
}

Status checkRowCount(TextTable &table, const Header &header, std::size_t rows)
{
    if (rows != header.counts.rows)
        return table.bad("GCT: line 2 announces " + plural(header.counts.rows, "row") + ", the file has " +
                             std::to_string(rows),
                         rows < header.counts.rows ? "the file is cut off: fetch it again"
                                                   : "correct the counts of line 2");
    table.check("counts", CheckState::Ok,
                "line 2 agrees with the file: " + plural(rows, "row") + ", " +
                    plural(header.samples.size(), "sample"));
    table.check("complete-rows", CheckState::Ok, "every one of " + plural(rows, "row") + " is complete");
    return {};
}

} // namespace

bool isGct(std::string_view text) noexcept
{
    const std::string_view line = trimmed(text.substr(0, text.find_first_of("\r\n")));
    return line == "#1.2" || line == "#1.3" || line.starts_with("#1.2\t") || line.starts_with("#1.3\t");
}

Result<data::TableContainer> readGct(TextTable &table)
{
    const std::uint64_t cells = mostCells(table.text, Delimiter::Tab);
    IBIDEM_CHECK(table.requireMemory(cells * kBytesPerValue + 2 * table.text.size(),
                                     "up to " + plural(cells, "value")));
    RowReader reader(table.text, Delimiter::Tab, table.path);
    IBIDEM_TRY(const Header header, readHeader(reader, table));
    IBIDEM_TRY(const std::vector<SampleFact> facts, readSampleFacts(reader, table, header));
    IBIDEM_TRY(const SampleFact *const label, findLabel(table, facts));
    MatrixLayout layout = layoutOf(header);
    layout.mostValues = cells;
    IBIDEM_TRY(Matrix matrix, readMatrix(reader, layout, table));
    IBIDEM_CHECK(checkRowCount(table, header, matrix.rowIds.size()));
    data::TableContainer container;
    takeMatrix(std::move(matrix), layout, container);
    container.summary.format = header.isVersion13 ? "gct-1.3" : "gct-1.2";
    container.summary.delimiter = "tab";
    container.summary.labelSource = "none";
    if (label) {
        container.table.sampleLabels = label->values;
        container.summary.labelSource = "row " + label->name;
    }
    IBIDEM_CHECK(finishExpressionTable(table, container));
    return container;
}

} // namespace ibidem::convert
