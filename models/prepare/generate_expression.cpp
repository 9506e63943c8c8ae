// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/generate_expression.h"

#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace ibidem::prepare {

namespace {

constexpr double kLog2 = 0.693147180559945309417;
constexpr std::uint64_t kMostGenes = 1000000;
constexpr std::uint64_t kMostSamples = 1000000;
constexpr std::uint64_t kMostValues = 100000000;

/// Which stream draws what: the numbers are part of every generated file.
constexpr std::uint32_t kGeneStreams = 0;
constexpr std::uint32_t kSampleStreams = 1;

struct Gene
{
    double log2Mean = 0.0;   ///< of the counts in a library of size 1
    double dispersion = 0.0; ///< variance = mean + dispersion * mean²
    double kilobases = 1.0;
    std::size_t module = 0;
    double loading = 0.0; ///< log2 change per unit of the module's factor
    double shift = 0.0;   ///< log2 change in class 1; 0 for most genes
};

double powerOfTwo(double exponent)
{
    return portableExp(exponent * kLog2);
}

Gene drawGene(const ExpressionRecipe &recipe, std::uint64_t index)
{
    RandomStream stream(recipe.seed, RandomPurpose::Generate, kGeneStreams,
                        static_cast<std::uint32_t>(index));
    Gene gene;
    gene.log2Mean = 6.0 + 2.0 * stream.normal();
    gene.dispersion = 0.1 + 0.4 * stream.uniform();
    gene.kilobases = powerOfTwo(1.0 + 0.8 * stream.normal());
    gene.module = static_cast<std::size_t>(stream.bounded(recipe.modules));
    gene.loading = 0.6 * stream.normal();
    const bool isInformative = stream.uniform() < recipe.informativeFraction;
    const double size = recipe.effect * (0.5 + stream.uniform());
    const double sign = stream.uniform() < 0.5 ? -1.0 : 1.0;
    gene.shift = isInformative ? sign * size : 0.0;
    return gene;
}

/// One sample's values, summing up to a million: counts by length, as transcripts per million.
void drawSample(const ExpressionRecipe &recipe, const std::vector<Gene> &genes, std::uint64_t index,
                bool isPositive, double *values)
{
    RandomStream stream(recipe.seed, RandomPurpose::Generate, kSampleStreams,
                        static_cast<std::uint32_t>(index));
    const double log2Size = 0.5 * stream.normal();
    // Diseased tissue holds healthy tissue too: some samples show little of the difference.
    const double purity = isPositive ? 0.5 + 0.5 * stream.uniform() : 0.0;
    std::vector<double> factors(recipe.modules);
    for (double &factor : factors)
        factor = stream.normal();
    double sum = 0.0;
    for (std::size_t j = 0; j < genes.size(); ++j) {
        const Gene &gene = genes[j];
        const double mean =
            powerOfTwo(gene.log2Mean + log2Size + gene.loading * factors[gene.module] + purity * gene.shift);
        const double rate = mean * gene.dispersion * stream.gamma(1.0 / gene.dispersion);
        values[j] = static_cast<double>(stream.poisson(rate)) / gene.kilobases;
        sum += values[j];
    }
    for (std::size_t j = 0; j < genes.size() && sum > 0.0; ++j)
        values[j] = values[j] * 1e6 / sum;
}

/// Decimal digits with leading zeros.
std::string padded(std::uint64_t number, std::size_t digits)
{
    const std::string text = std::to_string(number);
    return std::string(digits - std::min(digits, text.size()), '0') + text;
}

void appendValue(std::string &out, double value)
{
    constexpr int kSignificantDigits = 6;
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general,
                                   kSignificantDigits);
    out.append(text.data(), end.ptr);
}

/// Positive samples are spread evenly among the others.
bool isPositiveSample(std::uint64_t index, std::uint64_t positives, std::uint64_t samples)
{
    return (index + 1) * positives / samples != index * positives / samples;
}

tl::unexpected<Error> outOfRange(const std::string &what, const std::string &value,
                                 const std::string &allowed)
{
    return fail(ErrorCode::BadSpec, what + ": " + value + " is not allowed", {}, "use " + allowed);
}

Status requireCount(const std::string &what, std::uint64_t value, std::uint64_t lowest, std::uint64_t highest)
{
    if (value >= lowest && value <= highest)
        return {};
    return outOfRange(what, std::to_string(value), std::to_string(lowest) + " to " + std::to_string(highest));
}

Status requireShare(const std::string &what, double value)
{
    if (value > 0.0 && value < 1.0)
        return {};
    return outOfRange(what, formatDouble(value), "a number between 0 and 1");
}

Status check(const ExpressionRecipe &recipe)
{
    constexpr double kLargestEffect = 20.0;
    IBIDEM_CHECK(requireCount("genes", recipe.genes, 2, kMostGenes));
    IBIDEM_CHECK(requireCount("samples", recipe.samples, 4, kMostSamples));
    if (recipe.genes * recipe.samples > kMostValues) {
        return outOfRange("genes times samples", std::to_string(recipe.genes * recipe.samples),
                          "at most " + std::to_string(kMostValues) + " values");
    }
    IBIDEM_CHECK(requireShare("positive fraction", recipe.positiveFraction));
    IBIDEM_CHECK(requireShare("informative fraction", recipe.informativeFraction));
    if (!(recipe.effect >= 0.0 && recipe.effect <= kLargestEffect))
        return outOfRange("effect", formatDouble(recipe.effect), "a number from 0 to 20");
    return requireCount("modules", recipe.modules, 1, recipe.genes);
}

} // namespace

Result<std::string> generateExpressionTsv(const ExpressionRecipe &recipe)
{
    IBIDEM_CHECK(check(recipe));
    std::vector<Gene> genes;
    for (std::uint64_t j = 0; j < recipe.genes; ++j)
        genes.push_back(drawGene(recipe, j));
    const double share = std::floor(recipe.positiveFraction * static_cast<double>(recipe.samples) + 0.5);
    const std::uint64_t positives =
        std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share), 1, recipe.samples - 1);

    std::string tsv = "Gene ID\tGene Name";
    std::vector<double> values(static_cast<std::size_t>(recipe.genes * recipe.samples));
    for (std::uint64_t i = 0; i < recipe.samples; ++i) {
        const bool isPositive = isPositiveSample(i, positives, recipe.samples);
        tsv += (isPositive ? "\t1_S" : "\t0_S") + padded(i + 1, 4);
        drawSample(recipe, genes, i, isPositive, values.data() + i * recipe.genes);
    }
    tsv += '\n';
    constexpr std::uint64_t kFirstId = 100000;
    for (std::uint64_t j = 0; j < recipe.genes; ++j) {
        tsv += "ENSG" + padded(kFirstId + j, 11) + "\tGENE" + padded(j + 1, 4);
        for (std::uint64_t i = 0; i < recipe.samples; ++i) {
            tsv += '\t';
            appendValue(tsv, values[static_cast<std::size_t>(i * recipe.genes + j)]);
        }
        tsv += '\n';
    }
    return tsv;
}

} // namespace ibidem::prepare
