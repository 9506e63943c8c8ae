// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/json.h"
#include "models/base/result.h"
#include "models/prepare/generate_cells.h"

#include <filesystem>
#include <optional>
#include <string>

namespace ibidem::cli {

/// A matrix of ours that is to become somebody else's file.
struct MatrixExport
{
    std::filesystem::path container;
    std::string format; ///< "h5ad", "10x"
    std::filesystem::path file;
    /// embedding.safetensors of a run: its cells alone, with embedding, map and clusters. Needs h5ad.
    std::optional<std::filesystem::path> embedding;
};

/// Lets ibidem-convert write the file, the same bytes each time; its finished event. A signal stops it
/// (Stopped).
[[nodiscard]] Result<Json> exportMatrix(const MatrixExport &order, Console &console);

/// Generated cells as a file; the finished event. BadSpec for sizes out of range. Nothing is left beside the
/// file.
[[nodiscard]] Result<Json> writeCells(const prepare::CellRecipe &recipe, const std::string &format,
                                      const std::filesystem::path &file, Console &console);

} // namespace ibidem::cli
