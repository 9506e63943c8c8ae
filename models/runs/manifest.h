// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/spec/run_spec.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::runs {

/// A preparation stage as recorded.
struct StageRecord
{
    std::string name;
    std::string digest;
    std::uint64_t samples = 0;
    std::uint64_t genes = 0;
    bool operator==(const StageRecord &) const = default;
};

/// One line of metrics.csv: header "round,split,metric,value,hex".
struct MetricPoint
{
    std::int64_t round = 0; ///< 1-based: after how many rounds
    std::string split;      ///< "train", "test"
    std::string metric;
    double value = 0.0;
    bool operator==(const MetricPoint &) const = default;
};

/// run.json, schema "ibidem/run/1". No host, user or path; no time either (events.jsonl and local.json have
/// those).
struct Manifest
{
    std::string program;               ///< "ibidem 0.1.0"
    std::string outcome;               ///< "finished", "stopped", "failed", "imported"
    std::optional<Error> error;        ///< of a failed run
    std::optional<spec::RunSpec> spec; ///< resolved; none for imported models
    std::vector<StageRecord> preparation;
    std::string splitDigest;
    std::vector<std::string> classNames;
    std::vector<std::string> notes;       ///< warnings in words (confounding …)
    Json effectiveState = Json::object(); ///< every switch as read back (see train/reproducibility)
    Json environment = Json::object();    ///< cpu, libraries with version and digest …
    std::map<std::string, std::map<std::string, double>> metrics; ///< split -> metric -> final value
    std::map<std::string, std::vector<std::uint64_t>> confusion;  ///< split -> classCount² counts, rows true
    std::int64_t roundsDone = 0;
    std::string chain; ///< last link: the run's identity; empty unless finished
    std::map<std::string, std::string>
        digests; ///< "model", "predictions", "importance", "metrics", "rounds": SHA-256
    std::map<std::string, std::string> files; ///< file name in the folder -> SHA-256 of its bytes

    /// Imported models are trees.
    [[nodiscard]] spec::ModelKind kind() const noexcept { return spec ? spec->kind : spec::ModelKind::Trees; }

    [[nodiscard]] bool isNetwork() const noexcept { return kind() == spec::ModelKind::Autoencoder; }

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static Result<Manifest> fromJson(const Json &json);
};

[[nodiscard]] Status writeManifest(const std::filesystem::path &folder, const Manifest &manifest);
/// Accepts a run in either form. InputMissing, BadData.
[[nodiscard]] Result<Manifest> readManifest(const std::filesystem::path &run);

[[nodiscard]] std::string metricsCsv(const std::vector<MetricPoint> &points);
[[nodiscard]] Result<std::vector<MetricPoint>> parseMetricsCsv(std::string_view text,
                                                               const std::string &path);

/// One line of rounds.csv: header "round,tree,chain". `tree` is SHA-256 over the round's trees
/// (data::TreeEnsemble::treeBytes, framed), `chain` the link after this round.
struct RoundRecord
{
    std::int64_t round = 0;
    std::string tree;
    std::string chain;
    bool operator==(const RoundRecord &) const = default;
};

[[nodiscard]] std::string roundsCsv(const std::vector<RoundRecord> &records);
[[nodiscard]] Result<std::vector<RoundRecord>> parseRoundsCsv(std::string_view text, const std::string &path);

/// chain_n = SHA-256(chain_{n-1}, tree_n, the round's metric points in order with their bits, data digest):
/// framed. chain_0 = spec::chainStart. `dataDigest` = SHA-256 over the preparation stages' names and digests.
[[nodiscard]] std::string nextLink(const std::string &previous, const std::string &treeDigest,
                                   const std::vector<MetricPoint> &roundMetrics,
                                   const std::string &dataDigest);
[[nodiscard]] std::string dataDigest(const std::vector<StageRecord> &stages);

/// predictions.safetensors: for each split "train", "test": "<split>.sample_ids" U8 names, "<split>.truth"
/// I32 [n],
/// "<split>.margins" F32 [n, groups], "<split>.probabilities" F64 [n, classes]. (imported runs have none)
/// fingerprints.safetensors: for each split "<split>.sample_ids" U8, "<split>.sample_digests" U64 [n]
/// (tensorDigest of the sample's fp32 values), "<split>.classes" I32 [n], "<split>.gene_digests" U64 [genes]
/// (tensorDigest of the gene's fp32 values over that split's samples sorted by sample id, so that the order
/// of samples does not enter); and "gene_ids" U8. With them compare names swapped samples and changed genes
/// without the data.
inline constexpr std::string_view kManifestFile = "run.json";
inline constexpr std::string_view kSpecFile = "spec.json";
inline constexpr std::string_view kMetricsFile = "metrics.csv";
inline constexpr std::string_view kRoundsFile = "rounds.csv";
inline constexpr std::string_view kModelFile = "model.ubj";
inline constexpr std::string_view kPredictionsFile = "predictions.safetensors";
inline constexpr std::string_view kFingerprintsFile = "fingerprints.safetensors";
inline constexpr std::string_view kImportanceFile =
    "importance.csv"; ///< "gene,weight,gain,cover", sorted as data::featureImportance
inline constexpr std::string_view kEventsFile = "events.jsonl";
inline constexpr std::string_view kLogFile = "log.jsonl";
inline constexpr std::string_view kLocalFile = "local.json";
inline constexpr std::string_view kCheckpointFolder = "checkpoints";

/// Does every file named in the manifest have its digest? One BadData-worthy sentence per file that does not.
struct FileProblem
{
    std::string file;
    std::string message;
};

[[nodiscard]] std::vector<FileProblem> verifyFiles(const std::filesystem::path &folder,
                                                   const Manifest &manifest);

} // namespace ibidem::runs
