// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/trees/parameters.h"

#include "models/base/text.h"
#include "models/train/trees/gradients.h"

#include <limits>

namespace ibidem::train {

namespace {

Result<std::string> objectiveFor(const std::string &asked, std::size_t classCount)
{
    const std::string fitting = classCount > 2 ? "multi:softprob" : "binary:logistic";
    if (asked == "auto" || asked == fitting)
        return fitting;
    return fail(ErrorCode::BadSpec,
                "model.objective '" + asked + "' does not fit " + std::to_string(classCount) + " classes", {},
                "use '" + fitting + "' or 'auto'");
}

/// Every text, number or truth value below `node`, by its path; the state of the generator is no setting, and
/// the number of trees grows.
void flatten(const Json &node, const std::string &path, Json &flat)
{
    if (!node.is_object()) {
        if (!path.ends_with("rng_state") && !path.ends_with("num_trees"))
            flat[path] = node;
        return;
    }
    for (const auto &[key, value] : node.items())
        flatten(value, path.empty() ? key : path + "." + key, flat);
}

std::string textAt(const Json &object, std::string_view at)
{
    return stringAt(object, at).value_or(std::string());
}

/// A number that XGBoost prints as text; null if it is none.
Json numberIn(const std::string &text)
{
    const auto value = parseInteger(text);
    return value ? Json(*value) : Json(nullptr);
}

} // namespace

std::size_t groupCount(std::size_t classCount) noexcept
{
    return classCount > 2 ? classCount : 1;
}

Result<std::vector<std::pair<std::string, std::string>>> boosterParameters(const spec::RunSpec &spec,
                                                                           std::size_t classCount)
{
    IBIDEM_TRY(std::string objective, objectiveFor(spec.trees.objective, classCount));
    if (spec.seed > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return fail(ErrorCode::BadSpec,
                    "reproducibility.seed " + std::to_string(spec.seed) + " is too large for XGBoost", {},
                    "use a seed below 2^63");
    const spec::TreesSpec &model = spec.trees;
    std::vector<std::pair<std::string, std::string>> parameters = {
        {"booster", "gbtree"},
        {"tree_method", "hist"},
        {"device", spec.device},
        {"fail_on_invalid_gpu_id", "1"},
        {"nthread", std::to_string(spec.threads)},
        {"seed", std::to_string(spec.seed)},
        {"seed_per_iteration", spec.level == spec::Level::Random ? "0" : "1"},
        {"validate_parameters", "1"},
        {"disable_default_eval_metric", "1"},
        {"objective", std::move(objective)},
        {"base_score", "0.5"},
        {"sampling_method", "uniform"},
        {"learning_rate", formatDouble(model.learningRate)},
        {"max_depth", std::to_string(model.maxDepth)},
        {"min_child_weight", formatDouble(model.minChildWeight)},
        {"subsample", formatDouble(model.subsample)},
        {"colsample_bytree", formatDouble(model.columnSample)},
        {"lambda", formatDouble(model.lambda)},
        {"alpha", formatDouble(model.alpha)},
        {"gamma", formatDouble(model.gamma)},
        {"max_bin", std::to_string(model.maxBin)},
    };
    if (classCount > 2)
        parameters.emplace_back("num_class", std::to_string(classCount));
    return parameters;
}

Result<Json> libraryState(const Booster &booster, bool ownGradients, std::size_t rows)
{
    IBIDEM_TRY(const Json settings, booster.configuration());
    Json flat = Json::object();
    if (const Json *learner = findAt(settings, "learner"))
        flatten(*learner, {}, flat);
    const Json *generic = findAt(settings, "learner.generic_param");
    const Json none = Json::object();
    const Json &general = generic ? *generic : none;
    Json state = Json::object();
    state["name"] = "xgboost";
    state["version"] = xgboostVersion();
    state["build"] = xgboostBuild();
    state["nthread"] = numberIn(textAt(general, "nthread"));
    state["seed"] = numberIn(textAt(general, "seed"));
    state["seedPerIteration"] = textAt(general, "seed_per_iteration") == "1";
    state["device"] = textAt(general, "device");
    state["treeMethod"] = textAt(settings, "learner.gradient_booster.gbtree_train_param.tree_method");
    state["ownGradients"] = ownGradients;
    state["gradientGrid"] = ownGradients ? Json(-gridExponent(rows)) : Json(nullptr);
    state["parameters"] = std::move(flat);
    return state;
}

} // namespace ibidem::train
