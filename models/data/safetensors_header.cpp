// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors_header.h"

#include "models/base/json.h"
#include "models/base/text.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace ibidem::data {

namespace {

struct TypeRow
{
    DType type;
    std::string_view name;
    std::size_t bytes;
};

// In the order of the enumerators.
constexpr std::array<TypeRow, 13> kTypes{{
    {DType::Bool, "BOOL", 1},
    {DType::U8, "U8", 1},
    {DType::I8, "I8", 1},
    {DType::I16, "I16", 2},
    {DType::U16, "U16", 2},
    {DType::F16, "F16", 2},
    {DType::BF16, "BF16", 2},
    {DType::I32, "I32", 4},
    {DType::U32, "U32", 4},
    {DType::F32, "F32", 4},
    {DType::F64, "F64", 8},
    {DType::I64, "I64", 8},
    {DType::U64, "U64", 8},
}};

/// One member of the header, with its offsets not yet compared with its neighbours'.
struct Placed
{
    TensorView tensor;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

tl::unexpected<Error> bad(std::string message)
{
    return fail(ErrorCode::BadData, std::move(message), {}, "write or copy the file again");
}

tl::unexpected<Error> badTensor(const std::string &name, const std::string &what)
{
    return bad("tensor " + ibidem::quoted(name, 200) + ": " + what);
}

Result<std::vector<std::uint64_t>> unsignedNumbers(const std::string &tensor, const Json &member,
                                                   const std::string &key)
{
    const auto found = member.find(key);
    if (found == member.end() || !found->is_array())
        return badTensor(tensor, key + " is missing or no array");
    std::vector<std::uint64_t> numbers;
    for (const Json &number : *found) {
        if (!number.is_number_unsigned())
            return badTensor(tensor, key + " holds something else than whole numbers from 0 on");
        numbers.push_back(number.get<std::uint64_t>());
    }
    return numbers;
}

Status checkMemberKeys(const std::string &tensor, const Json &member)
{
    if (!member.is_object())
        return badTensor(tensor, "its description is no object");
    for (const auto &[key, value] : member.items())
        if (key != "dtype" && key != "shape" && key != "data_offsets")
            return badTensor(tensor, "unknown key " + ibidem::quoted(key));
    return {};
}

Result<Placed> placedTensor(const std::string &name, const Json &member, std::uint64_t dataBytes)
{
    IBIDEM_CHECK(checkMemberKeys(name, member));
    const Result<std::string> typeName = stringAt(member, "dtype");
    if (!typeName)
        return badTensor(name, typeName.error().message);
    const DType *type = findDType(*typeName);
    if (!type)
        return badTensor(name, "unknown type " + ibidem::quoted(*typeName));
    Placed placed;
    placed.tensor.name = name;
    placed.tensor.dtype = *type;
    IBIDEM_TRY(placed.tensor.shape, unsignedNumbers(name, member, "shape"));
    IBIDEM_TRY(const std::vector<std::uint64_t> offsets, unsignedNumbers(name, member, "data_offsets"));
    if (offsets.size() != 2)
        return badTensor(name, "data_offsets must be two numbers");
    placed.begin = offsets[0];
    placed.end = offsets[1];
    if (placed.begin > placed.end || placed.end > dataBytes)
        return badTensor(name, "data_offsets " + std::to_string(placed.begin) + " to " +
                                   std::to_string(placed.end) + " lie outside the " +
                                   std::to_string(dataBytes) + " bytes of data");
    std::uint64_t bytes = 0;
    if (!byteCount(*type, placed.tensor.shape, bytes))
        return badTensor(name, "its shape does not fit 64 bits");
    if (bytes != placed.end - placed.begin)
        return badTensor(name, "type and shape need " + std::to_string(bytes) + " bytes, data_offsets give " +
                                   std::to_string(placed.end - placed.begin));
    return placed;
}

Status readMetadata(const Json &object, std::map<std::string, std::string> &metadata)
{
    if (!object.is_object())
        return bad("the metadata is no object");
    for (const auto &[key, value] : object.items()) {
        if (!value.is_string())
            return bad("the metadata " + ibidem::quoted(key) + " is no string");
        metadata.emplace(key, value.get<std::string>());
    }
    return {};
}

/// The tensors must cover the data from its first to its last byte, each byte once.
Status checkCover(const std::vector<Placed> &sorted, std::uint64_t dataBytes)
{
    std::uint64_t covered = 0;
    for (const Placed &placed : sorted) {
        if (placed.begin < covered)
            return badTensor(placed.tensor.name, "its bytes overlap another tensor's");
        if (placed.begin > covered)
            return badTensor(placed.tensor.name,
                             std::to_string(placed.begin - covered) + " bytes before it belong to no tensor");
        covered = placed.end;
    }
    if (covered != dataBytes)
        return bad(std::to_string(dataBytes - covered) + " bytes at the end belong to no tensor");
    return {};
}

} // namespace

std::size_t byteSize(DType type) noexcept
{
    return kTypes[static_cast<std::size_t>(type)].bytes;
}

std::string_view dtypeName(DType type) noexcept
{
    return kTypes[static_cast<std::size_t>(type)].name;
}

const DType *findDType(std::string_view name) noexcept
{
    for (const TypeRow &row : kTypes)
        if (row.name == name)
            return &row.type;
    return nullptr;
}

bool byteCount(DType type, const std::vector<std::uint64_t> &shape, std::uint64_t &bytes) noexcept
{
    bytes = byteSize(type);
    for (const std::uint64_t extent : shape)
        if (__builtin_mul_overflow(bytes, extent, &bytes))
            return false;
    return true;
}

Result<SafetensorsHeader> parseHeader(std::string_view header, std::span<const std::byte> data)
{
    if (!header.starts_with('{'))
        return bad("the header does not begin with '{'");
    auto json = parseJson(header);
    if (!json)
        return tl::unexpected<Error>(withContext(std::move(json).error(), "the header is no valid JSON"));
    SafetensorsHeader result;
    std::vector<Placed> all;
    for (const auto &[name, member] : json->items()) {
        if (name == kMetadataKey) {
            IBIDEM_CHECK(readMetadata(member, result.metadata));
            continue;
        }
        IBIDEM_TRY(Placed placed, placedTensor(name, member, data.size()));
        all.push_back(std::move(placed));
    }
    std::sort(all.begin(), all.end(), [](const Placed &a, const Placed &b) {
        return std::tie(a.begin, a.end, a.tensor.name) < std::tie(b.begin, b.end, b.tensor.name);
    });
    IBIDEM_CHECK(checkCover(all, data.size()));
    for (Placed &placed : all) {
        placed.tensor.bytes = data.subspan(placed.begin, placed.end - placed.begin);
        result.tensors.push_back(std::move(placed.tensor));
    }
    return result;
}

} // namespace ibidem::data
