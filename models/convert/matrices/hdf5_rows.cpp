// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/hdf5_rows.h"

#include <algorithm>
#include <limits>
#include <type_traits>

namespace ibidem::convert {

namespace {

constexpr std::uint64_t kBlockElements = 1ULL << 20U;
constexpr std::uint64_t kSlabBytes = 2ULL << 20U;
/// Column numbers are read as signed or unsigned 32 bits without a second copy.
constexpr std::uint64_t kMostColumns = 1ULL << 31U;

/// Rows a block: whole chunks, so that none is inflated twice.
std::uint64_t blockRows(const Hdf5Dataset &dataset, std::uint64_t wanted)
{
    const std::uint64_t chunk = std::max<std::uint64_t>(1, dataset.chunkRows());
    return std::max<std::uint64_t>(1, wanted / chunk) * chunk;
}

/// To single precision; counts what changes.
template <class T>
float rounded(T value, std::uint64_t &changed) noexcept
{
    const auto result = static_cast<float>(value);
    if constexpr (std::is_floating_point_v<T>)
        changed += static_cast<T>(result) != value && value == value ? 1U : 0U;
    else if constexpr (sizeof(T) == 4)
        changed += static_cast<double>(result) != static_cast<double>(value) ? 1U : 0U;
    else // 2^63 and 2^64 as floats do not fit into T
        changed += result >= 9.2e18F || result <= -9.2e18F || static_cast<T>(result) != value ? 1U : 0U;
    return result;
}

/// Calls work(T()) with the type that holds the dataset's numbers.
template <class Work>
Status withNumberType(const Hdf5Dataset &dataset, Work work)
{
    if (dataset.content() == Hdf5Content::Boolean)
        return work(std::int32_t());
    if (dataset.content() != Hdf5Content::Number)
        return dataset.file().bad(dataset.path(), "does not hold numbers");
    switch (dataset.number()) {
    case Hdf5Number::Float:
        return work(float());
    case Hdf5Number::Int32:
        return work(std::int32_t());
    case Hdf5Number::Int64:
        return work(std::int64_t());
    case Hdf5Number::UInt64:
        return work(std::uint64_t());
    case Hdf5Number::Double:
        return work(double());
    }
    return {};
}

Status requireVector(const Hdf5Dataset &dataset, std::uint64_t length, const std::string &why)
{
    IBIDEM_CHECK(dataset.requireAxes(1));
    if (dataset.rowCount() == length)
        return {};
    return dataset.file().bad(dataset.path(),
                              "has " + std::to_string(dataset.rowCount()) + " entries instead of " +
                                  std::to_string(length) + ", " + why,
                              std::string(kFetchAgain));
}

/// Stages of reading one matrix, for the bar.
struct Share
{
    double from = 0.0;
    double to = 1.0;
};

Status advance(const Hdf5File &file, const Share &share, std::uint64_t done, std::uint64_t all)
{
    const double part = all == 0 ? 1.0 : static_cast<double>(done) / static_cast<double>(all);
    file.token().progress("read", share.from + (share.to - share.from) * part);
    return file.requireRunning();
}

Result<std::vector<std::uint64_t>> readStarts(Hdf5File &file, const CompressedMatrix &matrix)
{
    const std::string object = childOf(matrix.group, "indptr");
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, object));
    IBIDEM_CHECK(requireVector(dataset, matrix.major + 1, "one more than the matrix has rows"));
    IBIDEM_TRY(const std::vector<std::int64_t> read, dataset.integers());
    const std::string cure(kFetchAgain);
    if (read.front() != 0)
        return file.bad(object, "begins with " + std::to_string(read.front()) + " instead of 0", cure);
    const auto fall = std::is_sorted_until(read.begin(), read.end());
    if (fall != read.end())
        return file.bad(object,
                        "falls from " + std::to_string(*(fall - 1)) + " to " + std::to_string(*fall) +
                            " at entry " + std::to_string(fall - read.begin()) + " (from 0)",
                        cure);
    return std::vector<std::uint64_t>(read.begin(), read.end());
}

