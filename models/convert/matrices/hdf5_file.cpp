// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/hdf5_file.h"

#include "models/base/text.h"
#include "models/convert/matrices/lzf_filter.h"

#include <algorithm>
#include <system_error>

namespace ibidem::convert {

namespace {

/// Deflate shrinks at most 1032 times (zlib's technical details); what chunk indices and headers add is
/// small.
constexpr std::uint64_t kMostCompression = 1100;
constexpr std::uint64_t kAlwaysPlausibleBytes = 4ULL << 20U;
constexpr std::size_t kMostEntries = 1'000'000;

/// Called by the library before it opens the target of an external link: never.
herr_t refuseExternalLink(const char *, const char *, const char *, const char *, unsigned *, hid_t, void *)
{
    return -1;
}

herr_t takeFirstReason(unsigned, const H5E_error2_t *error, void *reason)
{
    auto *text = static_cast<std::string *>(reason);
    if (text->empty() && error->desc)
        *text = error->desc;
    return 0;
}

/// No exception may cross the library's C code.
herr_t collectName(hid_t, const char *name, const H5L_info_t *, void *names) noexcept
{
    auto *list = static_cast<std::vector<std::string> *>(names);
    if (list->size() >= kMostEntries)
        return -1;
    list->emplace_back(name);
    return 0;
}

void prepareLibrary()
{
    H5open();
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    // Plug-ins are code that a file's name of a filter would choose.
    H5PLset_loading_state(0);
    registerLzfFilter();
}

Result<hid_t> openFile(const std::string &path)
{
    const Hdf5Id access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_fapl_sec2(access.get());
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    H5Pset_file_locking(access.get(), false, true);
    const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get());
    if (file < 0)
        return fail(ErrorCode::BadData, "HDF5 cannot open it: " + hdf5Reason(), path,
                    "the file is cut or damaged: fetch or write it again");
    return file;
}

/// Bytes of an attribute's value, which lies in the file as it is.
std::uint64_t attributeBytes(hid_t attribute)
{
    const Hdf5Id space(H5Aget_space(attribute));
    const Hdf5Id type(H5Aget_type(attribute));
    const hssize_t points = space ? H5Sget_simple_extent_npoints(space.get()) : -1;
    const std::size_t size = type ? H5Tget_size(type.get()) : 0;
    if (points < 0 || size == 0 || static_cast<std::uint64_t>(points) > (1ULL << 40U))
        return ~0ULL;
    return static_cast<std::uint64_t>(points) * size;
}

std::size_t pointsOf(hid_t attribute)
{
    const Hdf5Id space(H5Aget_space(attribute));
    return static_cast<std::size_t>(std::max<hssize_t>(0, H5Sget_simple_extent_npoints(space.get())));
}

} // namespace

std::string hdf5Reason()
{
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, takeFirstReason, &reason);
    return reason.empty() ? "no reason given" : reason;
}

std::string childOf(const std::string &group, const std::string &name)
{
    return group == "/" ? "/" + name : group + "/" + name;
}

std::string_view fixedText(std::string_view field, H5T_str_t padding) noexcept
{
    field = field.substr(0, field.find('\0'));
    if (padding == H5T_STR_SPACEPAD)
        while (field.ends_with(' '))
            field.remove_suffix(1);
    return field;
}

Result<std::unique_ptr<Hdf5File>> Hdf5File::open(const std::filesystem::path &path, const ReadLimits &limits,
                                                 const RunToken &token)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::InputMissing, "there is no such file", path.string(), "check the path");
    prepareLibrary();
    std::unique_ptr<Hdf5File> file(new Hdf5File);
    file->m_path = path.string();
    file->m_token = token;
    file->m_fileBytes = std::filesystem::file_size(path, error);
    file->m_memoryBytes = limits.memoryBytes != 0 ? limits.memoryBytes : usableMemory();
    file->m_access = Hdf5Id(H5Pcreate(H5P_LINK_ACCESS));
    H5Pset_elink_cb(file->m_access.get(), refuseExternalLink, nullptr);
    IBIDEM_TRY(const hid_t id, openFile(file->m_path));
    file->m_id = Hdf5Id(id);
    return file;
}

tl::unexpected<Error> Hdf5File::bad(const std::string &object, const std::string &what,
                                    std::string cure) const
{
    return fail(ErrorCode::BadData, (object.empty() ? what : object + ": " + what), m_path, std::move(cure));
}

