// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/recipes.h"

#include "models/base/text.h"
#include "models/spec/fields.h"
#include "models/spec/nearest_name.h"
#include "models/spec/recipe_texts.h"

#include <algorithm>
#include <utility>

namespace ibidem::spec {

namespace {

Result<Recipe> parseRecipe(std::string_view text)
{
    IBIDEM_TRY(const Json json, parseJson(text));
    Recipe recipe;
    IBIDEM_TRY(recipe.name, stringAt(json, "name"));
    IBIDEM_TRY(recipe.title, stringAt(json, "title"));
    IBIDEM_TRY(recipe.description, stringAt(json, "description"));
    IBIDEM_TRY(recipe.source, stringAt(json, "source"));
    const Json *const spec = findAt(json, "spec");
    RunSpec defaults;
    defaults.recipe = recipe.name;
    if (const Json *const kind = findAt(json, "spec.model.kind"); kind && kind->is_string())
        defaults.kind = modelKindOfName(kind->get_ref<const std::string &>()).value_or(ModelKind::Trees);
    IBIDEM_TRY(recipe.spec, specFromJson(spec ? *spec : Json::object(), std::move(defaults)));
    return recipe;
}

std::vector<Recipe> parseRecipes()
{
    std::vector<Recipe> list;
    for (const std::string_view text : recipeTexts()) {
        // A test parses each file: one that is wrong never gets into a release.
        if (auto recipe = parseRecipe(text))
            list.push_back(*std::move(recipe));
    }
    std::sort(list.begin(), list.end(), [](const Recipe &a, const Recipe &b) { return a.name < b.name; });
    return list;
}

} // namespace

const std::vector<Recipe> &recipes()
{
    static const std::vector<Recipe> list = parseRecipes();
    return list;
}

Result<Recipe> findRecipe(std::string_view name)
{
    std::vector<std::string_view> names;
    std::vector<std::string> all;
    for (const Recipe &recipe : recipes()) {
        if (recipe.name == name)
            return recipe;
        names.push_back(recipe.name);
        all.push_back(recipe.name);
    }
    const auto nearest = nearestName(name, names);
    return fail(ErrorCode::BadSpec, "there is no recipe " + ibidem::quoted(name), {},
                nearest ? "did you mean \"" + all[*nearest] + "\"?" : "the recipes are " + join(all, ", "));
}

} // namespace ibidem::spec
