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

constexpr std::array kTreesFields = {
    Field{"data.labels", [](RunSpec &s) -> Slot { return &s.data.labels; }},
    Field{"data.options.delimiter", [](RunSpec &s) -> Slot { return &s.data.options.delimiter; }},
    Field{"data.options.labelColumn", [](RunSpec &s) -> Slot { return &s.data.options.labelColumn; }},
    Field{"data.options.orientation", [](RunSpec &s) -> Slot { return &s.data.options.orientation; }},
    Field{"data.test", [](RunSpec &s) -> Slot { return &s.data.test; }},
    Field{"data.train", [](RunSpec &s) -> Slot { return &s.data.train; }},
    Field{"execution.device", [](RunSpec &s) -> Slot { return &s.device; }},
    Field{"execution.isa", [](RunSpec &s) -> Slot { return &s.isa; }},
    Field{"execution.threads", [](RunSpec &s) -> Slot { return &s.threads; }},
    Field{"model.alpha", [](RunSpec &s) -> Slot { return &s.trees.alpha; }},
    Field{"model.columnSample", [](RunSpec &s) -> Slot { return &s.trees.columnSample; }},
    Field{"model.gamma", [](RunSpec &s) -> Slot { return &s.trees.gamma; }},
    Field{"model.lambda", [](RunSpec &s) -> Slot { return &s.trees.lambda; }},
    Field{"model.learningRate", [](RunSpec &s) -> Slot { return &s.trees.learningRate; }},
    Field{"model.maxBin", [](RunSpec &s) -> Slot { return &s.trees.maxBin; }},
    Field{"model.maxDepth", [](RunSpec &s) -> Slot { return &s.trees.maxDepth; }},
    Field{"model.minChildWeight", [](RunSpec &s) -> Slot { return &s.trees.minChildWeight; }},
    Field{"model.objective", [](RunSpec &s) -> Slot { return &s.trees.objective; }},
    Field{"model.rounds", [](RunSpec &s) -> Slot { return &s.trees.rounds; }},
    Field{"model.subsample", [](RunSpec &s) -> Slot { return &s.trees.subsample; }},
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

constexpr std::array kAutoencoderFields = {
    Field{"analysis.labelColumn", [](RunSpec &s) -> Slot { return &s.analysis.labelColumn; }},
    Field{"analysis.map", [](RunSpec &s) -> Slot { return &s.analysis.map; }},
    Field{"analysis.mapEpochs", [](RunSpec &s) -> Slot { return &s.analysis.mapEpochs; }},
    Field{"analysis.minDistance", [](RunSpec &s) -> Slot { return &s.analysis.minDistance; }},
    Field{"analysis.neighbours", [](RunSpec &s) -> Slot { return &s.analysis.neighbours; }},
    Field{"analysis.reconstruction", [](RunSpec &s) -> Slot { return &s.analysis.reconstruction; }},
    Field{"analysis.resolution", [](RunSpec &s) -> Slot { return &s.analysis.resolution; }},
    Field{"data.options.featureType", [](RunSpec &s) -> Slot { return &s.data.options.featureType; }},
    Field{"data.options.genome", [](RunSpec &s) -> Slot { return &s.data.options.genome; }},
    Field{"data.options.matrix", [](RunSpec &s) -> Slot { return &s.data.options.matrix; }},
    Field{"data.train", [](RunSpec &s) -> Slot { return &s.data.train; }},
    Field{"execution.device", [](RunSpec &s) -> Slot { return &s.device; }},
    Field{"execution.isa", [](RunSpec &s) -> Slot { return &s.isa; }},
    Field{"execution.threads", [](RunSpec &s) -> Slot { return &s.threads; }},
    Field{"model.activation", [](RunSpec &s) -> Slot { return &s.autoencoder.activation; }},
    Field{"model.latent", [](RunSpec &s) -> Slot { return &s.autoencoder.latent; }},
    Field{"model.widths", [](RunSpec &s) -> Slot { return &s.autoencoder.widths; }},
    Field{"preparation.bins", [](RunSpec &s) -> Slot { return &s.cells.bins; }},
    Field{"preparation.logarithm", [](RunSpec &s) -> Slot { return &s.cells.logarithm; }},
    Field{"preparation.maxMean", [](RunSpec &s) -> Slot { return &s.cells.maxMean; }},
    Field{"preparation.maxValue", [](RunSpec &s) -> Slot { return &s.cells.maxValue; }},
    Field{"preparation.minCells", [](RunSpec &s) -> Slot { return &s.cells.minCells; }},
    Field{"preparation.minDispersion", [](RunSpec &s) -> Slot { return &s.cells.minDispersion; }},
    Field{"preparation.minGenes", [](RunSpec &s) -> Slot { return &s.cells.minGenes; }},
    Field{"preparation.minMean", [](RunSpec &s) -> Slot { return &s.cells.minMean; }},
    Field{"preparation.normalise", [](RunSpec &s) -> Slot { return &s.cells.normalise; }},
    Field{"preparation.scale", [](RunSpec &s) -> Slot { return &s.cells.scale; }},
    Field{"preparation.selectGenes", [](RunSpec &s) -> Slot { return &s.cells.selectGenes; }},
    Field{"preparation.targetSum", [](RunSpec &s) -> Slot { return &s.cells.targetSum; }},
    Field{"preparation.zeroCentre", [](RunSpec &s) -> Slot { return &s.cells.zeroCentre; }},
    Field{"recipe", [](RunSpec &s) -> Slot { return &s.recipe; }},
    Field{"reproducibility.level", [](RunSpec &s) -> Slot { return &s.level; }},
    Field{"reproducibility.seed", [](RunSpec &s) -> Slot { return &s.seed; }},
    Field{"training.batchSize", [](RunSpec &s) -> Slot { return &s.training.batchSize; }},
    Field{"training.checkpointEvery", [](RunSpec &s) -> Slot { return &s.checkpointEvery; }},
    Field{"training.epochs", [](RunSpec &s) -> Slot { return &s.training.epochs; }},
    Field{"training.learningRate", [](RunSpec &s) -> Slot { return &s.training.learningRate; }},
    Field{"training.momentum", [](RunSpec &s) -> Slot { return &s.training.momentum; }},
    Field{"training.optimiser", [](RunSpec &s) -> Slot { return &s.training.optimiser; }},
    Field{"training.order", [](RunSpec &s) -> Slot { return &s.training.order; }},
    Field{"training.patience", [](RunSpec &s) -> Slot { return &s.training.patience; }},
    Field{"training.validationFraction", [](RunSpec &s) -> Slot { return &s.training.validationFraction; }},
    Field{"training.weightDecay", [](RunSpec &s) -> Slot { return &s.training.weightDecay; }},
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

std::span<const Field> fields(ModelKind kind) noexcept
{
    if (kind == ModelKind::Autoencoder)
        return kAutoencoderFields;
    return kTreesFields;
}

const Field *findField(ModelKind kind, std::string_view key) noexcept
{
    const auto known = fields(kind);
    const auto found =
        std::find_if(known.begin(), known.end(), [key](const Field &field) { return field.key == key; });
    return found == known.end() ? nullptr : &*found;
}

std::string keyCure(ModelKind kind, std::string_view key)
{
    const std::string bare = bareName(key);
    std::vector<std::string_view> bareMatches;
    std::vector<std::string_view> keys;
    std::vector<std::string> bareNames;
    for (const Field &field : fields(kind)) {
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
