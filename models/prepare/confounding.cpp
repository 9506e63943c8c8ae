// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/prepare/expression.h"

#include <algorithm>
#include <cstddef>

namespace ibidem::prepare {

namespace {

using Counts = std::map<std::string, std::uint64_t>; ///< class name -> samples
using Families = std::map<std::string, Counts>;      ///< shape of the name -> classes of its samples

constexpr std::string_view kUuid = "a UUID";
constexpr std::string_view kNumber = "a number";
constexpr std::string_view kOther = "other names";
constexpr std::uint64_t kSmallestFamily = 5;
/// Share of the error of guessing without names that guessing by family must take away (Goodman and Kruskal's
/// lambda).
constexpr double kCoincidence = 0.5;

bool isLetter(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isHex(char c) noexcept
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool isUuid(std::string_view id) noexcept
{
    constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return id.size() == kShape.size() &&
           std::equal(id.begin(), id.end(), kShape.begin(),
                      [](char c, char shape) { return shape == '-' ? c == '-' : isHex(c); });
}

/// "SRR1436228" -> "SRR…", "TCGA-02-0047-01" -> "TCGA…", digits alone -> "a number".
std::string familyOf(std::string_view id)
{
    if (isUuid(id))
        return std::string(kUuid);
    const auto end = std::find_if_not(id.begin(), id.end(), isLetter);
    if (end == id.begin())
        return std::string(kNumber);
    return std::string(id.begin(), end) + "…";
}

std::string phrase(const std::string &family)
{
    if (family == kUuid)
        return "whose names are UUIDs";
    if (family == kNumber)
        return "whose names are numbers";
    return family == kOther ? "with other names" : "named " + family;
}

std::string lower(std::string_view text)
{
    std::string result(text);
    for (char &c : result)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return result;
}

std::uint64_t total(const Counts &counts)
{
    std::uint64_t sum = 0;
    for (const auto &entry : counts)
        sum += entry.second;
    return sum;
}

Counts::const_iterator largest(const Counts &counts)
{
    return std::max_element(counts.begin(), counts.end(),
                            [](const auto &a, const auto &b) { return a.second < b.second; });
}

/// Families of less than a few samples say nothing: they are one family, "other names".
Families familiesOf(const std::vector<std::string> &sampleIds, const std::vector<std::string> &labels)
{
    Families all;
    for (std::size_t i = 0; i < sampleIds.size(); ++i)
        ++all[familyOf(sampleIds[i])][labels[i]];
    Families kept;
    for (const auto &[family, counts] : all) {
        Counts &place = kept[total(counts) < kSmallestFamily ? std::string(kOther) : family];
        for (const auto &[label, count] : counts)
            place[label] += count;
    }
    return kept;
}

/// Names that only repeat the class ("ALL_17") tell nothing about where a sample came from.
bool repeatsClass(const Families &families)
{
    return std::all_of(families.begin(), families.end(), [](const auto &entry) {
        return lower(entry.first) == lower(largest(entry.second)->first) + "…";
    });
}

/// Pearson's statistic is beyond what chance gives once in some ten thousand tables of this size.
bool isSignificant(const Families &families, const Counts &classes, std::uint64_t samples)
{
    double statistic = 0.0;
    for (const auto &entry : families) {
        const double familySize = static_cast<double>(total(entry.second));
        for (const auto &[label, classSize] : classes) {
            const auto found = entry.second.find(label);
            const double observed = found == entry.second.end() ? 0.0 : static_cast<double>(found->second);
            const double expected =
                familySize * static_cast<double>(classSize) / static_cast<double>(samples);
            statistic += (observed - expected) * (observed - expected) / expected;
        }
    }
    const double freedom = static_cast<double>((families.size() - 1) * (classes.size() - 1));
    return statistic > 12.0 + 4.0 * freedom;
}

std::string sentence(const Families &families)
{
    std::vector<std::pair<std::uint64_t, std::string>> parts;
    for (const auto &[family, counts] : families) {
        const auto most = largest(counts);
        parts.emplace_back(total(counts), std::to_string(most->second) + " of " +
                                              std::to_string(total(counts)) + " samples " + phrase(family) +
                                              " are of class " + ibidem::quoted(most->first));
    }
    std::stable_sort(parts.begin(), parts.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    constexpr std::size_t kShownFamilies = 4;
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < std::min(parts.size(), kShownFamilies); ++i)
        shown.push_back(parts[i].second);
    return "Class and study may be confounded: " + join(shown, ", ") +
           ". A model can then tell the studies apart instead of the classes.";
}

} // namespace

std::optional<std::string> confoundingNote(const std::vector<std::string> &sampleIds,
                                           const std::vector<std::string> &labels)
{
    const Families families = familiesOf(sampleIds, labels);
    Counts classes;
    for (const std::string &label : labels)
        ++classes[label];
    if (families.size() < 2 || classes.size() < 2 || repeatsClass(families))
        return std::nullopt;
    std::uint64_t guessedByFamily = 0;
    for (const auto &entry : families)
        guessedByFamily += largest(entry.second)->second;
    const std::uint64_t guessedBlindly = largest(classes)->second;
    const double gained = static_cast<double>(guessedByFamily - guessedBlindly);
    const double possible = static_cast<double>(labels.size() - guessedBlindly);
    if (gained < kCoincidence * possible || !isSignificant(families, classes, labels.size()))
        return std::nullopt;
    return sentence(families);
}

} // namespace ibidem::prepare
