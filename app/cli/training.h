// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/result.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/run_builder.h"

#include <cstdint>
#include <filesystem>

namespace ibidem::cli {

/// Where converted files and new runs go.
struct Places
{
    std::filesystem::path cache;
    std::filesystem::path store;
    [[nodiscard]] static Places ofUser();
};

/// A run that a child has ended, in order.
struct Trained
{
    std::filesystem::path run;
    int exitCode = 0;           ///< 0 or 75; 130 or 143 if it was stopped at once
    double seconds = 0.0;       ///< of this process, not of the parts before a resume
    std::int64_t fromRound = 0; ///< a resume began after so many rounds or epochs
    bool trainedAll = false;    ///< if it was stopped: while results were made of the whole training
};

/// Opens one foreign file through the converter.
[[nodiscard]] Result<jobs::OpenedFile> openFile(const std::filesystem::path &file,
                                                const data::TableOptions &options, const Places &places,
                                                Console &console);
/// The same, and reads what was converted.
[[nodiscard]] Result<data::TableContainer> openContainer(const std::filesystem::path &file,
                                                         const data::TableOptions &options,
                                                         const Places &places, Console &console);

/// Builds and trains a run in a fresh process. The first signal stops it after a round or step, the second at
/// once. The child's failure is the error.
[[nodiscard]] Result<Trained> trainRun(const jobs::TrainOrder &order, const Places &places, Console &console);
/// Opens again what is not at hand of the run's inputs, and goes on.
[[nodiscard]] Result<Trained> resumeRun(const jobs::TrainOrder &order, const Places &places,
                                        Console &console);
/// Trains and stops in one of the first rounds or epochs: what is left is a run with a checkpoint, unless the
/// training was faster.
[[nodiscard]] Result<Trained> trainAndStop(const jobs::TrainOrder &order, const Places &places,
                                           Console &console);

} // namespace ibidem::cli
