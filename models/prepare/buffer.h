// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace ibidem::prepare {

/// Asks for large pages where they are whole: an array that is written for the first time then costs a
/// fraction of the time. Changes no value.
void preferLargePages(void *begin, std::size_t bytes) noexcept;

/// An array whose elements are not set at first: for those that are written anyway. Move only.
template <class T>
class Buffer
{
public:
    Buffer() = default;

    explicit Buffer(std::size_t size)
        : m_elements(std::make_unique_for_overwrite<T[]>(size))
        , m_size(size)
    {
        preferLargePages(m_elements.get(), size * sizeof(T));
    }

    [[nodiscard]] std::span<T> elements() const noexcept { return {m_elements.get(), m_size}; }

    [[nodiscard]] bool isThere() const noexcept { return m_elements != nullptr; }

private:
    std::unique_ptr<T[]> m_elements;
    std::size_t m_size = 0;
};

} // namespace ibidem::prepare
