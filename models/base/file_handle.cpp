// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/file_handle.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace ibidem {

namespace {

std::string reason(std::string_view what, int errorNumber)
{
    return std::string(what) + ": " + std::generic_category().message(errorNumber);
}

} // namespace

Result<FileHandle> FileHandle::openForReading(const std::filesystem::path &path)
{
    // O_NONBLOCK: a named pipe without a writer must not hang us; it changes nothing for regular files.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return fail(ErrorCode::InputMissing, reason("cannot be opened", errno), path.string(),
                    "check the path and its permissions");
    return FileHandle(descriptor, path);
}

Result<FileHandle> FileHandle::create(const std::filesystem::path &path)
{
    constexpr mode_t kMode = 0666;
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode);
    if (descriptor < 0)
        return fail(ErrorCode::CannotWrite, reason("cannot be created", errno), path.string(),
                    "check that the folder exists and that you may write there");
    return FileHandle(descriptor, path);
}

FileHandle::~FileHandle()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

FileHandle::FileHandle(FileHandle &&other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_path(std::move(other.m_path))
{}

FileHandle &FileHandle::operator=(FileHandle &&other) noexcept
{
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_path, other.m_path);
    return *this;
}

tl::unexpected<Error> FileHandle::failure(ErrorCode code, std::string_view what, int errorNumber) const
{
    return fail(code, reason(what, errorNumber), m_path.string(), "check the disk and its free space");
}

Result<std::uint64_t> FileHandle::size() const
{
    struct stat facts = {};
    if (::fstat(m_descriptor, &facts) != 0)
        return failure(ErrorCode::Io, "cannot be examined", errno);
    if (!S_ISREG(facts.st_mode))
        return fail(ErrorCode::InputMissing, S_ISDIR(facts.st_mode) ? "is a folder" : "is no regular file",
                    m_path.string(), "give a file");
    return static_cast<std::uint64_t>(facts.st_size);
}

Status FileHandle::requireRegular() const
{
    IBIDEM_TRY([[maybe_unused]] const std::uint64_t bytes, size());
    return {};
}

Result<std::size_t> FileHandle::read(std::span<std::byte> block) const
{
    while (true) {
        const ssize_t got = ::read(m_descriptor, block.data(), block.size());
        if (got >= 0)
            return static_cast<std::size_t>(got);
        if (errno != EINTR)
            return failure(ErrorCode::Io, "reading failed", errno);
    }
}

Status FileHandle::writeAll(std::string_view bytes) const
{
    while (!bytes.empty()) {
        const ssize_t put = ::write(m_descriptor, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return failure(ErrorCode::Io, "writing failed", errno);
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Status FileHandle::synchronise() const
{
    if (::fsync(m_descriptor) != 0)
        return failure(ErrorCode::Io, "writing to the disk failed", errno);
    return {};
}

Status FileHandle::close()
{
    if (::close(std::exchange(m_descriptor, -1)) != 0)
        return failure(ErrorCode::Io, "closing failed", errno);
    return {};
}

} // namespace ibidem