tl::unexpected<Error> Hdf5File::unreadable(const std::string &object) const
{
    return bad(object, "HDF5 cannot read it: " + hdf5Reason(), std::string(kFetchAgain));
}

Status Hdf5File::requireLocal(const std::string &object) const
{
    H5L_info_t info{};
    if (H5Lget_info(m_id.get(), object.c_str(), &info, m_access.get()) < 0)
        return unreadable(object);
    if (info.type == H5L_TYPE_HARD || info.type == H5L_TYPE_SOFT)
        return {};
    return bad(object, "is a link to another file, which is not followed",
               "write the data into one file, for example with h5repack or by saving it again");
}

Result<Hdf5Kind> Hdf5File::kindOf(const std::string &object) const
{
    if (object != "/") {
        // Each step, because the library wants the groups on the way to be there.
        for (std::size_t end = object.find('/', 1);; end = object.find('/', end + 1)) {
            const std::string step = object.substr(0, end);
            const htri_t exists = H5Lexists(m_id.get(), step.c_str(), m_access.get());
            if (exists == 0)
                return Hdf5Kind::Missing;
            if (exists < 0)
                return Hdf5Kind::Missing; // a step is no group
            IBIDEM_CHECK(requireLocal(step));
            if (H5Oexists_by_name(m_id.get(), step.c_str(), m_access.get()) <= 0)
                return bad(step, "is a link that leads to nothing in this file",
                           "write the data into one file by saving it again");
            if (end == std::string::npos)
                break;
        }
    }
    IBIDEM_TRY(const Hdf5Id id, openObject(object));
    switch (H5Iget_type(id.get())) {
    case H5I_GROUP:
        return Hdf5Kind::Group;
    case H5I_DATASET:
        return Hdf5Kind::Dataset;
    default:
        return Hdf5Kind::Other;
    }
}

Result<Hdf5Id> Hdf5File::openObject(const std::string &object) const
{
    Hdf5Id id(H5Oopen(m_id.get(), object.c_str(), m_access.get()));
    if (!id)
        return unreadable(object);
    return id;
}

Result<std::vector<std::string>> Hdf5File::entriesOf(const std::string &group) const
{
    IBIDEM_TRY(const Hdf5Id id, openObject(group));
    std::vector<std::string> names;
    hsize_t index = 0;
    if (H5Literate(id.get(), H5_INDEX_NAME, H5_ITER_INC, &index, collectName, &names) < 0)
        return unreadable(group);
    std::sort(names.begin(), names.end());
    return names;
}

Result<Hdf5Id> Hdf5File::openAttribute(const std::string &object, const std::string &name) const
{
    IBIDEM_TRY(const Hdf5Id id, openObject(object));
    if (H5Aexists(id.get(), name.c_str()) <= 0)
        return Hdf5Id();
    Hdf5Id attribute(H5Aopen(id.get(), name.c_str(), H5P_DEFAULT));
    if (!attribute)
        return unreadable(object + "@" + name);
    if (attributeBytes(attribute.get()) > m_fileBytes)
        return bad(object + "@" + name, "claims more than the file holds", std::string(kFetchAgain));
    return attribute;
}

Result<std::optional<std::string>> Hdf5File::textAttribute(const std::string &object,
                                                           const std::string &name) const
{
    IBIDEM_TRY(auto texts, textsAttribute(object, name));
    if (!texts || texts->size() != 1)
        return std::optional<std::string>();
    return std::optional<std::string>(std::move(texts->front()));
}

Result<std::optional<std::vector<std::string>>> Hdf5File::textsAttribute(const std::string &object,
                                                                         const std::string &name) const
{
    using Texts = std::optional<std::vector<std::string>>;
    IBIDEM_TRY(const Hdf5Id attribute, openAttribute(object, name));
    if (!attribute)
        return Texts();
    const Hdf5Id type(H5Aget_type(attribute.get()));
    if (H5Tget_class(type.get()) != H5T_STRING)
        return Texts();
    std::vector<std::string> texts(pointsOf(attribute.get()));
    if (texts.empty())
        return Texts(std::move(texts));
    if (H5Tis_variable_str(type.get()) > 0) {
        std::vector<char *> pointers(texts.size(), nullptr);
        if (H5Aread(attribute.get(), type.get(), pointers.data()) < 0)
            return unreadable(object + "@" + name);
        for (std::size_t i = 0; i < texts.size(); ++i) {
            texts[i] = pointers[i] ? pointers[i] : "";
            H5free_memory(pointers[i]);
        }
        return Texts(std::move(texts));
    }
    const std::size_t size = H5Tget_size(type.get());
    std::string fields(size * texts.size(), '\0');
    if (H5Aread(attribute.get(), type.get(), fields.data()) < 0)
        return unreadable(object + "@" + name);
    for (std::size_t i = 0; i < texts.size(); ++i)
        texts[i] = fixedText(std::string_view(fields).substr(i * size, size), H5Tget_strpad(type.get()));
    return Texts(std::move(texts));
}

