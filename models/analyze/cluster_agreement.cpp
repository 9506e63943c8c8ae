// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/analyze/cluster_agreement.h"

#include "models/base/portable_math.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace ibidem::analyze {

namespace {

__extension__ using Signed128 = __int128;

/// How many samples two labels share.
struct Cell
{
    std::uint32_t a = 0;
    std::uint32_t b = 0;
    std::uint64_t count = 0;
};

/// The contingency table: its cells that are not 0, sorted by (a, b), and its margins by label.
struct Contingency
{
    std::vector<Cell> cells;
    std::vector<std::uint64_t> ofA;
    std::vector<std::uint64_t> ofB;
    std::uint64_t samples = 0;
};

void addTo(std::vector<std::uint64_t> &margin, std::uint32_t label, std::uint64_t count)
{
    if (margin.size() <= label)
        margin.resize(std::size_t{label} + 1, 0);
    margin[label] += count;
}

/// Each label replaced by its place among the labels that occur: numbers may be large, margins are not.
std::vector<std::uint32_t> ranked(const std::vector<std::int32_t> &labels)
{
    std::vector<std::int32_t> present(labels);
    std::sort(present.begin(), present.end());
    present.erase(std::unique(present.begin(), present.end()), present.end());
    std::vector<std::uint32_t> ranks;
    ranks.reserve(labels.size());
    for (const std::int32_t label : labels) {
        const auto place = std::lower_bound(present.begin(), present.end(), label);
        ranks.push_back(static_cast<std::uint32_t>(place - present.begin()));
    }
    return ranks;
}

Contingency contingency(std::span<const std::int32_t> a, std::span<const std::int32_t> b)
{
    std::vector<std::int32_t> labelledA;
    std::vector<std::int32_t> labelledB;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        if (a[i] < 0 || b[i] < 0)
            continue;
        labelledA.push_back(a[i]);
        labelledB.push_back(b[i]);
    }
    const std::vector<std::uint32_t> rankA = ranked(labelledA);
    const std::vector<std::uint32_t> rankB = ranked(labelledB);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs;
    pairs.reserve(rankA.size());
    for (std::size_t i = 0; i < rankA.size(); ++i)
        pairs.emplace_back(rankA[i], rankB[i]);
    std::sort(pairs.begin(), pairs.end());

    Contingency table;
    table.samples = pairs.size();
    for (const auto &[left, right] : pairs) {
        if (table.cells.empty() || table.cells.back().a != left || table.cells.back().b != right)
            table.cells.push_back({left, right, 0});
        ++table.cells.back().count;
        addTo(table.ofA, left, 1);
        addTo(table.ofB, right, 1);
    }
    return table;
}

/// Ordered pairs of different samples that a partition keeps together.
Signed128 pairsOf(std::uint64_t count) noexcept
{
    return static_cast<Signed128>(count) * (static_cast<Signed128>(count) - 1);
}

double toDouble(Signed128 value) noexcept
{
    return static_cast<double>(value);
}

/// Pairs of samples by what the two partitions do with them: scikit-learn's pair confusion matrix.
struct Pairs
{
    Signed128 both = 0;  ///< together in both
    Signed128 onlyA = 0; ///< together in a, apart in b
    Signed128 onlyB = 0;
    Signed128 neither = 0; ///< apart in both
};

Pairs countPairs(const Contingency &table)
{
    Pairs pairs;
    Signed128 inA = 0;
    Signed128 inB = 0;
    for (const Cell &cell : table.cells)
        pairs.both += pairsOf(cell.count);
    for (const std::uint64_t count : table.ofA)
        inA += pairsOf(count);
    for (const std::uint64_t count : table.ofB)
        inB += pairsOf(count);
    pairs.onlyA = inA - pairs.both;
    pairs.onlyB = inB - pairs.both;
    pairs.neither = pairsOf(table.samples) - inA - inB + pairs.both;
    return pairs;
}

double adjustedRand(const Pairs &pairs)
{
    const Signed128 numerator = pairs.both * pairs.neither - pairs.onlyA * pairs.onlyB;
    const Signed128 denominator = (pairs.both + pairs.onlyA) * (pairs.onlyA + pairs.neither) +
                                  (pairs.both + pairs.onlyB) * (pairs.onlyB + pairs.neither);
    return denominator == 0 ? 1.0 : 2.0 * toDouble(numerator) / toDouble(denominator);
}

double entropy(const std::vector<std::uint64_t> &margin, double samples)
{
    double sum = 0.0;
    for (const std::uint64_t count : margin) {
        const double share = static_cast<double>(count) / samples;
        sum -= share * portableLog(share);
    }
    return sum;
}

double normalisedInformation(const Contingency &table)
{
    const auto samples = static_cast<double>(table.samples);
    double information = 0.0;
    for (const Cell &cell : table.cells) {
        const auto shared = static_cast<double>(cell.count);
        const double expected =
            static_cast<double>(table.ofA[cell.a]) * static_cast<double>(table.ofB[cell.b]);
        information += shared / samples * portableLog(shared * samples / expected);
    }
    const double mean = (entropy(table.ofA, samples) + entropy(table.ofB, samples)) / 2.0;
    return mean <= 0.0 ? 0.0 : std::clamp(information / mean, 0.0, 1.0);
}

} // namespace

ClusterAgreement clusterAgreement(std::span<const std::int32_t> a, std::span<const std::int32_t> b)
{
    const Contingency table = contingency(a, b);
    if (table.samples == 0)
        return {};
    const Pairs pairs = countPairs(table);
    if (pairs.onlyA == 0 && pairs.onlyB == 0)
        return {1.0, 1.0}; // the same partition; the logarithms would only come near it
    return {adjustedRand(pairs), normalisedInformation(table)};
}

} // namespace ibidem::analyze
