// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/distribution_text.h"

#include "models/view/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace ibidem::view {

namespace {

constexpr double kSmallestGrouped = 1000.0; ///< fractions from here on are shown to one decimal, grouped
constexpr double kLargestGrouped = 1e15;    ///< numbers up to here are shown digit by digit

QString words(const char *text)
{
    return QCoreApplication::translate("DistributionText", text);
}

bool isWhole(double number)
{
    return number == std::floor(number) && std::abs(number) < kLargestGrouped;
}

} // namespace

const Distribution &distributionOf(const CellStatistics &statistics, Quantity quantity)
{
    switch (quantity) {
    case Quantity::GenesPerCell:
        return statistics.genesPerCell;
    case Quantity::CountsPerCell:
        return statistics.countsPerCell;
    case Quantity::CellsPerGene:
        break;
    }
    return statistics.cellsPerGene;
}

QString titleOf(Quantity quantity)
{
    switch (quantity) {
    case Quantity::GenesPerCell:
        return words("Genes expressed per cell");
    case Quantity::CountsPerCell:
        return words("Counts per cell (sum of its values)");
    case Quantity::CellsPerGene:
        break;
    }
    return words("Cells per gene that express it");
}

QString whatIsCounted(Quantity quantity)
{
    return quantity == Quantity::CellsPerGene ? words("Genes") : words("Cells");
}

QString numberText(double number)
{
    const double size = std::abs(number);
    if (size >= kLargestGrouped || (!isWhole(number) && size < kSmallestGrouped))
        return QString::number(number, 'g', 4);
    const double tenths = isWhole(number) ? 0.0 : std::floor((size - std::floor(size)) * 10.0);
    QString digits = count(static_cast<std::uint64_t>(size));
    if (tenths > 0.0)
        digits += QStringLiteral(".%1").arg(tenths);
    return number < 0.0 ? QLatin1Char('-') + digits : digits;
}

QString summaryOf(Quantity quantity, const Distribution &distribution)
{
    if (distribution.size == 0)
        return words("There is nothing to count.");
    QString text = words("Median %1, half of them between %2 and %3, from %4 to %5")
                       .arg(numberText(distribution.median), numberText(distribution.lowerQuartile),
                            numberText(distribution.upperQuartile), numberText(distribution.minimum),
                            numberText(distribution.maximum));
    if (distribution.notPositive > 0)
        text += words("; %1 %2 at 0 or below are not drawn")
                    .arg(count(distribution.notPositive), whatIsCounted(quantity).toLower());
    return text;
}

QString barText(Quantity quantity, const Distribution &distribution, std::size_t bar)
{
    if (bar >= distribution.bars.size())
        return {};
    const double from = distribution.edges[bar];
    const double to = distribution.edges[bar + 1];
    const bool whole = std::all_of(distribution.edges.begin(), distribution.edges.end(), isWhole);
    const QString number = count(distribution.bars[bar]);
    const QString what = whatIsCounted(quantity).toLower();
    if (whole && to - from == 1.0)
        return words("%1 %2 at %3").arg(number, what, numberText(from));
    return words("%1 %2 from %3 to %4")
        .arg(number, what, numberText(from), numberText(whole ? to - 1.0 : to));
}

} // namespace ibidem::view
