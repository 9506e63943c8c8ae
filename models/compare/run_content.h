// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/base/result.h"
#include "models/data/safetensors.h"
#include "models/data/tree_ensemble.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"
#include "models/runs/trace.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::compare {

inline constexpr std::array<std::string_view, 3> kSplits = {"train", "test", "validation"};

/// The predictions of one split, samples in the file's order.
struct SplitPredictions
{
    std::vector<std::string> ids;
    std::vector<std::int32_t> truth;
    std::vector<float> margins;        ///< ids.size() × groups
    std::vector<double> probabilities; ///< ids.size() × classes
    std::size_t groups = 0;
    std::size_t classes = 0;
};

struct SplitFingerprints
{
    std::vector<std::string> ids;
    std::vector<std::uint64_t> samples;
    std::vector<std::int32_t> classes;
    std::vector<std::uint64_t> genes;
};

using Predictions = std::map<std::string, SplitPredictions, std::less<>>;

struct Fingerprints
{
    std::vector<std::string> geneIds;
    std::map<std::string, SplitFingerprints, std::less<>> splits;
};

/// A file that is not what its manifest says.
struct Damage
{
    std::string message;     ///< with the file's name
    bool isReadable = false; ///< its content makes sense all the same
};

/// What only a network's run has. `trace` looks into `traceFile`.
struct NetworkContent
{
    std::vector<runs::EpochRecord> epochs;
    std::vector<runs::TensorRecord> tensors;
    MappedFile traceFile;
    std::optional<runs::TraceView> trace;
    std::optional<runs::EmbeddingFile> embedding;
};

/// Everything that compare needs of one run folder.
struct RunContent
{
    std::filesystem::path folder;
    std::string name;
    runs::Manifest manifest;
    std::map<std::string, Damage> damages; ///< by file name
    std::vector<runs::MetricPoint> metrics;
    std::vector<runs::RoundRecord> rounds;
    std::optional<data::TreeEnsemble> ensemble;
    std::map<std::string, data::Safetensors> containers; ///< by file name
    std::optional<Predictions> predictions;
    std::optional<Fingerprints> fingerprints;
    NetworkContent network;

    /// Imported models are trees.
    [[nodiscard]] bool isNetwork() const { return manifest.isNetwork(); }

    /// The file if it is there and a container; nullptr else.
    [[nodiscard]] const data::Safetensors *container(std::string_view file) const
    {
        const auto found = containers.find(std::string(file));
        return found == containers.end() ? nullptr : &found->second;
    }

    [[nodiscard]] bool isDamaged(std::string_view file) const
    {
        return damages.count(std::string(file)) != 0;
    }

    [[nodiscard]] bool hasResults() const
    {
        return ensemble || predictions || !metrics.empty() || !network.epochs.empty() || network.embedding ||
               container(runs::kWeightsFile) != nullptr;
    }

    [[nodiscard]] bool hasGeneNames() const
    {
        return fingerprints || (ensemble && !ensemble->featureNames.empty());
    }

    /// The gene's id, or "feature 12" where the run names none.
    [[nodiscard]] std::string geneName(std::uint32_t feature) const;
};

/// InputMissing, BadData: see compareRuns.
[[nodiscard]] Result<RunContent> readRunContent(const std::filesystem::path &run);

} // namespace ibidem::compare
