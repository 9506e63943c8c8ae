// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/data/cache.h"
#include "models/spec/cell_preparation.h"
#include "models/spec/network.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::spec {

/// A file that a run reads, by content. `path` stands only in specs that people write; a resolved spec has
/// none, and name, bytes, sha256 and content instead.
struct Input
{
    std::string path;
    std::string name; ///< file name without folder
    std::uint64_t bytes = 0;
    std::string sha256;  ///< of the file
    std::string content; ///< data::contentDigest of what was read from it; empty for lists
    bool operator==(const Input &) const = default;
};

enum class Level { Random, Seeded, Deterministic, Portable };

[[nodiscard]] std::string_view
levelName(Level level) noexcept; ///< "random", "seeded", "deterministic", "portable"
[[nodiscard]] std::optional<Level> levelOfName(std::string_view name) noexcept;

/// What kind of model a recipe trains: it decides which keys a specification has.
enum class ModelKind { Trees, Autoencoder };

[[nodiscard]] std::string_view modelKindName(ModelKind kind) noexcept; ///< "trees", "autoencoder": model.kind
[[nodiscard]] std::optional<ModelKind> modelKindOfName(std::string_view name) noexcept;

struct DataSpec
{
    Input train;
    std::optional<Input> test;   ///< else the training table is split
    std::optional<Input> labels; ///< CLS or annotation table with the classes of the samples
    data::TableOptions options;
    bool operator==(const DataSpec &) const = default;
};

struct PreparationSpec
{
    std::string values = "tpm"; ///< "tpm": as they are; "log": log2(x + 1), for values >= 0
    std::optional<Input> genes; ///< keep only the genes that this file lists
    double testFraction =
        0.25; ///< of a stratified split, where neither a test table nor a split file is given
    std::uint64_t splitSeed = 0;
    std::optional<Input> split; ///< file of lines "sample<TAB>train|test"
    bool operator==(const PreparationSpec &) const = default;
};

/// Boosted trees; the defaults are the paper's liver-cancer classifier.
struct TreesSpec
{
    std::string objective = "auto"; ///< auto: binary:logistic for two classes, multi:softprob for more
    int rounds = 1000;
    double learningRate = 0.2;
    int maxDepth = 3;
    double minChildWeight = 1.0;
    double subsample = 0.7;
    double columnSample = 0.6; ///< colsample_bytree
    double lambda = 1.0;
    double alpha = 0.0;
    double gamma = 0.0;
    int maxBin = 256;
    bool operator==(const TreesSpec &) const = default;
};

/// A fully connected autoencoder; the defaults are mlf-core's for single cells.
struct AutoencoderSpec
{
    std::vector<int> widths = {256, 128, 64}; ///< of the encoder's layers; the decoder mirrors them
    int latent = 32;
    std::string activation = "relu"; ///< relu, sigmoid, tanh
    bool operator==(const AutoencoderSpec &) const = default;
};

/// How a network is trained. The loss is the mean squared error.
struct NetworkTraining
{
    int epochs = 1000;
    int batchSize = 256;
    std::string optimiser = "adam"; ///< adam, adamw, sgd
    double learningRate = 1e-3;
    double weightDecay = 0.0;
    double momentum = 0.0;         ///< of sgd
    std::string order = "fixed";   ///< of the samples: "fixed" is shuffled once, "shuffled" each epoch anew
    double validationFraction = 0; ///< share of the samples that are only measured, not learned
    /// Stop when the loss (of the validation samples, if there are any) has not fallen for so many epochs; 0:
    /// never. The weights are those of the last epoch.
    int patience = 0;
    bool operator==(const NetworkTraining &) const = default;
};

