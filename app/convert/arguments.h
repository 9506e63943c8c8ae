// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/cache.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace ibidem::app {

/// What the command line asks for.
struct ConvertRequest
{
    enum class Action { Convert, Export, Help, Version };
    Action action = Action::Convert;
    std::filesystem::path input; ///< Export: a container of ours
    std::filesystem::path cacheFolder;
    data::TableOptions options;
    std::filesystem::path output{}; ///< Export
    std::string format{};           ///< Export: "h5ad", "10x"
    /// Export: embedding.safetensors of a run, whose cells alone are then written, with what it knows of them
    std::optional<std::filesystem::path> embedding{};
};

/// Usage, naming the word that is wrong.
[[nodiscard]] Result<ConvertRequest> parseArguments(std::span<char *const> arguments);

[[nodiscard]] std::string helpText();

} // namespace ibidem::app
