// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ibidem::runs {

/// While a run is being written its folder is called "<run>.partial"; at its end (finished, stopped or
/// failed) it is renamed to "<run>". A process that was killed leaves "<run>.partial", which `resume` takes
/// up.
inline constexpr std::string_view kPartialSuffix = ".partial";

/// Where a run is now: `run` itself if it exists, else run.partial if that exists; for a path that ends in
/// ".partial" the other way round (while a run is replaced, both are there). InputMissing naming both.
[[nodiscard]] Result<std::filesystem::path> locateRun(const std::filesystem::path &run);
/// The final name of a run: without ".partial".
[[nodiscard]] std::filesystem::path finalPath(const std::filesystem::path &run);
/// Its name while it is written: with ".partial". locateRun(partialPath(run)) prefers the run that is being
/// written to the one that it replaces.
[[nodiscard]] std::filesystem::path partialPath(const std::filesystem::path &run);
[[nodiscard]] bool isPartial(const std::filesystem::path &folder);
/// What a person types to mean this folder of a run: its final name, unless that names another folder.
[[nodiscard]] std::filesystem::path spokenPath(const std::filesystem::path &folder);

/// Is there a file in its folder of checkpoints, or may there be one: a folder that cannot be listed?
[[nodiscard]] bool hasCheckpoint(const std::filesystem::path &run);
/// A run that failed before its first checkpoint: there is nothing to go on from.
[[nodiscard]] bool failedAtOnce(const std::filesystem::path &folder);
/// As locateRun; but a run that failed at once does not hide the unfinished one beside it.
[[nodiscard]] Result<std::filesystem::path> locateUnfinished(const std::filesystem::path &run);

/// The first name "<run>.old-<n>" that is free: where the next run in the way is moved.
[[nodiscard]] std::filesystem::path asidePath(const std::filesystem::path &run);
/// Moves a run out of the way and returns where it is now. CannotWrite; also if a process is writing it.
[[nodiscard]] Result<std::filesystem::path> moveAside(const std::filesystem::path &folder);

/// Makes "<run>.partial". CannotWrite if the run exists already in either form, unless `force`, or it failed
/// at once. Nothing is removed before there is a complete run in its place, and without `force` nothing at
/// all: a run that failed at once and an unfinished one are moved aside to asidePath() here, a finished one
/// by finishPartial. What `force` moved aside is removed when the new run is complete; a new run that failed
/// or was stopped leaves it there. Only folders that hold a run and that no process is writing are moved.
[[nodiscard]] Result<std::filesystem::path> createPartial(const std::filesystem::path &run, bool force);
/// "<run>.partial" -> "<run>" (fsync of the folder). Returns the final path. CannotWrite.
[[nodiscard]] Result<std::filesystem::path> finishPartial(const std::filesystem::path &partial);
/// The inverse, to go on with a stopped run. A path with ".partial" means that folder if it is there.
/// CannotWrite if another unfinished run has that name.
[[nodiscard]] Result<std::filesystem::path> reopenAsPartial(const std::filesystem::path &run);

/// A name for a new run in the store that does not exist yet: "lcep-xgboost-0001", counting up; sorted
/// listing, no clock.
[[nodiscard]] Result<std::filesystem::path> newRunPath(const std::filesystem::path &store,
                                                       std::string_view recipe);

/// `lock` in the folder: pid and start time (from /proc). Taken over if that process is gone or another one
/// has its pid. Released by the destructor. Unavailable, naming the pid, if the owner is alive.
class RunLock
{
public:
    [[nodiscard]] static Result<RunLock> acquire(const std::filesystem::path &folder);
    RunLock() = default;
    ~RunLock();
    RunLock(const RunLock &) = delete;
    RunLock &operator=(const RunLock &) = delete;
    RunLock(RunLock &&other) noexcept;
    RunLock &operator=(RunLock &&other) noexcept;
    /// Does a live process hold the folder?
    [[nodiscard]] static bool held(const std::filesystem::path &folder);

private:
    std::filesystem::path m_file;
};

/// Paths that must not leave the machine: `local.json`, {"inputs": {role: path}, "containers": {role: path},
/// "host", "user"}. Roles: "train", "test", "labels", "genes", "split".
struct LocalInfo
{
    std::vector<std::pair<std::string, std::string>> inputs;     ///< role -> path of the user's file
    std::vector<std::pair<std::string, std::string>> containers; ///< role -> path of the converted container
    std::string host;
    std::string user;
    [[nodiscard]] std::optional<std::string> inputPath(std::string_view role) const;
    [[nodiscard]] std::optional<std::string> containerPath(std::string_view role) const;
};

[[nodiscard]] Status writeLocalInfo(const std::filesystem::path &folder, const LocalInfo &info);
[[nodiscard]] Result<LocalInfo> readLocalInfo(const std::filesystem::path &folder);

} // namespace ibidem::runs
