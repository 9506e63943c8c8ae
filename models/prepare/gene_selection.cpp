// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/gene_selection.h"

#include "models/base/portable_math.h"
#include "models/base/text.h"
#include "models/prepare/gene_moments.h"
#include "models/prepare/sparse_cells.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace ibidem::prepare {

namespace {

/// Genes with the same counts in another order have dispersions that differ by the rounding of their sums.
constexpr double kEqualDispersions = 1e-9;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

/// e^x - 1 with a relative error below 1e-12: more than single precision asks for.
double exponentialLessOne(double x) noexcept
{
    if (x > -1e-3 && x < 1e-3)
        return x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0)))));
    return portableExp(x) - 1.0;
}

float withoutLogarithm(float value) noexcept
{
    return static_cast<float>(exponentialLessOne(static_cast<double>(value)));
}

/// The edges of the bins: equal steps from the smallest to the largest mean.
std::vector<double> edgesOf(double smallest, double largest, int bins)
{
    const bool same = smallest == largest;
    if (same) {
        smallest -= smallest != 0.0 ? 0.001 * std::abs(smallest) : 0.001;
        largest += largest != 0.0 ? 0.001 * std::abs(largest) : 0.001;
    }
    const double step = (largest - smallest) / static_cast<double>(bins);
    std::vector<double> edges;
    for (int i = 0; i < bins; ++i)
        edges.push_back(static_cast<double>(i) * step + smallest);
    edges.push_back(largest);
    if (!same)
        edges.front() -= (largest - smallest) * 0.001;
    return edges;
}

/// What is known of the dispersions of one bin.
struct Bin
{
    std::size_t count = 0; ///< not missing
    double sum = 0.0;
    double squares = 0.0; ///< of the distances from the mean
    double smallest = std::numeric_limits<double>::infinity();
    double largest = -std::numeric_limits<double>::infinity();
};

struct Scale
{
    double average = 0.0;
    double deviation = 0.0;
};

Scale scaleOf(const Bin &bin)
{
    if (bin.count < 2)
        return {0.0, bin.sum};
    const double average = bin.sum / static_cast<double>(bin.count);
    if (bin.largest - bin.smallest <= kEqualDispersions)
        return {average, 0.0};
    return {average, std::sqrt(bin.squares / static_cast<double>(bin.count - 1))};
}

/// What the selection compares: a missing z-score counts as 0.
double compared(double normalised)
{
    return std::isnan(normalised) ? 0.0 : normalised;
}

bool isNear(double value, double threshold)
{
    return std::abs(value - threshold) <= kNearThreshold;
}

Result<Buffer<float>> withoutLogarithms(std::span<const float> logarithms, unsigned threads)
{
    Buffer<float> values(logarithms.size());
    mapValues(logarithms, values.elements(), withoutLogarithm, threads);
    if (!anyNotFinite(values.elements(), threads))
        return values;
    const float largest = *std::max_element(logarithms.begin(), logarithms.end());
    return fail(ErrorCode::BadData,
                "select-genes: the value " + formatFloat(largest) + " is too large to be a logarithm", {},
                "set logarithm=true, or selectGenes=false");
}

/// Step 5, and which genes are near.
void decide(GeneSelection &selection, const spec::CellPreparation &preparation)
{
    data::GeneStatistics &statistics = selection.statistics;
    for (std::size_t gene = 0; gene < statistics.geneIds.size(); ++gene) {
        const double mean = statistics.means[gene];
        const double normalised = statistics.normalisedDispersions[gene];
        const bool selected = mean > preparation.minMean && mean < preparation.maxMean &&
                              compared(normalised) > preparation.minDispersion;
        statistics.selected.push_back(selected ? 1 : 0);
        if (isNear(mean, preparation.minMean) || isNear(mean, preparation.maxMean) ||
            isNear(normalised, preparation.minDispersion))
            selection.nearThreshold.push_back(statistics.geneIds[gene]);
    }
}

} // namespace

std::vector<std::int32_t> binsOfMeans(std::span<const double> means, int bins)
{
    std::vector<std::int32_t> binOfGene(means.size(), -1);
    double smallest = std::numeric_limits<double>::infinity();
    double largest = -smallest;
    for (const double mean : means) {
        smallest = mean < smallest ? mean : smallest;
        largest = mean > largest ? mean : largest;
    }
    if (smallest > largest)
        return binOfGene;
    const std::vector<double> edges = edgesOf(smallest, largest, bins);
    for (std::size_t gene = 0; gene < means.size(); ++gene) {
        if (std::isnan(means[gene]))
            continue;
        const auto edge = std::lower_bound(edges.begin(), edges.end(), means[gene]);
        if (edge != edges.begin() && edge != edges.end())
            binOfGene[gene] = static_cast<std::int32_t>(edge - edges.begin()) - 1;
    }
    return binOfGene;
}

std::vector<double> normalisedDispersions(std::span<const double> dispersions,
                                          std::span<const std::int32_t> binOfGene, int bins)
{
    std::vector<Bin> found(static_cast<std::size_t>(bins));
    const auto forEachKnown = [&](auto visit) {
        for (std::size_t gene = 0; gene < dispersions.size(); ++gene) {
            if (binOfGene[gene] >= 0 && !std::isnan(dispersions[gene]))
                visit(found[static_cast<std::size_t>(binOfGene[gene])], dispersions[gene]);
        }
    };
    forEachKnown([](Bin &bin, double dispersion) {
        bin.smallest = std::min(bin.smallest, dispersion);
        bin.largest = std::max(bin.largest, dispersion);
        bin.sum += dispersion;
        ++bin.count;
    });
    forEachKnown([](Bin &bin, double dispersion) {
        const double distance = dispersion - bin.sum / static_cast<double>(bin.count);
        bin.squares += distance * distance;
    });
    std::vector<double> normalised(dispersions.size(), kMissing);
    for (std::size_t gene = 0; gene < dispersions.size(); ++gene) {
        if (binOfGene[gene] < 0 || std::isnan(dispersions[gene]))
            continue;
        const Scale scale = scaleOf(found[static_cast<std::size_t>(binOfGene[gene])]);
        if (scale.deviation != 0.0)
            normalised[gene] = (dispersions[gene] - scale.average) / scale.deviation;
    }
    return normalised;
}

Result<GeneSelection> selectGenes(const data::SparseView &logarithms, const std::vector<std::string> &geneIds,
                                  const spec::CellPreparation &preparation, unsigned threads)
{
    IBIDEM_TRY(const Buffer<float> values, withoutLogarithms(logarithms.values, threads));
    const GeneMoments moments = geneMoments(
        {logarithms.starts, logarithms.columns, values.elements(), logarithms.columnCount}, threads);
    GeneSelection selection;
    data::GeneStatistics &statistics = selection.statistics;
    statistics.geneIds = geneIds;
    for (std::size_t gene = 0; gene < geneIds.size(); ++gene) {
        const double mean = moments.means[gene] == 0.0 ? 1e-12 : moments.means[gene];
        const double dispersion = moments.variances[gene] / mean;
        statistics.dispersions.push_back(dispersion > 0.0 ? portableLog(dispersion) : kMissing);
        statistics.means.push_back(portableLog1p(mean));
    }
    const std::vector<std::int32_t> binOfGene = binsOfMeans(statistics.means, preparation.bins);
    statistics.normalisedDispersions =
        normalisedDispersions(statistics.dispersions, binOfGene, preparation.bins);
    decide(selection, preparation);
    return selection;
}

} // namespace ibidem::prepare
