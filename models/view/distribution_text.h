// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/cell_statistics.h"

#include <QString>

#include <array>

namespace ibidem::view {

/// The distributions of CellStatistics, by name.
enum class Quantity { GenesPerCell, CountsPerCell, CellsPerGene };
inline constexpr std::array kQuantities{Quantity::GenesPerCell, Quantity::CountsPerCell,
                                        Quantity::CellsPerGene};

[[nodiscard]] const Distribution &distributionOf(const CellStatistics &statistics, Quantity quantity);
[[nodiscard]] QString titleOf(Quantity quantity);       ///< "Genes per cell"
[[nodiscard]] QString whatIsCounted(Quantity quantity); ///< "Cells", or "Genes": what a bar is high by
/// Median, quartiles and extremes in one sentence: what the picture says, for those who do not see it.
[[nodiscard]] QString summaryOf(Quantity quantity, const Distribution &distribution);
/// "1,024 cells: from 200 to 249".
[[nodiscard]] QString barText(Quantity quantity, const Distribution &distribution, std::size_t bar);
/// "1,940.5": grouped where it is whole or large, else to four digits.
[[nodiscard]] QString numberText(double number);

} // namespace ibidem::view
