// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "app/cli/training.h"
#include "models/base/result.h"
#include "models/compare/comparison.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ibidem::cli {

struct RerunOrder
{
    std::filesystem::path run;
    std::uint64_t times = 1;
    std::string outPrefix; ///< empty: "<run>-rerun-"
    bool allowChanged = false;
    std::map<std::string, std::filesystem::path> moved = {}; ///< where inputs lie now, by role
};

/// A run and what came of training it again.
struct Reruns
{
    std::filesystem::path reference;
    std::vector<Trained> trained;
    std::vector<compare::Comparison> comparisons; ///< as many, unless a signal ended the work
    int exitCode = 0;                             ///< of the training that a signal ended; else 0

    [[nodiscard]] bool identical() const;
    [[nodiscard]] std::filesystem::path firstDifferent() const; ///< empty if there is none
};

/// Each in a fresh process, one after the other, each compared with the reference.
[[nodiscard]] Result<Reruns> rerunAndCompare(const RerunOrder &order, const Places &places, Console &console);

} // namespace ibidem::cli
