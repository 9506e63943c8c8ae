// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/safetensors.h"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// A small container with a tensor of most kinds: for tests.
struct SampleTensors
{
    std::vector<double> doubles{1.5, -0.0, 1e300, 0.1, 2.0, 3.0};
    std::vector<float> floats{1.0F, 2.0F};
    std::vector<std::int32_t> integers{-1, 2, 3};
    std::vector<std::uint8_t> bytes{7, 8, 9};
    std::int64_t scalar = -42;
    std::string names = std::string("g\xC3\xA9ne\0b\0", 8);

    [[nodiscard]] std::vector<ibidem::data::TensorView> views() const
    {
        using ibidem::data::DType;
        return {{"names", DType::U8, {8}, std::as_bytes(std::span(names))},
                {"bytes", DType::U8, {3, 1}, std::as_bytes(std::span(bytes))},
                {"doubles", DType::F64, {2, 3}, std::as_bytes(std::span(doubles))},
                {"nothing", DType::F32, {0, 4}, {}},
                {"floats", DType::F32, {2}, std::as_bytes(std::span(floats))},
                {"integers", DType::I32, {3}, std::as_bytes(std::span(integers))},
                {"scalar", DType::I64, {}, std::as_bytes(std::span(&scalar, 1))}};
    }

    [[nodiscard]] static std::map<std::string, std::string> metadata()
    {
        return {{"format", "test"}, {"note", "line\n\"quoted\" \xC3\xA9"}};
    }
};

inline std::span<const std::byte> bytesOf(const std::string &text)
{
    return std::as_bytes(std::span(text));
}

/// Header and data as a file.
inline std::string fileOf(const std::string &header, const std::string &data)
{
    std::string file;
    for (unsigned shift = 0; shift < 64; shift += 8)
        file +=
            static_cast<char>(static_cast<unsigned char>((std::uint64_t{header.size()} >> shift) & 0xFFU));
    return file + header + data;
}
