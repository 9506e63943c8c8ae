// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>

namespace ibidem::app {

/// log.jsonl: what happened, in words, one JSON object a line, without times. A log that cannot be written is
/// no reason to lose a run: its failures are silent.
class RunLog
{
public:
    explicit RunLog(const std::filesystem::path &folder);
    void add(std::string_view level, std::string_view message);

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE *)> m_file;
};

} // namespace ibidem::app
