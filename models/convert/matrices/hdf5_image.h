// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/convert/matrices/hdf5_file.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::convert {

/// A new HDF5 file whose bytes depend on nothing but what is put into it: no time stamps, types of
/// fixed width and byte order, one version of the format (1.8), chunks of 65,536 elements, shuffled and
/// deflated at level
/// 4. (Another version of zlib may deflate to other bytes.) Objects are named by the group they lie in and a
/// name without slash. The first failure is kept and told by finish(); nothing is written after it. One
/// thread.
class Hdf5Image
{
public:
    explicit Hdf5Image(const std::filesystem::path &path);

    [[nodiscard]] hid_t root() const noexcept { return m_root.get(); }

    [[nodiscard]] Hdf5Id group(hid_t parent, const std::string &name);

    Hdf5Id dataset(hid_t parent, const std::string &name, std::span<const float> values,
                   std::uint64_t width = 0);
    Hdf5Id dataset(hid_t parent, const std::string &name, std::span<const double> values);
    Hdf5Id dataset(hid_t parent, const std::string &name, std::span<const std::int8_t> values);
    Hdf5Id dataset(hid_t parent, const std::string &name, std::span<const std::int16_t> values);
    Hdf5Id dataset(hid_t parent, const std::string &name, std::span<const std::int32_t> values);
    Hdf5Id dataset(hid_t parent, const std::string &name, std::span<const std::int64_t> values);
    /// h5py's kind of booleans: an enumeration of FALSE and TRUE.
    Hdf5Id booleans(hid_t parent, const std::string &name, std::span<const std::int8_t> values);
    Hdf5Id texts(hid_t parent, const std::string &name, std::span<const std::string> values);
    /// Of the length of the longest, filled up with NUL.
    Hdf5Id fixedTexts(hid_t parent, const std::string &name, std::span<const std::string> values);

    void attribute(hid_t object, const char *name, std::string_view text);
    void attribute(hid_t object, const char *name, std::span<const std::string> texts);
    void attribute(hid_t object, const char *name, std::span<const std::int64_t> numbers);
    void attribute(hid_t object, const char *name, std::int64_t number);
    void attribute(hid_t object, const char *name, bool value);

    /// Writes everything out and closes the file and what is open in it. CannotWrite if the file could not be
    /// created, Io for all else, with HDF5's reason.
    [[nodiscard]] Status finish();

private:
    [[nodiscard]] bool good() const noexcept { return m_failure.empty(); }

    /// Keeps the reason if the library refused.
    bool require(bool succeeded, std::string_view what);
    Hdf5Id write(hid_t parent, const std::string &name, hid_t fileType, hid_t memoryType,
                 std::span<const hsize_t> extents, const void *values);
    void writeAttribute(hid_t object, const char *name, hid_t type, const Hdf5Id &space, const void *values);

    Hdf5Id m_file;
    Hdf5Id m_root;
    Hdf5Id m_groupPlan;
    Hdf5Id m_textType; ///< UTF-8 of any length
    Hdf5Id m_booleanType;
    std::string m_path;
    bool m_created = false;
    std::string m_failure;
};

} // namespace ibidem::convert
