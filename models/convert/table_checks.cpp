// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/table_checks.h"

#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace ibidem::convert {

namespace {

using data::CheckState;

bool isDigit(char c) noexcept
{
    return c >= '0' && c <= '9';
}

bool allDigits(std::string_view text) noexcept
{
    return !text.empty() && std::all_of(text.begin(), text.end(), isDigit);
}

bool isMonth(std::string_view text)
{
    constexpr std::array<std::string_view, 13> months = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                                         "aug", "sep", "oct", "nov", "dec", "sept"};
    std::string lower(text);
    for (char &c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return std::find(months.begin(), months.end(), lower) != months.end();
}

/// 2-Sep, Sep-02, 2001-09-02, 02/09/2001, 2.9.2001
bool looksLikeDate(std::string_view name)
{
    if (name.size() > 10 || name.size() < 5)
        return false;
    const std::size_t mark = name.find_first_of("-/.");
    if (mark == std::string_view::npos || mark == 0)
        return false;
    const std::string_view left = name.substr(0, mark);
    const std::string_view right = name.substr(mark + 1);
    if (name[mark] == '-' &&
        ((allDigits(left) && left.size() <= 2 && isMonth(right)) || (isMonth(left) && allDigits(right))))
        return true;
    const std::size_t second = right.find(name[mark]);
    if (second == std::string_view::npos)
        return false;
    const std::string_view middle = right.substr(0, second);
    const std::string_view last = right.substr(second + 1);
    return allDigits(left) && allDigits(middle) && allDigits(last) && middle.size() <= 2 &&
           ((left.size() == 4 && last.size() <= 2) || (left.size() <= 2 && last.size() == 4));
}

/// A day number of a spreadsheet (1980 to 2050) or a RIKEN clone read as a power of ten.
bool looksLikeDamagedNumber(std::string_view name)
{
    if (name.size() == 5 && allDigits(name))
        return name >= "29221" && name <= "54789";
    const std::size_t exponent = name.find("E+");
    return exponent != std::string_view::npos && parseDouble(name).has_value();
}

void checkGeneNames(TextTable &table, const std::vector<std::string> &geneIds)
{
    const std::vector<std::string> damaged = damagedGeneNames(geneIds);
    if (damaged.empty()) {
        table.check("gene-names", CheckState::Ok, "no gene name looks like a date");
        return;
    }
    table.check("gene-names", CheckState::Warning,
                "gene names that a spreadsheet seems to have damaged (it makes dates of SEPT2 and MARCH1): " +
                    listed(damaged, 10));
}

void checkDuplicateGenes(TextTable &table, std::vector<std::string> &geneIds)
{
    const std::vector<std::string> repeated = makeUnique(geneIds);
    if (repeated.empty()) {
        table.check("duplicate-genes", CheckState::Ok, "all gene names are unique");
        return;
    }
    table.check("duplicate-genes", CheckState::Warning,
                "gene names that occur more than once: " + listed(repeated, 10) +
                    "; the repetitions were renamed with -1, -2 …");
}

Status checkSamples(TextTable &table, const data::ExpressionTable &expression)
{
    const std::vector<std::string> &ids = expression.sampleIds;
    if (const std::optional<Duplicate> duplicate = firstDuplicate(ids))
        return table.bad("the sample " + ibidem::quoted(ids[duplicate->first]) +
                             " occurs more than once (as number " + std::to_string(duplicate->first + 1) +
                             " and number " + std::to_string(duplicate->second + 1) + ")",
                         "give every sample a name of its own, or leave out the repetition");
    table.check("duplicate-samples", CheckState::Ok, "all sample names are unique");
    return {};
}

void checkConstantGenes(TextTable &table, const data::ExpressionTable &expression)
{
    const std::size_t genes = expression.geneCount();
    std::vector<unsigned char> varies(genes, 0);
    const double *const first = expression.values.data();
    for (std::size_t sample = 1; sample < expression.sampleCount(); ++sample) {
        const double *const row = first + sample * genes;
        for (std::size_t gene = 0; gene < genes; ++gene)
            varies[gene] = static_cast<unsigned char>(varies[gene] |
                                                      static_cast<unsigned char>(row[gene] != first[gene]));
    }
    const auto constant = static_cast<std::uint64_t>(std::count(varies.begin(), varies.end(), 0));
    const std::string message = constant == 0
                                    ? "no gene has the same value in all samples"
                                    : plural(constant, "gene") + " with the same value in all samples";
    table.check("constant-genes", CheckState::Ok, message);
}

} // namespace