tl::unexpected<Error> outside(const Hdf5Dataset &dataset, std::uint64_t at, std::int64_t value,
                              std::uint64_t minor)
{
    return dataset.file().bad(dataset.path(),
                              "entry " + std::to_string(at) + " (from 0) is " + std::to_string(value) +
                                  ", outside 0 to " + std::to_string(minor == 0 ? 0 : minor - 1),
                              std::string(kFetchAgain));
}

/// Four bytes wide, signed or not: read in place. A negative number turns into one that is too large.
Status readNarrowColumns(const Hdf5Dataset &dataset, std::uint64_t minor, const Share &share,
                         std::vector<std::uint32_t> &columns)
{
    const std::uint64_t step = blockRows(dataset, kBlockElements);
    std::vector<std::int32_t> block;
    const std::uint64_t all = dataset.rowCount();
    for (std::uint64_t first = 0; first < all; first += step) {
        const std::uint64_t count = std::min(step, all - first);
        block.resize(count);
        IBIDEM_CHECK(dataset.read(first, count, block.data()));
        std::uint32_t largest = 0;
        for (std::uint64_t i = 0; i < count; ++i) {
            columns[first + i] = static_cast<std::uint32_t>(block[i]);
            largest = std::max(largest, columns[first + i]);
        }
        if (largest >= minor) {
            const auto wrong = std::find_if(block.begin(), block.end(), [minor](std::int32_t column) {
                return column < 0 || static_cast<std::uint64_t>(column) >= minor;
            });
            return outside(dataset, first + static_cast<std::uint64_t>(wrong - block.begin()), *wrong, minor);
        }
        IBIDEM_CHECK(advance(dataset.file(), share, first + count, all));
    }
    return {};
}

Status readWideColumns(const Hdf5Dataset &dataset, std::uint64_t minor, const Share &share,
                       std::vector<std::uint32_t> &columns)
{
    const std::uint64_t step = blockRows(dataset, kBlockElements);
    std::vector<std::int64_t> block;
    const std::uint64_t all = dataset.rowCount();
    for (std::uint64_t first = 0; first < all; first += step) {
        const std::uint64_t count = std::min(step, all - first);
        block.resize(count);
        IBIDEM_CHECK(dataset.read(first, count, block.data()));
        for (std::uint64_t i = 0; i < count; ++i) {
            if (static_cast<std::uint64_t>(block[i]) >= minor)
                return outside(dataset, first + i, block[i], minor);
            columns[first + i] = static_cast<std::uint32_t>(block[i]);
        }
        IBIDEM_CHECK(advance(dataset.file(), share, first + count, all));
    }
    return {};
}

Status readColumns(const Hdf5Dataset &dataset, std::uint64_t minor, std::vector<std::uint32_t> &columns)
{
    if (dataset.content() != Hdf5Content::Number || !dataset.isInteger())
        return dataset.file().bad(dataset.path(), "does not hold whole numbers");
    const Share share{0.0, 0.4};
    return dataset.number() == Hdf5Number::Int32 ? readNarrowColumns(dataset, minor, share, columns)
                                                 : readWideColumns(dataset, minor, share, columns);
}

Status readValues(const Hdf5Dataset &dataset, ReadRows &into)
{
    const std::uint64_t step = blockRows(dataset, kBlockElements);
    const std::uint64_t all = dataset.rowCount();
    const Share share{0.4, 0.8};
    return withNumberType(dataset, [&](auto zero) -> Status {
        using T = decltype(zero);
        std::vector<T> block;
        float *values = into.rows.values.data();
        for (std::uint64_t first = 0; first < all; first += step) {
            const std::uint64_t count = std::min(step, all - first);
            if constexpr (std::is_same_v<T, float>) {
                IBIDEM_CHECK(dataset.read(first, count, values + first));
            } else {
                block.resize(count);
                IBIDEM_CHECK(dataset.read(first, count, block.data()));
                for (std::uint64_t i = 0; i < count; ++i)
                    values[first + i] = rounded(block[i], into.roundedValues);
            }
            IBIDEM_CHECK(advance(dataset.file(), share, first + count, all));
        }
        return {};
    });
}

