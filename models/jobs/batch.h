// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/jobs/child_jobs.h"

#include <QObject>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::jobs {

inline constexpr const char *kBatchSchema = "ibidem/batch/1";
inline constexpr std::string_view kBatchFile = "batch.json";

/// One specification of a batch; its run is the folder `name` of the batch's folder.
struct BatchSpec
{
    std::filesystem::path file;
    std::string name; ///< the file's name without its ending
};

/// What the paths of a command line stand for, in their order: a file is itself, a folder its *.json and
/// *.toml files sorted by name, not those of its subfolders. Usage: two files whose runs would have one name,
/// a name that the batch's folder needs for itself, a folder that is the batch's own. InputMissing: a folder
/// without specifications. Whether a file is there and sound is found later: that concerns its entry alone.
[[nodiscard]] Result<std::vector<BatchSpec>> batchSpecs(const std::vector<std::string> &paths,
                                                        const std::filesystem::path &out);

enum class RunOutcome {
    Pending,  ///< not begun, because the batch was stopped before
    Finished, ///< trained now
    Kept,     ///< was there already, of the same specification and as it was written
    Stopped,  ///< with a checkpoint
    Killed,   ///< the child died of a signal; goes on from its last checkpoint
    Failed,
};

/// "pending", "finished", "kept", "stopped", "killed", "failed".
[[nodiscard]] std::string_view outcomeName(RunOutcome outcome) noexcept;

/// An entry of the table.
struct BatchRun
{
    BatchSpec spec;
    std::filesystem::path run; ///< its folder, without ".partial"
    RunOutcome outcome = RunOutcome::Pending;
    std::string chain; ///< empty unless finished or kept
    std::map<std::string, std::map<std::string, double>> metrics;
    double seconds = 0.0; ///< of training in this batch
    std::optional<Error> error;
};

struct BatchOrder
{
    std::vector<BatchSpec> specs; ///< as batchSpecs gives them
    std::filesystem::path out;    ///< a folder of run folders
    int jobs = 1;                 ///< runs at once, at least 1
    std::optional<int> threads;   ///< of each run; none or 0: chosen
    bool retry = false;           ///< resume killed runs once, at the end and one at a time
};

/// Trains the runs of many specifications, several at once, each in a process of its own; goes on after a
/// failure. All state lies in the run folders, so the same order again takes the batch up: a finished run of
/// the same specification is kept (its files are checked against their digests), a stopped or killed one
/// resumed, so is a failed one from its last checkpoint, one that still runs (its batch was killed) followed;
/// one that failed before its first checkpoint is moved aside (runs::asidePath) and trained afresh. What
/// holds anything else is an error of its entry (CannotWrite; BadData if a finished run was changed
/// afterwards) and never touched.
///
/// Two specifications are the same if what decides the result is equal: chain start (recipe, contents of the
/// inputs, preparation, model, level, seed; a seed that level "random" draws does not count) and device;
/// below level "portable" also threads and ISA where the order names them.
///
/// Threads: where neither specification nor order name a number and the level came out as "portable", whose
/// bits do not depend on it, a run gets what a single `ibidem train` would choose, but at most cores / jobs.
/// Other levels get what a single run gets.
///
/// Memory: a run begins to train if the needs of the running ones and its own stay within 3/4 of the memory
/// that was usable when none ran, and its own within 3/4 of what is usable now; one always may. See
/// memory_budget.h.
///
/// Lives in one thread with an event loop. Emits finished() once.
class Batch : public QObject
{
    Q_OBJECT

public:
    /// `usableMemory`: bytes; for tests.
    Batch(Programs programs, BatchOrder order, std::filesystem::path cacheFolder,
          std::function<std::uint64_t()> usableMemory = {}, QObject *parent = nullptr);
    ~Batch() override;

    /// Makes the folder, locks it and reads every specification; entries that cannot be trained have their
    /// error (BadSpec, InputMissing) and the outcome Failed from here on. Unavailable if another batch works
    /// in the folder; CannotWrite.
    [[nodiscard]] Status open();
    /// After open().
    void start();
    void stop();    ///< every run with a checkpoint; no run is begun any more
    void stopNow(); ///< second signal: children are ended

    [[nodiscard]] const std::vector<BatchRun> &runs() const;
    [[nodiscard]] std::size_t running() const; ///< entries that are being prepared or trained
    [[nodiscard]] std::size_t ended() const;   ///< entries with an outcome
    [[nodiscard]] double fraction() const;     ///< of the whole, 0 … 1
    [[nodiscard]] bool stopped() const;        ///< stop() was called
    /// Was batch.json written? Valid after finished().
    [[nodiscard]] const Status &written() const;

Q_SIGNALS:
    void runEnded(int index); ///< has its outcome now
    void progressed();
    void finished();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// {"schema","runs":[{"spec","run","outcome","chain","metrics","seconds","error"}],"total","succeeded","kept","failed",
/// "killed","stopped","pending"}: schema ibidem/batch/1. `error` is null where there is none.
[[nodiscard]] Json batchDocument(const std::vector<BatchRun> &runs);

/// The same as it is written into the batch's folder: without seconds, paths without their folders, and a
/// kept run as "finished". It says what the folder holds, so it has the same bytes however often the batch
/// was interrupted.
[[nodiscard]] Json batchRecord(const std::vector<BatchRun> &runs, const std::filesystem::path &out);

/// 0 if all are finished or kept; 75 if the batch was stopped before that; else the code of the first in the
/// table that is not.
[[nodiscard]] int batchExitCode(const std::vector<BatchRun> &runs, bool stopped);

} // namespace ibidem::jobs
