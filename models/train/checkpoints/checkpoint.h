// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/safetensors.h"
#include "models/runs/manifest.h"

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <span>
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
    std::string library;    ///< name and version of what computes: its state is readable by the same one only
    std::string unit = "round"; ///< what is counted: "round" of trees, "epoch" of a network
};

/// One array of a state, with bytes of its own.
struct StateTensor
{
    data::DType type = data::DType::U8;
    std::vector<std::uint64_t> shape;
    std::string bytes;
    bool operator==(const StateTensor &) const = default;
};

/// Everything that going on needs: the engine's state and the metrics so far.
struct Checkpoint
{
    std::int64_t round = 0;
    std::map<std::string, StateTensor> state; ///< "booster"; "weights", "mean" …
    std::vector<runs::MetricPoint>
        metrics; ///< of rounds 1 … round, the same ones each round, in the same order

    /// The tensor's bytes as values; BadData naming it if it is missing, of another type or number.
    template <class T>
    [[nodiscard]] Result<std::vector<T>> values(const std::string &name, data::DType type,
                                                std::size_t count) const
    {
        const auto found = state.find(name);
        if (found == state.end() || found->second.type != type ||
            found->second.bytes.size() != count * sizeof(T))
            return fail(ErrorCode::BadData, "'" + name + "' is missing or of another size");
        std::vector<T> values(count);
        if (count > 0)
            std::memcpy(values.data(), found->second.bytes.data(), found->second.bytes.size());
        return values;
    }

    template <class T>
    void add(const std::string &name, data::DType type, std::span<const T> values)
    {
        const auto raw = std::as_bytes(values);
        state[name] = {type, {values.size()}, {reinterpret_cast<const char *>(raw.data()), raw.size()}};
    }
};

/// "round-000100.safetensors"
[[nodiscard]] std::string checkpointName(std::string_view unit, std::int64_t round);

/// Written beside and renamed, then all but the newest two are removed. CannotWrite, Io.
[[nodiscard]] Status writeCheckpoint(const std::filesystem::path &folder, const Checkpoint &checkpoint,
                                     const CheckpointOwner &owner);

/// One file. BadData if it is damaged; BadSpec, BadData, Unavailable if it belongs to another specification,
/// other data or another library, which `foreign` tells apart from damage.
[[nodiscard]] Result<Checkpoint> readCheckpoint(const std::filesystem::path &file,
                                                const CheckpointOwner &owner, bool *foreign);

/// Rounds for which there are checkpoint files, newest first; empty without the folder.
[[nodiscard]] std::vector<std::int64_t> checkpointRounds(const std::filesystem::path &folder,
                                                         std::string_view unit);

/// Tries the files, newest first, and gives the first one that is sound and that `accept` takes; those that
/// are damaged, or that `accept` calls BadData, are reported by `warn` and put aside as "….damaged". Nothing
/// if there is none; the error if one belongs to something else, or if `accept` fails for a reason that is
/// not the file's.
[[nodiscard]] Result<std::optional<Checkpoint>>
newestCheckpoint(const std::filesystem::path &folder, const CheckpointOwner &owner,
                 const std::function<Status(const Checkpoint &)> &accept,
                 const std::function<void(const std::string &)> &warn);

/// Removes everything in the folder.
void clearCheckpoints(const std::filesystem::path &folder);

/// Writes checkpoints beside the training, one at a time. `written` is told of each one, in the thread of the
/// caller.
class CheckpointWriter
{
public:
    using Written = std::function<void(std::int64_t round, const std::string &file)>;

    CheckpointWriter(std::filesystem::path folder, const CheckpointOwner &owner, Written written);
    ~CheckpointWriter();
    CheckpointWriter(const CheckpointWriter &) = delete;
    CheckpointWriter &operator=(const CheckpointWriter &) = delete;

    /// Waits for the one before.
    [[nodiscard]] Status start(Checkpoint checkpoint);
    /// Tells of a checkpoint that is written by now.
    [[nodiscard]] Status poll();
    [[nodiscard]] Status finish();

private:
    std::filesystem::path m_folder;
    const CheckpointOwner &m_owner;
    Written m_written;
    std::future<Status> m_running;
    std::int64_t m_round = 0;
};

} // namespace ibidem::train
