// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/batch_place.h"

#include "models/base/files.h"
#include "models/runs/network_files.h"
#include "models/runs/run_folder.h"

#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace ibidem::jobs {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kLargestRoundsFile = 1ULL << 30U;
constexpr const char *kOtherPlace = "name another folder with --out, or move this one away";

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

/// The first setting of those that `counts` names that differs, in words.
template <class Counts>
std::optional<std::string> differenceAmong(const spec::RunSpec &recorded, const spec::RunSpec &wanted,
                                           const Counts &counts)
{
    const std::vector<spec::Setting> there = spec::settings(recorded);
    const std::vector<spec::Setting> here = spec::settings(wanted);
    for (std::size_t i = 0; i < there.size() && i < here.size(); ++i)
        if (there[i].key == here[i].key && there[i].value != here[i].value && counts(there[i].key))
            return there[i].key + " is " + there[i].value + " there and " + here[i].value + " here";
    return std::nullopt;
}

/// Where a run is computed, what is made of its result and how often it is saved make no other run of it.
bool entersChain(std::string_view key)
{
    return !key.starts_with("execution.") && !key.starts_with("analysis.") &&
           key != "training.checkpointEvery";
}

/// Names of files and how they were read count less than what they hold.
bool isOfData(std::string_view key)
{
    return key.starts_with("data.") || key == "preparation.genes" || key == "preparation.split";
}

/// What makes the wanted run another one than the recorded.
std::string firstDifference(const spec::RunSpec &recorded, const spec::RunSpec &wanted)
{
    if (spec::chainStart(recorded) == spec::chainStart(wanted) && recorded.level == wanted.level)
        return differenceAmong(recorded, wanted,
                               [](std::string_view key) { return key.starts_with("execution."); })
            .value_or("its execution is another");
    if (auto setting = differenceAmong(
            recorded, wanted, [](std::string_view key) { return entersChain(key) && !isOfData(key); }))
        return *std::move(setting);
    return differenceAmong(recorded, wanted, isOfData).value_or("its data have another content");
}

tl::unexpected<Error> otherRun(const fs::path &folder, const std::string &outcome,
                               const spec::RunSpec &recorded, const spec::RunSpec &wanted)
{
    return fail(ErrorCode::CannotWrite,
                "here is a " + outcome +
                    " run of another specification: " + firstDifference(recorded, wanted),
                folder.string(), kOtherPlace);
}

/// The chain in the last line of a run's table of rounds or epochs; empty if the table is empty.
Result<std::string> lastLink(const std::string &name, std::string_view text, const std::string &path)
{
    if (name == runs::kEpochsFile) {
        IBIDEM_TRY(const auto epochs, runs::parseEpochsCsv(text, path));
        return epochs.empty() ? std::string() : epochs.back().chain;
    }
    IBIDEM_TRY(const auto rounds, runs::parseRoundsCsv(text, path));
    return rounds.empty() ? std::string() : rounds.back().chain;
}

/// The manifest is the one file without a digest elsewhere; its chain is also the last line of the rounds or
/// epochs.
Status checkLastLink(const fs::path &folder, const runs::Manifest &manifest)
{
    const std::string name(manifest.isNetwork() ? runs::kEpochsFile : runs::kRoundsFile);
    if (!manifest.files.contains(name))
        return {};
    IBIDEM_TRY(const std::string text, readFile(folder / name, kLargestRoundsFile));
    IBIDEM_TRY(const std::string chain, lastLink(name, text, (folder / name).string()));
    if (!chain.empty() && chain == manifest.chain)
        return {};
    return fail(ErrorCode::BadData, "the chain in run.json is not the last one in " + name, folder.string());
}

/// A finished run is kept only if it is still what was written.
Status checkUnchanged(const fs::path &folder, const runs::Manifest &manifest)
{
    const char *const cure = "restore the run, or move it away to train it again";
    const std::vector<runs::FileProblem> problems = runs::verifyFiles(folder, manifest);
    if (!problems.empty())
        return fail(ErrorCode::BadData,
                    "this finished run was changed after it was written: " + problems.front().message,
                    folder.string(), cure);
    const Status linked = checkLastLink(folder, manifest);
    if (linked)
        return linked;
    Error error = withContext(linked.error(), "this finished run was changed after it was written");
    error.cure = cure;
    return tl::unexpected<Error>(std::move(error));
}

Result<FoundPlace> ofWhole(const fs::path &folder, runs::Manifest manifest, const spec::RunSpec &wanted,
                           const OrderedSpec &ordered)
{
    if (runs::failedAtOnce(folder))
        return FoundPlace{Place::Again, folder, {}};
    if (!manifest.spec)
        return fail(ErrorCode::CannotWrite,
                    manifest.outcome == "failed" ? "here is a failed run without a specification"
                                                 : "here is an imported model",
                    folder.string(), kOtherPlace);
    if (!sameRun(*manifest.spec, wanted, ordered))
        return otherRun(folder, manifest.outcome, *manifest.spec, wanted);
    if (manifest.outcome == "stopped" || manifest.outcome == "failed")
        return FoundPlace{Place::Resume, folder, {}};
    IBIDEM_CHECK(checkUnchanged(folder, manifest));
    return FoundPlace{Place::Keep, folder, std::move(manifest)};
}

Result<FoundPlace> ofPartial(const fs::path &folder, const spec::RunSpec &wanted, const OrderedSpec &ordered)
{
    const bool held = runs::RunLock::held(folder);
    const auto recorded = spec::readSpecFile(folder / runs::kSpecFile);
    if (!recorded)
        return fail(ErrorCode::CannotWrite,
                    "this is no run that could be resumed: " + recorded.error().message, folder.string(),
                    kOtherPlace);
    if (!sameRun(*recorded, wanted, ordered))
        return otherRun(folder, held ? "running" : "killed", *recorded, wanted);
    return FoundPlace{held ? Place::Follow : Place::Resume, folder, {}};
}

} // namespace

bool sameRun(const spec::RunSpec &recorded, const spec::RunSpec &wanted, const OrderedSpec &ordered)
{
    spec::RunSpec there = recorded;
    if (wanted.level == spec::Level::Random && !ordered.seedGiven)
        there.seed = wanted.seed;
    if (spec::chainStart(there) != spec::chainStart(wanted) || there.level != wanted.level ||
        there.device != wanted.device)
        return false;
    if (wanted.level == spec::Level::Portable)
        return true;
    return (ordered.spec.threads == 0 || there.threads == wanted.threads) &&
           (ordered.spec.isa == "auto" || there.isa == wanted.isa);
}

Result<FoundPlace> lookAtPlace(const fs::path &run, const spec::RunSpec &wanted, const OrderedSpec &ordered)
{
    const fs::path partial = runs::partialPath(run);
    const bool whole = isThere(run);
    if (!whole)
        return isThere(partial) ? ofPartial(partial, wanted, ordered) : FoundPlace{};
    // readManifest would look for the partial run too: only a folder of that very name counts here.
    std::error_code ignored;
    if (!fs::is_regular_file(run / runs::kManifestFile, ignored))
        return fail(ErrorCode::CannotWrite, "this is there already, and no run", run.string(), kOtherPlace);
    IBIDEM_TRY(runs::Manifest manifest, runs::readManifest(run));
    IBIDEM_TRY(FoundPlace found, ofWhole(run, std::move(manifest), wanted, ordered));
    if (found.place != Place::Keep && isThere(partial))
        return fail(ErrorCode::CannotWrite,
                    "both " + run.filename().string() + " and " + partial.filename().string() + " are there",
                    run.string(), "move one of them away");
    return found;
}

} // namespace ibidem::jobs
