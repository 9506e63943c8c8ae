// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Where two trainings of a network parted: which epoch, from the digests of the weights after each, and which
// step and what of it, from the trace.
#include "models/base/text.h"
#include "models/compare/numbers.h"
#include "models/compare/parts.h"

#include <algorithm>
#include <bit>

namespace ibidem::compare {

namespace {

using runs::StepRecord;
using runs::TraceView;

/// What differs first within one step.
struct StepDifference
{
    std::string operation; ///< see Comparison::firstOperation
    std::string tensor;    ///< of weights and gradients
    std::string a;
    std::string b;
    std::string phrase;
};

std::string layerOf(const std::string &tensor)
{
    for (const std::string_view end : {".weight", ".bias"})
        if (tensor.ends_with(end))
            return tensor.substr(0, tensor.size() - end.size());
    return tensor;
}

std::string andMore(const std::string &name, std::size_t count)
{
    return count > 1 ? name + " and " + std::to_string(count - 1) + " more" : name;
}

/// Places where two lists of digests differ.
std::vector<std::size_t> differingPlaces(const std::vector<std::uint64_t> &a,
                                         const std::vector<std::uint64_t> &b)
{
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i])
            places.push_back(i);
    return places;
}

StepDifference batchDifference(const StepRecord &a, const StepRecord &b)
{
    if (a.orderDigest != b.orderDigest)
        return {"order",
                {},
                toHex(a.orderDigest),
                toHex(b.orderDigest),
                "the batch has other cells, or the same in another order"};
    return {"data",
            {},
            toHex(a.batchDigest),
            toHex(b.batchDigest),
            "the batch takes the same rows in the same order, but they hold other values"};
}

StepDifference weightDifference(const std::vector<std::string> &names, const StepRecord &a,
                                const StepRecord &b, bool isFirst)
{
    const std::vector<std::size_t> places = differingPlaces(a.weights, b.weights);
    const std::string &name = names[places[0]];
    std::string phrase =
        "the weights of " + andMore(name, places.size()) + " differ at the start of the step";
    phrase += isFirst ? ", before anything was learned" : ", after steps that are equal bit for bit";
    return {"weights", name, toHex(a.weights[places[0]]), toHex(b.weights[places[0]]), phrase};
}

/// Gradients are computed from the output back to the input: of several that differ the one nearest to the
/// output comes first.
StepDifference gradientDifference(const std::vector<std::string> &names, const StepRecord &a,
                                  const StepRecord &b)
{
    const std::vector<std::size_t> places = differingPlaces(a.gradients, b.gradients);
    const std::size_t place = places.back();
    const std::string phrase = "the gradients of " + andMore(names[place], places.size()) +
                               " differ, although cells, weights and loss are equal";
    return {"gradients", names[place], toHex(a.gradients[place]), toHex(b.gradients[place]), phrase};
}

StepDifference lossDifference(const StepRecord &a, const StepRecord &b)
{
    const std::string lossA = formatDouble(std::bit_cast<double>(a.lossBits));
    const std::string lossB = formatDouble(std::bit_cast<double>(b.lossBits));
    return {"loss",
            {},
            lossA,
            lossB,
            "the loss is " + lossA + " in A and " + lossB + " in B, although cells and weights are equal"};
}

/// Inputs before what is computed from them: samples, their values, weights, then the loss (the pass forward)
/// and the gradients (the pass backward).
StepDifference differenceOf(const std::vector<std::string> &names, const StepRecord &a, const StepRecord &b,
                            bool isFirst)
{
    if (a.epoch != b.epoch || a.step != b.step)
        return {"order",
                {},
                std::to_string(a.step),
                std::to_string(b.step),
                "an epoch has another number of steps"};
    if (a.orderDigest != b.orderDigest || a.batchDigest != b.batchDigest)
        return batchDifference(a, b);
    if (a.weights != b.weights)
        return weightDifference(names, a, b, isFirst);
    if (a.lossBits != b.lossBits)
        return lossDifference(a, b);
    return gradientDifference(names, a, b);
}

std::string whatOf(const StepDifference &difference)
{
    return difference.operation + (difference.tensor.empty() ? "" : " of " + difference.tensor);
}

