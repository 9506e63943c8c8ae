// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::compare {

enum class Verdict { Identical, Within, Different };
[[nodiscard]] std::string_view verdictName(Verdict verdict) noexcept;

/// What still counts as equal besides the same bits. Neither set: bits only.
struct Tolerance
{
    std::optional<std::uint64_t> ulp;
    std::optional<double> relative;
    /// "ulp:4", "rel:1e-6"; Usage otherwise.
    [[nodiscard]] static Result<Tolerance> parse(std::string_view text);
};

/// One thing that differs. `what`: "setting", "input", "sample-order", "sample", "gene", "value", "label",
/// "stage", "state", "environment", "metric", "tree", "importance", "prediction", "file", "outcome", "chain";
/// of networks also "step", "epoch", "tensor", "embedding", "reconstruction", and what comes after the chain:
/// "map", "clusters", "analysis". `where` names it ("model.rounds", "gene ENSG… in sample SRR…", "round 17
/// test logloss", "epoch 3, step 41, weights of encoder.2.weight"). Numbers only where they make sense.
struct Difference
{
    std::string what;
    std::string where;
    std::string a;
    std::string b;
    std::optional<double> maxAbs;
    std::optional<std::uint64_t> maxUlp;
    std::uint64_t count = 1;
    bool informative =
        false; ///< does not enter the verdict (another thread count, another machine, run name)
    /// With a tolerance, of what has a distance and enters the verdict: is it inside. Digests have none.
    std::optional<bool> within = {};
};

/// Of one kind of result: how many only the other run has.
struct Missing
{
    std::uint64_t inA = 0;
    std::uint64_t inB = 0;
};

struct Comparison
{
    std::string nameA; ///< folder names, no paths
    std::string nameB;
    Verdict verdict = Verdict::Identical;
    std::string
        sentence; ///< "IDENTICAL: 1000 of 1000 trees, 4000 of 4000 metric values, 560 of 560 predictions …"
    std::string roundName = "round"; ///< of trees; "epoch" of networks
    std::uint64_t tensors = 0; ///< trees: stored arrays of predictions and fingerprints; networks: parameters
    std::uint64_t tensorsEqual = 0;
    std::uint64_t trees = 0; ///< compared (the larger count), and how many of them are equal
    std::uint64_t treesEqual = 0;
    std::uint64_t epochs = 0; ///< of networks: weights after each
    std::uint64_t epochsEqual = 0;
    std::uint64_t cells = 0; ///< of networks: rows of the embedding
    std::uint64_t cellsEqual = 0;
    std::uint64_t metrics = 0;
    std::uint64_t metricsEqual = 0;
    std::uint64_t predictions = 0;
    std::uint64_t predictionsEqual = 0;
    std::uint64_t settings = 0;
    std::uint64_t settingsEqual = 0;
    std::map<std::string, Missing> missing; ///< part of the totals; by their names in toJson()
    /// First round or epoch that differs; with a tolerance: that is out of it.
    std::optional<std::int64_t> firstRound;
    std::string firstWhat; ///< "tree 17, node 3", "test logloss" or "step 41, weights of encoder.2.weight"
    std::optional<std::int64_t> firstStep; ///< of a network: within the epoch, from 1
    std::string firstLayer;                ///< of a network: "encoder.2"
    /// Of a network: "order" (of the samples), "data" (equal order, other values), "weights" (at the start of
    /// the step), "loss", "gradients" (equal inputs and weights), or the metric's name.
    std::string firstOperation;
    std::uint64_t topGenes = 0; ///< size of the compared top lists (10 or fewer)
    std::uint64_t topGenesShared = 0;
    std::vector<Difference> differences; ///< what matters first; inputs before consequences

    /// The document of `compare --json`:
    /// {"verdict","sentence","compared":{"tensors","trees","epochs","cells","metrics","predictions","settings",
    /// each {"total","equal"} and, where something is missing, "missing":
    /// {"a","b"}},"first":{"epoch","step","layer","operation"} (epoch = round; null if none),
    /// "importance":{"top","shared"},"differences":[{"what","where","a","b","max_abs","max_ulp","count","informative",
    /// "within"}]}
    [[nodiscard]] Json toJson() const;
};

/// Compares two run folders (either form) from what they hold, never from the data: settings, inputs,
/// preparation stages, fingerprints (which sample or gene changed, which samples were swapped), effective
/// state, metrics, trees, importance, predictions; of networks epochs, steps, weights, embedding, map and
/// clusters; and checks each folder's files against its manifest, so
/// that a flipped bit in a stored tensor is found and named even where the manifests agree. The verdict is
/// about results (chain, trees, metrics, predictions, weights, embedding, files): identical runs on other
/// thread counts or machines stay identical, with informative differences. Map and clusters come after the
/// chain: with equal settings of the analysis they enter the verdict too, with others they do not. UMAP makes
/// another map of any other bits: under a tolerance the map of another embedding is only information. A trace
/// that is missing or damaged only makes the place of the first difference less exact. A file that is damaged
/// (not what its manifest says) makes the verdict Different and is named, also where it can no longer be
/// read. InputMissing, BadData: no sound manifest, a file that its manifest vouches for but that makes no
/// sense, or two runs without any result.
[[nodiscard]] Result<Comparison> compareRuns(const std::filesystem::path &a, const std::filesystem::path &b,
                                             const Tolerance &tolerance = {});

/// For `rerun --times N`: one sentence over several comparisons with the first run: "IDENTICAL: 5 of 5 reruns
/// …".
[[nodiscard]] std::string verdictSentence(const std::vector<Comparison> &comparisons);

/// Distance of two floats in units in the last place (through zero); for NaN with different bits: the largest
/// number.
[[nodiscard]] std::uint64_t ulpDistance(float a, float b) noexcept;
[[nodiscard]] std::uint64_t ulpDistance(double a, double b) noexcept;

} // namespace ibidem::compare
