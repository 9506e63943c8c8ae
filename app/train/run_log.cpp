// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/run_log.h"

#include "models/base/json.h"
#include "models/runs/manifest.h"

#include <string>

namespace ibidem::app {

RunLog::RunLog(const std::filesystem::path &folder)
    : m_file(std::fopen((folder / runs::kLogFile).c_str(), "ae"),
             [](std::FILE *file) { return std::fclose(file); })
{}

void RunLog::add(std::string_view level, std::string_view message)
{
    const auto line = compactJson({{"level", level}, {"message", message}});
    if (!m_file || !line)
        return;
    std::fwrite((*line + "\n").data(), 1, line->size() + 1, m_file.get());
    std::fflush(m_file.get());
}

} // namespace ibidem::app
