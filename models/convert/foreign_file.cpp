// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/foreign_file.h"

#include "models/base/sha256.h"

#include <array>
#include <cctype>
#include <span>
#include <system_error>
#include <utility>

namespace ibidem::convert {

namespace {

using namespace std::string_view_literals;

struct Magic
{
    std::size_t offset;
    std::string_view bytes;
    std::string_view format;
};

constexpr std::array kMagics = {
    Magic{128, "DICM"sv, "DICOM"},
    Magic{4, "n+2\0\r\n\x1a\n"sv, "NIfTI"},
    Magic{4, "ni2\0\r\n\x1a\n"sv, "NIfTI"},
    Magic{344, "n+1\0"sv, "NIfTI"},
    Magic{344, "ni1\0"sv, "NIfTI"},
    Magic{0, "NRRD000"sv, "NRRD"},
    Magic{0, "ObjectType ="sv, "MetaImage"},
    Magic{0, "NDims ="sv, "MetaImage"},
    Magic{0, "%%MatrixMarket"sv, "Matrix Market"},
    Magic{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv, "Excel"},
    Magic{0, "BZh"sv, "bzip2"},
    Magic{0,
          "\xfd"
          "7zXZ\0"sv,
          "xz"},
    Magic{0, "\x28\xb5\x2f\xfd"sv, "Zstandard"},
    Magic{0, "7z\xbc\xaf\x27\x1c"sv, "7-Zip"},
    Magic{257, "ustar"sv, "tar"},
    Magic{0, "%PDF-"sv, "PDF"},
    Magic{0, "\x89PNG\r\n\x1a\n"sv, "PNG"},
    Magic{0, "\xff\xd8\xff"sv, "JPEG"},
    Magic{0, "II*\0"sv, "TIFF"},
    Magic{0, "MM\0*"sv, "TIFF"},
    Magic{0, "\x93NUMPY"sv, "NumPy"},
    Magic{0, "PAR1"sv, "Parquet"},
    Magic{0, "ARROW1"sv, "Arrow"},
    Magic{0, "RDX2\n"sv, "R data"},
    Magic{0, "RDX3\n"sv, "R data"},
    Magic{0, "SQLite format 3\0"sv, "SQLite"},
};

struct Suffix
{
    std::string_view suffix;
    std::string_view format;
};

constexpr std::array kSuffixes = {
    Suffix{".h5", "HDF5"},
    Suffix{".hdf5", "HDF5"},
    Suffix{".h5ad", "HDF5"},
    Suffix{".loom", "HDF5"},
    Suffix{".nii", "NIfTI"},
    Suffix{".hdr", "NIfTI"},
    Suffix{".img", "NIfTI"},
    Suffix{".nrrd", "NRRD"},
    Suffix{".nhdr", "NRRD"},
    Suffix{".mhd", "MetaImage"},
    Suffix{".mha", "MetaImage"},
    Suffix{".zraw", "MetaImage"},
    Suffix{".raw", "Raw image"},
    Suffix{".dcm", "DICOM"},
    Suffix{".dicom", "DICOM"},
    Suffix{".mtx", "Matrix Market"},
    Suffix{".npy", "NumPy"},
    Suffix{".rds", "R data"},
    Suffix{".rdata", "R data"},
    Suffix{".xls", "Excel"},
    Suffix{".xlsx", "Excel"},
    Suffix{".parquet", "Parquet"},
    Suffix{".safetensors", "safetensors"},
    Suffix{".pt", "PyTorch"},
    Suffix{".zip", "ZIP"},
};

std::string lowerSuffix(const std::filesystem::path &path)
{
    std::filesystem::path name = path.filename();
    if (name.extension() == ".gz")
        name = name.stem();
    std::string suffix = name.extension().string();
    for (char &c : suffix)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return suffix;
}

bool isHdf5(std::string_view bytes) noexcept
{
    constexpr std::string_view signature = "\x89HDF\r\n\x1a\n"sv;
    if (bytes.starts_with(signature))
        return true;
    // A user block shifts the superblock to 512, 1024, 2048 …
    for (std::size_t offset = 512; offset < bytes.size() && offset <= (1U << 20U); offset *= 2)
        if (bytes.substr(offset).starts_with(signature))
            return true;
    return false;
}

std::string_view formatOfSuffix(const std::string &suffix) noexcept
{
    for (const Suffix &entry : kSuffixes)
        if (entry.suffix == suffix)
            return entry.format;
    return {};
}

} // namespace

Result<ForeignFile> ForeignFile::open(const std::filesystem::path &path)
{
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        return fail(ErrorCode::InputMissing, "there is no such file", path.string(), "check the path");
    if (error)
        return fail(ErrorCode::InputMissing, "cannot be looked at: " + error.message(), path.string());
    if (status.type() == std::filesystem::file_type::directory)
        return fail(ErrorCode::InputMissing, "is a folder, not a table", path.string(),
                    "name the table file inside the folder");
    // A pipe or a device could keep the reader waiting for ever.
    if (status.type() != std::filesystem::file_type::regular)
        return fail(ErrorCode::InputMissing, "is not a regular file", path.string(),
                    "save the table as a file first");
    ForeignFile file;
    file.m_path = path;
    IBIDEM_TRY(file.m_map, MappedFile::open(path));
    if (file.bytes().empty())
        return fail(ErrorCode::BadData, "the file is empty (0 bytes)", path.string(),
                    "export the table again");
    return file;
}

ForeignFile ForeignFile::inMemory(const std::filesystem::path &path, std::string bytes)
{
    ForeignFile file;
    file.m_path = path;
    file.m_memory = std::move(bytes);
    return file;
}

const std::string &ForeignFile::sha256() const
{
    if (m_sha256.empty())
        m_sha256 = sha256Hex(bytes());
    return m_sha256;
}

std::string_view foreignFormat(std::string_view bytes, const std::filesystem::path &path) noexcept
{
    if (isHdf5(bytes))
        return "HDF5";
    for (const Magic &magic : kMagics)
        if (bytes.size() >= magic.offset && bytes.substr(magic.offset).starts_with(magic.bytes))
            return magic.format;
    const std::string_view bySuffix = formatOfSuffix(lowerSuffix(path));
    if (bytes.starts_with("PK\x03\x04"sv))
        return bySuffix.empty() ? "ZIP"sv : bySuffix;
    return bySuffix;
}

tl::unexpected<Error> notSupported(std::string_view format, const std::filesystem::path &path)
{
    return fail(ErrorCode::Unavailable, std::string(format) + " files are not supported yet", path.string(),
                "give a text table: TSV, CSV, GCT or CLS, also with .gz");
}

bool isGzip(std::string_view bytes) noexcept
{
    return bytes.starts_with("\x1f\x8b"sv);
}

} // namespace ibidem::convert
