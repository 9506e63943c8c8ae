// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/report/curves.h"
#include "models/report/html.h"
#include "models/report/levels.h"
#include "models/report/sections.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace ibidem::report {

namespace {

using compare::Comparison;
using compare::Difference;
using compare::Verdict;

struct MetricName
{
    const char *key;
    const char *words;
};

constexpr std::array kMetricNames{
    MetricName{"accuracy", "Accuracy"},
    MetricName{"logloss", "Log loss"},
    MetricName{"roc_auc", "ROC AUC of the probabilities"},
    MetricName{"roc_auc_rounded", "ROC AUC of the rounded labels (as mlf-core computes it)"},
    MetricName{"mcc", "Matthews correlation"},
    MetricName{"sensitivity", "Sensitivity"},
    MetricName{"specificity", "Specificity"},
    MetricName{"f1", "F1"},
    MetricName{"loss", "Mean squared error"},
};

std::string metricWords(const std::string &key)
{
    const auto found = std::find_if(kMetricNames.begin(), kMetricNames.end(),
                                    [&](const MetricName &name) { return key == name.key; });
    return found == kMetricNames.end() ? key : found->words;
}

struct SplitName
{
    const char *key;
    const char *words;
};

/// The analysis of an embedding has a section of its own.
constexpr std::array kSplitNames{
    SplitName{"train", "Training"},
    SplitName{"test", "Test"},
    SplitName{"validation", "Validation"},
    SplitName{"all", "All cells, final weights"},
};

std::string splitWords(std::string_view key)
{
    const auto found = std::find_if(kSplitNames.begin(), kSplitNames.end(),
                                    [&](const SplitName &name) { return key == name.key; });
    return found == kSplitNames.end() ? std::string(key) : found->words;
}

struct VerdictWords
{
    const char *styleClass;
    const char *word;
};

VerdictWords verdictWords(const ReportContent &content)
{
    if (content.comparisons.empty())
        return {"open", "Not yet repeated"};
    if (content.allIdentical())
        return {"identical", "Identical"};
    const bool within = std::none_of(content.comparisons.begin(), content.comparisons.end(),
                                     [](const Comparison &c) { return c.verdict == Verdict::Different; });
    return within ? VerdictWords{"open", "Within the tolerance"} : VerdictWords{"different", "Different"};
}

std::string ofTotal(std::uint64_t equal, std::uint64_t total)
{
    return total == 0 ? "–" : std::to_string(equal) + " of " + std::to_string(total);
}

std::string firstWords(const Comparison &comparison)
{
    if (!comparison.firstRound)
        return comparison.verdict == Verdict::Identical ? "none" : "see below";
    return comparison.roundName + " " + std::to_string(*comparison.firstRound) +
           (comparison.firstWhat.empty() ? "" : ": " + comparison.firstWhat);
}

std::string otherMap(const Difference &difference)
{
    if (difference.b == "none")
        return "no map";
    return difference.a == "none" ? "a map, unlike the first run" : "another map";
}

/// Identical runs may have been mapped with other settings: what differs then enters no verdict.
std::string otherAnalysis(const Comparison &comparison)
{
    if (comparison.verdict != Verdict::Identical)
        return {};
    const auto find = [&](std::string_view what) {
        return std::find_if(comparison.differences.begin(), comparison.differences.end(),
                            [what](const Difference &one) { return one.informative && one.what == what; });
    };
    std::vector<std::string> others;
    if (const auto map = find("map"); map != comparison.differences.end())
        others.push_back(otherMap(*map));
    if (find("clusters") != comparison.differences.end())
        others.emplace_back("other clusters");
    return join(others, " and ");
}

std::string verdictCell(const Comparison &comparison)
{
    const std::string name(compare::verdictName(comparison.verdict));
    const std::string other = otherAnalysis(comparison);
    return other.empty() ? name : name + ", but " + other + " (other settings of the analysis)";
}

/// "; b has another map (other settings of the analysis)": "identical" alone would hide it.
std::string otherAnalyses(const std::vector<Comparison> &all)
{
    std::vector<std::string> parts;
    for (const Comparison &comparison : all)
        if (const std::string other = otherAnalysis(comparison); !other.empty())
            parts.push_back(comparison.nameB + " has " + other);
    return parts.empty() ? std::string() : "; " + join(parts, ", ") + " (other settings of the analysis)";
}

/// Over several runs, which need not be reruns of the first.
std::string sentenceOverAll(const ReportContent &content)
{
    const std::vector<Comparison> &all = content.comparisons;
    const auto isOther = [](const Comparison &one) { return one.verdict != Verdict::Identical; };
    const std::string count = std::to_string(all.size());
    const std::string &name = content.reference().name;
    const auto first = std::find_if(all.begin(), all.end(), isOther);
    if (first == all.end())
        return "IDENTICAL: " + count + " of " + count + " other runs are equal to " + name + " bit for bit" +
               otherAnalyses(all) + ".";
    const auto others = std::count_if(all.begin(), all.end(), isOther);
    return "DIFFERENT: " + std::to_string(others) + " of " + count + " other runs " +
           (others == 1 ? "differs" : "differ") + " from " + name + ". " + first->nameB + ": " +
           first->sentence;
}

std::string comparisonTable(const ReportContent &content)
{
    Table all;
    all.caption = "Each run compared with " + content.reference().name + ": how much is equal bit for bit";
    all.headers = {"Run",           "Verdict",     "Settings",  "Trees",
                   "Metric values", "Predictions", "Top genes", "First difference"};
    if (content.isNetwork())
        all.headers = {"Run",    "Verdict",       "Settings",       "Tensors",
                       "Epochs", "Metric values", "Embedded cells", "First difference"};
    for (const Comparison &c : content.comparisons) {
        std::vector<std::string> row{escaped(c.nameB), verdictCell(c), ofTotal(c.settingsEqual, c.settings)};
        if (content.isNetwork())
            row.insert(row.end(), {ofTotal(c.tensorsEqual, c.tensors), ofTotal(c.epochsEqual, c.epochs),
                                   ofTotal(c.metricsEqual, c.metrics), ofTotal(c.cellsEqual, c.cells)});
        else
            row.insert(row.end(),
                       {ofTotal(c.treesEqual, c.trees), ofTotal(c.metricsEqual, c.metrics),
                        ofTotal(c.predictionsEqual, c.predictions), ofTotal(c.topGenesShared, c.topGenes)});
        row.push_back(escaped(firstWords(c)));
        all.rows.push_back(std::move(row));
    }
    return table(all);
}

std::string claimList(const ReportContent &content)
{
    std::string items;
    for (const Claim &claim : claims(content))
        items += element("li", element("strong", claim.observed ? "Observed. " : "Limit. ") +
                                   escaped(claim.sentence)) +
                 "\n";
    return element("h3", "Claims and limits") + "\n" + element("ul", "\n" + items) + "\n";
}

std::string outcomeWords(const ReportContent &content)
{
    const runs::Manifest &manifest = content.reference().manifest;
    if (manifest.outcome == "failed" && manifest.error)
        return "This run failed: " + manifest.error->message;
    if (manifest.outcome == "stopped")
        return "This run was stopped after " + std::to_string(manifest.roundsDone) + " " +
               content.roundWord() + "s; it can be resumed.";
    if (manifest.outcome == "imported")
        return "This model was imported: how it was trained is not on record.";
    return {};
}

/// "5.29e-03": how large, not which number; the numbers themselves stand beside it.
std::string magnitude(double value)
{
    std::array<char, 32> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 2);
    return {text.data(), end.ptr};
}

