// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Why runs differ: of all that is recorded, what can have made the first difference.
#include "models/compare/parts.h"

#include <algorithm>
#include <array>

namespace ibidem::compare {

namespace {

using Causes = std::vector<const Difference *>;

/// The finest account of what changed comes first: a value says more than the file it stands in.
constexpr std::array<std::string_view, 6> kData = {"value", "label",        "sample",
                                                   "gene",  "sample-order", "input"};

/// In the order in which a run uses them.
constexpr std::array<std::string_view, 10> kSettings = {"model.kind",
                                                        "data.",
                                                        "preparation.",
                                                        "reproducibility.seed",
                                                        "training.validationFraction",
                                                        "training.order",
                                                        "training.batchSize",
                                                        "model.",
                                                        "training.",
                                                        "reproducibility."};

std::size_t placeOf(const std::string &key)
{
    const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                    [&](std::string_view beginning) { return key.starts_with(beginning); });
    return static_cast<std::size_t>(found - kSettings.begin());
}

bool isOneOf(std::initializer_list<std::string_view> keys, std::string_view key)
{
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

bool isLength(std::string_view key)
{
    return isOneOf({"training.epochs", "training.patience", "model.rounds"}, key);
}

/// After all rounds that both runs have.
bool isBehindBoth(const Findings &findings, std::int64_t round)
{
    return round > std::min(findings.a.manifest.roundsDone, findings.b.manifest.roundsDone);
}

/// Both runs have the same bits as far as both go: only how long they went can have made the difference.
bool differOnlyInLength(const Findings &findings)
{
    return findings.partedRound && isBehindBoth(findings, *findings.partedRound);
}

/// How long they went may have made a difference: nothing tells where they parted, or what is named comes
/// after the rounds that both have.
bool canLengthAct(const Findings &findings)
{
    const auto &first = findings.comparison.firstRound;
    return !findings.partedRound || differOnlyInLength(findings) || (first && isBehindBoth(findings, *first));
}

/// How many cells or samples there are to be drawn.
std::uint64_t drawnFrom(const RunContent &run)
{
    return run.manifest.preparation.empty() ? 0 : run.manifest.preparation.back().samples;
}

/// What a run is to do later changes nothing that it did before.
bool canAct(const Findings &findings, const std::string &key)
{
    if (isLength(key))
        return canLengthAct(findings);
    const Comparison &comparison = findings.comparison;
    const bool isNetworks = findings.areNetworks() && comparison.firstRound;
    if (!isNetworks)
        return true;
    const bool isOfBatch = isOneOf({"order", "data"}, comparison.firstOperation);
    const bool isFirstStep = *comparison.firstRound == 1 && comparison.firstStep == 1;
    if (isOneOf({"training.optimiser", "training.learningRate", "training.momentum", "training.weightDecay"},
                key))
        return !isOfBatch && !isFirstStep;
    // Which rows a batch takes depends on their number alone, not on their values.
    if (key.starts_with("preparation.") && comparison.firstOperation == "order")
        return drawnFrom(findings.a) != drawnFrom(findings.b);
    return !(isOfBatch && key.starts_with("model."));
}

Causes causesOf(const Findings &findings, std::string_view what)
{
    Causes causes;
    for (const Difference &difference : findings.comparison.differences)
        if (difference.what == what && !difference.informative)
            causes.push_back(&difference);
    return causes;
}

Causes settingsOf(const Findings &findings)
{
    Causes causes = causesOf(findings, "setting");
    std::erase_if(causes, [&](const Difference *cause) { return !canAct(findings, cause->where); });
    // Runs that parted before, or nobody knows where, did so for something else, if there is anything else.
    const bool isLengthLast = !differOnlyInLength(findings);
    const auto rank = [&](const Difference *cause) {
        return std::pair(isLengthLast && isLength(cause->where), placeOf(cause->where));
    };
    std::stable_sort(causes.begin(), causes.end(),
                     [&](const Difference *x, const Difference *y) { return rank(x) < rank(y); });
    return causes;
}

bool hasAny(const Findings &findings, std::initializer_list<std::string_view> kinds)
{
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](std::string_view kind) { return !causesOf(findings, kind).empty(); });
}

/// Labels train no network.
bool doLabelsAct(const Findings &findings)
{
    return !findings.areNetworks();
}

/// The files differ, but not in what was read from them: the cells, the genes and their values are the same.
bool isReadAlike(const Findings &findings)
{
    return findings.a.fingerprints && findings.b.fingerprints &&
           !hasAny(findings, {"value", "sample", "gene", "sample-order", "stage"}) &&
           !(doLabelsAct(findings) && hasAny(findings, {"label"}));
}

/// The file's name alone of "cells.h5ad (1000 bytes, …)".
std::string fileName(const std::string &input)
{
    return input.substr(0, input.rfind(" ("));
}

/// More of the data changed than can be told one by one, and another file was named: these are other data.
bool areOtherData(const Findings &findings)
{
    const Causes inputs = causesOf(findings, "input");
    const bool isOtherFile = std::any_of(inputs.begin(), inputs.end(), [](const Difference *input) {
        return fileName(input->a) != fileName(input->b);
    });
    const auto isMuch = [&](const Difference *cause) {
        const bool isRest = cause->a.empty() && cause->b.empty(); // of what only one run has
        const bool hasNumber = cause->where.find_first_of("0123456789") == 0;
        return isRest || (isOtherFile && cause->a == "values" && hasNumber && cause->count > kListed);
    };
    const Causes genes = causesOf(findings, "gene");
    const Causes samples = causesOf(findings, "sample");
    return std::any_of(genes.begin(), genes.end(), isMuch) ||
           std::any_of(samples.begin(), samples.end(), isMuch);
}

