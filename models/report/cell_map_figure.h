// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ibidem::report {

/// Cells of a map in groups: clusters or labels.
struct CellGroups
{
    std::vector<std::string> names;        ///< of the groups
    std::span<const std::int32_t> groupOf; ///< of each cell; -1: none
};

/// The style class of a group's colour: "c0" …, "unlabelled" for -1. Colours come back after 15 groups; the
/// names in the figure and in the tables carry the meaning.
[[nodiscard]] std::string groupClass(std::int32_t group);

/// A scatter plot as inline SVG. `map` is cells × 2. One path a group, whole-number coordinates: about 12
/// bytes a cell; of more than 10,000 cells an even part is drawn, and the caption says so. Cells whose place
/// is not finite are left out.
[[nodiscard]] std::string cellMapFigure(std::span<const float> map, const CellGroups &groups,
                                        const std::string &caption);

} // namespace ibidem::report
