// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/spec/run_spec.h"

#include <string>
#include <string_view>
#include <vector>

namespace ibidem::spec {

struct Recipe
{
    std::string name;        ///< "lcep-xgboost"
    std::string title;       ///< "Liver cancer from gene expression (boosted trees)"
    std::string description; ///< two or three sentences: data, model, source
    std::string source;      ///< where the method comes from
    RunSpec spec;            ///< defaults
};

/// All recipes, compiled in from resources/recipes/*.json, sorted by name.
[[nodiscard]] const std::vector<Recipe> &recipes();
/// BadSpec with the nearest name in the cure.
[[nodiscard]] Result<Recipe> findRecipe(std::string_view name);

} // namespace ibidem::spec
