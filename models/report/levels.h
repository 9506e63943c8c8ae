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

/// How many kinds of processor trainings with these manifests name. A manifest that names none and an
/// imported model count nothing: they were observed nowhere.
[[nodiscard]] std::size_t processorKinds(const std::vector<const runs::Manifest *> &manifests);

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
