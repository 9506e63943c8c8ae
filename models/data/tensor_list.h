// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/safetensors.h"

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ibidem::data {

/// Tensors of a file to be written. Names are packed and kept here; values belong to the caller and must live
/// until the file is written.
class TensorList
{
public:
    /// A U8 tensor of NUL-separated names, see packNames. BadData.
    Status addNames(std::string name, std::span<const std::string> names);

    template <class T>
    void add(std::string name, DType type, std::vector<std::uint64_t> shape, const std::vector<T> &values)
    {
        m_tensors.push_back({std::move(name), type, std::move(shape), std::as_bytes(std::span(values))});
    }

    [[nodiscard]] std::span<const TensorView> tensors() const noexcept { return m_tensors; }

private:
    std::deque<std::string> m_packed; ///< whose strings never move
    std::vector<TensorView> m_tensors;
};

} // namespace ibidem::data
