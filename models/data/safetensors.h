// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/base/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::data {

enum class DType { Bool, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64 };

[[nodiscard]] std::size_t byteSize(DType type) noexcept;
[[nodiscard]] std::string_view dtypeName(DType type) noexcept; ///< "F32"

/// One tensor of a file or to be written: C order, little endian. The bytes belong to somebody else.
struct TensorView
{
    std::string name;
    DType dtype = DType::U8;
    std::vector<std::uint64_t> shape; ///< empty = a scalar
    std::span<const std::byte> bytes;
};

/// The container: safetensors (8-byte little-endian header length, JSON header, raw data). Thread-safe for
/// reading. Every length and offset is checked before it is believed: header over 100 MB or over the file,
/// bad JSON, duplicate names, unknown types, shapes that overflow, offsets outside, overlapping, with holes
/// or not equal to shape × type are BadData naming the tensor.
class Safetensors
{
public:
    /// Maps the file. InputMissing, Io, BadData.
    [[nodiscard]] static Result<Safetensors> open(const std::filesystem::path &path);
    /// The same from bytes in memory, which must outlive the object. `name` is for messages.
    [[nodiscard]] static Result<Safetensors> parse(std::span<const std::byte> bytes, const std::string &name);

    [[nodiscard]] const std::vector<TensorView> &tensors() const noexcept
    {
        return m_tensors;
    } ///< in file order

    [[nodiscard]] const std::map<std::string, std::string> &metadata() const noexcept { return m_metadata; }

    [[nodiscard]] const TensorView *find(std::string_view name) const noexcept;

    /// The tensor as numbers; BadData naming it if it is missing or of another type. Points into the file's
    /// bytes where they are aligned for T; they are, if writeSafetensors wrote the file.
    template <class T>
    [[nodiscard]] Result<std::span<const T>> values(std::string_view name) const;
    /// NUL-separated UTF-8 names stored as U8; BadData if they are not valid UTF-8 or not `count` many (count
    /// 0: any).
    [[nodiscard]] Result<std::vector<std::string>> names(std::string_view name, std::size_t count = 0) const;

private:
    MappedFile m_file;
    std::string m_path;
    std::vector<TensorView> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

/// Names as one U8 tensor's bytes: each followed by NUL. A name must not contain NUL (BadData).
[[nodiscard]] Result<std::string> packNames(std::span<const std::string> names);

/// Whole file as bytes: metadata and tensors sorted by (alignment of type descending, name), header padded
/// with blanks to a multiple of 8 bytes: the same input gives the same bytes. Internal on wrong lengths or
/// double names.
[[nodiscard]] Result<std::string> safetensorsBytes(std::span<const TensorView> tensors,
                                                   const std::map<std::string, std::string> &metadata);
/// The same, written beside and renamed.
[[nodiscard]] Status writeSafetensors(const std::filesystem::path &path, std::span<const TensorView> tensors,
                                      const std::map<std::string, std::string> &metadata);

} // namespace ibidem::data
