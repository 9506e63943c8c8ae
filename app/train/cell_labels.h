// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/count_matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ibidem::app {

/// What the file says the cells are.
struct CellLabels
{
    std::string column; ///< empty: none
    std::vector<std::string> names;
    std::vector<std::int32_t> codes; ///< one a cell of `cellIds`, -1 where missing
};

/// The annotation `wanted` for the cells that were kept (a part of the matrix's, in its order). "auto" takes
/// the first text column whose name speaks of cell types, clusters or labels; "none", or nothing of the kind:
/// no labels. BadSpec naming the columns there are, where the wanted one is missing or holds numbers.
[[nodiscard]] Result<CellLabels> cellLabels(const data::MatrixFile &matrix,
                                            const std::vector<std::string> &cellIds,
                                            const std::string &wanted);

} // namespace ibidem::app
