// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/runs/run_folder.h"

#include "models/base/files.h"
#include "models/base/text.h"
#include "models/runs/manifest.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ibidem::runs {

namespace {

namespace fs = std::filesystem;

/// In a folder that is to replace another run: one line for each folder moved aside, to be removed when the
/// new run is complete. Its presence alone is the permission to replace.
constexpr std::string_view kReplacesFile = "replaces";

bool isFolder(const fs::path &path)
{
    std::error_code ignored;
    return fs::is_directory(path, ignored);
}

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(fs::symlink_status(path, ignored));
}

bool holdsRun(const fs::path &folder)
{
    std::error_code ignored;
    return fs::is_regular_file(folder / kManifestFile, ignored) ||
           fs::is_regular_file(folder / kSpecFile, ignored);
}

std::string reason()
{
    return std::generic_category().message(errno);
}

/// Makes the rename of an entry last beyond a power failure. File systems that cannot do it are no error.
void syncFolder(const fs::path &folder)
{
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return;
    ::fsync(descriptor);
    ::close(descriptor);
}

/// rename(2) replaces an empty folder silently; this does not replace anything.
Status renameFolder(const fs::path &from, const fs::path &to)
{
    int done = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
    if (done != 0 && (errno == EINVAL || errno == ENOSYS)) {
        if (isThere(to))
            errno = EEXIST;
        else
            done = ::rename(from.c_str(), to.c_str());
    }
    if (done != 0)
        return fail(ErrorCode::CannotWrite, "cannot rename " + from.filename().string() + ": " + reason(),
                    to.string());
    syncFolder(to.parent_path());
    return {};
}

Status checkReplaceable(const fs::path &folder)
{
    if (!isFolder(folder) || !holdsRun(folder))
        return fail(ErrorCode::CannotWrite, "exists and holds no run: it is not replaced", folder.string(),
                    "give the run another name");
    if (RunLock::held(folder))
        return fail(ErrorCode::CannotWrite, "a process is writing this run", folder.string(),
                    "wait for it or stop it");
    return {};
}

tl::unexpected<Error> refuseExisting(const fs::path &folder)
{
    if (isPartial(folder))
        return fail(ErrorCode::CannotWrite, "an unfinished run is here", folder.string(),
                    "go on with it: ibidem resume " + spokenPath(folder).string() +
                        ", give the run another name, or --force to replace it");
    return fail(ErrorCode::CannotWrite, "exists already", folder.string(),
                "give the run another name, or --force to replace it");
}

Status makeNewFolder(const fs::path &folder)
{
    if (::mkdir(folder.c_str(), 0777) == 0)
        return {};
    if (errno == EEXIST)
        return refuseExisting(folder);
    return fail(ErrorCode::CannotWrite, "cannot create the folder: " + reason(), folder.string());
}

Status writeAsideNames(const fs::path &partial, const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += name + "\n";
    return writeFileAtomically(partial / kReplacesFile, text);
}

/// The names in the marker; nothing if there is no marker.
std::optional<std::vector<std::string>> asideNames(const fs::path &folder)
{
    if (!isThere(folder / kReplacesFile))
        return std::nullopt;
    std::vector<std::string> names;
    const auto text = readFile(folder / kReplacesFile, 1U << 20U);
    if (!text)
        return names;
    for (const std::string_view line : split(*text, '\n'))
        if (!line.empty())
            names.emplace_back(line);
    return names;
}

/// A run that failed or was stopped does not make the one it was to replace superfluous.
bool isComplete(const fs::path &folder)
{
    const auto manifest = readManifest(folder);
    return manifest && (manifest->outcome == "finished" || manifest->outcome == "imported");
}

void removeAside(const fs::path &run, const std::vector<std::string> &names)
{
    const std::string prefix = run.filename().string() + ".old-";
    std::error_code ignored;
    for (const std::string &name : names)
        if (name.starts_with(prefix) && name.find('/') == std::string::npos)
            fs::remove_all(run.parent_path() / name, ignored);
    fs::remove(run / kReplacesFile, ignored);
}

/// The number in "<recipe>-0001" or what follows it ("….partial", "….old-1"); 0 if it is another name.
std::uint64_t runNumber(std::string_view name, std::string_view prefix)
{
    if (!name.starts_with(prefix))
        return 0;
    const std::string_view rest = name.substr(prefix.size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0 || digits > 18 || (digits < rest.size() && rest[digits] != '.'))
        return 0;
    return parseUnsigned(rest.substr(0, digits)).value_or(0);
}

} // namespace

fs::path finalPath(const fs::path &run)
{
    std::string text = run.string();
    while (text.size() > 1 && text.back() == '/')
        text.pop_back();
    if (text.size() > kPartialSuffix.size() && text.ends_with(kPartialSuffix))
        text.resize(text.size() - kPartialSuffix.size());
    return text;
}

fs::path partialPath(const fs::path &run)
{
    fs::path partial = finalPath(run);
    partial += kPartialSuffix;
    return partial;
}

bool isPartial(const fs::path &folder)
{
    std::string text = folder.string();
    while (text.size() > 1 && text.back() == '/')
        text.pop_back();
    return text.ends_with(kPartialSuffix);
}

Result<fs::path> locateRun(const fs::path &run)
{
    const fs::path whole = finalPath(run);
    const fs::path partial = partialPath(run);
    // While a run is being replaced both are there: who names the partial one means it.
    const bool partialFirst = isPartial(run);
    const fs::path &first = partialFirst ? partial : whole;
    const fs::path &second = partialFirst ? whole : partial;
    if (isFolder(first))
        return first;
    if (isFolder(second))
        return second;
    return fail(ErrorCode::InputMissing, "there is no run here, nor at " + partial.string(), whole.string());
}

