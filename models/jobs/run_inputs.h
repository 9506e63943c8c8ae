// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/sha256.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/run_builder.h"
#include "models/spec/run_spec.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::jobs {

/// One file that a run will read, before it was opened.
struct WantedInput
{
    std::string role;    ///< as in local.json
    bool isTable = true; ///< table or matrix; else a list of genes or a split, which needs no converter
    std::filesystem::path file;      ///< the user's file; empty if only its content is known
    spec::Input recorded;            ///< what an earlier run says of it; empty otherwise
    bool mustMatchRecord = false;    ///< the file stands for a recorded one: another content is an error
    bool moved = false;              ///< somebody named the file in place of where it was
    std::filesystem::path container; ///< what an earlier run read, where that alone is left of its input
};

/// Where the spec of a role keeps its input; nullptr if the spec has none.
[[nodiscard]] spec::Input *inputSlot(spec::RunSpec &spec, const std::string &role);

/// Puts the order's paths into the spec and lists what has to be opened. InputMissing naming the role whose
/// file nobody named; Usage naming the option whose role the spec's kind of model does not have; `besideSpec`
/// is the folder whose local.json knows paths.
[[nodiscard]] Result<std::vector<WantedInput>> wantedInputs(spec::RunSpec &spec, const TrainOrder &order,
                                                            const std::filesystem::path &cacheFolder,
                                                            const std::filesystem::path &besideSpec);

/// The container of a recorded table or matrix, if the cache still has it or it alone is left.
[[nodiscard]] std::optional<OpenedFile> recordedTable(const WantedInput &input,
                                                      const data::TableOptions &options,
                                                      const std::filesystem::path &cacheFolder);

/// Hashes a list and keeps a copy of it in the cache, so that a rerun finds its content.
[[nodiscard]] Result<OpenedFile> openList(const WantedInput &input, const std::filesystem::path &cacheFolder);

/// BadData if the opened file is of a kind that its role in this spec cannot use (trees read tables, an
/// autoencoder a matrix of cells), or has another content than it must have; BadSpec if the matrix lacks the
/// annotation that the spec names for labels.
[[nodiscard]] Status checkOpened(const spec::RunSpec &spec, const WantedInput &input,
                                 const OpenedFile &opened, const TrainOrder &order);

/// Digest of a recorded role's file as the record names it: of a 10x MTX folder that of its members together.
[[nodiscard]] Result<FileDigest> digestOfInput(const std::string &role, const std::filesystem::path &file);

} // namespace ibidem::jobs