std::vector<std::string> makeUnique(std::vector<std::string> &names)
{
    std::unordered_set<std::string> taken;
    taken.reserve(names.size() * 2);
    std::vector<std::size_t> again;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (!taken.insert(names[i]).second)
            again.push_back(i);
    std::unordered_map<std::string, std::uint64_t> count;
    std::vector<std::string> repeated;
    for (const std::size_t i : again) {
        const std::string name = names[i];
        std::uint64_t &number = count[name];
        if (number == 0)
            repeated.push_back(name);
        do
            names[i] = name + "-" + std::to_string(++number);
        while (!taken.insert(names[i]).second);
    }
    return repeated;
}

std::vector<std::string> damagedGeneNames(const std::vector<std::string> &names)
{
    // Entrez ids are numbers: a number is damaged only among words.
    const auto numbers = std::count_if(names.begin(), names.end(),
                                       [](const std::string &name) { return parseDouble(name).has_value(); });
    const bool mostlyWords = static_cast<std::size_t>(numbers) * 2 < names.size();
    std::vector<std::string> damaged;
    for (const std::string &name : names)
        if (!name.empty() && (looksLikeDate(name) || (mostlyWords && looksLikeDamagedNumber(name))))
            damaged.push_back(name);
    return damaged;
}

bool splitLabelPrefixes(std::vector<std::string> &sampleIds, std::vector<std::string> &labels)
{
    std::set<std::string_view> prefixes;
    for (const std::string &id : sampleIds) {
        const std::size_t mark = id.find('_');
        if (mark == std::string::npos || mark == 0 || mark + 1 == id.size())
            return false;
        prefixes.insert(std::string_view(id).substr(0, mark));
        if (prefixes.size() > 20)
            return false;
    }
    const bool oneNumber =
        prefixes.size() == 1 && prefixes.begin()->size() <= 2 && allDigits(*prefixes.begin());
    if (!oneNumber && (prefixes.size() < 2 || prefixes.size() * 2 > sampleIds.size()))
        return false;
    labels.clear();
    for (std::string &id : sampleIds) {
        const std::size_t mark = id.find('_');
        labels.push_back(id.substr(0, mark));
        id.erase(0, mark + 1);
    }
    return true;
}

std::optional<Duplicate> firstDuplicate(const std::vector<std::string> &names)
{
    std::unordered_map<std::string_view, std::size_t> seen;
    seen.reserve(names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto [entry, isNew] = seen.emplace(names[i], i);
        if (!isNew)
            return Duplicate{entry->second, i};
    }
    return std::nullopt;
}

void checkLabels(TextTable &table, data::TableContainer &container)
{
    std::map<std::string, std::uint64_t> &labels = container.summary.labels;
    labels = container.table.labelCounts();
    labels.erase(std::string());
    if (labels.empty()) {
        table.check("labels", CheckState::Warning,
                    "no labels were found: give them in a file of their own, or name their column");
        return;
    }
    std::vector<std::string> counts;
    std::vector<std::string> small;
    for (const auto &[label, count] : labels) {
        counts.push_back(label + " " + std::to_string(count));
        if (count == 1)
            small.push_back(label);
    }
    table.check(
        "labels", labels.size() == 1 ? CheckState::Warning : CheckState::Ok,
        (labels.size() == 1 ? std::string("only one class") : std::to_string(labels.size()) + " classes") +
            ", from " + container.summary.labelSource + ": " + listed(counts, 40));
    if (!small.empty())
        table.check("small-classes", CheckState::Warning,
                    "classes with a single sample cannot be split into training and test samples: " +
                        listed(small, 10));
}

Status finishExpressionTable(TextTable &table, data::TableContainer &container)
{
    data::ExpressionTable &expression = container.table;
    const std::string cells = plural(expression.values.size(), "cell");
    table.check("numbers", CheckState::Ok, "every one of " + cells + " is a number with a decimal point");
    table.check("finite", CheckState::Ok, "no cell is missing, infinite or not a number");
    if (std::all_of(expression.geneNames.begin(), expression.geneNames.end(),
                    [](const std::string &name) { return name.empty(); }))
        expression.geneNames.clear();
    checkGeneNames(table, expression.geneIds);
    checkDuplicateGenes(table, expression.geneIds);
    IBIDEM_CHECK(checkSamples(table, expression));
    checkConstantGenes(table, expression);
    checkLabels(table, container);
    container.summary.shape = {expression.sampleCount(), expression.geneCount()};
    return {};
}

} // namespace ibidem::convert
