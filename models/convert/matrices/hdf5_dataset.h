// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/convert/matrices/hdf5_chunks.h"
#include "models/convert/matrices/hdf5_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ibidem::convert {

/// What the elements of a dataset are.
enum class Hdf5Content { Number, Boolean, Text, Compound, Other };

/// The C++ type that holds all numbers of a dataset exactly (Double: as well as we can).
enum class Hdf5Number { Float, Int32, Int64, UInt64, Double };

/// A dataset, or one member of a compound dataset, that may be read: it lies in this file, its filters are
/// there, and what it claims can be. Extents are those of the dataspace, then those of an array type: a
/// scalar has none. Valid as long as its file.
class Hdf5Dataset
{
public:
    /// BadData (external or virtual storage, an absurd size, no dataset), Unavailable (a missing filter).
    [[nodiscard]] static Result<Hdf5Dataset> open(Hdf5File &file, const std::string &object);

    [[nodiscard]] const std::string &path() const noexcept { return m_path; }

    [[nodiscard]] const std::vector<std::uint64_t> &extents() const noexcept { return m_extents; }

    [[nodiscard]] std::uint64_t count() const noexcept; ///< of elements

    [[nodiscard]] std::uint64_t rowCount() const noexcept { return m_extents.empty() ? 1 : m_extents[0]; }

    [[nodiscard]] std::uint64_t rowWidth() const noexcept; ///< elements in a row

    /// BadData unless there are so many extents.
    [[nodiscard]] Status requireAxes(std::size_t count) const;

    /// Rows that a chunk spans; 0 if there are no chunks.
    [[nodiscard]] std::uint64_t chunkRows() const noexcept { return m_chunkRows; }

    [[nodiscard]] Hdf5Content content() const noexcept { return m_content; }

    [[nodiscard]] bool isInteger() const noexcept { return m_integer; }

    [[nodiscard]] Hdf5Number number() const noexcept { return m_number; }

    /// Names of a compound's members in their order; empty for others.
    [[nodiscard]] std::vector<std::string> members() const;
    /// The dataset seen as this member alone. BadData if there is none.
    [[nodiscard]] Result<Hdf5Dataset> member(const std::string &name) const;

    /// Rows [first, first + count) of the first axis, converted by HDF5 to the type of `out`, which has room
    /// for count * rowWidth() elements.
    template <class T>
    [[nodiscard]] Status read(std::uint64_t first, std::uint64_t count, T *out) const
    {
        return finishRead(beginRead(first, count, out), first, count, out);
    }

    /// Begins to read the rows beside what the caller does: give it to finishRead() with the same numbers.
    /// Nothing where that does not pay or cannot be.
    template <class T>
    [[nodiscard]] std::unique_ptr<ChunkReading> beginRead(std::uint64_t first, std::uint64_t count,
                                                          T *out) const
    {
        return beginTransfer(first, count, nativeNumber(T()), out);
    }

    /// The end of beginRead(), or the whole read() where it gave nothing.
    template <class T>
    [[nodiscard]] Status finishRead(std::unique_ptr<ChunkReading> reading, std::uint64_t first,
                                    std::uint64_t count, T *out) const
    {
        return reading && reading->finish() ? Status() : readByHdf5(first, count, nativeNumber(T()), out);
    }

    /// All elements; memory is counted. BadData if they are not of that kind.
    [[nodiscard]] Result<std::vector<double>> doubles() const;
    [[nodiscard]] Result<std::vector<std::int64_t>> integers() const; ///< booleans as 0 and 1
    [[nodiscard]] Result<std::vector<std::string>> texts() const;
    /// Texts; integers, other numbers and booleans in words.
    [[nodiscard]] Result<std::vector<std::string>> words() const;

    [[nodiscard]] Hdf5File &file() const noexcept { return *m_file; }

private:
    Hdf5Dataset() = default;

    [[nodiscard]] Status look(hid_t type);
    [[nodiscard]] Status requireOwnStorage();
    [[nodiscard]] Status requireFilters(hid_t creation) const;

    static hid_t nativeNumber(float) { return H5T_NATIVE_FLOAT; }

    static hid_t nativeNumber(double) { return H5T_NATIVE_DOUBLE; }

    static hid_t nativeNumber(std::int32_t) { return H5T_NATIVE_INT32; }

    static hid_t nativeNumber(std::int64_t) { return H5T_NATIVE_INT64; }

    static hid_t nativeNumber(std::uint64_t) { return H5T_NATIVE_UINT64; }

    [[nodiscard]] std::unique_ptr<ChunkReading> beginTransfer(std::uint64_t first, std::uint64_t count,
                                                              hid_t element, void *out) const;
    [[nodiscard]] Status readByHdf5(std::uint64_t first, std::uint64_t count, hid_t element, void *out,
                                    hid_t plan = H5P_DEFAULT) const;
    [[nodiscard]] Result<Hdf5Id> memoryType(hid_t element) const;
    [[nodiscard]] Status readFixedTexts(std::vector<std::string> &texts) const;
    [[nodiscard]] Status readVariableTexts(std::vector<std::string> &texts) const;

    Hdf5File *m_file = nullptr;
    std::string m_path;
    Hdf5Id m_id;
    Hdf5Id m_rootType; ///< of the dataset
    Hdf5Id m_element;  ///< of one element
    std::string m_member;
    std::vector<std::uint64_t> m_spaceExtents;
    std::vector<std::uint64_t> m_arrayExtents;
    std::vector<std::uint64_t> m_extents;
    std::uint64_t m_chunkRows = 0;
    std::optional<ChunkPlan> m_chunkPlan;
    Hdf5Content m_content = Hdf5Content::Other;
    Hdf5Number m_number = Hdf5Number::Double;
    bool m_integer = false;
};

} // namespace ibidem::convert
