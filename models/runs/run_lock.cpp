// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/runs/run_folder.h"

#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ibidem::runs {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockFile = "lock";

struct Owner
{
    std::uint64_t pid = 0;
    std::uint64_t startTime = 0; ///< ticks after boot
    bool operator==(const Owner &) const = default;
};

/// When the process started, if it lives: field 22 of /proc/<pid>/stat. A zombie writes nothing any more.
std::optional<std::uint64_t> startTimeOf(std::uint64_t pid)
{
    const auto text = readFile("/proc/" + std::to_string(pid) + "/stat", 1U << 16U);
    if (!text)
        return std::nullopt;
    // The name of the program, field 2, may hold blanks and brackets: fields are counted from the last
    // bracket.
    const std::size_t bracket = text->rfind(") ");
    if (bracket == std::string::npos)
        return std::nullopt;
    const std::vector<std::string_view> fields = split(std::string_view(*text).substr(bracket + 2), ' ');
    if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X")
        return std::nullopt;
    return parseUnsigned(fields[19]);
}

std::optional<Owner> readOwner(const fs::path &file)
{
    const auto text = readFile(file, 4096);
    if (!text)
        return std::nullopt;
    const std::vector<std::string_view> words = split(trimmed(*text), ' ');
    if (words.size() != 2)
        return std::nullopt;
    const auto pid = parseUnsigned(words[0]);
    const auto startTime = parseUnsigned(words[1]);
    if (!pid || !startTime)
        return std::nullopt;
    return Owner{*pid, *startTime};
}

bool isAlive(const Owner &owner)
{
    return startTimeOf(owner.pid) == owner.startTime;
}

Owner thisProcess()
{
    const auto pid = static_cast<std::uint64_t>(::getpid());
    return {pid, startTimeOf(pid).value_or(0)};
}

/// Looking at the lock file and replacing it must be one step for other processes.
class FolderGuard
{
public:
    explicit FolderGuard(const fs::path &folder)
        : m_descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    {
        if (m_descriptor >= 0)
            ::flock(m_descriptor, LOCK_EX);
    }

    ~FolderGuard()
    {
        if (m_descriptor >= 0)
            ::close(m_descriptor);
    }

    FolderGuard(const FolderGuard &) = delete;
    FolderGuard &operator=(const FolderGuard &) = delete;

private:
    int m_descriptor;
};

void removeIfOurs(const fs::path &file)
{
    const std::optional<Owner> owner = readOwner(file);
    std::error_code ignored;
    if (owner && *owner == thisProcess())
        fs::remove(file, ignored);
}

/// The folder may have been renamed since the lock was taken: at the end of a run, or to go on with it.
void release(const fs::path &file)
{
    if (file.empty())
        return;
    const fs::path whole = finalPath(file.parent_path());
    fs::path partial = whole;
    partial += kPartialSuffix;
    std::error_code ignored;
    if (fs::exists(file, ignored))
        removeIfOurs(file);
    else
        removeIfOurs((isPartial(file.parent_path()) ? whole : partial) / kLockFile);
}

} // namespace

Result<RunLock> RunLock::acquire(const fs::path &folder)
{
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored))
        return fail(ErrorCode::InputMissing, "there is no such folder to lock", folder.string());
    const FolderGuard guard(folder);
    const fs::path file = folder / kLockFile;
    const std::optional<Owner> owner = readOwner(file);
    if (owner && isAlive(*owner))
        return fail(ErrorCode::Unavailable,
                    "process " + std::to_string(owner->pid) + " is working on this run", folder.string(),
                    "wait for it or stop it");
    const Owner self = thisProcess();
    IBIDEM_CHECK(
        writeFileAtomically(file, std::to_string(self.pid) + " " + std::to_string(self.startTime) + "\n"));
    RunLock lock;
    lock.m_file = file;
    return lock;
}

RunLock::~RunLock()
{
    release(m_file);
}

RunLock::RunLock(RunLock &&other) noexcept
    : m_file(std::exchange(other.m_file, {}))
{}

RunLock &RunLock::operator=(RunLock &&other) noexcept
{
    if (this != &other) {
        release(m_file);
        m_file = std::exchange(other.m_file, {});
    }
    return *this;
}

bool RunLock::held(const fs::path &folder)
{
    const std::optional<Owner> owner = readOwner(folder / kLockFile);
    return owner && isAlive(*owner);
}

} // namespace ibidem::runs
