// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/hdf5_dataset.h"

#include "models/base/text.h"
#include "models/convert/matrices/text_arena.h"

#include <algorithm>
#include <array>
#include <span>

namespace ibidem::convert {

namespace {

constexpr std::uint64_t kBlockBytes = 4ULL << 20U;
constexpr std::uint64_t kMostElements = 1ULL << 44U;
constexpr std::size_t kMostMembers = 10'000;

struct FilterName
{
    H5Z_filter_t id;
    std::string_view name;
};

/// Of the HDF Group's list of registered filters.
constexpr std::array<FilterName, 12> kFilters = {{{1, "gzip"},
                                                  {4, "szip"},
                                                  {305, "LZO"},
                                                  {307, "bzip2"},
                                                  {32000, "lzf"},
                                                  {32001, "blosc"},
                                                  {32004, "lz4"},
                                                  {32008, "bitshuffle"},
                                                  {32013, "zfp"},
                                                  {32015, "zstd"},
                                                  {32024, "sz3"},
                                                  {32026, "blosc2"}}};

std::string filterName(H5Z_filter_t id)
{
    for (const FilterName &filter : kFilters)
        if (filter.id == id)
            return std::string(filter.name) + " (HDF5 filter " + std::to_string(id) + ")";
    return "HDF5 filter " + std::to_string(id);
}

bool canDecode(H5Z_filter_t id)
{
    unsigned config = 0;
    return H5Zfilter_avail(id) > 0 && H5Zget_filter_info(id, &config) >= 0 &&
           (config & H5Z_FILTER_CONFIG_DECODE_ENABLED) != 0;
}

/// h5py writes booleans as this enumeration.
bool isBoolean(hid_t type)
{
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_nmembers(type) != 2)
        return false;
    for (unsigned i = 0; i < 2; ++i) {
        char *name = H5Tget_member_name(type, i);
        const std::string text = name ? name : "";
        H5free_memory(name);
        if (text != "FALSE" && text != "TRUE")
            return false;
    }
    return true;
}

Hdf5Number exactNumber(hid_t type)
{
    const std::size_t size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_FLOAT)
        return size <= sizeof(float) ? Hdf5Number::Float : Hdf5Number::Double;
    const bool isSigned = H5Tget_sign(type) != H5T_SGN_NONE;
    if (size < sizeof(std::int32_t) || (size == sizeof(std::int32_t) && isSigned))
        return Hdf5Number::Int32;
    return isSigned || size < sizeof(std::int64_t) ? Hdf5Number::Int64 : Hdf5Number::UInt64;
}

/// The product, or the largest number if that is less.
template <class Extents>
std::uint64_t product(const Extents &extents) noexcept
{
    std::uint64_t result = 1;
    for (const std::uint64_t extent : extents) {
        if (extent != 0 && result > ~0ULL / extent)
            return ~0ULL;
        result *= extent;
    }
    return result;
}

} // namespace

Result<Hdf5Dataset> Hdf5Dataset::open(Hdf5File &file, const std::string &object)
{
    IBIDEM_TRY(const Hdf5Kind kind, file.kindOf(object));
    if (kind == Hdf5Kind::Missing)
        return file.bad(object, "is not there");
    if (kind != Hdf5Kind::Dataset)
        return file.bad(object, "is no dataset");
    Hdf5Dataset dataset;
    dataset.m_file = &file;
    dataset.m_path = object;
    IBIDEM_TRY(dataset.m_id, file.openObject(object));
    IBIDEM_CHECK(dataset.requireOwnStorage());
    dataset.m_rootType = Hdf5Id(H5Dget_type(dataset.m_id.get()));
    if (!dataset.m_rootType)
        return file.unreadable(object);
    IBIDEM_CHECK(dataset.look(dataset.m_rootType.get()));
    if (dataset.m_content == Hdf5Content::Number && dataset.m_arrayExtents.empty())
        dataset.m_chunkPlan = chunkPlanOf(dataset.m_id.get());
    return dataset;
}

