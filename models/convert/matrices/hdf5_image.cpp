// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/hdf5_image.h"

#include <algorithm>
#include <array>
#include <limits>

namespace ibidem::convert {

namespace {

constexpr hsize_t kChunkElements = 65536;
constexpr unsigned kDeflateLevel = 4;

Hdf5Id filePlan()
{
    Hdf5Id plan(H5Pcreate(H5P_FILE_CREATE));
    H5Pset_obj_track_times(plan.get(), false); // of the root group
    return plan;
}

Hdf5Id accessPlan()
{
    Hdf5Id plan(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fclose_degree(plan.get(), H5F_CLOSE_STRONG);
    H5Pset_libver_bounds(plan.get(), H5F_LIBVER_V18, H5F_LIBVER_V18);
    return plan;
}

/// Small and empty datasets lie in one piece; the others in chunks of whole rows.
Hdf5Id datasetPlan(std::span<const hsize_t> extents, bool deflates)
{
    Hdf5Id plan(H5Pcreate(H5P_DATASET_CREATE));
    H5Pset_obj_track_times(plan.get(), false);
    const hsize_t width = extents.size() > 1 ? extents[1] : 1;
    constexpr hsize_t kFewElements = 256;
    if (!deflates || extents[0] * width < kFewElements)
        return plan;
    std::vector<hsize_t> chunk(extents.begin(), extents.end());
    chunk[0] = std::clamp<hsize_t>(kChunkElements / width, 1, extents[0]);
    H5Pset_chunk(plan.get(), static_cast<int>(chunk.size()), chunk.data());
    H5Pset_shuffle(plan.get());
    H5Pset_deflate(plan.get(), kDeflateLevel);
    return plan;
}

Hdf5Id textType(std::size_t length)
{
    Hdf5Id type(H5Tcopy(H5T_C_S1));
    H5Tset_size(type.get(), length);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
    H5Tset_strpad(type.get(), length == H5T_VARIABLE ? H5T_STR_NULLTERM : H5T_STR_NULLPAD);
    return type;
}

Hdf5Id booleanType()
{
    Hdf5Id type(H5Tenum_create(H5T_STD_I8LE));
    for (std::int8_t value = 0; value < 2; ++value)
        H5Tenum_insert(type.get(), value == 0 ? "FALSE" : "TRUE", &value);
    return type;
}

std::vector<const char *> pointersTo(std::span<const std::string> texts)
{
    std::vector<const char *> pointers;
    pointers.reserve(texts.size());
    for (const std::string &text : texts)
        pointers.push_back(text.c_str());
    return pointers;
}

Hdf5Id simpleSpace(std::size_t count)
{
    const hsize_t extent = count;
    return Hdf5Id(H5Screate_simple(1, &extent, nullptr));
}

} // namespace

Hdf5Image::Hdf5Image(const std::filesystem::path &path)
    : m_path(path.string())
{
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    m_file = Hdf5Id(H5Fcreate(m_path.c_str(), H5F_ACC_EXCL, filePlan().get(), accessPlan().get()));
    m_created = static_cast<bool>(m_file);
    m_root = Hdf5Id(H5Gopen2(m_file.get(), "/", H5P_DEFAULT));
    m_groupPlan = Hdf5Id(H5Pcreate(H5P_GROUP_CREATE));
    H5Pset_obj_track_times(m_groupPlan.get(), false);
    m_textType = textType(H5T_VARIABLE);
    m_booleanType = booleanType();
    require(m_file && m_root && m_groupPlan && m_textType && m_booleanType, "a file");
}

bool Hdf5Image::require(bool succeeded, std::string_view what)
{
    if (!succeeded && good())
        m_failure = "HDF5 cannot make " + std::string(what) + ": " + hdf5Reason();
    return good();
}

Hdf5Id Hdf5Image::group(hid_t parent, const std::string &name)
{
    if (!good())
        return {};
    Hdf5Id made(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, m_groupPlan.get(), H5P_DEFAULT));
    require(static_cast<bool>(made), "the group " + name);
    return made;
}

Hdf5Id Hdf5Image::write(hid_t parent, const std::string &name, hid_t fileType, hid_t memoryType,
                        std::span<const hsize_t> extents, const void *values)
{
    if (!good())
        return {};
    // References to texts of any length do not get smaller.
    const bool deflates = H5Tis_variable_str(fileType) <= 0;
    const Hdf5Id space(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr));
    const Hdf5Id plan = datasetPlan(extents, deflates);
    Hdf5Id made(
        H5Dcreate2(parent, name.c_str(), fileType, space.get(), H5P_DEFAULT, plan.get(), H5P_DEFAULT));
    const bool isEmpty = std::find(extents.begin(), extents.end(), hsize_t{0}) != extents.end();
    const bool written =
        made && (isEmpty || H5Dwrite(made.get(), memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    require(written, "the dataset " + name);
    return made;
}

Hdf5Id Hdf5Image::dataset(hid_t parent, const std::string &name, std::span<const float> values,
                          std::uint64_t width)
{
    const std::array<hsize_t, 2> extents = {width == 0 ? values.size() : values.size() / width, width};
    return write(parent, name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, std::span(extents).first(width == 0 ? 1 : 2),
                 values.data());
}

Hdf5Id Hdf5Image::dataset(hid_t parent, const std::string &name, std::span<const double> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    return write(parent, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, extents, values.data());
}

Hdf5Id Hdf5Image::dataset(hid_t parent, const std::string &name, std::span<const std::int8_t> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    return write(parent, name, H5T_STD_I8LE, H5T_NATIVE_INT8, extents, values.data());
}

Hdf5Id Hdf5Image::dataset(hid_t parent, const std::string &name, std::span<const std::int16_t> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    return write(parent, name, H5T_STD_I16LE, H5T_NATIVE_INT16, extents, values.data());
}

Hdf5Id Hdf5Image::dataset(hid_t parent, const std::string &name, std::span<const std::int32_t> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    return write(parent, name, H5T_STD_I32LE, H5T_NATIVE_INT32, extents, values.data());
}

Hdf5Id Hdf5Image::dataset(hid_t parent, const std::string &name, std::span<const std::int64_t> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    return write(parent, name, H5T_STD_I64LE, H5T_NATIVE_INT64, extents, values.data());
}

Hdf5Id Hdf5Image::booleans(hid_t parent, const std::string &name, std::span<const std::int8_t> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    return write(parent, name, m_booleanType.get(), m_booleanType.get(), extents, values.data());
}

Hdf5Id Hdf5Image::texts(hid_t parent, const std::string &name, std::span<const std::string> values)
{
    const std::array<hsize_t, 1> extents = {values.size()};
    const std::vector<const char *> pointers = pointersTo(values);
    return write(parent, name, m_textType.get(), m_textType.get(), extents, pointers.data());
}

Hdf5Id Hdf5Image::fixedTexts(hid_t parent, const std::string &name, std::span<const std::string> values)
{
    std::size_t longest = 1;
    for (const std::string &value : values)
        longest = std::max(longest, value.size());
    std::string fields(longest * values.size(), '\0');
    for (std::size_t i = 0; i < values.size(); ++i)
        std::copy(values[i].begin(), values[i].end(),
                  fields.begin() + static_cast<std::ptrdiff_t>(i * longest));
    const std::array<hsize_t, 1> extents = {values.size()};
    const Hdf5Id type = textType(longest);
    return write(parent, name, type.get(), type.get(), extents, fields.data());
}

void Hdf5Image::writeAttribute(hid_t object, const char *name, hid_t type, const Hdf5Id &space,
                               const void *values)
{
    if (!good())
        return;
    const Hdf5Id made(H5Acreate2(object, name, type, space.get(), H5P_DEFAULT, H5P_DEFAULT));
    const bool isEmpty = H5Sget_simple_extent_npoints(space.get()) == 0;
    require(made && (isEmpty || H5Awrite(made.get(), type, values) >= 0),
            "the attribute " + std::string(name));
}

void Hdf5Image::attribute(hid_t object, const char *name, std::string_view text)
{
    const std::string ended(text);
    const char *const pointer = ended.c_str();
    writeAttribute(object, name, m_textType.get(), Hdf5Id(H5Screate(H5S_SCALAR)), &pointer);
}

void Hdf5Image::attribute(hid_t object, const char *name, std::span<const std::string> texts)
{
    const std::vector<const char *> pointers = pointersTo(texts);
    writeAttribute(object, name, m_textType.get(), simpleSpace(texts.size()), pointers.data());
}

void Hdf5Image::attribute(hid_t object, const char *name, std::span<const std::int64_t> numbers)
{
    writeAttribute(object, name, H5T_STD_I64LE, simpleSpace(numbers.size()), numbers.data());
}

void Hdf5Image::attribute(hid_t object, const char *name, std::int64_t number)
{
    writeAttribute(object, name, H5T_STD_I64LE, Hdf5Id(H5Screate(H5S_SCALAR)), &number);
}

void Hdf5Image::attribute(hid_t object, const char *name, bool value)
{
    const auto byte = static_cast<std::int8_t>(value ? 1 : 0);
    writeAttribute(object, name, m_booleanType.get(), Hdf5Id(H5Screate(H5S_SCALAR)), &byte);
}

Status Hdf5Image::finish()
{
    if (good())
        require(H5Fflush(m_file.get(), H5F_SCOPE_GLOBAL) >= 0, "the file");
    m_root = {};
    m_file = {};
    if (!good())
        return fail(m_created ? ErrorCode::Io : ErrorCode::CannotWrite, m_failure, m_path,
                    "choose a place that has room and that you may write to");
    return {};
}

} // namespace ibidem::convert
