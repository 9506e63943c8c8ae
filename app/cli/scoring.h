// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/result.h"
#include "models/data/expression_table.h"
#include "models/data/tree_ensemble.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ibidem::cli {

/// The model of a run, ready to score tables, without the library that trained it.
struct LoadedModel
{
    std::filesystem::path folder;
    runs::Manifest manifest;
    data::TreeEnsemble ensemble;
    std::vector<std::string> geneIds;    ///< what each feature is; empty where nobody recorded it
    std::vector<std::string> classNames; ///< two or more
};

struct Scores
{
    std::vector<float> margins;        ///< samples × groups
    std::vector<double> probabilities; ///< samples × classes
    std::vector<std::int32_t> predicted;
};

/// InputMissing, BadData; Unavailable for a network, which has no classes.
[[nodiscard]] Result<LoadedModel> loadModel(const std::filesystem::path &run);

/// How this model wants its tables read.
[[nodiscard]] data::TableOptions tableOptions(const LoadedModel &model, std::string_view role,
                                              bool labelsGiven = false);

/// Scores each sample of a table, its values prepared as for training. Genes are matched by id where the
/// model knows them, else by order, which is said. BadData if a gene is missing, or the number of genes is
/// another one.
[[nodiscard]] Result<Scores> score(const LoadedModel &model, const data::ExpressionTable &table,
                                   Console &console);

} // namespace ibidem::cli