std::string ulpWords(std::uint64_t ulp)
{
    return ulp < 1'000'000 ? std::to_string(ulp) : "over a million";
}

std::vector<std::string> differenceRow(const Difference &difference)
{
    return {escaped(difference.what),
            escaped(difference.where),
            code(difference.a),
            code(difference.b),
            difference.maxAbs ? code(magnitude(*difference.maxAbs)) : "–",
            difference.maxUlp ? ulpWords(*difference.maxUlp) : "–",
            std::to_string(difference.count)};
}

std::string differenceTable(const Comparison &comparison, bool informative)
{
    Table all;
    all.caption =
        informative
            ? "Allowed to differ, and did: " + comparison.nameA + " (A) and " + comparison.nameB + " (B)"
            : "What differs between " + comparison.nameA + " (A) and " + comparison.nameB + " (B)";
    all.headers = {"What", "Where", "A", "B", "Largest", "in ulp", "Count"};
    all.numbers = {4, 5, 6};
    for (const Difference &difference : comparison.differences)
        if (difference.informative == informative)
            all.rows.push_back(differenceRow(difference));
    return table(all);
}

std::string metricTable(const runs::Manifest &manifest)
{
    std::vector<std::string> splits;
    std::vector<std::string> keys;
    for (const MetricName &name : kMetricNames)
        keys.emplace_back(name.key);
    for (const SplitName &split : kSplitNames)
        if (manifest.metrics.contains(split.key))
            splits.emplace_back(split.key);
    for (const auto &[split, values] : manifest.metrics)
        for (const auto &[key, value] : values)
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                keys.push_back(key);
    Table all;
    all.caption = "Final metrics, with their bits as C99 hexadecimal numbers";
    all.headers = {"Metric"};
    for (const std::string &split : splits) {
        all.numbers.insert(all.headers.size());
        all.headers.push_back(splitWords(split));
        all.headers.push_back(splitWords(split) + ", bits");
    }
    for (const std::string &key : keys) {
        std::vector<std::string> row{escaped(metricWords(key))};
        bool known = false;
        for (const std::string &split : splits) {
            const auto &values = manifest.metrics.at(split);
            const auto found = values.find(key);
            known = known || found != values.end();
            row.push_back(found == values.end() ? "–" : escaped(formatFixed(found->second, 6)));
            row.push_back(found == values.end() ? "–" : code(formatHexDouble(found->second)));
        }
        if (known)
            all.rows.push_back(std::move(row));
    }
    return table(all);
}

