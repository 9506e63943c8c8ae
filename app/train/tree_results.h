// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/prepare/expression.h"
#include "models/runs/manifest.h"
#include "models/spec/run_spec.h"
#include "models/train/trainer.h"

#include <filesystem>
#include <map>
#include <string>

namespace ibidem::app {

/// Files of a run folder by name; what is written is what the manifest's digests are of.
using ResultFiles = std::map<std::string, std::string>;

/// What of the data enters the run: stages, split, classes, notes.
void describeData(runs::Manifest &manifest, const prepare::PreparedExpression &data);

/// fingerprints.safetensors: digests of samples and genes, so that compare can name what changed without the
/// data.
[[nodiscard]] Result<std::string> fingerprintBytes(const prepare::PreparedExpression &data);

/// Everything that a finished training gives: metrics, confusion, chain and digests in the manifest, the
/// files in `files`. Internal if the model's own margins (our arithmetic) are not the ones that were trained
/// on, at the level "portable".
[[nodiscard]] Status addResults(runs::Manifest &manifest, ResultFiles &files, const spec::RunSpec &spec,
                                const prepare::PreparedExpression &data, const train::TrainOutcome &outcome);

/// Writes the files and puts their digests into the manifest.
[[nodiscard]] Status writeResults(runs::Manifest &manifest, const ResultFiles &files,
                                  const std::filesystem::path &folder);

} // namespace ibidem::app