/// Puts what is not zero in the slab behind the rows that are there.
template <class T>
Status addSlab(Hdf5File &file, const Hdf5Dataset &dataset, const std::vector<T> &slab, std::uint64_t rowCount,
               ReadRows &into)
{
    data::SparseMatrix &rows = into.rows;
    const std::uint64_t width = rows.columnCount;
    const std::size_t before = rows.values.size();
    // A row at a time through the cache; one more place, where a zero at the end is written and not kept.
    std::vector<std::uint32_t> columns(width + 1);
    std::vector<float> values(width + 1);
    const T *value = slab.data();
    for (std::uint64_t row = 0; row < rowCount; ++row) {
        std::size_t stored = 0;
        for (std::uint64_t column = 0; column < width; ++column, ++value) {
            columns[stored] = static_cast<std::uint32_t>(column);
            if constexpr (std::is_same_v<T, float>)
                values[stored] = *value;
            else
                values[stored] = rounded(*value, into.roundedValues);
            stored += *value != T() ? 1U : 0U;
        }
        rows.columns.insert(rows.columns.end(), columns.begin(),
                            columns.begin() + static_cast<std::ptrdiff_t>(stored));
        rows.values.insert(rows.values.end(), values.begin(),
                           values.begin() + static_cast<std::ptrdiff_t>(stored));
        rows.starts.push_back(rows.values.size());
    }
    // Twice: a vector that grows copies itself.
    return file.reserve((rows.values.size() - before) * 2 * (sizeof(float) + sizeof(std::uint32_t)),
                        dataset.path());
}

/// Room for as many values as the first rows promise, and an eighth more, so that few vectors must grow.
void expectRows(const Hdf5File &file, data::SparseMatrix &rows, std::uint64_t done, std::uint64_t all)
{
    const std::uint64_t promised = rows.values.size() / done * all;
    const std::uint64_t expected = promised + promised / 8;
    if (!file.hasRoom(expected * (sizeof(float) + sizeof(std::uint32_t))))
        return;
    rows.values.reserve(expected);
    rows.columns.reserve(expected);
}

/// Slab by slab: while one is made sparse, the next is unpacked.
template <class T>
Status readSlabs(Hdf5File &file, const Hdf5Dataset &dataset, std::uint64_t rowCount, ReadRows &into)
{
    const std::uint64_t width = into.rows.columnCount;
    const std::uint64_t rowBytes = std::max<std::uint64_t>(1, width * sizeof(T));
    const std::uint64_t step =
        std::min(std::max<std::uint64_t>(1, rowCount), blockRows(dataset, kSlabBytes / rowBytes));
    IBIDEM_CHECK(file.reserve(2 * step * rowBytes, dataset.path()));
    std::vector<T> slab(step * width);
    std::vector<T> nextSlab(step * width);
    auto reading = dataset.beginRead(0, std::min(step, rowCount), slab.data());
    for (std::uint64_t first = 0; first < rowCount; first += step) {
        const std::uint64_t count = std::min(step, rowCount - first);
        IBIDEM_CHECK(dataset.finishRead(std::move(reading), first, count, slab.data()));
        const std::uint64_t next = first + count;
        if (next < rowCount)
            reading = dataset.beginRead(next, std::min(step, rowCount - next), nextSlab.data());
        IBIDEM_CHECK(addSlab(file, dataset, slab, count, into));
        if (first == 0)
            expectRows(file, into.rows, count, rowCount);
        std::swap(slab, nextSlab);
        IBIDEM_CHECK(advance(file, {0.0, 0.8}, next, rowCount));
    }
    return {};
}

} // namespace

Result<ReadRows> readCompressed(Hdf5File &file, const CompressedMatrix &matrix)
{
    if (matrix.minor >= kMostColumns || matrix.major >= kMostColumns)
        return file.bad(matrix.group, "is larger than 2147483647 in one direction");
    ReadRows result;
    result.rows.columnCount = matrix.minor;
    IBIDEM_TRY(result.rows.starts, readStarts(file, matrix));
    const std::uint64_t stored = result.rows.starts.back();
    const std::string why = "the last entry of indptr";
    IBIDEM_TRY(const Hdf5Dataset columns, Hdf5Dataset::open(file, childOf(matrix.group, "indices")));
    IBIDEM_CHECK(requireVector(columns, stored, why));
    IBIDEM_TRY(const Hdf5Dataset values, Hdf5Dataset::open(file, childOf(matrix.group, "data")));
    IBIDEM_CHECK(requireVector(values, stored, why));
    IBIDEM_CHECK(file.reserve(stored * (sizeof(float) + sizeof(std::uint32_t)), matrix.group));
    result.rows.columns.resize(stored);
    IBIDEM_CHECK(readColumns(columns, matrix.minor, result.rows.columns));
    result.rows.values.resize(stored);
    IBIDEM_CHECK(readValues(values, result));
    return result;
}