/// A cell is shaded by its share of the row; the number carries the meaning.
std::string matrixCell(std::uint64_t count, std::uint64_t rowTotal)
{
    const std::uint64_t percent = rowTotal == 0 ? 0 : count * 45U / rowTotal;
    const std::string opacity = "0." + std::string(percent < 10 ? "0" : "") + std::to_string(percent);
    return element("td", std::to_string(count), "style=\"background: rgba(var(--cell), " + opacity + ")\"");
}

std::string confusionTable(const std::string &split, const std::vector<std::uint64_t> &counts,
                           const std::vector<std::string> &classes)
{
    const std::size_t size = classes.size();
    if (size == 0 || counts.size() != size * size)
        return {};
    std::string head = element("th", "true class", "scope=\"col\"");
    for (const std::string &name : classes)
        head += element("th", "predicted " + escaped(name), "scope=\"col\" class=\"number\"");
    std::string body;
    for (std::size_t row = 0; row < size; ++row) {
        std::uint64_t total = 0;
        for (std::size_t column = 0; column < size; ++column)
            total += counts[row * size + column];
        std::string cells = element("th", escaped(classes[row]), "scope=\"row\"");
        for (std::size_t column = 0; column < size; ++column)
            cells += matrixCell(counts[row * size + column], total);
        body += element("tr", cells) + "\n";
    }
    const std::string caption =
        "Confusion matrix, " + std::string(split == "test" ? "test" : "training") + " samples";
    return element("div",
                   element("table", element("caption", caption) + element("thead", element("tr", head)) +
                                        "\n" + element("tbody", "\n" + body)),
                   "class=\"scroll matrix\" role=\"region\" tabindex=\"0\" aria-label=\"" + caption + "\"") +
           "\n";
}

} // namespace

std::string verdictSection(const ReportContent &content)
{
    const VerdictWords words = verdictWords(content);
    std::string sentence =
        "One run alone shows what was done, not that it can be done again: see how to redo it.";
    if (content.comparisons.size() == 1)
        sentence = content.comparisons.front().sentence;
    else if (!content.comparisons.empty())
        sentence = sentenceOverAll(content);
    const std::string box = element("p", escaped(words.word), "class=\"word\"") + "\n" + paragraph(sentence);
    std::string markup =
        changedFilesBox(content) +
        element("div", "\n" + box, "class=\"verdict " + std::string(words.styleClass) + "\"") + "\n";
    bool told = false; // the sentence above tells of the first that differs
    for (const Comparison &comparison : content.comparisons) {
        if (comparison.verdict == Verdict::Identical)
            continue;
        if (told)
            markup += paragraph(comparison.nameB + ": " + comparison.sentence);
        told = true;
    }
    if (const std::string outcome = outcomeWords(content); !outcome.empty())
        markup += paragraph(outcome);
    return section("verdict", "Verdict", markup + comparisonTable(content) + claimList(content));
}

std::string differenceSection(const ReportContent &content)
{
    std::string markup;
    std::string allowed;
    for (const Comparison &comparison : content.comparisons) {
        markup += differenceTable(comparison, false);
        allowed += differenceTable(comparison, true);
    }
    if (!allowed.empty())
        markup += details("Differences that do not enter the verdict", allowed);
    return section("differences", "Differences", markup);
}

std::string resultSection(const ReportContent &content)
{
    const runs::Manifest &manifest = content.reference().manifest;
    std::string matrices;
    for (const char *split : {"test", "train"})
        if (const auto found = manifest.confusion.find(split); found != manifest.confusion.end())
            matrices += confusionTable(split, found->second, manifest.classNames);
    std::string markup = metricTable(manifest);
    if (!matrices.empty())
        markup += element("div", "\n" + matrices, "class=\"matrices\"") + "\n";
    return section("results", "Results", markup);
}

std::string curveSection(const ReportContent &content)
{
    return section("curves", "Learning curves", lossFigure(content));
}

std::string importanceSection(const ReportContent &content)
{
    return section("importance", "Feature importance", importanceFigure(content.reference()));
}

} // namespace ibidem::report
