// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/base/run_token.h"
#include "models/convert/table_reader.h"

#include <hdf5.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ibidem::convert {

/// An identifier of the HDF5 library that releases itself. Move only.
class Hdf5Id
{
public:
    Hdf5Id() = default;

    explicit Hdf5Id(hid_t id) noexcept
        : m_id(id)
    {}

    ~Hdf5Id()
    {
        if (m_id >= 0)
            H5Idec_ref(m_id);
    }

    Hdf5Id(const Hdf5Id &) = delete;
    Hdf5Id &operator=(const Hdf5Id &) = delete;

    Hdf5Id(Hdf5Id &&other) noexcept
        : m_id(std::exchange(other.m_id, -1))
    {}

    Hdf5Id &operator=(Hdf5Id &&other) noexcept
    {
        std::swap(m_id, other.m_id);
        return *this;
    }

    [[nodiscard]] hid_t get() const noexcept { return m_id; }

    [[nodiscard]] explicit operator bool() const noexcept { return m_id >= 0; }

private:
    hid_t m_id = -1;
};

enum class Hdf5Kind { Missing, Group, Dataset, Other };

/// A file of somebody else's, open for reading only, without plug-ins, without file locks and without a way
/// to other files: links out of it are errors. Objects are named by their paths ("/X/indptr"); every error
/// names file and object. One thread.
class Hdf5File
{
public:
    /// InputMissing; BadData if HDF5 refuses it (cut files among them).
    [[nodiscard]] static Result<std::unique_ptr<Hdf5File>>
    open(const std::filesystem::path &path, const ReadLimits &limits, const RunToken &token);
    Hdf5File(const Hdf5File &) = delete;
    Hdf5File &operator=(const Hdf5File &) = delete;
    ~Hdf5File() = default;

    [[nodiscard]] const std::string &path() const noexcept { return m_path; }

    [[nodiscard]] std::uint64_t fileBytes() const noexcept { return m_fileBytes; }

    [[nodiscard]] const RunToken &token() const noexcept { return m_token; }

    /// BadData for a link that leads out of the file or to nothing.
    [[nodiscard]] Result<Hdf5Kind> kindOf(const std::string &object) const;
    /// Names of a group's members, sorted by bytes.
    [[nodiscard]] Result<std::vector<std::string>> entriesOf(const std::string &group) const;
    [[nodiscard]] Result<Hdf5Id> openObject(const std::string &object) const;

    /// Attributes; nothing where there is none of that name, or it is of another kind.
    [[nodiscard]] Result<std::optional<std::string>> textAttribute(const std::string &object,
                                                                   const std::string &name) const;
    [[nodiscard]] Result<std::optional<std::vector<std::string>>>
    textsAttribute(const std::string &object, const std::string &name) const;
    [[nodiscard]] Result<std::optional<std::vector<std::int64_t>>>
    numbersAttribute(const std::string &object, const std::string &name) const;
    /// Path of the object that a reference points to.
    [[nodiscard]] Result<std::optional<std::string>> referenceAttribute(const std::string &object,
                                                                        const std::string &name) const;

    /// Counts memory that is about to be used. BadData when the sum passes the limit.
    [[nodiscard]] Status reserve(std::uint64_t bytes, const std::string &object);

    [[nodiscard]] bool hasRoom(std::uint64_t bytes) const noexcept
    {
        return bytes <= m_memoryBytes && m_reservedBytes <= m_memoryBytes - bytes;
    }

    /// BadData for a claim that no compression can reach in a file of this size.
    [[nodiscard]] Status requirePlausible(std::uint64_t bytes, const std::string &object) const;
    /// Stopped, if that was asked for.
    [[nodiscard]] Status requireRunning() const;

    [[nodiscard]] tl::unexpected<Error> bad(const std::string &object, const std::string &what,
                                            std::string cure = {}) const;
    /// "object: HDF5 cannot read it: reason".
    [[nodiscard]] tl::unexpected<Error> unreadable(const std::string &object) const;

    /// Text as UTF-8: bytes that are not are taken for Latin-1, and counted.
    [[nodiscard]] std::string text(std::string_view bytes);

    [[nodiscard]] std::uint64_t latin1Texts() const noexcept { return m_latin1Texts; }

private:
    Hdf5File() = default;

    [[nodiscard]] Status requireLocal(const std::string &object) const;
    [[nodiscard]] Result<Hdf5Id> openAttribute(const std::string &object, const std::string &name) const;

    std::string m_path;
    RunToken m_token;
    Hdf5Id m_access; ///< link access that refuses external links
    Hdf5Id m_id;
    std::uint64_t m_fileBytes = 0;
    std::uint64_t m_memoryBytes = 0;
    std::uint64_t m_reservedBytes = 0;
    std::uint64_t m_latin1Texts = 0;
};

/// The deepest reason that the library gave for its last failure.
[[nodiscard]] std::string hdf5Reason();

/// "/X" and "data" -> "/X/data".
[[nodiscard]] std::string childOf(const std::string &group, const std::string &name);

/// The text in a field of fixed length: what a NUL or, for SPACEPAD, trailing blanks leave of it.
[[nodiscard]] std::string_view fixedText(std::string_view field, H5T_str_t padding) noexcept;

inline constexpr std::string_view kFetchAgain = "the file is damaged: fetch or write it again";

} // namespace ibidem::convert
