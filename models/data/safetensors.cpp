// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/safetensors.h"

#include "models/base/text.h"
#include "models/data/safetensors_header.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace ibidem::data {

namespace {

static_assert(std::endian::native == std::endian::little, "tensors are used as they lie in the file");

template <class T>
constexpr DType kTypeOf = DType::U8;
template <>
constexpr DType kTypeOf<std::int8_t> = DType::I8;
template <>
constexpr DType kTypeOf<std::int16_t> = DType::I16;
template <>
constexpr DType kTypeOf<std::uint16_t> = DType::U16;
template <>
constexpr DType kTypeOf<std::int32_t> = DType::I32;
template <>
constexpr DType kTypeOf<std::uint32_t> = DType::U32;
template <>
constexpr DType kTypeOf<std::int64_t> = DType::I64;
template <>
constexpr DType kTypeOf<std::uint64_t> = DType::U64;
template <>
constexpr DType kTypeOf<float> = DType::F32;
template <>
constexpr DType kTypeOf<double> = DType::F64;

constexpr std::size_t kLengthBytes = 8;

tl::unexpected<Error> badTensor(std::string_view name, const std::string &what, const std::string &path)
{
    return fail(ErrorCode::BadData, "tensor " + ibidem::quoted(name, 200) + " " + what, path);
}

} // namespace

Result<Safetensors> Safetensors::open(const std::filesystem::path &path)
{
    IBIDEM_TRY(MappedFile file, MappedFile::open(path));
    IBIDEM_TRY(Safetensors parsed, parse(file.bytes(), path.string()));
    parsed.m_file = std::move(file);
    return parsed;
}

Result<Safetensors> Safetensors::parse(std::span<const std::byte> bytes, const std::string &name)
{
    if (bytes.size() < kLengthBytes)
        return fail(ErrorCode::BadData, "is shorter than the 8 bytes that a safetensors file begins with",
                    name);
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes.data(), kLengthBytes);
    const std::size_t behind = bytes.size() - kLengthBytes;
    if (headerBytes > kMaxHeaderBytes || headerBytes > behind)
        return fail(ErrorCode::BadData,
                    "is no safetensors file, or is cut short: it announces a header of " +
                        std::to_string(headerBytes) + " bytes, there are " + std::to_string(behind) +
                        " and allowed are " + std::to_string(kMaxHeaderBytes),
                    name, "write or copy the file again");
    const auto headerSpan = bytes.subspan(kLengthBytes, headerBytes);
    const std::string_view header(reinterpret_cast<const char *>(headerSpan.data()), headerSpan.size());
    auto parsed = parseHeader(header, bytes.subspan(kLengthBytes + headerBytes));
    if (!parsed) {
        Error error = std::move(parsed).error();
        error.path = name;
        return tl::unexpected<Error>(std::move(error));
    }
    Safetensors file;
    file.m_path = name;
    file.m_tensors = std::move(parsed->tensors);
    file.m_metadata = std::move(parsed->metadata);
    return file;
}

const TensorView *Safetensors::find(std::string_view name) const noexcept
{
    const auto found = std::find_if(m_tensors.begin(), m_tensors.end(),
                                    [&](const TensorView &tensor) { return tensor.name == name; });
    return found == m_tensors.end() ? nullptr : &*found;
}

template <class T>
Result<std::span<const T>> Safetensors::values(std::string_view name) const
{
    const TensorView *tensor = find(name);
    if (!tensor)
        return badTensor(name, "is missing", m_path);
    if (tensor->dtype != kTypeOf<T>)
        return badTensor(name,
                         "has type " + std::string(dtypeName(tensor->dtype)) + ", expected is " +
                             std::string(dtypeName(kTypeOf<T>)),
                         m_path);
    if (reinterpret_cast<std::uintptr_t>(tensor->bytes.data()) % alignof(T) != 0)
        return badTensor(name, "is not aligned to its type", m_path);
    return std::span<const T>(reinterpret_cast<const T *>(tensor->bytes.data()),
                              tensor->bytes.size() / sizeof(T));
}

template Result<std::span<const std::int8_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::uint8_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::int16_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::uint16_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::int32_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::uint32_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::int64_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const std::uint64_t>> Safetensors::values(std::string_view) const;
template Result<std::span<const float>> Safetensors::values(std::string_view) const;
template Result<std::span<const double>> Safetensors::values(std::string_view) const;

Result<std::vector<std::string>> Safetensors::names(std::string_view name, std::size_t count) const
{
    IBIDEM_TRY(const auto bytes, values<std::uint8_t>(name));
    std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    if (!text.empty() && text.back() != '\0')
        return badTensor(name, "does not end with NUL", m_path);
    if (!isValidUtf8(text))
        return badTensor(name, "is not valid UTF-8", m_path);
    std::vector<std::string> result;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        result.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    if (count != 0 && result.size() != count)
        return badTensor(
            name, "holds " + std::to_string(result.size()) + " names, expected are " + std::to_string(count),
            m_path);
    return result;
}

} // namespace ibidem::data