/// What becomes of the embedding. Has digests of its own: nothing of it enters the chain.
struct AnalysisSpec
{
    bool map = true; ///< UMAP and clusters
    int neighbours = 15;
    double minDistance = 0.1;
    int mapEpochs = 0;                ///< 0: 500 up to 10,000 cells, 200 beyond
    double resolution = 1.0;          ///< of the clusters
    std::string labelColumn = "auto"; ///< of the cells' annotations, for colours and agreement; "none"
    bool reconstruction = false;      ///< keep the whole reconstructed matrix, not its errors alone
    bool operator==(const AnalysisSpec &) const = default;
};

/// What is to be done, whole and without any path, host or user: canonical JSON with schema "ibidem/spec/1".
/// Keys as in toJson(); unknown keys are BadSpec with the nearest known key in the cure.
struct RunSpec
{
    std::string recipe = "lcep-xgboost";
    ModelKind kind = ModelKind::Trees; ///< the recipe's
    DataSpec data;
    PreparationSpec preparation; ///< trees
    TreesSpec trees;
    CellPreparation cells; ///< this and the next three: autoencoder
    AutoencoderSpec autoencoder;
    NetworkTraining training;
    AnalysisSpec analysis;
    int checkpointEvery = 100; ///< rounds or epochs
    Level level = Level::Portable;
    std::uint64_t seed = 0;
    std::string device = "auto"; ///< resolved: "cpu" or "cuda:N"
    int threads = 0;             ///< 0 = auto; resolved: at least 1
    std::string isa = "auto";    ///< auto, scalar, avx2, avx512; resolved: not auto
    bool operator==(const RunSpec &) const = default;

    [[nodiscard]] Json toJson() const;
    /// Keys that are absent get the recipe's defaults. An input may also be its path as text, a seed of 2^63
    /// and more its digits as text. BadSpec naming the key; does not check ranges.
    [[nodiscard]] static Result<RunSpec> fromJson(const Json &json);
};

/// Ranges and combinations: BadSpec naming the key, the value and what is allowed (rounds 1…100000, 0 <
/// learningRate, 0 < subsample <= 1, maxDepth 1…16, threads 0…1024, testFraction in (0,1) …).
[[nodiscard]] Status validate(const RunSpec &spec);

/// Applies "model.rounds=50" style overrides (keys are the JSON's dotted paths; short names that are unique
/// work too: "rounds=50"). BadSpec with the nearest key in the cure.
[[nodiscard]] Result<RunSpec> withOverrides(RunSpec spec, const std::vector<std::string> &assignments);

/// Reads a spec file: TOML if it ends in ".toml", else JSON. Relative paths of inputs are taken from the
/// file's folder. InputMissing, BadSpec with line and column.
/// `choosesLevel` is told whether the file itself names a level: the RunSpec has the default's where it does
/// not.
[[nodiscard]] Result<RunSpec> readSpecFile(const std::filesystem::path &path, bool *choosesLevel = nullptr);

/// How the table of a role ("train", "test", "labels") is to be read: where a labels file is given,
/// labelColumn names a column of that file, and the other tables are read with "auto".
[[nodiscard]] data::TableOptions tableOptions(const DataSpec &data, std::string_view role);

/// SHA-256 of the canonical spec without device, threads, isa and checkpointEvery, which must not change a
/// result, and without the analysis, which comes after it: the start of the digest chain.
[[nodiscard]] std::string chainStart(const RunSpec &spec);

/// The network that an autoencoder's specification describes, for so many genes.
[[nodiscard]] Network networkOf(const AutoencoderSpec &autoencoder, std::size_t genes);

/// Steps that the model grows or learns in: rounds of trees, epochs of a network.
[[nodiscard]] int roundCount(const RunSpec &spec) noexcept;
/// What one of them is called: "round" or "epoch".
[[nodiscard]] std::string_view roundName(ModelKind kind) noexcept;

/// Every setting with its dotted key, printed value and default, sorted by key: for tables of settings and
/// comparisons.
struct Setting
{
    std::string key;
    std::string value;
    std::string defaultValue;
};

[[nodiscard]] std::vector<Setting> settings(const RunSpec &spec);

} // namespace ibidem::spec
