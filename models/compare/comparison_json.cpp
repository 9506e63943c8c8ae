// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/compare/comparison.h"

#include <cmath>

namespace ibidem::compare {

namespace {

Json totals(std::uint64_t total, std::uint64_t equal)
{
    return {{"total", total}, {"equal", equal}};
}

Json comparedJson(const Comparison &comparison)
{
    Json json = {{"tensors", totals(comparison.tensors, comparison.tensorsEqual)},
                 {"trees", totals(comparison.trees, comparison.treesEqual)},
                 {"epochs", totals(comparison.epochs, comparison.epochsEqual)},
                 {"cells", totals(comparison.cells, comparison.cellsEqual)},
                 {"metrics", totals(comparison.metrics, comparison.metricsEqual)},
                 {"predictions", totals(comparison.predictions, comparison.predictionsEqual)},
                 {"settings", totals(comparison.settings, comparison.settingsEqual)}};
    for (const auto &[kind, missing] : comparison.missing)
        json[kind]["missing"] = {{"a", missing.inA}, {"b", missing.inB}};
    return json;
}

Json differenceJson(const Difference &difference)
{
    Json json = {{"what", difference.what},   {"where", difference.where},
                 {"a", difference.a},         {"b", difference.b},
                 {"max_abs", nullptr},        {"max_ulp", nullptr},
                 {"count", difference.count}, {"informative", difference.informative},
                 {"within", nullptr}};
    // JSON has no infinity: the distance to a NaN stays null.
    if (difference.maxAbs && std::isfinite(*difference.maxAbs))
        json["max_abs"] = *difference.maxAbs;
    if (difference.maxUlp)
        json["max_ulp"] = *difference.maxUlp;
    if (difference.within)
        json["within"] = *difference.within;
    return json;
}

/// "tree 17, node 3" is an operation of a layer; "test logloss" an operation alone.
Json firstJson(const Comparison &comparison)
{
    Json json = {{"epoch", nullptr}, {"step", nullptr}, {"layer", nullptr}, {"operation", nullptr}};
    if (!comparison.firstRound)
        return json;
    json["epoch"] = *comparison.firstRound;
    if (comparison.firstStep)
        json["step"] = *comparison.firstStep;
    if (!comparison.firstOperation.empty()) {
        json["operation"] = comparison.firstOperation;
        if (!comparison.firstLayer.empty())
            json["layer"] = comparison.firstLayer;
        return json;
    }
    const std::size_t comma = comparison.firstWhat.find(", ");
    if (comma == std::string::npos) {
        json["operation"] = comparison.firstWhat;
    } else {
        json["layer"] = comparison.firstWhat.substr(0, comma);
        json["operation"] = comparison.firstWhat.substr(comma + 2);
    }
    return json;
}

} // namespace

Json Comparison::toJson() const
{
    Json list = Json::array();
    for (const Difference &difference : differences)
        list.push_back(differenceJson(difference));
    return {{"verdict", verdictName(verdict)},
            {"sentence", sentence},
            {"a", nameA},
            {"b", nameB},
            {"compared", comparedJson(*this)},
            {"first", firstJson(*this)},
            {"importance", {{"top", topGenes}, {"shared", topGenesShared}}},
            {"differences", std::move(list)}};
}

} // namespace ibidem::compare
