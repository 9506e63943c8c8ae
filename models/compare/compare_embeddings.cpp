// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
// The embedding of the cells, which follows from the weights, and map and clusters, which come after the
// chain.
#include "models/analyze/cluster_agreement.h"
#include "models/base/text.h"
#include "models/compare/matching.h"
#include "models/compare/numbers.h"
#include "models/compare/parts.h"
#include "models/compare/tensor_difference.h"

#include <algorithm>
#include <array>

namespace ibidem::compare {

namespace {

using runs::EmbeddingFile;

/// The cells of two runs, matched by name.
struct MatchedCells
{
    const EmbeddingFile &a;
    const EmbeddingFile &b;
    std::vector<std::size_t> places;
};

/// One array with a row a cell, or a value a gene, over all of them.
struct Rows
{
    NumberSpread spread;
    std::uint64_t different = 0; ///< rows
    std::vector<bool> isEqual;   ///< of each row of A; false for rows that B lacks
    std::string where = {};
    std::string firstA = {};
    std::string firstB = {};
};

/// `name` and `names` say what a row is: "X_ae of cell ", and its id.
Rows compareRows(const Tolerance &tolerance, const std::vector<std::size_t> &places,
                 const std::vector<float> &a, const std::vector<float> &b, std::size_t width,
                 const std::string &name, const std::vector<std::string> &names)
{
    Rows rows{NumberSpread(tolerance), 0, std::vector<bool>(places.size(), false)};
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (places[i] == kAbsent)
            continue;
        bool isEqual = true;
        for (std::size_t k = 0; k < width; ++k) {
            const float valueA = a[i * width + k];
            const float valueB = b[places[i] * width + k];
            if (rows.spread.add(valueA, valueB))
                continue;
            if (rows.spread.namesLast()) {
                rows.where = name + names[i] + (width > 1 ? ", dimension " + std::to_string(k + 1) : "");
                rows.firstA = formatFloat(valueA);
                rows.firstB = formatFloat(valueB);
            }
            isEqual = false;
        }
        rows.isEqual[i] = isEqual;
        rows.different += isEqual ? 0U : 1U;
    }
    return rows;
}

/// What comes after the chain enters the verdict only where it was asked for in the same way.
void addAfterwards(Findings &findings, Difference difference, bool within)
{
    difference.informative = hasOtherAnalysis(findings);
    if (difference.informative)
        findings.add(std::move(difference));
    else
        findings.addResult(std::move(difference), within);
}

/// UMAP makes another map of any other bits, near or far: of another embedding no tolerance can judge it.
bool isMapInformative(const Findings &findings)
{
    const bool isOtherEmbedding = findings.comparison.cellsEqual != findings.comparison.cells;
    return hasOtherAnalysis(findings) || (findings.hasTolerance() && isOtherEmbedding);
}

Difference differenceOf(const std::string &what, const Rows &rows)
{
    Difference difference{what, rows.where, rows.firstA, rows.firstB, {}, {}, rows.different, false};
    rows.spread.fill(difference);
    return difference;
}

void tellRows(Findings &findings, const Rows &rows)
{
    if (rows.different != 0)
        findings.addResult(differenceOf("embedding", rows), rows.spread.within());
}

void tellMissingCells(Findings &findings, const std::vector<std::string> &onlyA,
                      const std::vector<std::string> &onlyB)
{
    if (onlyA.empty() && onlyB.empty())
        return;
    findings.addResult({"embedding",
                        "cells embedded in one run only",
                        firstOf(onlyA),
                        firstOf(onlyB),
                        {},
                        {},
                        onlyA.size() + onlyB.size(),
                        false},
                       false);
}

std::vector<std::string> cellsOnlyInA(const MatchedCells &cells)
{
    std::vector<std::string> only;
    for (std::size_t i = 0; i < cells.places.size(); ++i)
        if (cells.places[i] == kAbsent)
            only.push_back(cells.a.cellIds[i]);
    return only;
}

void compareEmbedded(Findings &findings, const MatchedCells &cells)
{
    const EmbeddingFile &a = cells.a;
    const EmbeddingFile &b = cells.b;
    const std::vector<std::string> onlyB = namesOnlyInB(b.cellIds, cells.places);
    const std::vector<std::string> onlyA = cellsOnlyInA(cells);
    findings.comparison.cells = a.cellIds.size() + onlyB.size();
    findings.addMissing("cells", onlyB.size(), onlyA.size());
    tellMissingCells(findings, onlyA, onlyB);
    if (a.latent != b.latent) {
        findings.addResult({"embedding",
                            "dimensions of the latent space",
                            std::to_string(a.latent),
                            std::to_string(b.latent),
                            {},
                            {},
                            a.cellIds.size(),
                            false},
                           false);
        return;
    }
    const Rows rows = compareRows(findings.tolerance, cells.places, a.embedding, b.embedding, a.latent,
                                  "X_ae of cell ", a.cellIds);
    findings.comparison.cellsEqual =
        static_cast<std::uint64_t>(std::count(rows.isEqual.begin(), rows.isEqual.end(), true));
    tellRows(findings, rows);
}

void compareErrors(Findings &findings, const MatchedCells &cells)
{
    tellRows(findings, compareRows(findings.tolerance, cells.places, cells.a.cellErrors, cells.b.cellErrors,
                                   1, "cell_errors of cell ", cells.a.cellIds));
    tellRows(findings,
             compareRows(findings.tolerance, placesInB(cells.a.geneIds, cells.b.geneIds), cells.a.geneErrors,
                         cells.b.geneErrors, 1, "gene_errors of gene ", cells.a.geneIds));
}

std::size_t clusterCount(const std::vector<std::int32_t> &clusters)
{
    return clusters.empty()
               ? 0
               : static_cast<std::size_t>(*std::max_element(clusters.begin(), clusters.end())) + 1;
}

void compareClusters(Findings &findings, const MatchedCells &cells)
{
    std::vector<std::int32_t> a;
    std::vector<std::int32_t> b;
    std::uint64_t different = 0;
    for (std::size_t i = 0; i < cells.places.size(); ++i) {
        if (cells.places[i] == kAbsent)
            continue;
        a.push_back(cells.a.clusters[i]);
        b.push_back(cells.b.clusters[cells.places[i]]);
        different += a.back() != b.back() ? 1U : 0U;
    }
    if (different == 0)
        return;
    const analyze::ClusterAgreement agreement = analyze::clusterAgreement(a, b);
    addAfterwards(findings,
                  {"clusters",
                   "adjusted Rand index " + formatFixed(agreement.adjustedRand, 4) + " of A and B",
                   std::to_string(clusterCount(a)) + " clusters",
                   std::to_string(clusterCount(b)) + " clusters",
                   {},
                   {},
                   different,
                   false},
                  false);
}

/// The graph stands in no file; its digest says whether the map began from the same neighbours.
void compareGraph(Findings &findings)
{
    const auto &a = findings.a.manifest.digests;
    const auto &b = findings.b.manifest.digests;
    const auto inA = a.find("graph");
    const auto inB = b.find("graph");
    if (inA == a.end() || inB == b.end() || inA->second == inB->second)
        return;
    Difference difference{"map", "graph of neighbours", inA->second, inB->second, {}, {}, 1, false};
    difference.informative = isMapInformative(findings);
    if (difference.informative)
        findings.add(std::move(difference));
    else
        findings.addDigestResult(std::move(difference));
}

void tellMap(Findings &findings, const Rows &rows)
{
    if (rows.different == 0)
        return;
    Difference difference = differenceOf("map", rows);
    difference.informative = isMapInformative(findings);
    if (difference.informative)
        findings.add(std::move(difference));
    else
        findings.addResult(std::move(difference), rows.spread.within());
}

void compareMaps(Findings &findings, const MatchedCells &cells)
{
    const bool hasA = !cells.a.map.empty();
    const bool hasB = !cells.b.map.empty();
    if (hasA != hasB)
        addAfterwards(
            findings,
            {"map", "X_umap and leiden", hasA ? "there" : "none", hasB ? "there" : "none", {}, {}, 1, false},
            false);
    if (!hasA || !hasB)
        return;
    compareGraph(findings);
    const Rows rows = compareRows(findings.tolerance, cells.places, cells.a.map, cells.b.map, 2,
                                  "X_umap of cell ", cells.a.cellIds);
    tellMap(findings, rows);
    compareClusters(findings, cells);
}

/// `values` of both runs' reconstructions, if both kept them; cells and genes in the same order.
void compareReconstructions(Findings &findings, const MatchedCells &cells)
{
    const data::Safetensors *const fileA = findings.a.container(runs::kReconstructionFile);
    const data::Safetensors *const fileB = findings.b.container(runs::kReconstructionFile);
    if (fileA == nullptr || fileB == nullptr || cells.a.cellIds != cells.b.cellIds ||
        cells.a.geneIds != cells.b.geneIds)
        return;
    const data::TensorView *const a = fileA->find("values");
    const data::TensorView *const b = fileB->find("values");
    if (a == nullptr || b == nullptr || a->dtype != b->dtype || a->shape != b->shape) {
        findings.addResult({"reconstruction",
                            "values",
                            a != nullptr ? "there" : "missing",
                            b != nullptr ? "there or of another shape" : "missing",
                            {},
                            {},
                            1,
                            false},
                           false);
        return;
    }
    const std::optional<TensorDifference> found = differenceOfTensors(*a, *b, findings.tolerance);
    if (!found)
        return;
    const std::size_t genes = cells.a.geneIds.size();
    const std::size_t cell = genes == 0 ? 0 : found->first / genes;
    std::string where = "values" + indexText(*a, found->first);
    if (cell < cells.a.cellIds.size())
        where += ", cell " + cells.a.cellIds[cell] + ", gene " + cells.a.geneIds[found->first % genes];
    Difference difference{
        "reconstruction", where, elementText(*a, found->first), elementText(*b, found->first), {}, {},
        found->count,     false};
    found->spread.fill(difference);
    findings.addResult(std::move(difference), found->isNumeric && found->spread.within());
}

void tellAbsence(Findings &findings)
{
    const auto text = [](const RunContent &run) {
        if (run.network.embedding)
            return std::to_string(run.network.embedding->cellIds.size()) + " cells";
        return std::string(run.isDamaged(runs::kEmbeddingFile) ? "unreadable" : "none");
    };
    const auto &a = findings.a.network.embedding;
    const std::uint64_t count = (a ? a : findings.b.network.embedding)->cellIds.size();
    findings.comparison.cells = count;
    findings.addMissingFile("cells", runs::kEmbeddingFile, a.has_value(), count);
    findings.addResult({"embedding",
                        std::string(runs::kEmbeddingFile),
                        text(findings.a),
                        text(findings.b),
                        {},
                        {},
                        count,
                        false},
                       false);
}

} // namespace

bool shapesMap(const std::string &key)
{
    constexpr std::array<std::string_view, 5> kSettings = {"analysis.map", "analysis.mapEpochs",
                                                           "analysis.neighbours", "analysis.minDistance",
                                                           "analysis.resolution"};
    return std::find(kSettings.begin(), kSettings.end(), key) != kSettings.end();
}

bool hasOtherAnalysis(const Findings &findings)
{
    const auto &differences = findings.comparison.differences;
    return std::any_of(differences.begin(), differences.end(), [](const Difference &difference) {
        return difference.what == "setting" && shapesMap(difference.where);
    });
}

void compareEmbeddings(Findings &findings)
{
    const auto &a = findings.a.network.embedding;
    const auto &b = findings.b.network.embedding;
    if (!a && !b)
        return;
    if (!a || !b) {
        tellAbsence(findings);
        return;
    }
    const MatchedCells cells{*a, *b, placesInB(a->cellIds, b->cellIds)};
    compareEmbedded(findings, cells);
    compareErrors(findings, cells);
    compareReconstructions(findings, cells);
    compareMaps(findings, cells);
}

} // namespace ibidem::compare
