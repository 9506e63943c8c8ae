// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/convert/cell.h"
#include "models/convert/table_checks.h"
#include "models/convert/text_table.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace ibidem::convert {

namespace {

using data::CheckState;

/// Takes the next line that is not blank from the front of `text`; trimmed.
std::string_view takeLine(std::string_view &text) noexcept
{
    const char lineEnd = text.find('\n') == std::string_view::npos ? '\r' : '\n';
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(lineEnd), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty())
            return line;
    }
    return {};
}

std::vector<std::string_view> words(std::string_view text)
{
    std::vector<std::string_view> found;
    constexpr std::string_view blanks = " \t\r\n";
    std::size_t begin = text.find_first_not_of(blanks);
    while (begin != std::string_view::npos) {
        const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
        found.push_back(text.substr(begin, end - begin));
        begin = text.find_first_not_of(blanks, end);
    }
    return found;
}

struct ClsFile
{
    std::uint64_t samples = 0;
    std::uint64_t classes = 0;
    std::vector<std::string_view> names;  ///< of line 2
    std::vector<std::string_view> labels; ///< of line 3
};

Result<ClsFile> readParts(const TextTable &table)
{
    std::string_view rest = table.text;
    const std::vector<std::string_view> counts = words(takeLine(rest));
    const std::string_view second = takeLine(rest);
    if (second.starts_with("#numeric") || (!counts.empty() && counts[0].starts_with("#numeric")))
        return fail(ErrorCode::Unavailable, "CLS files with numeric phenotypes are not supported yet",
                    table.path, "give class labels");
    const std::optional<std::uint64_t> samples = counts.size() == 3 ? parseUnsigned(counts[0]) : std::nullopt;
    const std::optional<std::uint64_t> classes = counts.size() == 3 ? parseUnsigned(counts[1]) : std::nullopt;
    if (!samples || !classes || counts[2] != "1")
        return table.bad("CLS: line 1 must be the number of samples, the number of classes and 1",
                         "write for example: 38 2 1");
    if (!second.starts_with('#'))
        return table.bad("CLS: line 2 must be '#' and the names of the classes",
                         "write for example: # ALL AML");
    ClsFile cls{*samples, *classes, words(second.substr(1)), words(rest)};
    if (cls.names.size() != cls.classes)
        return table.bad("CLS: line 1 announces " + std::to_string(cls.classes) + " classes, line 2 names " +
                             std::to_string(cls.names.size()),
                         "make the two lines agree; names of classes have no blanks");
    if (cls.labels.size() != cls.samples)
        return table.bad("CLS: line 1 announces " + plural(cls.samples, "sample") + ", line 3 has " +
                             plural(cls.labels.size(), "label"),
                         "make the two lines agree");
    if (cls.labels.empty())
        return table.bad("CLS: there are no samples", "export the classes again");
    return cls;
}

std::vector<std::string_view> inOrderOfAppearance(const std::vector<std::string_view> &labels)
{
    std::vector<std::string_view> distinct;
    std::unordered_set<std::string_view> seen;
    for (const std::string_view label : labels)
        if (seen.insert(label).second)
            distinct.push_back(label);
    return distinct;
}

bool areIndices(const std::vector<std::string_view> &labels, std::size_t count)
{
    return std::all_of(labels.begin(), labels.end(), [count](std::string_view label) {
        const std::optional<std::uint64_t> index = parseUnsigned(label);
        return index && *index < count;
    });
}

bool areNames(const std::vector<std::string_view> &labels, const std::vector<std::string_view> &names)
{
    const std::unordered_set<std::string_view> known(names.begin(), names.end());
    return std::all_of(labels.begin(), labels.end(),
                       [&known](std::string_view label) { return known.contains(label); });
}

using ClassNames = std::unordered_map<std::string_view, std::string_view>;

/// What each label of line 3 stands for. Programs read numbers in two ways: as an index into line 2, or by
/// order of appearance; where these differ no answer is right.
Result<ClassNames> namesOfLabels(TextTable &table, const ClsFile &cls)
{
    const std::vector<std::string_view> distinct = inOrderOfAppearance(cls.labels);
    if (distinct.size() != cls.names.size())
        return table.bad("CLS: line 2 names " + std::to_string(cls.names.size()) + " classes, line 3 has " +
                             std::to_string(distinct.size()) + " different labels",
                         "make the two lines agree");
    ClassNames names;
    for (std::size_t i = 0; i < distinct.size(); ++i)
        names[distinct[i]] = cls.names[i];
    if (areNames(distinct, cls.names)) {
        for (const std::string_view label : distinct)
            names[label] = label;
        return names;
    }
    if (areIndices(distinct, cls.names.size())) {
        for (std::size_t i = 0; i < distinct.size(); ++i)
            if (*parseUnsigned(distinct[i]) != i)
                return table.bad("CLS: the labels of line 3 are numbers that do not begin with 0, 1 … in "
                                 "this order: whether " +
                                     ibidem::quoted(distinct[i]) + " means " + ibidem::quoted(cls.names[i]) +
                                     " or " + ibidem::quoted(cls.names[*parseUnsigned(distinct[i])]) +
                                     " depends on the program",
                                 "write the names of the classes in line 3 instead of numbers");
        return names;
    }
    std::vector<std::string> meanings;
    for (std::size_t i = 0; i < distinct.size(); ++i)
        meanings.push_back(std::string(distinct[i]) + " = " + std::string(cls.names[i]));
    table.check("class-names", CheckState::Warning,
                "the labels of line 3 were given the names of line 2 in order of appearance: " +
                    listed(meanings, 20));
    return names;
}

} // namespace

bool isCls(std::string_view text) noexcept
{
    std::string_view rest = text;
    const std::vector<std::string_view> counts = words(takeLine(rest).substr(0, 100));
    return counts.size() == 3 && parseUnsigned(counts[0]) && parseUnsigned(counts[1]) &&
           parseUnsigned(counts[2]) && takeLine(rest).starts_with('#');
}

Result<data::TableContainer> readCls(TextTable &table)
{
    IBIDEM_CHECK(
        table.requireMemory(table.text.size() * 60, plural(table.text.size(), "byte") + " of labels"));
    IBIDEM_TRY(const ClsFile cls, readParts(table));
    if (const auto unique = inOrderOfAppearance(cls.names); unique.size() != cls.names.size())
        return table.bad("CLS: a class is named twice in line 2", "give every class a name of its own");
    IBIDEM_TRY(const ClassNames names, namesOfLabels(table, cls));
    data::TableContainer container;
    for (const std::string_view label : cls.labels)
        container.table.sampleLabels.emplace_back(names.at(label));
    table.check("counts", CheckState::Ok,
                "line 1 agrees with the file: " + plural(cls.samples, "sample") + ", " +
                    std::to_string(cls.classes) + " classes");
    container.summary.kind = "class-labels";
    container.summary.format = "cls";
    container.summary.delimiter = "blank";
    container.summary.labelSource = "cls";
    container.summary.shape = {cls.samples};
    checkLabels(table, container);
    return container;
}

} // namespace ibidem::convert