/// Extents, storage and filters: everything that could make reading dangerous.
Status Hdf5Dataset::requireOwnStorage()
{
    const Hdf5Id space(H5Dget_space(m_id.get()));
    const Hdf5Id creation(H5Dget_create_plist(m_id.get()));
    const int rank = space ? H5Sget_simple_extent_ndims(space.get()) : -1;
    if (!creation || rank < 0 || H5Sget_simple_extent_type(space.get()) == H5S_NULL)
        return m_file->bad(m_path, "has no extents", std::string(kFetchAgain));
    std::vector<hsize_t> extents(static_cast<std::size_t>(rank));
    if (rank > 0)
        H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr);
    m_spaceExtents.assign(extents.begin(), extents.end());
    if (H5Pget_external_count(creation.get()) > 0)
        return m_file->bad(m_path, "keeps its data in another file, which is not read",
                           "write the data into one file, for example with h5repack");
    const H5D_layout_t layout = H5Pget_layout(creation.get());
    if (layout == H5D_VIRTUAL)
        return m_file->bad(m_path, "is a virtual dataset, which takes its data from other files",
                           "write the data into one file by saving it again");
    if (layout == H5D_CHUNKED) {
        std::vector<hsize_t> chunk(extents.size());
        if (H5Pget_chunk(creation.get(), rank, chunk.data()) < 0)
            return m_file->unreadable(m_path);
        const Hdf5Id type(H5Dget_type(m_id.get()));
        const std::uint64_t elements = product(chunk);
        const std::uint64_t size = type ? H5Tget_size(type.get()) : 1;
        IBIDEM_CHECK(m_file->requirePlausible(elements > kMostElements ? ~0ULL : elements * size, m_path));
        m_chunkRows = chunk.empty() ? 0 : chunk[0];
    }
    return requireFilters(creation.get());
}

Status Hdf5Dataset::requireFilters(hid_t creation) const
{
    const int count = H5Pget_nfilters(creation);
    for (int i = 0; i < count; ++i) {
        unsigned flags = 0;
        unsigned config = 0;
        std::size_t values = 0;
        const H5Z_filter_t filter =
            H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values, nullptr, 0, nullptr, &config);
        if (filter < 0)
            return m_file->unreadable(m_path);
        if (!canDecode(filter))
            return fail(ErrorCode::Unavailable,
                        m_path + ": is compressed with " + filterName(filter) + ", which cannot be read here",
                        m_file->path(), "save the file again with gzip compression, or with none");
    }
    return {};
}

Status Hdf5Dataset::look(hid_t type)
{
    m_element = Hdf5Id(H5Tcopy(type));
    m_arrayExtents.clear();
    if (H5Tget_class(type) == H5T_ARRAY) {
        const int rank = H5Tget_array_ndims(type);
        std::vector<hsize_t> extents(static_cast<std::size_t>(std::max(rank, 0)));
        H5Tget_array_dims2(type, extents.data());
        m_arrayExtents.assign(extents.begin(), extents.end());
        m_element = Hdf5Id(H5Tget_super(type));
    }
    m_extents = m_spaceExtents;
    m_extents.insert(m_extents.end(), m_arrayExtents.begin(), m_arrayExtents.end());
    const hid_t element = m_element.get();
    if (count() > kMostElements || H5Tget_size(element) == 0)
        return m_file->bad(m_path, "claims more elements than a file can hold", std::string(kFetchAgain));
    switch (H5Tget_class(element)) {
    case H5T_INTEGER:
    case H5T_FLOAT:
        m_content = Hdf5Content::Number;
        m_integer = H5Tget_class(element) == H5T_INTEGER;
        m_number = exactNumber(element);
        break;
    case H5T_ENUM:
        m_content = isBoolean(element) ? Hdf5Content::Boolean : Hdf5Content::Other;
        break;
    case H5T_STRING:
        m_content = Hdf5Content::Text;
        break;
    case H5T_COMPOUND:
        m_content = Hdf5Content::Compound;
        break;
    default:
        m_content = Hdf5Content::Other;
        break;
    }
    return m_file->requirePlausible(count() * H5Tget_size(element), m_path);
}

std::uint64_t Hdf5Dataset::count() const noexcept
{
    return product(m_extents);
}

std::uint64_t Hdf5Dataset::rowWidth() const noexcept
{
    return m_extents.empty() ? 1 : product(std::span(m_extents).subspan(1));
}

Status Hdf5Dataset::requireAxes(std::size_t count) const
{
    if (m_extents.size() == count)
        return {};
    return m_file->bad(m_path,
                       "has " + std::to_string(m_extents.size()) +
                           (m_extents.size() == 1 ? " axis" : " axes") + ", not " + std::to_string(count),
                       std::string(kFetchAgain));
}

