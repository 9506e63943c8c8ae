// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "models/base/json.h"
#include "models/base/result.h"

#include <cstdint>
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

    /// What this training counts: "round" or "epoch". Known once the child has begun.
    [[nodiscard]] std::string unit() const { return m_network ? "epoch" : "round"; }

    /// After how many rounds or epochs a resumed training began; else 0.
    [[nodiscard]] std::int64_t fromRound() const { return m_fromRound; }

    /// Has it gone on to what is made of a training that is whole?
    [[nodiscard]] bool trainedAll() const { return m_trainedAll; }

    /// Why the child failed: what it said last, else what is known about its end.
    [[nodiscard]] Error failure(int exitCode, const std::string &problem,
                                const std::filesystem::path &run) const;

private:
    [[nodiscard]] std::int64_t roundOf(const Json &event) const;
    [[nodiscard]] std::string detailOf(const Json &event) const;

    Console &m_console;
    std::map<std::string, double> m_latest; ///< "test logloss" -> value
    std::int64_t m_rounds = 0;              ///< as the child announced them
    std::int64_t m_fromRound = 0;
    bool m_begun = false;
    bool m_trainedAll = false;
    bool m_network = false;
    Json m_error;
};

} // namespace ibidem::cli
