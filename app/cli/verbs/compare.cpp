// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/text.h"
#include "models/compare/comparison.h"

#include <algorithm>
#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string a;
    std::string b;
    std::optional<std::string> tolerance;
};

constexpr std::size_t kMostRows = 40;
constexpr std::size_t kWidestValue = 36;

std::string sizesOf(const compare::Difference &difference)
{
    std::vector<std::string> parts;
    if (difference.count > 1)
        parts.push_back(std::to_string(difference.count) + " times");
    if (difference.maxAbs)
        parts.push_back("at most " + formatDouble(*difference.maxAbs));
    if (difference.maxUlp)
        parts.push_back(std::to_string(*difference.maxUlp) + " ulp");
    if (difference.within)
        parts.push_back(*difference.within ? "within" : "beyond the tolerance");
    return parts.empty() ? std::string() : "(" + join(parts, ", ") + ")";
}

/// Long values (digests, lists of variables) are cut for people; --json has them whole.
std::string shortened(const std::string &value)
{
    return value.size() <= kWidestValue ? value : value.substr(0, kWidestValue - 3) + "...";
}

std::string differencesText(const compare::Comparison &comparison, bool informative)
{
    std::vector<std::vector<std::string>> rows;
    std::size_t hidden = 0;
    for (const compare::Difference &difference : comparison.differences) {
        if (difference.informative != informative)
            continue;
        if (rows.size() == kMostRows) {
            ++hidden;
            continue;
        }
        rows.push_back({difference.what, difference.where, shortened(difference.a), shortened(difference.b),
                        sizesOf(difference)});
    }
    if (rows.empty())
        return {};
    rows.insert(rows.begin(), {"what", "where", "A", "B", ""});
    std::string text = table(rows, "  ");
    if (hidden > 0)
        text += "  and " + std::to_string(hidden) + " more (all of them with --json)\n";
    return text;
}

/// ", 16 missing in A".
std::string missingText(const compare::Comparison &comparison, const char *kind)
{
    const auto found = comparison.missing.find(kind);
    if (found == comparison.missing.end())
        return {};
    std::string text;
    for (const auto &[count, run] : {std::pair{found->second.inA, "A"}, std::pair{found->second.inB, "B"}})
        if (count > 0)
            text += ", " + std::to_string(count) + " missing in " + run;
    return text;
}

/// How much of what is equal: of trees or of a network.
std::vector<std::vector<std::string>> countsOf(const compare::Comparison &comparison)
{
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const char *name, std::uint64_t equal, std::uint64_t total, const char *kind) {
        if (total > 0)
            rows.push_back({name, std::to_string(equal) + " of " + std::to_string(total) + " equal" +
                                      missingText(comparison, kind)});
    };
    add("settings", comparison.settingsEqual, comparison.settings, "settings");
    if (comparison.epochs + comparison.cells > 0) // trees count other arrays as tensors
        add("tensors", comparison.tensorsEqual, comparison.tensors, "tensors");
    add("epochs", comparison.epochsEqual, comparison.epochs, "epochs");
    add("trees", comparison.treesEqual, comparison.trees, "trees");
    add("metric values", comparison.metricsEqual, comparison.metrics, "metrics");
    add("embedded cells", comparison.cellsEqual, comparison.cells, "cells");
    add("predictions", comparison.predictionsEqual, comparison.predictions, "predictions");
    return rows;
}

std::string textOf(const compare::Comparison &comparison, const Console &console)
{
    const Colour colour = comparison.verdict == compare::Verdict::Different ? Colour::Red : Colour::Green;
    std::string text = "A  " + comparison.nameA + "\nB  " + comparison.nameB + "\n" +
                       console.paint(colour, comparison.sentence) + "\n";
    text += table(countsOf(comparison), "  ");
    if (comparison.topGenes > 0)
        text += "  top " + std::to_string(comparison.topGenes) + " genes     " +
                std::to_string(comparison.topGenesShared) + " shared\n";
    if (comparison.firstRound)
        text += "first difference: " + comparison.roundName + " " + std::to_string(*comparison.firstRound) +
                ", " + comparison.firstWhat + "\n";
    if (const std::string rows = differencesText(comparison, false); !rows.empty())
        text += "differences\n" + rows;
    if (const std::string rows = differencesText(comparison, true); !rows.empty())
        text += "for information (not part of the verdict)\n" + rows;
    return text;
}

Result<int> compareVerb(const Arguments &arguments, Console &console)
{
    compare::Tolerance tolerance;
    if (arguments.tolerance) {
        IBIDEM_TRY(tolerance, compare::Tolerance::parse(*arguments.tolerance));
    }
    IBIDEM_TRY(const compare::Comparison comparison,
               compare::compareRuns(arguments.a, arguments.b, tolerance));
    console.document(comparison.toJson());
    console.result(textOf(comparison, console));
    return comparison.verdict == compare::Verdict::Different ? 1 : 0;
}

} // namespace

void addCompare(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("compare", "Are two runs the same, bit for bit, and what differs",
             "ibidem compare my-run my-run-rerun-1",
             [arguments](Console &console) { return compareVerb(*arguments, console); })
        .positional("A", arguments->a, "A run")
        .positional("B", arguments->b, "Another run")
        .text("--tolerance", "HOW", arguments->tolerance, "Also accept small differences: ulp:N or rel:X");
}

} // namespace ibidem::cli