std::vector<std::string> Hdf5Dataset::members() const
{
    std::vector<std::string> names;
    if (m_content != Hdf5Content::Compound)
        return names;
    const auto count = static_cast<std::size_t>(std::max(0, H5Tget_nmembers(m_element.get())));
    for (std::size_t i = 0; i < std::min(count, kMostMembers); ++i) {
        char *name = H5Tget_member_name(m_element.get(), static_cast<unsigned>(i));
        names.emplace_back(name ? name : "");
        H5free_memory(name);
    }
    return names;
}

Result<Hdf5Dataset> Hdf5Dataset::member(const std::string &name) const
{
    const int index =
        m_content == Hdf5Content::Compound ? H5Tget_member_index(m_element.get(), name.c_str()) : -1;
    if (index < 0)
        return m_file->bad(m_path, "has no member " + ibidem::quoted(name));
    Hdf5Dataset part;
    part.m_file = m_file;
    part.m_path = m_path + "/" + name;
    H5Iinc_ref(m_id.get());
    part.m_id = Hdf5Id(m_id.get());
    part.m_rootType = Hdf5Id(H5Tcopy(m_rootType.get()));
    part.m_member = name;
    part.m_spaceExtents = m_spaceExtents;
    part.m_chunkRows = m_chunkRows;
    const Hdf5Id type(H5Tget_member_type(m_element.get(), static_cast<unsigned>(index)));
    if (!type)
        return m_file->unreadable(part.m_path);
    IBIDEM_CHECK(part.look(type.get()));
    return part;
}

/// The type in memory of a whole row element: `element`, as array or single member where the file has it so.
Result<Hdf5Id> Hdf5Dataset::memoryType(hid_t element) const
{
    Hdf5Id type(H5Tcopy(element));
    if (!m_arrayExtents.empty()) {
        const std::vector<hsize_t> extents(m_arrayExtents.begin(), m_arrayExtents.end());
        type = Hdf5Id(H5Tarray_create2(type.get(), static_cast<unsigned>(extents.size()), extents.data()));
    }
    if (!m_member.empty()) {
        Hdf5Id compound(H5Tcreate(H5T_COMPOUND, H5Tget_size(type.get())));
        if (H5Tinsert(compound.get(), m_member.c_str(), 0, type.get()) < 0)
            return m_file->unreadable(m_path);
        type = std::move(compound);
    }
    if (!type)
        return m_file->unreadable(m_path);
    return type;
}

std::unique_ptr<ChunkReading> Hdf5Dataset::beginTransfer(std::uint64_t first, std::uint64_t count,
                                                         hid_t element, void *out) const
{
    if (count == 0 || this->count() == 0 || !m_chunkPlan || H5Tequal(element, m_element.get()) <= 0)
        return nullptr;
    return std::make_unique<ChunkReading>(m_id.get(), *m_chunkPlan, first, count, out);
}

Status Hdf5Dataset::readByHdf5(std::uint64_t first, std::uint64_t count, hid_t element, void *out,
                               hid_t plan) const
{
    if (count == 0 || this->count() == 0)
        return {};
    IBIDEM_TRY(const Hdf5Id type, memoryType(element));
    const Hdf5Id space(H5Dget_space(m_id.get()));
    std::vector<hsize_t> extents(m_spaceExtents.begin(), m_spaceExtents.end());
    Hdf5Id memory(H5Screate(H5S_SCALAR));
    if (!extents.empty()) {
        std::vector<hsize_t> start(extents.size(), 0);
        start[0] = first;
        extents[0] = count;
        memory = Hdf5Id(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr));
        if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extents.data(), nullptr) <
            0)
            return m_file->unreadable(m_path);
    }
    if (H5Dread(m_id.get(), type.get(), memory.get(), space.get(), plan, out) < 0)
        return m_file->unreadable(m_path);
    return {};
}

Result<std::vector<double>> Hdf5Dataset::doubles() const
{
    if (m_content != Hdf5Content::Number && m_content != Hdf5Content::Boolean)
        return m_file->bad(m_path, "does not hold numbers");
    IBIDEM_CHECK(m_file->reserve(count() * sizeof(double), m_path));
    std::vector<double> values(count());
    IBIDEM_CHECK(read(0, rowCount(), values.data()));
    return values;
}

Result<std::vector<std::int64_t>> Hdf5Dataset::integers() const
{
    if ((m_content != Hdf5Content::Number || !m_integer) && m_content != Hdf5Content::Boolean)
        return m_file->bad(m_path, "does not hold whole numbers");
    IBIDEM_CHECK(m_file->reserve(count() * sizeof(std::int64_t), m_path));
    std::vector<std::int64_t> values(count());
    IBIDEM_CHECK(read(0, rowCount(), values.data()));
    return values;
}

