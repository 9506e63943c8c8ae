// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/data/count_matrix.h"
#include "models/data/prepared_cells.h"
#include "models/spec/cell_preparation.h"

namespace ibidem::prepare {

/// The stages of a single-cell matrix, as scanpy 1.11 does them (facts: its documentation; Satija et al. 2015
/// for the selection): sparse until scaling, a digest after every stage, the same bits for any number of
/// threads (all sums run in double, per gene over the cells in order and per cell over its genes in order;
/// exp and log are ours). Stages that are switched off are not listed; without scaling the values are those
/// of the last stage, written out; without selection there are no statistics. `threads` 0: as many as there
/// are cores. BadSpec for settings out of range; BadData naming stage and threshold when nothing is left, or
/// where values have no logarithm. Stopped, between two stages.
[[nodiscard]] Result<data::PreparedCells> prepareCells(const data::MatrixFile &matrix,
                                                       const spec::CellPreparation &preparation,
                                                       unsigned threads, const RunToken &token = {});

} // namespace ibidem::prepare
