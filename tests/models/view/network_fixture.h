// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"
#include "models/spec/recipes.h"

#include <cmath>
#include <filesystem>
#include <string>

/// An embedding of cells "CELL0", "CELL1", … on a spiral: every third cell in cluster 1, the others in
/// cluster 0; labels "alpha" and "beta" as the clusters, but the first cell has none. Errors rise with the
/// cell.
inline ibidem::runs::EmbeddingFile spiralEmbedding(std::size_t cells)
{
    ibidem::runs::EmbeddingFile file;
    file.geneIds = {"G0", "G1"};
    file.geneErrors = {0.1F, 0.2F};
    file.latent = 3;
    file.labelColumn = "kind";
    file.labelNames = {"alpha", "beta"};
    for (std::size_t cell = 0; cell < cells; ++cell) {
        const double turn = 0.1 * static_cast<double>(cell);
        file.cellIds.push_back("CELL" + std::to_string(cell));
        file.embedding.insert(file.embedding.end(), 3, static_cast<float>(cell));
        file.cellErrors.push_back(0.01F * static_cast<float>(cell + 1));
        file.map.push_back(static_cast<float>(turn * std::cos(turn)));
        file.map.push_back(static_cast<float>(turn * std::sin(turn)));
        file.clusters.push_back(cell % 3 == 0 ? 1 : 0);
        file.labels.push_back(cell == 0 ? -1 : file.clusters.back());
    }
    return file;
}

/// A finished run of a network with this embedding and so many epochs.
inline bool writeNetworkRun(const std::filesystem::path &folder, const ibidem::runs::EmbeddingFile &file,
                            int epochs = 5, double firstLoss = 0.5)
{
    using namespace ibidem;
    std::vector<runs::MetricPoint> points;
    std::vector<runs::EpochRecord> records;
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        points.push_back({epoch, "train", "loss", firstLoss / epoch});
        points.push_back({epoch, "validation", "loss", firstLoss / epoch + 0.1});
        records.push_back({epoch, std::string(64, 'a'), std::string(64, 'b')});
    }
    const auto bytes = runs::embeddingBytes(file);
    runs::Manifest manifest;
    manifest.program = "ibidem";
    manifest.outcome = "finished";
    manifest.spec = spec::findRecipe("sc-autoencoder")->spec;
    manifest.spec->training.epochs = epochs;
    manifest.roundsDone = epochs;
    manifest.chain = std::string(64, 'b');
    manifest.metrics["train"]["loss"] = firstLoss / epochs;
    manifest.metrics["all"]["loss"] = 0.25;
    manifest.metrics["analysis"] = {{"clusters", 2.0}, {"modularity", 0.5}, {"ari", 0.75}, {"nmi", 0.625}};
    if (!bytes || !makeFolder(folder))
        return false;
    for (const auto &[name, text] :
         {std::pair(runs::kMetricsFile, runs::metricsCsv(points)),
          std::pair(runs::kEpochsFile, runs::epochsCsv(records)), std::pair(runs::kEmbeddingFile, *bytes)}) {
        if (!writeFileAtomically(folder / name, text))
            return false;
        manifest.files[std::string(name)] = std::string(64, 'c');
    }
    return runs::writeManifest(folder, manifest).has_value();
}
