// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/data/cache.h"

#include <filesystem>
#include <span>
#include <string>

namespace ibidem::app {

/// What the command line asks for.
struct ConvertRequest
{
    enum class Action { Convert, Help, Version };
    Action action = Action::Convert;
    std::filesystem::path input;
    std::filesystem::path cacheFolder;
    data::TableOptions options;
};

/// Usage, naming the word that is wrong.
[[nodiscard]] Result<ConvertRequest> parseArguments(std::span<char *const> arguments);

[[nodiscard]] std::string helpText();

} // namespace ibidem::app
