// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/generate_cells.h"

#include "models/base/philox.h"
#include "models/base/portable_math.h"
#include "models/base/text.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ibidem::prepare {

namespace {

constexpr double kLog2 = 0.693147180559945309417;

/// Which stream draws what: the numbers are part of every generated file. 0 and 1 draw expression tables.
constexpr std::uint32_t kGeneStreams = 10;
constexpr std::uint32_t kCellStreams = 11;

double powerOfTwo(double exponent)
{
    return portableExp(exponent * kLog2);
}

struct Gene
{
    double mean = 0.0;       ///< relative to the other genes
    double dispersion = 0.0; ///< variance = mean + dispersion * mean²
    std::uint64_t markedType = 0;
    double fold = 1.0;                ///< in the marked type
    std::vector<double> batchFactors; ///< one a batch
};

Gene drawGene(const CellRecipe &recipe, std::uint64_t index)
{
    constexpr double kSpread = 1.3; // log2 units
    RandomStream stream(recipe.seed, RandomPurpose::Generate, kGeneStreams,
                        static_cast<std::uint32_t>(index));
    Gene gene;
    gene.mean = powerOfTwo(kSpread * stream.normal());
    gene.dispersion = 0.08 + 0.12 * stream.uniform();
    const bool isMarker = stream.uniform() < recipe.markerFraction;
    gene.markedType = stream.bounded(recipe.types);
    const double size = recipe.effect * (0.8 + 0.4 * stream.uniform());
    gene.fold = isMarker ? powerOfTwo(size) : 1.0;
    for (std::uint64_t batch = 0; batch < recipe.batches; ++batch)
        gene.batchFactors.push_back(powerOfTwo(recipe.batchEffect * stream.normal()));
    return gene;
}

double relativeMean(const Gene &gene, std::uint64_t type, std::uint64_t batch)
{
    return gene.mean * gene.batchFactors[batch] * (gene.markedType == type ? gene.fold : 1.0);
}

/// Sums of the relative means, type by type and batch by batch: what makes all libraries equally deep.
std::vector<double> profileSums(const CellRecipe &recipe, const std::vector<Gene> &genes)
{
    std::vector<double> sums;
    for (std::uint64_t type = 0; type < recipe.types; ++type)
        for (std::uint64_t batch = 0; batch < recipe.batches; ++batch) {
            double sum = 0.0;
            for (const Gene &gene : genes)
                sum += relativeMean(gene, type, batch);
            sums.push_back(sum);
        }
    return sums;
}

/// The first type is the largest: weights 1, 4/5, 4/6, 4/7 …
std::uint64_t drawType(RandomStream &stream, std::uint64_t types)
{
    const auto weight = [](std::uint64_t type) { return 4.0 / (4.0 + static_cast<double>(type)); };
    double sum = 0.0;
    for (std::uint64_t type = 0; type < types; ++type)
        sum += weight(type);
    double rest = stream.uniform() * sum;
    for (std::uint64_t type = 0; type + 1 < types; ++type) {
        rest -= weight(type);
        if (rest < 0.0)
            return type;
    }
    return types - 1;
}

std::uint64_t drawCount(RandomStream &stream, double mean, double dispersion, double dropout)
{
    const double rate = mean * dispersion * stream.gamma(1.0 / dispersion);
    const std::uint64_t count = stream.poisson(rate);
    const bool isLost = stream.uniform() * (1.0 + mean) < dropout;
    return isLost ? 0 : count;
}

struct Cell
{
    std::uint64_t type = 0;
    std::uint64_t batch = 0;
};

/// Appends one cell's counts to the rows.
Cell drawCell(const CellRecipe &recipe, const std::vector<Gene> &genes, const std::vector<double> &sums,
              std::uint64_t index, data::SparseMatrix &rows)
{
    constexpr double kLibrarySpread = 0.5; // log2 units
    RandomStream stream(recipe.seed, RandomPurpose::Generate, kCellStreams,
                        static_cast<std::uint32_t>(index));
    Cell cell;
    cell.type = drawType(stream, recipe.types);
    cell.batch = stream.bounded(recipe.batches);
    const double library = recipe.depth * powerOfTwo(kLibrarySpread * stream.normal());
    const double scale = library / sums[cell.type * recipe.batches + cell.batch];
    for (std::size_t j = 0; j < genes.size(); ++j) {
        const double mean = scale * relativeMean(genes[j], cell.type, cell.batch);
        const std::uint64_t count = drawCount(stream, mean, genes[j].dispersion, recipe.dropout);
        if (count == 0)
            continue;
        rows.columns.push_back(static_cast<std::uint32_t>(j));
        rows.values.push_back(static_cast<float>(count));
    }
    rows.starts.push_back(rows.values.size());
    return cell;
}

/// Sixteen bases for 32 bits, all different: the index goes through a bijection of 32-bit words.
std::string barcode(std::uint64_t index, std::uint64_t batch)
{
    constexpr std::string_view kBases = "ACGT";
    auto word = static_cast<std::uint32_t>(index);
    word = (word ^ (word >> 16U)) * 0x7FEB352DU; // any odd factor
    word = (word ^ (word >> 15U)) * 0x846CA68BU;
    word ^= word >> 16U;
    std::string text;
    for (unsigned shift = 0; shift < 32; shift += 2)
        text += kBases[(word >> shift) & 3U];
    return text + '-' + std::to_string(batch + 1);
}

/// "BBB1", "BBB2" … "BBC1" …: consonants alone make neither words nor dates.
std::string symbol(std::uint64_t index)
{
    constexpr std::string_view kLetters = "BCDFGHKLMNPRSTVXZ";
    constexpr std::uint64_t kFamily = 9;
    std::string letters;
    for (std::uint64_t rest = index / kFamily; letters.size() < 3 || rest > 0; rest /= kLetters.size())
        letters.insert(letters.begin(), kLetters[rest % kLetters.size()]);
    return letters + std::to_string(index % kFamily + 1);
}

std::string accession(std::uint64_t index)
{
    constexpr std::uint64_t kFirst = 100000;
    constexpr std::size_t kDigits = 11;
    const std::string number = std::to_string(kFirst + index);
    return "ENSG" + std::string(kDigits - number.size(), '0') + number;
}

/// "type01" …: as many as `count`, in order.
data::CellColumn numberedColumn(const std::string &name, const std::string &prefix, std::uint64_t count)
{
    data::CellColumn column;
    column.name = name;
    column.kind = data::CellColumn::Kind::Category;
    for (std::uint64_t i = 1; i <= count; ++i)
        column.categories.push_back(prefix + (count > 9 && i < 10 ? "0" : "") + std::to_string(i));
    return column;
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

Status requireNumber(const std::string &what, double value, double lowest, double highest)
{
    if (value >= lowest && value <= highest)
        return {};
    return outOfRange(what, formatDouble(value),
                      "a number from " + formatDouble(lowest) + " to " + formatDouble(highest));
}

Status check(const CellRecipe &recipe)
{
    constexpr std::uint64_t kMostCells = 5'000'000;
    constexpr std::uint64_t kMostGenes = 100'000;
    constexpr std::uint64_t kMostValues = 1'000'000'000;
    constexpr std::uint64_t kMostGroups = 50;
    IBIDEM_CHECK(requireCount("cells", recipe.cells, 1, kMostCells));
    IBIDEM_CHECK(requireCount("genes", recipe.genes, 2, kMostGenes));
    IBIDEM_CHECK(requireCount("cells times genes", recipe.cells * recipe.genes, 2, kMostValues));
    IBIDEM_CHECK(requireCount("types", recipe.types, 1, kMostGroups));
    IBIDEM_CHECK(requireCount("batches", recipe.batches, 1, kMostGroups));
    // A count above 2^24 would not be whole in single precision.
    IBIDEM_CHECK(requireNumber("depth", recipe.depth, 1.0, 200'000.0));
    IBIDEM_CHECK(requireNumber("marker fraction", recipe.markerFraction, 0.0, 1.0));
    IBIDEM_CHECK(requireNumber("effect", recipe.effect, 0.0, 10.0));
    IBIDEM_CHECK(requireNumber("batch effect", recipe.batchEffect, 0.0, 5.0));
    return requireNumber("dropout", recipe.dropout, 0.0, 1.0);
}

} // namespace

Result<data::CountMatrix> generateCells(const CellRecipe &recipe)
{
    IBIDEM_CHECK(check(recipe));
    std::vector<Gene> genes;
    data::CountMatrix matrix;
    for (std::uint64_t j = 0; j < recipe.genes; ++j) {
        genes.push_back(drawGene(recipe, j));
        matrix.geneIds.push_back(symbol(j));
        matrix.geneAccessions.push_back(accession(j));
    }
    const std::vector<double> sums = profileSums(recipe, genes);
    matrix.rows.columnCount = recipe.genes;
    data::CellColumn batches = numberedColumn("batch", "batch", recipe.batches);
    data::CellColumn types = numberedColumn("cell_type", "type", recipe.types);
    for (std::uint64_t i = 0; i < recipe.cells; ++i) {
        const Cell cell = drawCell(recipe, genes, sums, i, matrix.rows);
        batches.codes.push_back(static_cast<std::int32_t>(cell.batch));
        types.codes.push_back(static_cast<std::int32_t>(cell.type));
        matrix.cellIds.push_back(barcode(i, cell.batch));
    }
    matrix.cellColumns = {std::move(batches), std::move(types)};
    return matrix;
}

} // namespace ibidem::prepare