/// Of the data, what tells most.
Causes dataOf(const Findings &findings)
{
    if (areOtherData(findings))
        if (Causes inputs = causesOf(findings, "input"); !inputs.empty())
            return inputs;
    for (const std::string_view kind : kData) {
        if (kind == "label" && !doLabelsAct(findings))
            continue;
        if (Causes causes = causesOf(findings, kind); !causes.empty())
            return causes;
    }
    return {};
}

/// What may explain a chain of digests that alone differs.
Causes unusedDataOf(const Findings &findings)
{
    Causes labels = causesOf(findings, "label");
    return labels.empty() ? causesOf(findings, "input") : labels;
}

/// The causes of one kind that come first.
Causes firstCauses(const Findings &findings)
{
    const bool hasOtherInput =
        findings.a.isNetwork() == findings.b.isNetwork() && hasAny(findings, {"input"});
    const bool isUnused = hasOtherInput && isReadAlike(findings);
    const bool isTrained =
        std::any_of(findings.comparison.differences.begin(), findings.comparison.differences.end(),
                    [](const Difference &one) { return !one.informative && isResult(one); });
    const Causes settings = settingsOf(findings);
    // With the same input another choice of cells and genes follows from the settings.
    const Causes data = isUnused ? Causes() : dataOf(findings);
    const Causes stage = causesOf(findings, "stage");
    const Causes outcome = canLengthAct(findings) ? causesOf(findings, "outcome") : Causes();
    const bool isOfLength = !settings.empty() && isLength(settings.front()->where);
    for (const Causes &causes :
         {hasOtherInput ? data : Causes(), isOfLength ? outcome : Causes(), settings, data, stage, outcome,
          isTrained ? Causes() : unusedDataOf(findings), causesOf(findings, "state")})
        if (!causes.empty())
            return causes;
    return {};
}

/// What of an input can have changed without being trained on. The first stage of the preparation vouches for
/// all values of a matrix; a table has samples without a label. A list has neither rows nor columns.
std::string unreadText(const Findings &findings, const Difference &cause)
{
    if (cause.where != "data.train" && cause.where != "data.test")
        return {};
    return findings.areNetworks() ? ": another column changed" : ": another row or column changed";
}

std::string inputText(const Findings &findings, const Difference &cause)
{
    const std::string a = fileName(cause.a);
    const std::string b = fileName(cause.b);
    if (a != b)
        return "the input " + cause.where + " is " + a + " in A and " + b + " in B";
    std::string text = "the input " + cause.where + " (" + a + ") has other content";
    if (isReadAlike(findings))
        text += ", though all that was read of it for the training is the same" + unreadText(findings, cause);
    return text;
}

std::string labelText(const Findings &findings, const Difference &cause)
{
    const auto &embedding = findings.a.network.embedding;
    const std::string column =
        embedding && !embedding->labelColumn.empty() ? "in the column " + embedding->labelColumn + " " : "";
    return column + "the " + cause.where + " is " + cause.a + " in A and " + cause.b + " in B";
}

std::string causeText(const Findings &findings, const Difference &cause)
{
    if (cause.what == "setting")
        return "the setting " + cause.where + " is " + cause.a + " in A and " + cause.b + " in B";
    if (cause.what == "value" || (cause.what == "gene" && cause.a.starts_with("digest ")))
        return "the value of " + cause.where + " changed";
    if (cause.what == "label")
        return labelText(findings, cause);
    if (cause.what == "sample-order")
        return "of the order: " + cause.where;
    if (cause.what == "input")
        return inputText(findings, cause);
    if (cause.what == "stage")
        return "the preparation stage " + cause.where + " gave something else";
    if (cause.what == "outcome")
        return "A is " + cause.a + " and B is " + cause.b;
    if (cause.what == "state")
        return "the state " + cause.where + " was " + cause.a + " in A and " + cause.b + " in B";
    if (cause.a == "values")
        return cause.where + (cause.count == 1 ? " has other values" : " have other values");
    if (cause.where.find(" are swapped") != std::string::npos ||
        cause.where.find(" has the values") != std::string::npos)
        return cause.where;
    return cause.where + " is " + cause.a + " in A and " + cause.b + " in B";
}

} // namespace

bool isResult(const Difference &difference)
{
    constexpr std::array<std::string_view, 9> kResults = {
        "outcome", "tree", "step", "epoch", "tensor", "metric", "prediction", "embedding", "reconstruction"};
    return std::find(kResults.begin(), kResults.end(), difference.what) != kResults.end();
}

std::string because(const Findings &findings)
{
    const Causes causes = firstCauses(findings);
    if (causes.empty())
        return findings.isImported() ? "; an imported model records nothing that could explain it"
                                     : "; no recorded setting, input or state explains it";
    // The sentence began with it.
    if (causes.front()->what == "outcome" && !findings.comparison.firstRound)
        return {};
    std::string text = ", because " + causeText(findings, *causes.front());
    if (causes.size() > 1)
        text += " (and " + std::to_string(causes.size() - 1) + " more)";
    if (causes.front()->what == "label" && findings.areNetworks())
        text += "; labels train nothing: only the agreement with them can differ";
    return text;
}

} // namespace ibidem::compare
