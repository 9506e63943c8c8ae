// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/report_content.h"

#include <string>
#include <vector>

namespace ibidem::report {

/// What a level fixes and promises, in words.
struct LevelWords
{
    std::string fixes;
    std::string promise;
};

[[nodiscard]] LevelWords levelWords(spec::Level level, spec::ModelKind kind);

/// Whether these runs show what the reference's level promises about other machines; empty where it promises
/// nothing about them.
[[nodiscard]] std::string otherMachines(const ReportContent &content);

/// What these runs show and what they do not, each a sentence.
struct Claim
{
    bool observed = false;
    std::string sentence;
};

[[nodiscard]] std::vector<Claim> claims(const ReportContent &content);

} // namespace ibidem::report
