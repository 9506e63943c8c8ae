// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// Which samples and genes changed, told from their digests alone.
#include "models/base/text.h"
#include "models/compare/parts.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace ibidem::compare {

namespace {

struct SampleMark
{
    std::string split;
    std::uint64_t digest = 0;
    std::string label;
};

using SampleMarks = std::map<std::string, SampleMark>;

SampleMarks marksOf(const RunContent &run)
{
    SampleMarks marks;
    const std::vector<std::string> &names = run.manifest.classNames;
    for (const auto &[split, part] : run.fingerprints->splits)
        for (std::size_t i = 0; i < part.ids.size(); ++i) {
            const auto index = static_cast<std::size_t>(part.classes[i]);
            const bool isNamed = part.classes[i] >= 0 && index < names.size();
            const std::string number = part.classes[i] < 0 ? "none" : std::to_string(part.classes[i]);
            marks.emplace(part.ids[i], SampleMark{split, part.samples[i], isNamed ? names[index] : number});
        }
    return marks;
}

/// At most kListed of them as they are, then one that counts the rest.
void addLimited(Findings &findings, std::vector<Difference> differences, const std::string &rest)
{
    const std::size_t total = differences.size();
    const std::string what = differences.empty() ? std::string() : differences[0].what;
    for (std::size_t i = 0; i < std::min(total, kListed); ++i)
        findings.add(std::move(differences[i]));
    if (total > kListed) {
        Difference more{what, {}, {}, {}, {}, {}, 1, differences.back().informative};
        more.where = std::to_string(total - kListed) + " more " + rest;
        more.count = total - kListed;
        findings.add(std::move(more));
    }
}

std::string listed(const std::vector<std::string> &names)
{
    constexpr std::size_t kShown = 3;
    const std::size_t shown = std::min(names.size(), kShown);
    std::string text = join(std::span(names).first(shown), ", ");
    if (names.size() > shown)
        text += " and " + std::to_string(names.size() - shown) + " more";
    return text;
}

std::string counted(std::size_t count, const std::string &one, const std::string &many)
{
    return std::to_string(count) + " " + (count == 1 ? one : many);
}

/// Samples that only one run has, that changed sides, or whose label changed.
void compareMembership(Findings &findings, const SampleMarks &a, const SampleMarks &b)
{
    const std::string word = findings.sampleWord() + " ";
    // Labels train no network: which column they were taken from explains that they differ.
    const bool isOtherColumn = findings.hasOtherSettings("analysis.labelColumn");
    std::vector<Difference> samples;
    std::vector<Difference> labels;
    for (const auto &[id, mark] : a) {
        const auto other = b.find(id);
        if (other == b.end())
            samples.push_back({"sample", mark.split + " " + word + id, "there", "missing", {}, {}, 1, false});
        else if (other->second.split != mark.split)
            samples.push_back({"sample", word + id, mark.split, other->second.split, {}, {}, 1, false});
        if (other != b.end() && other->second.label != mark.label)
            labels.push_back({"label",
                              "label of " + word + id,
                              mark.label,
                              other->second.label,
                              {},
                              {},
                              1,
                              isOtherColumn});
    }
    for (const auto &[id, mark] : b)
        if (a.count(id) == 0)
            samples.push_back({"sample", mark.split + " " + word + id, "missing", "there", {}, {}, 1, false});
    addLimited(findings, std::move(samples), findings.sampleWord() + "s");
    addLimited(findings, std::move(labels), "labels");
}

bool haveSameNames(std::vector<std::string> a, std::vector<std::string> b)
{
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
}

void compareOrder(Findings &findings, const std::string &split, const std::vector<std::string> &a,
                  const std::vector<std::string> &b)
{
    if (a == b || !haveSameNames(a, b))
        return;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i])
            places.push_back(i);
    const std::string words = findings.sampleWord() + "s";
    std::string where =
        split + ": order of " + words + ", first at position " + std::to_string(places[0] + 1);
    if (places.size() == 2)
        where = split + ": " + words + " " + a[places[0]] + " and " + a[places[1]] + " have changed places";
    findings.add({"sample-order", where, a[places[0]], b[places[0]], {}, {}, places.size(), false});
}

/// Ids of samples in both runs whose values are not the same, with the exchanges among them told and taken
/// out.
std::vector<std::string> compareValues(Findings &findings, const SampleMarks &a, const SampleMarks &b)
{
    const std::string word = findings.sampleWord();
    std::vector<std::string> changed;
    std::unordered_map<std::uint64_t, std::string> ownersInA;
    for (const auto &[id, mark] : a) {
        const auto other = b.find(id);
        if (other == b.end() || other->second.digest == mark.digest)
            continue;
        changed.push_back(id);
        ownersInA.emplace(mark.digest, id);
    }
    std::vector<std::string> left;
    std::vector<Difference> exchanged;
    for (const std::string &id : changed) {
        const auto owner = ownersInA.find(b.at(id).digest);
        if (owner == ownersInA.end()) {
            left.push_back(id);
            continue;
        }
        const std::string &giver = owner->second;
        const bool mutual = b.at(giver).digest == a.at(id).digest;
        if (mutual && giver < id)
            continue;
        const std::string where =
            mutual ? word + "s " + id + " and " + giver + " are swapped: their values are exchanged"
                   : word + " " + id + " has the values that " + word + " " + giver + " has in A";
        exchanged.push_back({"sample",
                             where,
                             toHex(a.at(id).digest),
                             toHex(b.at(id).digest),
                             {},
                             {},
                             mutual ? std::uint64_t{2} : std::uint64_t{1},
                             false});
    }
    addLimited(findings, std::move(exchanged), "exchanged " + word + "s");
    return left;
}

