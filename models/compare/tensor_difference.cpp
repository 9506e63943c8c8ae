// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/compare/tensor_difference.h"

#include "models/base/text.h"

#include <algorithm>
#include <cstring>
#include <vector>

namespace ibidem::compare {

namespace {

using data::DType;
using data::TensorView;

template <class T>
T elementAt(const TensorView &tensor, std::size_t index)
{
    T value;
    std::memcpy(&value, tensor.bytes.data() + index * sizeof(T), sizeof(T));
    return value;
}

} // namespace

std::optional<TensorDifference> differenceOfTensors(const TensorView &a, const TensorView &b,
                                                    const Tolerance &tolerance)
{
    const std::size_t total = std::min(a.bytes.size(), b.bytes.size());
    if (std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end()))
        return std::nullopt;
    const bool isNumeric = a.dtype == DType::F32 || a.dtype == DType::F64;
    TensorDifference found{0, 0, NumberSpread(tolerance), isNumeric};
    const std::size_t size = data::byteSize(a.dtype);
    for (std::size_t i = 0; i < total / size; ++i) {
        if (std::memcmp(a.bytes.data() + i * size, b.bytes.data() + i * size, size) == 0)
            continue;
        ++found.count;
        if (a.dtype == DType::F32)
            found.spread.add(elementAt<float>(a, i), elementAt<float>(b, i));
        if (a.dtype == DType::F64)
            found.spread.add(elementAt<double>(a, i), elementAt<double>(b, i));
        if (isNumeric ? found.spread.namesLast() : found.count == 1)
            found.first = i;
    }
    return found;
}

std::string elementText(const TensorView &tensor, std::size_t index)
{
    switch (tensor.dtype) {
    case DType::F32:
        return formatFloat(elementAt<float>(tensor, index));
    case DType::F64:
        return formatDouble(elementAt<double>(tensor, index));
    case DType::I32:
        return std::to_string(elementAt<std::int32_t>(tensor, index));
    case DType::I64:
        return std::to_string(elementAt<std::int64_t>(tensor, index));
    case DType::U64:
        return toHex(elementAt<std::uint64_t>(tensor, index));
    default:
        break;
    }
    const std::size_t size = data::byteSize(tensor.dtype);
    std::vector<std::uint8_t> bytes(size);
    std::memcpy(bytes.data(), tensor.bytes.data() + index * size, size);
    return "0x" + toHex(bytes);
}

std::string indexText(const TensorView &tensor, std::size_t index)
{
    std::vector<std::string> places(tensor.shape.size());
    for (std::size_t k = tensor.shape.size(); k-- > 0;) {
        const auto width = std::max<std::size_t>(1, static_cast<std::size_t>(tensor.shape[k]));
        places[k] = std::to_string(index % width);
        index /= width;
    }
    return places.empty() ? std::string() : " [" + join(places, ", ") + "]";
}

} // namespace ibidem::compare
