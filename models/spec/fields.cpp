// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/fields.h"

#include "models/spec/nearest_name.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace ibidem::spec {

namespace {

constexpr std::array kFields = {
    Field{"data.labels", [](RunSpec &s) -> Slot { return &s.data.labels; }},
    Field{"data.options.delimiter", [](RunSpec &s) -> Slot { return &s.data.options.delimiter; }},
    Field{"data.options.labelColumn", [](RunSpec &s) -> Slot { return &s.data.options.labelColumn; }},
    Field{"data.options.orientation", [](RunSpec &s) -> Slot { return &s.data.options.orientation; }},
    Field{"data.test", [](RunSpec &s) -> Slot { return &s.data.test; }},
    Field{"data.train", [](RunSpec &s) -> Slot { return &s.data.train; }},
    Field{"execution.device", [](RunSpec &s) -> Slot { return &s.device; }},
    Field{"execution.isa", [](RunSpec &s) -> Slot { return &s.isa; }},
    Field{"execution.threads", [](RunSpec &s) -> Slot { return &s.threads; }},
    Field{"model.alpha", [](RunSpec &s) -> Slot { return &s.model.alpha; }},
    Field{"model.columnSample", [](RunSpec &s) -> Slot { return &s.model.columnSample; }},
    Field{"model.gamma", [](RunSpec &s) -> Slot { return &s.model.gamma; }},
    Field{"model.lambda", [](RunSpec &s) -> Slot { return &s.model.lambda; }},
    Field{"model.learningRate", [](RunSpec &s) -> Slot { return &s.model.learningRate; }},
    Field{"model.maxBin", [](RunSpec &s) -> Slot { return &s.model.maxBin; }},
    Field{"model.maxDepth", [](RunSpec &s) -> Slot { return &s.model.maxDepth; }},
    Field{"model.minChildWeight", [](RunSpec &s) -> Slot { return &s.model.minChildWeight; }},
    Field{"model.objective", [](RunSpec &s) -> Slot { return &s.model.objective; }},
    Field{"model.rounds", [](RunSpec &s) -> Slot { return &s.model.rounds; }},
    Field{"model.subsample", [](RunSpec &s) -> Slot { return &s.model.subsample; }},
    Field{"preparation.genes", [](RunSpec &s) -> Slot { return &s.preparation.genes; }},
    Field{"preparation.split", [](RunSpec &s) -> Slot { return &s.preparation.split; }},
    Field{"preparation.splitSeed", [](RunSpec &s) -> Slot { return &s.preparation.splitSeed; }},
    Field{"preparation.testFraction", [](RunSpec &s) -> Slot { return &s.preparation.testFraction; }},
    Field{"preparation.values", [](RunSpec &s) -> Slot { return &s.preparation.values; }},
    Field{"recipe", [](RunSpec &s) -> Slot { return &s.recipe; }},
    Field{"reproducibility.level", [](RunSpec &s) -> Slot { return &s.level; }},
    Field{"reproducibility.seed", [](RunSpec &s) -> Slot { return &s.seed; }},
    Field{"training.checkpointEvery", [](RunSpec &s) -> Slot { return &s.checkpointEvery; }},
};

/// "model.learning_rate" -> "learningrate": what stays the same when people remember a key roughly.
std::string bareName(std::string_view key)
{
    const std::size_t dot = key.rfind('.');
    std::string bare;
    for (const char c : dot == std::string_view::npos ? key : key.substr(dot + 1)) {
        if (c != '_' && c != '-')
            bare.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    return bare;
}

} // namespace

std::span<const Field> fields() noexcept
{
    return kFields;
}

const Field *findField(std::string_view key) noexcept
{
    const auto *const found =
        std::find_if(kFields.begin(), kFields.end(), [key](const Field &field) { return field.key == key; });
    return found == kFields.end() ? nullptr : found;
}

std::string keyCure(std::string_view key)
{
    const std::string bare = bareName(key);
    std::vector<std::string_view> bareMatches;
    std::vector<std::string_view> keys;
    std::vector<std::string> bareNames;
    for (const Field &field : kFields) {
        keys.push_back(field.key);
        bareNames.push_back(bareName(field.key));
        if (bareNames.back() == bare)
            bareMatches.push_back(field.key);
    }
    std::string_view nearest;
    if (bareMatches.size() == 1) {
        nearest = bareMatches.front();
    } else if (const auto whole = nearestName(key, keys)) {
        nearest = keys[*whole];
    } else if (const auto part = nearestName(bare, {bareNames.begin(), bareNames.end()})) {
        nearest = keys[*part];
    }
    return nearest.empty() ? std::string() : "did you mean \"" + std::string(nearest) + "\"?";
}

} // namespace ibidem::spec
