// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Settings, inputs, stages and state: what may explain that results differ.
#include "models/compare/parts.h"

#include <algorithm>
#include <set>

namespace ibidem::compare {

namespace {

const std::string kNone = "none";

/// Settings that must not change what is trained, so that another value is only information.
bool isExecution(const std::string &key)
{
    return key.starts_with("execution.") || key == "training.checkpointEvery" || key.starts_with("analysis.");
}

/// How the text or the file was read is of no interest once the values that were read are the same.
bool isReading(const std::string &key)
{
    return key.starts_with("data.options.") && key != "data.options.labelColumn";
}

struct NamedInput
{
    std::string key;
    std::optional<spec::Input> input;
};

std::vector<NamedInput> inputsOf(const spec::RunSpec &spec)
{
    return {{"data.train", spec.data.train},
            {"data.test", spec.data.test},
            {"data.labels", spec.data.labels},
            {"preparation.genes", spec.preparation.genes},
            {"preparation.split", spec.preparation.split}};
}

bool isInputKey(const std::string &key)
{
    const std::vector<NamedInput> inputs = inputsOf({});
    return std::any_of(inputs.begin(), inputs.end(),
                       [&](const NamedInput &input) { return input.key == key; });
}

std::string inputText(const std::optional<spec::Input> &input)
{
    if (!input)
        return kNone;
    std::string text = input->name + " (" + std::to_string(input->bytes) + " bytes, SHA-256 " + input->sha256;
    if (!input->content.empty())
        text += ", content " + input->content;
    return text + ")";
}

/// The same values in another file (another name, compressed, other line ends) are the same input.
bool hasSameContent(const std::optional<spec::Input> &a, const std::optional<spec::Input> &b)
{
    if (!a || !b)
        return false;
    return a->content.empty() || b->content.empty() ? a->sha256 == b->sha256 : a->content == b->content;
}

std::string outcomeText(const runs::Manifest &manifest)
{
    const std::string roundName(spec::roundName(manifest.kind()));
    std::string text =
        manifest.outcome + " after " + std::to_string(manifest.roundsDone) + " " + roundName + "s";
    if (manifest.error)
        text += ": " + manifest.error->message;
    return text;
}

bool isComplete(const runs::Manifest &manifest)
{
    return manifest.outcome == "finished" || manifest.outcome == "imported";
}

void flatten(const Json &json, const std::string &key, std::map<std::string, std::string> &leaves)
{
    if (json.is_object()) {
        for (const auto &[name, value] : json.items())
            flatten(value, key.empty() ? name : key + "." + name, leaves);
        return;
    }
    leaves[key] = json.is_string() ? json.get<std::string>() : compactJson(json).value_or(std::string("?"));
}

/// How the arithmetic works, and what was asked for: no level allows these to change.
bool isAlwaysPinned(const std::string &key)
{
    return key == "level" || key == "seed" || key.starts_with("floatingPoint");
}

/// How long threads look for work before they sleep: no result can come from it.
bool isWaiting(const std::string &key)
{
    return key.ends_with(".GOMP_SPINCOUNT") || key.ends_with(".OMP_WAIT_POLICY") ||
           key.ends_with(".KMP_BLOCKTIME");
}

bool arePortable(const Findings &findings)
{
    const auto isPortable = [](const RunContent &run) {
        return run.manifest.spec && run.manifest.spec->level == spec::Level::Portable;
    };
    return isPortable(findings.a) && isPortable(findings.b);
}

void compareLeaves(Findings &findings, const std::string &what, const Json &a, const Json &b)
{
    std::map<std::string, std::string> leavesA;
    std::map<std::string, std::string> leavesB;
    flatten(a, {}, leavesA);
    flatten(b, {}, leavesB);
    std::set<std::string> keys;
    for (const auto *leaves : {&leavesA, &leavesB})
        for (const auto &[key, value] : *leaves)
            keys.insert(key);
    const bool mayMatter = findings.hasResultDifference && !arePortable(findings);
    for (const std::string &key : keys) {
        const auto inA = leavesA.find(key);
        const auto inB = leavesB.find(key);
        const std::string textA = inA == leavesA.end() ? kNone : inA->second;
        const std::string textB = inB == leavesB.end() ? kNone : inB->second;
        if (textA == textB && (inA == leavesA.end()) == (inB == leavesB.end()))
            continue;
        const bool pinned = what == "state" && isAlwaysPinned(key);
        const bool informative = isWaiting(key) || (!mayMatter && !pinned);
        findings.add({what, key, textA, textB, {}, {}, 1, informative});
    }
}

} // namespace

void compareOutcome(Findings &findings)
{
    const runs::Manifest &a = findings.a.manifest;
    const runs::Manifest &b = findings.b.manifest;
    if (a.outcome != b.outcome || a.roundsDone != b.roundsDone) {
        Difference difference{"outcome", "outcome", outcomeText(a), outcomeText(b), {}, {}, 1, false};
        difference.informative = isComplete(a) && isComplete(b);
        if (difference.informative)
            findings.add(std::move(difference));
        else
            findings.addResult(std::move(difference), false);
    }
    if (a.program != b.program)
        findings.add({"environment", "program", a.program, b.program, {}, {}, 1, true});
}

void compareSettings(Findings &findings)
{
    const auto &specA = findings.a.manifest.spec;
    const auto &specB = findings.b.manifest.spec;
    if (!specA || !specB) {
        if (specA || specB)
            findings.add({"setting",
                          "specification",
                          specA ? "recorded" : kNone,
                          specB ? "recorded" : kNone,
                          {},
                          {},
                          1,
                          true});
        return;
    }
    if (specA->kind != specB->kind) {
        ++findings.comparison.settings;
        findings.add({"setting",
                      "model.kind",
                      std::string(spec::modelKindName(specA->kind)),
                      std::string(spec::modelKindName(specB->kind)),
                      {},
                      {},
                      1,
                      false});
        return;
    }
    const bool sameTable = hasSameContent(specA->data.train, specB->data.train);
    const std::vector<spec::Setting> listA = spec::settings(*specA);
    const std::vector<spec::Setting> listB = spec::settings(*specB);
    for (std::size_t i = 0; i < listA.size() && i < listB.size(); ++i) {
        const std::string &key = listA[i].key;
        if (isInputKey(key))
            continue;
        ++findings.comparison.settings;
        if (listA[i].value == listB[i].value) {
            ++findings.comparison.settingsEqual;
            continue;
        }
        findings.add({"setting",
                      key,
                      listA[i].value,
                      listB[i].value,
                      {},
                      {},
                      1,
                      isExecution(key) || (sameTable && isReading(key))});
    }
}

void compareInputs(Findings &findings)
{
    const auto &specA = findings.a.manifest.spec;
    const auto &specB = findings.b.manifest.spec;
    if (!specA || !specB)
        return;
    const std::vector<NamedInput> inputsA = inputsOf(*specA);
    const std::vector<NamedInput> inputsB = inputsOf(*specB);
    for (std::size_t i = 0; i < inputsA.size(); ++i) {
        const auto &a = inputsA[i].input;
        const auto &b = inputsB[i].input;
        if (a != b)
            findings.add(
                {"input", inputsA[i].key, inputText(a), inputText(b), {}, {}, 1, hasSameContent(a, b)});
    }
}

void compareStages(Findings &findings)
{
    const auto &a = findings.a.manifest.preparation;
    const auto &b = findings.b.manifest.preparation;
    if (findings.isImported())
        return;
    const auto text = [&](const std::vector<runs::StageRecord> &stages, std::size_t i) {
        if (i >= stages.size())
            return kNone;
        const runs::StageRecord &stage = stages[i];
        return stage.name + ", " + std::to_string(stage.samples) + " " + findings.sampleWord() + "s, " +
               std::to_string(stage.genes) + " genes, digest " + stage.digest;
    };
    const std::size_t count = std::max(a.size(), b.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (i < a.size() && i < b.size() && a[i] == b[i])
            continue;
        // What follows the first one follows from it.
        const std::string name = i < a.size() ? a[i].name : b[i].name;
        findings.add({"stage", name, text(a, i), text(b, i), {}, {}, count - i, false});
        return;
    }
    if (findings.a.manifest.splitDigest != findings.b.manifest.splitDigest)
        findings.add({"stage",
                      "split",
                      findings.a.manifest.splitDigest,
                      findings.b.manifest.splitDigest,
                      {},
                      {},
                      1,
                      false});
}

void compareState(Findings &findings)
{
    if (findings.isImported())
        return;
    compareLeaves(findings, "state", findings.a.manifest.effectiveState, findings.b.manifest.effectiveState);
    compareLeaves(findings, "environment", findings.a.manifest.environment, findings.b.manifest.environment);
}

} // namespace ibidem::compare
