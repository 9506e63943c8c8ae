// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "app/cli/training.h"
#include "models/base/json.h"
#include "models/base/result.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ibidem::cli {

/// {"run","outcome","chain","metrics","seconds"}: what train, resume and rerun print with --json.
[[nodiscard]] Json runDocument(const Trained &trained, const runs::Manifest &manifest);

/// The same for people, as a table.
[[nodiscard]] std::string runText(const Trained &trained, const runs::Manifest &manifest,
                                  const Console &console);

/// Prints a run that train or resume has ended, and returns the exit code.
[[nodiscard]] Result<int> showTrained(const Trained &trained, Console &console);

/// Metrics in the usual order, one row each, a column a split.
[[nodiscard]] std::string metricsText(const std::map<std::string, std::map<std::string, double>> &metrics);

/// Counts with the classes' names: rows true, columns predicted.
[[nodiscard]] std::string confusionText(const std::vector<std::string> &classNames,
                                        const std::vector<std::uint64_t> &counts);
[[nodiscard]] Json confusionJson(const std::vector<std::string> &classNames,
                                 const std::vector<std::uint64_t> &counts);

} // namespace ibidem::cli
