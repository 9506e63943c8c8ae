// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/gene_moments.h"

#include "models/prepare/gene_ranges.h"

#include <cstddef>
#include <cstdint>

namespace ibidem::prepare {

namespace {

/// What the first pass knows of one gene; beside each other in memory.
struct Tally
{
    double sum = 0.0;
    std::uint32_t count = 0;
    float first = 0.0F;
    bool constant = true; ///< all stored values are the first
};

void tally(const data::SparseView &rows, GeneRange genes, std::vector<Tally> &tallies)
{
    forEachValue(rows, genes, [&](std::uint32_t gene, std::size_t place) {
        const float value = rows.values[place];
        Tally &found = tallies[gene - genes.begin];
        if (found.count == 0)
            found.first = value;
        found.constant = found.constant && value == found.first;
        found.sum += static_cast<double>(value);
        ++found.count;
    });
}

void computeRange(const data::SparseView &rows, GeneRange genes, GeneMoments &moments)
{
    const auto cells = static_cast<double>(rows.rowCount());
    std::vector<Tally> tallies(genes.end - genes.begin);
    tally(rows, genes, tallies);
    for (std::uint32_t gene = genes.begin; gene < genes.end; ++gene)
        moments.means[gene] = tallies[gene - genes.begin].sum / cells;
    forEachValue(rows, genes, [&](std::uint32_t gene, std::size_t place) {
        const double distance = static_cast<double>(rows.values[place]) - moments.means[gene];
        moments.variances[gene] += distance * distance;
    });
    for (std::uint32_t gene = genes.begin; gene < genes.end; ++gene) {
        const Tally &found = tallies[gene - genes.begin];
        double &mean = moments.means[gene];
        double &variance = moments.variances[gene];
        if (found.count == 0 || (found.count == rows.rowCount() && found.constant)) {
            mean = static_cast<double>(found.first);
            variance = 0.0;
            continue;
        }
        variance += (cells - static_cast<double>(found.count)) * (mean * mean);
        variance = rows.rowCount() > 1 ? variance / (cells - 1.0) : 0.0;
    }
}

} // namespace

GeneMoments geneMoments(const data::SparseView &rows, unsigned threads)
{
    GeneMoments moments{std::vector<double>(rows.columnCount), std::vector<double>(rows.columnCount)};
    forEachGeneRange(rows, threads, [&](GeneRange genes) { computeRange(rows, genes, moments); });
    return moments;
}

} // namespace ibidem::prepare
