// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace ibidem::report {

/// One self-contained HTML page over one run and its reruns (the first is the reference): verdict sentence,
/// data and its checks, settings (changed from default first), level and effective state, environment, curves
/// (inline SVG with A, B and A-B), confusion matrix, importance, notes and limits, digests, and the commands
/// that redo it. No script, no network, no path, host or user; readable in light and dark and on paper; the
/// same runs give the same bytes. InputMissing, BadData.
[[nodiscard]] Result<std::string> htmlReport(const std::vector<std::filesystem::path> &runs);

} // namespace ibidem::report
