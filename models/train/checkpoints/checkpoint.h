// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::train {

/// What a checkpoint belongs to: with another specification, other data or another library it must not be
/// resumed.
struct CheckpointOwner
{
    std::string chainStart; ///< spec::chainStart
    std::string dataDigest; ///< runs::dataDigest
    std::string library;    ///< version of XGBoost: its state is readable by the same version only
};

/// Everything that going on needs: XGBoost's serialised state and the metrics so far.
struct Checkpoint
{
    std::int64_t round = 0;
    std::string booster;
    std::vector<runs::MetricPoint>
        metrics; ///< of rounds 1 … round, the same ones each round, in the same order
};

/// "round-000100.safetensors"
[[nodiscard]] std::string checkpointName(std::int64_t round);

/// Written beside and renamed, then all but the newest two are removed. CannotWrite, Io.
[[nodiscard]] Status writeCheckpoint(const std::filesystem::path &folder, const Checkpoint &checkpoint,
                                     const CheckpointOwner &owner);

/// One file. BadData if it is damaged or of another library; BadSpec, BadData if it belongs to another
/// specification or other data, which `foreign` tells apart from damage.
[[nodiscard]] Result<Checkpoint> readCheckpoint(const std::filesystem::path &file,
                                                const CheckpointOwner &owner, bool *foreign);

/// Rounds for which there are checkpoint files, newest first; empty without the folder.
[[nodiscard]] std::vector<std::int64_t> checkpointRounds(const std::filesystem::path &folder);

/// Tries the files, newest first, and gives the first one that is sound and that `accept` takes; the others
/// are reported by `warn` and removed. Nothing if there is none; the error if one belongs to something else.
[[nodiscard]] Result<std::optional<Checkpoint>>
newestCheckpoint(const std::filesystem::path &folder, const CheckpointOwner &owner,
                 const std::function<Status(const Checkpoint &)> &accept,
                 const std::function<void(const std::string &)> &warn);

/// Removes everything in the folder.
void clearCheckpoints(const std::filesystem::path &folder);

} // namespace ibidem::train
