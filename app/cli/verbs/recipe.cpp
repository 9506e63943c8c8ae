// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/spec/recipes.h"
#include "models/spec/run_spec.h"

#include <memory>

namespace ibidem::cli {

namespace {

Result<int> list(Console &console)
{
    Json documents = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (const spec::Recipe &recipe : spec::recipes()) {
        documents.push_back(Json{{"name", recipe.name},
                                 {"title", recipe.title},
                                 {"description", recipe.description},
                                 {"source", recipe.source}});
        rows.push_back({recipe.name, recipe.title});
    }
    console.document(documents);
    console.result(table(rows));
    return 0;
}

Result<int> show(const std::string &name, Console &console)
{
    IBIDEM_TRY(const spec::Recipe recipe, spec::findRecipe(name));
    const Json json = recipe.spec.toJson();
    IBIDEM_TRY(const std::string text, canonicalJson(json));
    console.say(recipe.title + "\n" + recipe.description + "\nSource: " + recipe.source);
    console.document(Json{{"name", recipe.name},
                          {"title", recipe.title},
                          {"description", recipe.description},
                          {"source", recipe.source},
                          {"spec", json}});
    console.result(text);
    return 0;
}

Result<int> check(const std::string &file, Console &console)
{
    IBIDEM_TRY(const spec::RunSpec spec, spec::readSpecFile(file));
    if (Status sound = spec::validate(spec); !sound) {
        Error error = sound.error();
        error.path = error.path.empty() ? file : error.path;
        return tl::unexpected<Error>(std::move(error));
    }
    Json changed = Json::object();
    std::vector<std::vector<std::string>> rows;
    for (const spec::Setting &setting : spec::settings(spec)) {
        if (setting.value == setting.defaultValue)
            continue;
        changed[setting.key] = Json{{"value", setting.value}, {"default", setting.defaultValue}};
        rows.push_back(
            {setting.key, setting.value,
             setting.defaultValue.empty() ? "(no default)" : "(default " + setting.defaultValue + ")"});
    }
    console.document(Json{{"path", file}, {"sound", true}, {"changed", changed}});
    const std::string differ =
        rows.size() == 1 ? "1 setting differs" : std::to_string(rows.size()) + " settings differ";
    console.result(file + ": sound, " + differ + " from the defaults\n" + table(rows, "  "));
    if (spec.data.train.path.empty() && spec.data.train.sha256.empty())
        console.say("it names no training data: 'ibidem train' takes them with --data, 'ibidem batch' needs "
                    "\"data\": {\"train\": \"PATH\"} in the file");
    return 0;
}

} // namespace

void addRecipe(Verbs &verbs)
{
    const std::string group = "recipe";
    const std::string summary = "What can be trained: list, show, check";
    verbs.add(group, summary, "list", "The recipes, one a line", "ibidem recipe list", list);
    const auto name = std::make_shared<std::string>();
    verbs
        .add(group, summary, "show", "The settings of a recipe, as a spec that can be changed and trained",
             "ibidem recipe show lcep-xgboost >my-spec.json",
             [name](Console &console) { return show(*name, console); })
        .positional("NAME", *name, "Name of a recipe");
    const auto file = std::make_shared<std::string>();
    verbs
        .add(group, summary, "check", "Is this spec file sound", "ibidem recipe check my-spec.json",
             [file](Console &console) { return check(*file, console); })
        .positional("FILE", *file, "Spec, JSON or TOML");
}

} // namespace ibidem::cli
