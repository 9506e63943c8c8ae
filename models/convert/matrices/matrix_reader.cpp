// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/matrix_reader.h"

#include "models/base/files.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <new>
#include <string>

namespace ibidem::convert {

namespace {

constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kMatrixMarket = "%%MatrixMarket";

/// The first bytes at an offset, as many as there are.
std::string bytesAt(std::ifstream &stream, std::streamoff offset, std::size_t count)
{
    std::string bytes(count, '\0');
    stream.clear();
    stream.seekg(offset);
    stream.read(bytes.data(), static_cast<std::streamsize>(count));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, stream.gcount())));
    return bytes;
}

/// The signature may stand at 0, 512, 1024, 2048 … behind a block of the user's own (HDF5 file format, II.A).
bool isHdf5(const std::filesystem::path &path)
{
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return false;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    std::ifstream stream(path, std::ios::binary);
    if (error || !stream)
        return false;
    for (std::uintmax_t offset = 0; offset + kHdf5Signature.size() <= size;
         offset = offset == 0 ? 512 : offset * 2)
        if (bytesAt(stream, static_cast<std::streamoff>(offset), kHdf5Signature.size()) == kHdf5Signature)
            return true;
    return false;
}

bool isMatrixMarketName(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return name.ends_with(".mtx") || name.ends_with(".mtx.gz");
}

bool isMatrixMarket(const std::filesystem::path &path)
{
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        const auto names = listFolder(path);
        return names && std::any_of(names->begin(), names->end(), isMatrixMarketName);
    }
    if (!std::filesystem::is_regular_file(path, error))
        return false;
    if (isMatrixMarketName(path.filename().string()))
        return true;
    std::ifstream stream(path, std::ios::binary);
    return stream && bytesAt(stream, 0, kMatrixMarket.size()) == kMatrixMarket;
}

} // namespace

bool isMatrixFile(const std::filesystem::path &path)
{
    return isHdf5(path) || isMatrixMarket(path);
}

Result<data::MatrixContainer> readMatrix(const std::filesystem::path &path, const data::TableOptions &options,
                                         const RunToken &token, const ReadLimits &limits)
{
    try {
        return isMatrixMarket(path) && !isHdf5(path) ? readMtxMatrix(path, options, token, limits)
                                                     : readHdf5Matrix(path, options, token, limits);
    } catch (const std::bad_alloc &) {
        return fail(ErrorCode::BadData, "there is not enough memory to read the matrix", path.string(),
                    "use a machine with more memory, or a file with fewer cells or genes");
    } catch (const std::exception &error) {
        return fail(ErrorCode::Internal, std::string("reading the matrix: ") + error.what(), path.string());
    }
}

} // namespace ibidem::convert