Result<std::vector<std::string>> Hdf5Dataset::texts() const
{
    if (m_content != Hdf5Content::Text)
        return m_file->bad(m_path, "does not hold text");
    IBIDEM_CHECK(m_file->reserve(count() * sizeof(std::string), m_path));
    std::vector<std::string> texts;
    texts.reserve(count());
    const bool variable = H5Tis_variable_str(m_element.get()) > 0;
    IBIDEM_CHECK(variable ? readVariableTexts(texts) : readFixedTexts(texts));
    return texts;
}

Status Hdf5Dataset::readFixedTexts(std::vector<std::string> &texts) const
{
    const std::size_t size = H5Tget_size(m_element.get());
    const H5T_str_t padding = H5Tget_strpad(m_element.get());
    const std::uint64_t width = rowWidth();
    const std::uint64_t rowBytes = std::max<std::uint64_t>(1, width * size);
    const std::uint64_t blockRows = std::max<std::uint64_t>(1, kBlockBytes / rowBytes);
    IBIDEM_CHECK(m_file->reserve(count() * (size >= sizeof(std::string) / 2 ? size + 1 : 0), m_path));
    std::string fields(std::min(blockRows, rowCount()) * rowBytes, '\0');
    for (std::uint64_t row = 0; row < rowCount(); row += blockRows) {
        const std::uint64_t rows = std::min(blockRows, rowCount() - row);
        IBIDEM_CHECK(m_file->requireRunning());
        IBIDEM_CHECK(readByHdf5(row, rows, m_element.get(), fields.data()));
        for (std::uint64_t i = 0; i < rows * width; ++i)
            texts.push_back(
                m_file->text(fixedText(std::string_view(fields).substr(i * size, size), padding)));
    }
    return {};
}

Status Hdf5Dataset::readVariableTexts(std::vector<std::string> &texts) const
{
    constexpr std::uint64_t blockTexts = 16384;
    const std::uint64_t width = std::max<std::uint64_t>(1, rowWidth());
    const std::uint64_t blockRows = std::max<std::uint64_t>(1, blockTexts / width);
    // Many elements may point to one long text of the file, so that lengths are counted as they come.
    TextArena arena;
    const Hdf5Id plan(H5Pcreate(H5P_DATASET_XFER));
    H5Pset_vlen_mem_manager(plan.get(), TextArena::allocate, &arena, TextArena::release, &arena);
    std::vector<const char *> pointers(std::min(blockRows, rowCount()) * width, nullptr);
    for (std::uint64_t row = 0; row < rowCount(); row += blockRows) {
        const std::uint64_t rows = std::min(blockRows, rowCount() - row);
        IBIDEM_CHECK(m_file->requireRunning());
        std::fill(pointers.begin(), pointers.end(), nullptr);
        if (const Status read = readByHdf5(row, rows, m_element.get(), pointers.data(), plan.get()); !read)
            return arena.isFull() ? m_file->bad(m_path, "holds more text than a file of this size should",
                                                std::string(kFetchAgain))
                                  : read;
        std::uint64_t bytes = 0;
        for (std::uint64_t i = 0; i < rows * width; ++i) {
            texts.push_back(m_file->text(pointers[i] ? std::string_view(pointers[i]) : std::string_view()));
            bytes += texts.back().size();
        }
        IBIDEM_CHECK(m_file->reserve(bytes, m_path));
        arena.clear();
    }
    return {};
}

Result<std::vector<std::string>> Hdf5Dataset::words() const
{
    if (m_content == Hdf5Content::Text)
        return texts();
    std::vector<std::string> words;
    if (m_content == Hdf5Content::Boolean) {
        IBIDEM_TRY(const auto values, integers());
        for (const std::int64_t value : values)
            words.emplace_back(value != 0 ? "True" : "False");
        return words;
    }
    IBIDEM_CHECK(m_file->reserve(count() * sizeof(std::string), m_path));
    if (m_content == Hdf5Content::Number && m_integer) {
        IBIDEM_TRY(const auto values, integers());
        for (const std::int64_t value : values)
            words.push_back(std::to_string(value));
        return words;
    }
    IBIDEM_TRY(const auto values, doubles());
    for (const double value : values)
        words.push_back(m_number == Hdf5Number::Float ? formatFloat(static_cast<float>(value))
                                                      : formatDouble(value));
    return words;
}

} // namespace ibidem::convert
