// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/fuzzy_graph.h"

#include "models/base/portable_math.h"
#include "models/base/sha256.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

namespace ibidem::analyze {

namespace {

constexpr int kSearchSteps = 64; // umap-learn's SMOOTH_K search: 64 steps to within 1e-5
constexpr double kSumTolerance = 1e-5;
constexpr double kSmallestSigmaShare = 1e-3;

/// One direction of an edge.
struct Arrow
{
    std::int32_t other = 0;
    double weight = 0.0;
};

/// Arrows by the cell they belong to, those of a cell by rising index.
struct Arrows
{
    std::vector<std::size_t> starts;
    std::vector<Arrow> arrows;

    [[nodiscard]] std::span<const Arrow> of(std::size_t cell) const
    {
        return std::span(arrows).subspan(starts[cell], starts[cell + 1] - starts[cell]);
    }
};

double nearestElsewhere(std::span<const double> distances) noexcept
{
    for (const double distance : distances)
        if (distance > 0.0)
            return distance;
    return 0.0;
}

double weightAt(double beyond, double sigma) noexcept
{
    return beyond <= 0.0 ? 1.0 : portableExp(-beyond / sigma);
}

double sumOfWeights(std::span<const double> distances, double rho, double sigma) noexcept
{
    double sum = 0.0;
    for (const double distance : distances)
        sum += weightAt(distance - rho, sigma);
    return sum;
}

/// The sum rises with sigma: doubling until it is too large, then halving the interval. Starts from the mean
/// distance, so that the scale of the embedding does not matter.
double findSigma(std::span<const double> distances, double rho, double mean) noexcept
{
    const double target = portableLog2(static_cast<double>(distances.size() + 1));
    double low = 0.0;
    double high = std::numeric_limits<double>::infinity();
    double sigma = mean;
    for (int step = 0; step < kSearchSteps; ++step) {
        const double excess = sumOfWeights(distances, rho, sigma) - target;
        if (std::abs(excess) < kSumTolerance)
            break;
        (excess > 0.0 ? high : low) = sigma;
        sigma = std::isinf(high) ? sigma * 2.0 : (low + high) / 2.0;
    }
    return std::max(sigma, kSmallestSigmaShare * mean);
}

/// The weights of one cell's neighbours.
void weigh(std::span<const double> distances, std::span<double> weights)
{
    double sum = 0.0;
    for (const double distance : distances)
        sum += distance;
    const double mean = sum / static_cast<double>(distances.size() + 1); // the cell itself, at 0, counts
    const double rho = nearestElsewhere(distances);
    const double sigma = mean > 0.0 ? findSigma(distances, rho, mean) : 1.0;
    for (std::size_t i = 0; i < distances.size(); ++i)
        weights[i] = weightAt(distances[i] - rho, sigma);
}

std::vector<double> directedWeights(const NeighbourLists &lists)
{
    std::vector<double> weights(lists.distances.size());
    const std::size_t k = lists.perCell;
    for (std::size_t cell = 0; cell < lists.cells; ++cell)
        weigh(std::span(lists.distances).subspan(cell * k, k), std::span(weights).subspan(cell * k, k));
    return weights;
}

Arrows outgoing(const NeighbourLists &lists, const std::vector<double> &weights)
{
    Arrows result;
    result.starts.resize(lists.cells + 1);
    result.arrows.resize(weights.size());
    for (std::size_t cell = 0; cell <= lists.cells; ++cell)
        result.starts[cell] = cell * lists.perCell;
    for (std::size_t i = 0; i < weights.size(); ++i)
        result.arrows[i] = {lists.others[i], weights[i]};
    for (std::size_t cell = 0; cell < lists.cells; ++cell) {
        Arrow *first = result.arrows.data() + result.starts[cell];
        std::sort(first, first + lists.perCell,
                  [](const Arrow &left, const Arrow &right) { return left.other < right.other; });
    }
    return result;
}

/// The same arrows turned round. Taken cell by cell, so those of a cell come by rising index.
Arrows incoming(const Arrows &arrows)
{
    const std::size_t cells = arrows.starts.size() - 1;
    Arrows result;
    result.starts.assign(cells + 1, 0);
    result.arrows.resize(arrows.arrows.size());
    for (const Arrow &arrow : arrows.arrows)
        ++result.starts[static_cast<std::size_t>(arrow.other) + 1];
    for (std::size_t cell = 0; cell < cells; ++cell)
        result.starts[cell + 1] += result.starts[cell];
    std::vector<std::size_t> next(result.starts.begin(), result.starts.end() - 1);
    for (std::size_t cell = 0; cell < cells; ++cell)
        for (const Arrow &arrow : arrows.of(cell))
            result.arrows[next[static_cast<std::size_t>(arrow.other)]++] = {static_cast<std::int32_t>(cell),
                                                                            arrow.weight};
    return result;
}

/// Appends the union of a cell's outgoing and incoming arrows, both by rising index.
void appendUnion(std::span<const Arrow> out, std::span<const Arrow> in, FuzzyGraph &graph)
{
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < out.size() || j < in.size()) {
        const bool takeOut = j == in.size() || (i < out.size() && out[i].other <= in[j].other);
        const bool takeIn = i == out.size() || (j < in.size() && in[j].other <= out[i].other);
        const std::int32_t other = takeOut ? out[i].other : in[j].other;
        const double a = takeOut ? out[i++].weight : 0.0;
        const double b = takeIn ? in[j++].weight : 0.0;
        const auto weight = static_cast<float>(a + b - a * b);
        if (weight > 0.0F) {
            graph.others.push_back(other);
            graph.weights.push_back(weight);
        }
    }
}

} // namespace

FuzzyGraph fuzzyGraph(const NeighbourLists &lists)
{
    const Arrows out = outgoing(lists, directedWeights(lists));
    const Arrows in = incoming(out);
    FuzzyGraph graph;
    graph.starts.reserve(lists.cells + 1);
    graph.starts.push_back(0);
    graph.others.reserve(2 * out.arrows.size());
    graph.weights.reserve(2 * out.arrows.size());
    for (std::size_t cell = 0; cell < lists.cells; ++cell) {
        appendUnion(out.of(cell), in.of(cell), graph);
        graph.starts.push_back(graph.others.size());
    }
    return graph;
}

std::string graphDigest(const NeighbourLists &lists, const FuzzyGraph &graph)
{
    Sha256 sha;
    sha.updateInteger(lists.cells);
    sha.updateInteger(lists.perCell);
    sha.update(std::as_bytes(std::span(lists.others)));
    for (const std::size_t start : graph.starts)
        sha.updateInteger(start);
    sha.update(std::as_bytes(std::span(graph.others)));
    sha.update(std::as_bytes(std::span(graph.weights)));
    return sha.finishHex();
}

std::vector<std::int32_t> components(const FuzzyGraph &graph)
{
    std::vector<std::int32_t> component(graph.cells(), -1);
    std::vector<std::size_t> open;
    std::int32_t count = 0;
    for (std::size_t first = 0; first < graph.cells(); ++first) {
        if (component[first] >= 0)
            continue;
        component[first] = count;
        open.push_back(first);
        while (!open.empty()) {
            const std::size_t cell = open.back();
            open.pop_back();
            for (std::size_t i = graph.starts[cell]; i < graph.starts[cell + 1]; ++i) {
                const auto other = static_cast<std::size_t>(graph.others[i]);
                if (component[other] < 0) {
                    component[other] = count;
                    open.push_back(other);
                }
            }
        }
        ++count;
    }
    return component;
}

} // namespace ibidem::analyze