Result<std::optional<std::vector<std::int64_t>>> Hdf5File::numbersAttribute(const std::string &object,
                                                                            const std::string &name) const
{
    using Numbers = std::optional<std::vector<std::int64_t>>;
    IBIDEM_TRY(const Hdf5Id attribute, openAttribute(object, name));
    if (!attribute)
        return Numbers();
    const Hdf5Id type(H5Aget_type(attribute.get()));
    if (H5Tget_class(type.get()) != H5T_INTEGER)
        return Numbers();
    std::vector<std::int64_t> numbers(pointsOf(attribute.get()));
    if (!numbers.empty() && H5Aread(attribute.get(), H5T_NATIVE_INT64, numbers.data()) < 0)
        return unreadable(object + "@" + name);
    return Numbers(std::move(numbers));
}

Result<std::optional<std::string>> Hdf5File::referenceAttribute(const std::string &object,
                                                                const std::string &name) const
{
    using Reference = std::optional<std::string>;
    IBIDEM_TRY(const Hdf5Id attribute, openAttribute(object, name));
    if (!attribute)
        return Reference();
    const Hdf5Id type(H5Aget_type(attribute.get()));
    if (H5Tequal(type.get(), H5T_STD_REF_OBJ) <= 0 || pointsOf(attribute.get()) != 1)
        return Reference();
    const std::string shown = object + "@" + name;
    hobj_ref_t reference{};
    if (H5Aread(attribute.get(), H5T_STD_REF_OBJ, &reference) < 0)
        return unreadable(shown);
    const Hdf5Id target(H5Rdereference2(attribute.get(), H5P_DEFAULT, H5R_OBJECT, &reference));
    if (!target)
        return bad(shown, "refers to an object that is not there", std::string(kFetchAgain));
    const ssize_t length = H5Iget_name(target.get(), nullptr, 0);
    if (length <= 0)
        return bad(shown, "refers to an object without a name", std::string(kFetchAgain));
    std::string path(static_cast<std::size_t>(length) + 1, '\0');
    H5Iget_name(target.get(), path.data(), path.size());
    path.resize(static_cast<std::size_t>(length));
    return Reference(std::move(path));
}

Status Hdf5File::reserve(std::uint64_t bytes, const std::string &object)
{
    if (hasRoom(bytes)) {
        m_reservedBytes += bytes;
        return {};
    }
    const std::uint64_t sum = bytes > ~0ULL - m_reservedBytes ? ~0ULL : m_reservedBytes + bytes;
    return bad(object,
               "reading it needs about " + formatBytes(sum) + " of memory, " + formatBytes(m_memoryBytes) +
                   " may be used",
               "use a machine with more memory, or a file with fewer cells or genes");
}

Status Hdf5File::requirePlausible(std::uint64_t bytes, const std::string &object) const
{
    if (bytes <= kAlwaysPlausibleBytes || bytes / kMostCompression <= m_fileBytes)
        return {};
    return bad(object,
               "claims " + formatBytes(bytes) + ", which a file of " + formatBytes(m_fileBytes) +
                   " cannot hold",
               std::string(kFetchAgain));
}

Status Hdf5File::requireRunning() const
{
    if (m_token.stopRequested())
        return fail(ErrorCode::Stopped, "stopped on request", m_path);
    return {};
}

std::string Hdf5File::text(std::string_view bytes)
{
    if (isValidUtf8(bytes))
        return std::string(bytes);
    ++m_latin1Texts;
    std::string utf8;
    for (const char byte : bytes) {
        const auto code = static_cast<unsigned char>(byte);
        if (code < 0x80U) {
            utf8 += byte;
        } else {
            utf8 += static_cast<char>(0xC0U | (code >> 6U));
            utf8 += static_cast<char>(0x80U | (code & 0x3FU));
        }
    }
    return utf8;
}

} // namespace ibidem::convert
