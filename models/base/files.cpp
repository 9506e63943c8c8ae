// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"

#include "models/base/file_handle.h"
#include "models/base/text.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace ibidem {

namespace {

std::filesystem::path temporaryNameFor(const std::filesystem::path &path)
{
    static std::atomic<std::uint64_t> counter = 0;
    return path.parent_path() / ("." + path.filename().string() + "." + std::to_string(::getpid()) + "." +
                                 std::to_string(counter.fetch_add(1)) + ".tmp");
}

Status writeAndRename(const std::filesystem::path &temporary, const std::filesystem::path &path,
                      std::span<const std::string_view> pieces)
{
    IBIDEM_TRY(FileHandle file, FileHandle::create(temporary));
    for (const std::string_view piece : pieces)
        IBIDEM_CHECK(file.writeAll(piece));
    IBIDEM_CHECK(file.synchronise());
    IBIDEM_CHECK(file.close());
    std::error_code error;
    std::filesystem::rename(temporary, path, error);
    if (error)
        return fail(ErrorCode::CannotWrite, "cannot be put in place: " + error.message(), path.string(),
                    "check that it is no folder and that you may write there");
    return {};
}

void synchroniseFolder(const std::filesystem::path &folder)
{
    // Some file systems cannot synchronise a folder; the file's bytes are safe all the same.
    const Result<FileHandle> handle = FileHandle::openForReading(folder.empty() ? "." : folder);
    if (handle)
        ::fsync(handle->descriptor());
}

/// Value of an environment variable that holds an absolute path: XDG says that others are to be ignored.
std::filesystem::path absoluteFromEnvironment(const char *name)
{
    const char *value = std::getenv(name);
    std::filesystem::path path = value ? value : "";
    return path.is_absolute() ? path : std::filesystem::path();
}

std::filesystem::path xdgFolder(const char *variable, const char *belowHome)
{
    if (const auto given = absoluteFromEnvironment(variable); !given.empty())
        return given / "ibidem";
    if (const auto home = absoluteFromEnvironment("HOME"); !home.empty())
        return home / belowHome / "ibidem";
    return std::filesystem::path("/tmp") / ("ibidem-" + std::to_string(::getuid())) / belowHome / "ibidem";
}

std::filesystem::path overriddenBy(const char *variable, const std::filesystem::path &otherwise)
{
    const char *value = std::getenv(variable);
    if (!value || *value == '\0')
        return otherwise;
    std::error_code error;
    const std::filesystem::path path = std::filesystem::absolute(value, error);
    return error ? std::filesystem::path(value) : path;
}

} // namespace

Result<std::string> readFile(const std::filesystem::path &path, std::uint64_t maxBytes)
{
    IBIDEM_TRY(const FileHandle file, FileHandle::openForReading(path));
    IBIDEM_TRY(const std::uint64_t size, file.size());
    if (size > maxBytes)
        return fail(ErrorCode::BadData,
                    "is too large: " + formatBytes(size) + ", allowed are " + formatBytes(maxBytes),
                    path.string());
    // Files of /proc say 0 bytes and have more: read to the end, whatever the size says.
    std::string bytes(size, '\0');
    std::size_t used = 0;
    while (true) {
        if (used == bytes.size())
            bytes.resize(used + 4096);
        IBIDEM_TRY(const std::size_t got,
                   file.read(std::as_writable_bytes(std::span(bytes.data() + used, bytes.size() - used))));
        if (got == 0)
            break;
        used += got;
        if (used > maxBytes)
            return fail(ErrorCode::BadData, "is larger than the allowed " + formatBytes(maxBytes),
                        path.string());
    }
    bytes.resize(used);
    return bytes;
}

Status writeFileAtomically(const std::filesystem::path &path, std::string_view bytes)
{
    return writeFileAtomically(path, std::span(&bytes, 1));
}

Status writeFileAtomically(const std::filesystem::path &path, std::span<const std::string_view> pieces)
{
    const std::filesystem::path temporary = temporaryNameFor(path);
    Status written = writeAndRename(temporary, path, pieces);
    if (!written) {
        std::error_code ignored;
        std::filesystem::remove(temporary, ignored);
        written.error().path = path.string();
        return written;
    }
    synchroniseFolder(path.parent_path());
    return {};
}

Status makeFolder(const std::filesystem::path &path)
{
    std::error_code error;
    std::filesystem::create_directories(path, error);
    std::error_code examined;
    if (error || !std::filesystem::is_directory(path, examined))
        return fail(ErrorCode::CannotWrite,
                    "the folder cannot be created: " + (error ? error.message() : "a file is in the way"),
                    path.string(), "choose another folder, or check its permissions");
    return {};
}

Result<std::vector<std::string>> listFolder(const std::filesystem::path &path)
{
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator entry(path, error);
    const std::filesystem::directory_iterator end;
    while (!error && entry != end) {
        names.push_back(entry->path().filename().string());
        entry.increment(error);
    }
    if (error)
        return fail(ErrorCode::InputMissing, "the folder cannot be listed: " + error.message(), path.string(),
                    "check the path and its permissions");
    std::sort(names.begin(), names.end());
    return names;
}

Result<MappedFile> MappedFile::open(const std::filesystem::path &path)
{
    IBIDEM_TRY(const FileHandle file, FileHandle::openForReading(path));
    IBIDEM_TRY(const std::uint64_t size, file.size());
    MappedFile mapped;
    if (size == 0)
        return mapped;
    void *address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.descriptor(), 0);
    if (address == MAP_FAILED)
        return fail(ErrorCode::Io, "cannot be mapped: " + std::generic_category().message(errno),
                    path.string());
    mapped.m_data = static_cast<const std::byte *>(address);
    mapped.m_size = size;
    return mapped;
}

MappedFile::~MappedFile()
{
    if (m_data)
        ::munmap(const_cast<std::byte *>(m_data), m_size);
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0))
{}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept
{
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
}

std::string_view MappedFile::text() const noexcept
{
    return {reinterpret_cast<const char *>(m_data), m_size};
}

std::filesystem::path cacheFolder()
{
    return overriddenBy("IBIDEM_CACHE", xdgFolder("XDG_CACHE_HOME", ".cache"));
}

std::filesystem::path runStoreFolder()
{
    return overriddenBy("IBIDEM_RUNS", xdgFolder("XDG_DATA_HOME", ".local/share") / "runs");
}

std::filesystem::path stateFolder()
{
    return xdgFolder("XDG_STATE_HOME", ".local/state");
}

} // namespace ibidem
