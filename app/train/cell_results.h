// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/train/cell_labels.h"
#include "app/train/result_files.h"
#include "models/analyze/cell_map.h"
#include "models/base/result.h"
#include "models/data/prepared_cells.h"
#include "models/runs/manifest.h"
#include "models/spec/network.h"
#include "models/spec/run_spec.h"
#include "models/train/network/network_trainer.h"

#include <filesystem>
#include <optional>
#include <span>

namespace ibidem::app {

/// Everything that a finished training of a network gave.
struct CellResults
{
    const spec::RunSpec &spec;
    const spec::Network &network;
    const data::PreparedCells &cells;
    const CellLabels &labels;
    const train::NetworkOutcome &training;
    const train::NetworkEvaluation &evaluation;
    std::span<const float> weights;
    std::optional<analyze::CellMap> map;
};

/// What of the data enters the run: stages, split, labels, notes.
void describeCells(runs::Manifest &manifest, const spec::RunSpec &spec, const data::PreparedCells &cells,
                   const CellLabels &labels);

/// Metrics, chain and digests in the manifest, the files in `files`; trace.bin lies in the folder already.
[[nodiscard]] Status addCellResults(const CellResults &results, const std::filesystem::path &folder,
                                    runs::Manifest &manifest, ResultFiles &files);

/// state_dict of a network: tensors named and shaped as PyTorch's, with the architecture in the metadata.
[[nodiscard]] Result<std::string> weightsBytes(const spec::RunSpec &spec, const spec::Network &network,
                                               std::span<const float> weights);

} // namespace ibidem::app