std::optional<std::uint64_t> firstDifferentStep(const TraceView &a, const TraceView &b)
{
    const std::uint64_t common = std::min(a.stepCount(), b.stepCount());
    for (std::uint64_t i = 0; i < common; ++i)
        if (a.recordBytes(i) != b.recordBytes(i))
            return i;
    return std::nullopt;
}

std::uint64_t differentSteps(const TraceView &a, const TraceView &b, std::uint64_t from)
{
    std::uint64_t count = 0;
    for (std::uint64_t i = from; i < std::min(a.stepCount(), b.stepCount()); ++i)
        count += a.recordBytes(i) != b.recordBytes(i) ? 1U : 0U;
    return count;
}

/// With a tolerance: of all that the trace holds only the losses have a distance. False if they are equal.
bool compareLosses(Findings &findings, const TraceView &traceA, const TraceView &traceB, std::uint64_t from)
{
    NumberSpread spread(findings.tolerance);
    StepRecord a;
    StepRecord b;
    for (std::uint64_t i = from; i < std::min(traceA.stepCount(), traceB.stepCount()); ++i) {
        StepRecord stepA = traceA.step(i);
        StepRecord stepB = traceB.step(i);
        if (stepA.epoch != stepB.epoch || stepA.step != stepB.step) // they do not correspond any more
            break;
        spread.add(std::bit_cast<double>(stepA.lossBits), std::bit_cast<double>(stepB.lossBits));
        if (!spread.namesLast())
            continue;
        a = std::move(stepA);
        b = std::move(stepB);
    }
    if (spread.count() == 0)
        return false;
    const StepDifference found = lossDifference(a, b);
    const std::string what = "step " + std::to_string(a.step) + ", loss";
    Difference difference{
        "step", "epoch " + std::to_string(a.epoch) + ", " + what, found.a, found.b, {}, {}, spread.count(),
        false};
    spread.fill(difference);
    findings.addResult(std::move(difference), spread.within());
    if (!spread.within())
        findings.noteFirst({a.epoch,
                            a.step,
                            what,
                            {},
                            found.operation,
                            "the loss is " + found.a + " in A and " + found.b + " in B"});
    return true;
}

void compareTraces(Findings &findings)
{
    const auto &traceA = findings.a.network.trace;
    const auto &traceB = findings.b.network.trace;
    if (!traceA || !traceB) {
        if (traceA || traceB)
            findings.add({"step",
                          std::string(runs::kTraceFile),
                          traceA ? "there" : "missing",
                          traceB ? "there" : "missing",
                          {},
                          {},
                          1,
                          true});
        return;
    }
    // A damaged trace would accuse a step that is innocent; networks of other shapes have no step in common.
    if (findings.a.isDamaged(runs::kTraceFile) || findings.b.isDamaged(runs::kTraceFile) ||
        traceA->tensors() != traceB->tensors())
        return;
    const auto first = firstDifferentStep(*traceA, *traceB);
    if (!first)
        return;
    const StepRecord a = traceA->step(*first);
    findings.noteParted(a.epoch);
    if (findings.hasTolerance() && compareLosses(findings, *traceA, *traceB, *first))
        return;
    StepDifference found = differenceOf(traceA->tensors(), a, traceB->step(*first), *first == 0);
    const std::string step = "step " + std::to_string(a.step);
    const std::string what = whatOf(found);
    findings.addDigestResult({"step",
                              "epoch " + std::to_string(a.epoch) + ", " + step + ", " + what,
                              found.a,
                              found.b,
                              {},
                              {},
                              differentSteps(*traceA, *traceB, *first),
                              false});
    if (!findings.hasTolerance())
        findings.noteFirst({a.epoch, a.step, step + ", " + what, layerOf(found.tensor), found.operation,
                            std::move(found.phrase)});
}

/// Tensors whose digests after an epoch differ, in the order of the file.
std::vector<std::string> differingTensors(const RunContent &a, const RunContent &b, std::int64_t epoch)
{
    std::map<std::string_view, std::string_view> digestsInB;
    for (const runs::TensorRecord &record : b.network.tensors)
        if (record.epoch == epoch)
            digestsInB[record.tensor] = record.digest;
    std::vector<std::string> names;
    for (const runs::TensorRecord &record : a.network.tensors) {
        const auto other = digestsInB.find(record.tensor);
        if (record.epoch == epoch && (other == digestsInB.end() || other->second != record.digest))
            names.push_back(record.tensor);
    }
    return names;
}

