// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/tensor_list.h"

namespace ibidem::data {

Status TensorList::addNames(std::string name, std::span<const std::string> names)
{
    IBIDEM_TRY(std::string packed, packNames(names));
    const std::string &kept = m_packed.emplace_back(std::move(packed));
    m_tensors.push_back({std::move(name), DType::U8, {kept.size()}, std::as_bytes(std::span(kept))});
    return {};
}

} // namespace ibidem::data
