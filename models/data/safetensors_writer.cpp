// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/json.h"
#include "models/base/text.h"
#include "models/data/safetensors.h"
#include "models/data/safetensors_header.h"

#include <algorithm>

namespace ibidem::data {

namespace {

using Pointers = std::vector<const TensorView *>;

tl::unexpected<Error> wrongTensor(const TensorView &tensor, const std::string &what)
{
    return fail(ErrorCode::Internal,
                "tensor " + ibidem::quoted(tensor.name, 200) + " cannot be written: " + what);
}

Status checkTensor(const TensorView &tensor)
{
    std::uint64_t bytes = 0;
    if (!byteCount(tensor.dtype, tensor.shape, bytes) || bytes != tensor.bytes.size())
        return wrongTensor(tensor, "its bytes do not fit its type and shape");
    if (tensor.name == kMetadataKey)
        return wrongTensor(tensor, "the name is reserved");
    return {};
}

/// Large types first, so that each tensor is aligned to its type without padding.
Result<Pointers> sortedForWriting(std::span<const TensorView> tensors)
{
    Pointers sorted;
    for (const TensorView &tensor : tensors) {
        IBIDEM_CHECK(checkTensor(tensor));
        sorted.push_back(&tensor);
    }
    std::sort(sorted.begin(), sorted.end(),
              [](const TensorView *a, const TensorView *b) { return a->name < b->name; });
    const auto twin =
        std::adjacent_find(sorted.begin(), sorted.end(),
                           [](const TensorView *a, const TensorView *b) { return a->name == b->name; });
    if (twin != sorted.end())
        return wrongTensor(**twin, "there are two of that name");
    std::stable_sort(sorted.begin(), sorted.end(), [](const TensorView *a, const TensorView *b) {
        return byteSize(a->dtype) > byteSize(b->dtype);
    });
    return sorted;
}

Result<std::string> headerOf(const Pointers &sorted, const std::map<std::string, std::string> &metadata)
{
    Json header = Json::object();
    if (!metadata.empty())
        header[std::string(kMetadataKey)] = metadata;
    std::uint64_t offset = 0;
    for (const TensorView *tensor : sorted) {
        const std::uint64_t end = offset + tensor->bytes.size();
        header[tensor->name] = {
            {"dtype", dtypeName(tensor->dtype)}, {"shape", tensor->shape}, {"data_offsets", {offset, end}}};
        offset = end;
    }
    IBIDEM_TRY(std::string text, compactJson(header));
    text.append((8 - text.size() % 8) % 8, ' ');
    if (text.size() > kMaxHeaderBytes)
        return fail(ErrorCode::Internal, "a container's header would have " + formatBytes(text.size()));
    return text;
}

std::string littleEndian(std::uint64_t value)
{
    std::string bytes;
    for (unsigned shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<unsigned char>((value >> shift) & 0xFFU));
    return bytes;
}

/// The parts of a file in order: the tensors' bytes stay where they are.
struct Pieces
{
    std::string head;
    std::vector<std::string_view> tensors;
};

Result<Pieces> piecesOf(std::span<const TensorView> tensors,
                        const std::map<std::string, std::string> &metadata)
{
    IBIDEM_TRY(const Pointers sorted, sortedForWriting(tensors));
    IBIDEM_TRY(const std::string header, headerOf(sorted, metadata));
    Pieces pieces{littleEndian(header.size()) + header, {}};
    for (const TensorView *tensor : sorted)
        pieces.tensors.emplace_back(reinterpret_cast<const char *>(tensor->bytes.data()),
                                    tensor->bytes.size());
    return pieces;
}

} // namespace

Result<std::string> packNames(std::span<const std::string> names)
{
    std::string packed;
    for (const std::string &name : names) {
        if (name.find('\0') != std::string::npos)
            return fail(ErrorCode::BadData, "the name " + ibidem::quoted(name) + " holds a NUL character", {},
                        "rename it");
        packed += name;
        packed += '\0';
    }
    return packed;
}

Result<std::string> safetensorsBytes(std::span<const TensorView> tensors,
                                     const std::map<std::string, std::string> &metadata)
{
    IBIDEM_TRY(const Pieces file, piecesOf(tensors, metadata));
    std::size_t total = file.head.size();
    for (const std::string_view piece : file.tensors)
        total += piece.size();
    std::string bytes;
    bytes.reserve(total);
    bytes += file.head;
    for (const std::string_view piece : file.tensors)
        bytes += piece;
    return bytes;
}

Status writeSafetensors(const std::filesystem::path &path, std::span<const TensorView> tensors,
                        const std::map<std::string, std::string> &metadata)
{
    auto file = piecesOf(tensors, metadata);
    if (!file) {
        Error error = std::move(file).error();
        error.path = path.string();
        return tl::unexpected<Error>(std::move(error));
    }
    std::vector<std::string_view> pieces{file->head};
    pieces.insert(pieces.end(), file->tensors.begin(), file->tensors.end());
    return writeFileAtomically(path, pieces);
}

} // namespace ibidem::data