/// Genes of one split whose values changed; only of use where both runs have the same samples in it.
std::vector<std::size_t> changedGenes(const SplitFingerprints &a, const SplitFingerprints &b)
{
    std::vector<std::size_t> changed;
    for (std::size_t i = 0; i < std::min(a.genes.size(), b.genes.size()); ++i)
        if (a.genes[i] != b.genes[i])
            changed.push_back(i);
    return changed;
}

void tellSplit(Findings &findings, const std::string &split, const std::vector<std::string> &samples,
               const std::vector<std::size_t> &genes)
{
    const Fingerprints &a = *findings.a.fingerprints;
    const Fingerprints &b = *findings.b.fingerprints;
    const std::string one = split + " " + findings.sampleWord();
    std::vector<std::string> names;
    for (const std::size_t gene : genes)
        names.push_back(a.geneIds[gene]);
    if (samples.size() == 1 && genes.size() == 1) {
        findings.add({"value",
                      "gene " + names[0] + " in " + one + " " + samples[0],
                      "digest " + toHex(a.splits.at(split).genes[genes[0]]),
                      "digest " + toHex(b.splits.at(split).genes[genes[0]]),
                      {},
                      {},
                      1,
                      false});
        return;
    }
    const std::string inGenes =
        genes.empty() ? std::string() : counted(genes.size(), "gene", "genes") + " (" + listed(names) + ")";
    if (genes.size() == 1) {
        findings.add({"gene",
                      "gene " + names[0] + " in " + counted(samples.size(), one, one + "s") + " (" +
                          listed(samples) + ")",
                      "digest " + toHex(a.splits.at(split).genes[genes[0]]),
                      "digest " + toHex(b.splits.at(split).genes[genes[0]]),
                      {},
                      {},
                      samples.size(),
                      false});
        return;
    }
    if (samples.size() == 1) {
        findings.add({"sample",
                      one + " " + samples[0] + (genes.empty() ? "" : " in " + inGenes),
                      "values",
                      "other values",
                      {},
                      {},
                      std::max<std::size_t>(genes.size(), 1),
                      false});
        return;
    }
    findings.add({"sample",
                  counted(samples.size(), one, one + "s") + " (" + listed(samples) + ")" +
                      (genes.empty() ? "" : " in " + inGenes),
                  "values",
                  "other values",
                  {},
                  {},
                  samples.size(),
                  false});
}

/// True if the runs have the same genes in the same order; else tells what differs.
bool compareGeneIds(Findings &findings)
{
    const std::vector<std::string> &a = findings.a.fingerprints->geneIds;
    const std::vector<std::string> &b = findings.b.fingerprints->geneIds;
    if (a == b)
        return true;
    const std::set<std::string> inA(a.begin(), a.end());
    const std::set<std::string> inB(b.begin(), b.end());
    std::vector<Difference> differences;
    for (const std::string &gene : a)
        if (inB.count(gene) == 0)
            differences.push_back({"gene", "gene " + gene, "there", "missing", {}, {}, 1, false});
    for (const std::string &gene : b)
        if (inA.count(gene) == 0)
            differences.push_back({"gene", "gene " + gene, "missing", "there", {}, {}, 1, false});
    if (differences.empty()) {
        const auto [first, second] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
        const bool both = first != a.end() && second != b.end();
        differences.push_back({"gene",
                               "order of genes, first at position " + std::to_string(first - a.begin() + 1),
                               both ? *first : "none",
                               both ? *second : "none",
                               {},
                               {},
                               1,
                               false});
    }
    addLimited(findings, std::move(differences), "genes");
    return false;
}

} // namespace

void compareFingerprints(Findings &findings)
{
    const RunContent &a = findings.a;
    const RunContent &b = findings.b;
    // Damaged fingerprints would accuse samples that are innocent; compareFiles tells of them.
    if (!a.fingerprints || !b.fingerprints || a.isDamaged(runs::kFingerprintsFile) ||
        b.isDamaged(runs::kFingerprintsFile))
        return;
    const SampleMarks marksA = marksOf(a);
    const SampleMarks marksB = marksOf(b);
    const bool sameGenes = compareGeneIds(findings);
    compareMembership(findings, marksA, marksB);
    // With other genes every sample's digest is another one.
    const std::vector<std::string> changed =
        sameGenes ? compareValues(findings, marksA, marksB) : std::vector<std::string>();
    for (const auto &[split, part] : a.fingerprints->splits) {
        const auto other = b.fingerprints->splits.find(split);
        if (other == b.fingerprints->splits.end())
            continue;
        compareOrder(findings, split, part.ids, other->second.ids);
        std::vector<std::string> samples;
        for (const std::string &id : changed)
            if (marksA.at(id).split == split)
                samples.push_back(id);
        if (!samples.empty())
            tellSplit(findings, split, samples,
                      haveSameNames(part.ids, other->second.ids) ? changedGenes(part, other->second)
                                                                 : std::vector<std::size_t>());
    }
}

} // namespace ibidem::compare