Result<ReadRows> readDense(Hdf5File &file, const std::string &object, std::uint64_t rowCount,
                           std::uint64_t columnCount)
{
    IBIDEM_TRY(const Hdf5Dataset dataset, Hdf5Dataset::open(file, object));
    if (dataset.extents() != std::vector<std::uint64_t>{rowCount, columnCount}) {
        std::string shape;
        for (const std::uint64_t extent : dataset.extents())
            shape += (shape.empty() ? "" : " x ") + std::to_string(extent);
        return file.bad(object,
                        "is " + (shape.empty() ? "a single number" : shape) + ", but the names are for " +
                            std::to_string(rowCount) + " x " + std::to_string(columnCount),
                        std::string(kFetchAgain));
    }
    if (columnCount >= kMostColumns || rowCount >= kMostColumns)
        return file.bad(object, "is larger than 2147483647 in one direction");
    ReadRows result;
    result.rows.columnCount = columnCount;
    IBIDEM_CHECK(file.reserve((rowCount + 1) * 2 * sizeof(std::uint64_t), object));
    result.rows.starts.reserve(rowCount + 1);
    const Status read = withNumberType(
        dataset, [&](auto zero) { return readSlabs<decltype(zero)>(file, dataset, rowCount, result); });
    if (!read)
        return tl::unexpected<Error>(read.error());
    return result;
}

Result<data::SparseMatrix> transposed(Hdf5File &file, const data::SparseMatrix &rows,
                                      const std::string &object)
{
    const std::uint64_t stored = rows.values.size();
    IBIDEM_CHECK(file.reserve(stored * (sizeof(float) + sizeof(std::uint32_t)) +
                                  rows.columnCount * 2 * sizeof(std::uint64_t),
                              object));
    data::SparseMatrix turned;
    turned.columnCount = rows.starts.size() - 1;
    turned.starts.assign(rows.columnCount + 1, 0);
    for (const std::uint32_t column : rows.columns)
        ++turned.starts[column + 1];
    for (std::size_t i = 1; i < turned.starts.size(); ++i)
        turned.starts[i] += turned.starts[i - 1];
    turned.columns.resize(stored);
    turned.values.resize(stored);
    std::vector<std::uint64_t> next(turned.starts.begin(), turned.starts.end() - 1);
    for (std::uint64_t row = 0; row < turned.columnCount; ++row) {
        for (std::uint64_t i = rows.starts[row]; i < rows.starts[row + 1]; ++i) {
            const std::uint64_t to = next[rows.columns[i]]++;
            turned.columns[to] = static_cast<std::uint32_t>(row);
            turned.values[to] = rows.values[i];
        }
    }
    return turned;
}

void keepColumns(data::SparseMatrix &rows, const std::vector<std::uint32_t> &kept)
{
    constexpr std::uint32_t dropped = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> places(rows.columnCount, dropped);
    for (std::size_t i = 0; i < kept.size(); ++i)
        places[kept[i]] = static_cast<std::uint32_t>(i);
    std::uint64_t at = 0;
    std::uint64_t begin = 0;
    for (std::size_t row = 0; row + 1 < rows.starts.size(); ++row) {
        const std::uint64_t end = rows.starts[row + 1];
        for (std::uint64_t i = begin; i < end; ++i) {
            const std::uint32_t place = places[rows.columns[i]];
            if (place == dropped)
                continue;
            rows.columns[at] = place;
            rows.values[at++] = rows.values[i];
        }
        begin = end;
        rows.starts[row + 1] = at;
    }
    rows.columns.resize(at);
    rows.values.resize(at);
    rows.columnCount = kept.size();
}

} // namespace ibidem::convert