fs::path spokenPath(const fs::path &folder)
{
    const fs::path whole = finalPath(folder);
    return isPartial(folder) && isThere(whole) ? partialPath(folder) : whole;
}

bool hasCheckpoint(const fs::path &run)
{
    const fs::path folder = locateRun(run).value_or(run) / kCheckpointFolder;
    if (!isThere(folder))
        return false;
    const auto names = listFolder(folder);
    return !names || std::any_of(names->begin(), names->end(),
                                 [](const std::string &name) { return name.ends_with(".safetensors"); });
}

bool failedAtOnce(const fs::path &folder)
{
    std::error_code ignored;
    if (isPartial(folder) || !fs::is_regular_file(folder / kManifestFile, ignored))
        return false;
    const auto manifest = readManifest(folder);
    return manifest && manifest->outcome == "failed" && !hasCheckpoint(folder);
}

Result<fs::path> locateUnfinished(const fs::path &run)
{
    IBIDEM_TRY(fs::path folder, locateRun(run));
    const fs::path partial = partialPath(folder);
    if (isFolder(partial) && failedAtOnce(folder))
        return partial;
    return folder;
}

fs::path asidePath(const fs::path &run)
{
    const fs::path base = finalPath(run);
    for (int number = 1;; ++number) {
        fs::path aside = base;
        aside += ".old-" + std::to_string(number);
        if (!isThere(aside))
            return aside;
    }
}

Result<fs::path> moveAside(const fs::path &folder)
{
    IBIDEM_CHECK(checkReplaceable(folder));
    fs::path aside = asidePath(folder);
    IBIDEM_CHECK(renameFolder(folder, aside));
    return aside;
}

Result<fs::path> createPartial(const fs::path &run, bool force)
{
    const fs::path whole = finalPath(run);
    const fs::path partial = partialPath(run);
    const bool failed = failedAtOnce(whole);
    for (const fs::path &folder : {whole, partial}) {
        if (!isThere(folder))
            continue;
        if (!force && !(folder == whole && failed))
            return refuseExisting(folder);
        IBIDEM_CHECK(checkReplaceable(folder));
    }
    if (whole.has_parent_path())
        IBIDEM_CHECK(makeFolder(whole.parent_path()));
    std::vector<std::string> aside;
    // Were the failed run left in its place, a new one that is killed could not be told from it.
    for (const fs::path &folder : {whole, partial})
        if (isThere(folder) && (folder == partial || failed)) {
            IBIDEM_TRY(const fs::path moved, moveAside(folder));
            aside.push_back(moved.filename().string());
        }
    IBIDEM_CHECK(makeNewFolder(partial));
    if (force && (isThere(whole) || !aside.empty()))
        IBIDEM_CHECK(writeAsideNames(partial, aside));
    return partial;
}

Result<fs::path> finishPartial(const fs::path &partial)
{
    const fs::path whole = finalPath(partial);
    const fs::path from = partialPath(partial);
    if (!isFolder(from))
        return fail(ErrorCode::CannotWrite, "there is no such unfinished run", from.string());
    std::optional<std::vector<std::string>> aside = asideNames(from);
    if (!aside && failedAtOnce(whole))
        IBIDEM_CHECK(moveAside(whole));
    if (aside && isThere(whole)) {
        IBIDEM_CHECK(checkReplaceable(whole));
        const fs::path old = asidePath(partial);
        aside->push_back(old.filename().string());
        IBIDEM_CHECK(writeAsideNames(from, *aside));
        IBIDEM_CHECK(renameFolder(whole, old));
    }
    syncFolder(from);
    IBIDEM_CHECK(renameFolder(from, whole));
    if (aside && isComplete(whole))
        removeAside(whole, *aside);
    return whole;
}

Result<fs::path> reopenAsPartial(const fs::path &run)
{
    const fs::path whole = finalPath(run);
    const fs::path partial = partialPath(run);
    if (isFolder(partial) && (isPartial(run) || !isFolder(whole) || failedAtOnce(whole)))
        return partial;
    if (!isFolder(whole))
        return fail(ErrorCode::InputMissing, "there is no such run", whole.string());
    if (isThere(partial))
        return fail(ErrorCode::CannotWrite, partial.filename().string() + " is in the way", whole.string(),
                    "go on with that one first: ibidem resume " + partial.string() + ", or move it away");
    IBIDEM_CHECK(renameFolder(whole, partial));
    return partial;
}

Result<fs::path> newRunPath(const fs::path &store, std::string_view recipe)
{
    if (recipe.empty() || recipe.find('/') != std::string_view::npos || recipe.starts_with('.'))
        return fail(ErrorCode::BadSpec, ibidem::quoted(recipe) + " cannot be part of a folder's name",
                    store.string());
    std::vector<std::string> names;
    if (isFolder(store)) {
        IBIDEM_TRY(names, listFolder(store));
    }
    const std::string prefix = std::string(recipe) + "-";
    std::uint64_t largest = 0;
    for (const std::string &name : names)
        largest = std::max(largest, runNumber(name, prefix));
    std::string number = std::to_string(largest + 1);
    if (number.size() < 4)
        number.insert(0, 4 - number.size(), '0');
    return store / (prefix + number);
}

} // namespace ibidem::runs
