// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::runs {

// What the folder of a trained network holds beside what every run has (manifest.h): epochs.csv, tensors.csv,
// trace.bin (trace.h), model.safetensors, embedding.safetensors, and reconstruction.safetensors where the
// specification asks for it. The manifest's digests name them "epochs", "tensors", "trace", "model",
// "embedding" (X_ae alone), "graph", "map", "clusters"; its metrics are "train" and "validation" ("loss"),
// "all" ("loss", of all samples with the final weights) and "analysis" ("clusters", "modularity", and with
// labels "ari", "nmi").

inline constexpr std::string_view kEpochsFile = "epochs.csv";
inline constexpr std::string_view kTensorsFile = "tensors.csv";
inline constexpr std::string_view kWeightsFile = "model.safetensors";
inline constexpr std::string_view kEmbeddingFile = "embedding.safetensors";
inline constexpr std::string_view kReconstructionFile = "reconstruction.safetensors"; ///< `values` F32 [cells, genes]

/// One line of epochs.csv: header "epoch,root,chain". `root` is SHA-256 over the names and digests of the
/// tensors after the epoch, `chain` the link.
struct EpochRecord
{
    std::int64_t epoch = 0;
    std::string root;
    std::string chain;
    bool operator==(const EpochRecord &) const = default;
};

/// One line of tensors.csv: header "epoch,tensor,digest": SHA-256 over name, dtype, shape and bytes of one
/// parameter after the epoch.
struct TensorRecord
{
    std::int64_t epoch = 0;
    std::string tensor;
    std::string digest;
    bool operator==(const TensorRecord &) const = default;
};

[[nodiscard]] std::string epochsCsv(const std::vector<EpochRecord> &records);
[[nodiscard]] Result<std::vector<EpochRecord>> parseEpochsCsv(std::string_view text, const std::string &path);
[[nodiscard]] std::string tensorsCsv(const std::vector<TensorRecord> &records);
[[nodiscard]] Result<std::vector<TensorRecord>> parseTensorsCsv(std::string_view text, const std::string &path);

/// embedding.safetensors. Tensors: `cell_ids`, `gene_ids` names; `X_ae` F32 [cells, latent]; `cell_errors` F32
/// [cells] (mean squared error of each cell's reconstruction), `gene_errors` F32 [genes]; with a map `X_umap` F32
/// [cells, 2] and `leiden` I32 [cells]; with labels `labels` I32 [cells] (-1: none) and `label_names` names, the
/// column's name in the metadata `label_column`.
struct EmbeddingFile
{
    std::vector<std::string> cellIds;
    std::vector<std::string> geneIds;
    std::size_t latent = 0;
    std::vector<float> embedding;
    std::vector<float> cellErrors;
    std::vector<float> geneErrors;
    std::vector<float> map;             ///< empty without one
    std::vector<std::int32_t> clusters; ///< empty without a map
    std::string labelColumn;            ///< empty without labels
    std::vector<std::string> labelNames;
    std::vector<std::int32_t> labels;
    bool operator==(const EmbeddingFile &) const = default;
};

[[nodiscard]] Result<std::string> embeddingBytes(const EmbeddingFile &content);
/// InputMissing; BadData naming the tensor that is missing or does not fit.
[[nodiscard]] Result<EmbeddingFile> readEmbeddingFile(const std::filesystem::path &file);

} // namespace ibidem::runs
