// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/json.h"
#include "models/base/result.h"

#include <filesystem>
#include <map>
#include <string>

namespace ibidem::cli {

/// The events of a child as progress, warnings and, at its end, an error.
class TrainEvents
{
public:
    explicit TrainEvents(Console &console);
    void take(const std::string &line);
    /// Why the child failed: what it said last, else what is known about its end.
    [[nodiscard]] Error failure(int exitCode, const std::string &problem,
                                const std::filesystem::path &run) const;

private:
    [[nodiscard]] std::string detailOf(const Json &event) const;

    Console &m_console;
    std::map<std::string, double> m_latest; ///< "test logloss" -> value
    Json m_error;
};

} // namespace ibidem::cli
