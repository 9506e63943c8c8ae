// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/train/result_files.h"
#include "models/base/result.h"
#include "models/prepare/expression.h"
#include "models/runs/manifest.h"
#include "models/spec/run_spec.h"
#include "models/train/trainer.h"

namespace ibidem::app {

/// What of the data enters the run: stages, split, classes, notes.
void describeExpression(runs::Manifest &manifest, const prepare::PreparedExpression &data);

/// Everything that a finished training gives: metrics, confusion, chain and digests in the manifest, the
/// files in `files`. Internal if the model's own margins (our arithmetic) are not the ones that were trained
/// on, at the level "portable".
[[nodiscard]] Status addTreeResults(runs::Manifest &manifest, ResultFiles &files, const spec::RunSpec &spec,
                                    const prepare::PreparedExpression &data,
                                    const train::TrainOutcome &outcome);

} // namespace ibidem::app
