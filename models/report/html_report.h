// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace ibidem::report {

/// A file that is missing or not what its run's manifest says; the message tells which, with the file's name.
struct ChangedFile
{
    std::string run; ///< name of its folder
    std::string file;
    std::string message;
};

struct HtmlReport
{
    std::string page;
    std::vector<ChangedFile> changed; ///< the page says so in its first lines
};

/// One self-contained HTML page over one run or several (the first is the reference): verdict sentence,
/// data and its checks, settings (changed from default first), level and effective state, environment, curves
/// (inline SVG with A, B and A-B), confusion matrix, importance, notes and limits, digests, and the commands
/// that redo it. No script, no network, no path, host or user; readable in light and dark and on paper; the
/// same runs give the same bytes. Every file that a manifest lists is checked against it. One that was
/// changed after the run is named, and nothing is drawn from it but where it differs from another run.
/// Files that no manifest lists are read by the comparison alone. InputMissing, BadData.
[[nodiscard]] Result<HtmlReport> htmlReport(const std::vector<std::filesystem::path> &runs);

} // namespace ibidem::report