void tellEpoch(Findings &findings, std::size_t index, std::uint64_t different)
{
    const runs::EpochRecord &a = findings.a.network.epochs[index];
    const runs::EpochRecord &b = findings.b.network.epochs[index];
    const std::vector<std::string> tensors =
        findings.a.isDamaged(runs::kTensorsFile) || findings.b.isDamaged(runs::kTensorsFile)
            ? std::vector<std::string>()
            : differingTensors(findings.a, findings.b, a.epoch);
    const std::string what =
        tensors.empty() ? std::string("weights") : "weights of " + andMore(tensors[0], tensors.size());
    findings.addDigestResult({"epoch",
                              "after epoch " + std::to_string(a.epoch) + ", " + what,
                              a.root,
                              b.root,
                              {},
                              {},
                              different,
                              false});
    findings.noteParted(a.epoch);
    if (findings.hasTolerance())
        return;
    findings.noteFirst({a.epoch,
                        {},
                        what,
                        tensors.empty() ? std::string() : layerOf(tensors[0]),
                        "weights",
                        "the " + what + " differ at its end"});
}

void tellMissingEpochs(Findings &findings)
{
    const auto text = [](const RunContent &run) {
        if (!run.network.epochs.empty())
            return std::to_string(run.network.epochs.size());
        return std::string(run.isDamaged(runs::kEpochsFile) ? "unreadable" : "none");
    };
    findings.addResult({"epoch", "number of epochs", text(findings.a), text(findings.b), {}, {}, 1, false},
                       false);
    const std::size_t common = std::min(findings.a.network.epochs.size(), findings.b.network.epochs.size());
    if (common > 0)
        findings.noteFirst({static_cast<std::int64_t>(common) + 1,
                            {},
                            "number of epochs",
                            {},
                            "epochs",
                            "A has " + text(findings.a) + " epochs and B " + text(findings.b)});
}

void compareEpochs(Findings &findings)
{
    const std::vector<runs::EpochRecord> &a = findings.a.network.epochs;
    const std::vector<runs::EpochRecord> &b = findings.b.network.epochs;
    if (a.size() != b.size())
        tellMissingEpochs(findings);
    if (findings.a.isDamaged(runs::kEpochsFile) || findings.b.isDamaged(runs::kEpochsFile))
        return;
    if (a.empty() != b.empty()) // a stopped run records none: nothing is known of its epochs
        return;
    const std::size_t common = std::min(a.size(), b.size());
    std::uint64_t different = 0;
    std::optional<std::size_t> first;
    for (std::size_t i = 0; i < common; ++i)
        if (a[i].root != b[i].root || a[i].epoch != b[i].epoch) {
            ++different;
            first = first.value_or(i);
        }
    findings.comparison.epochs = std::max(a.size(), b.size());
    findings.comparison.epochsEqual = common - different;
    findings.addMissing("epochs", b.size() - common, a.size() - common);
    if (first)
        tellEpoch(findings, *first, different);
}

} // namespace

void compareSteps(Findings &findings)
{
    compareTraces(findings);
    compareEpochs(findings);
}

void tellTraceDamage(Findings &findings)
{
    const auto &traceA = findings.a.network.trace;
    const auto &traceB = findings.b.network.trace;
    if (!traceA || !traceB || traceA->tensors() != traceB->tensors())
        return;
    const auto first = firstDifferentStep(*traceA, *traceB);
    if (!first)
        return;
    const StepRecord a = traceA->step(*first);
    const StepDifference found = differenceOf(traceA->tensors(), a, traceB->step(*first), *first == 0);
    findings.add({"file",
                  std::string(runs::kTraceFile) + ", epoch " + std::to_string(a.epoch) + ", step " +
                      std::to_string(a.step) + ", " + whatOf(found),
                  found.a,
                  found.b,
                  {},
                  {},
                  differentSteps(*traceA, *traceB, *first),
                  false});
}

} // namespace ibidem::compare
