// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace ibidem::spec {

/// The files of resources/recipes, sorted by name; the definition is made by CMake.
[[nodiscard]] std::span<const std::string_view> recipeTexts() noexcept;

} // namespace ibidem::spec
