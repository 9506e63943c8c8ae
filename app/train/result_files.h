// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::app {

/// Files of a run folder by name; what is written is what the manifest's digests are of.
using ResultFiles = std::map<std::string, std::string>;

/// Writes the files and puts their digests into the manifest.
[[nodiscard]] Status writeResults(runs::Manifest &manifest, const ResultFiles &files,
                                  const std::filesystem::path &folder);

/// SHA-256 of a result that is among the files, under its name in the manifest's digests.
void addDigest(runs::Manifest &manifest, const ResultFiles &files, const std::string &name,
               std::string_view file);

/// One set of samples for the fingerprints. Points to somebody else's memory.
struct FingerprintSet
{
    std::string split; ///< "train", "test"
    const std::vector<std::string> &sampleIds;
    std::span<const float> values;            ///< samples × genes
    const std::vector<std::int32_t> &classes; ///< -1: none
};

/// fingerprints.safetensors: digests of samples and genes, so that compare can name what changed without the
/// data.
[[nodiscard]] Result<std::string> fingerprintBytes(const std::vector<std::string> &geneIds,
                                                   std::span<const FingerprintSet> sets);

} // namespace ibidem::app
