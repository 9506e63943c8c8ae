// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"
#include "models/compare/comparison.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem::report {

struct GeneImportance
{
    std::string gene;
    std::uint64_t weight = 0;
    double gain = 0.0;
    double cover = 0.0;
};

struct ReportedRun
{
    std::string name; ///< of the folder, without path
    runs::Manifest manifest;
    /// Files that are missing or not what the manifest says: nothing below is read from them, nor from files
    /// that it does not list.
    std::vector<runs::FileProblem> changed;
    std::vector<runs::MetricPoint> metrics;
    std::vector<GeneImportance> importance;
    std::vector<runs::EpochRecord> epochs;        ///< of a network
    std::optional<runs::EmbeddingFile> embedding; ///< of a network; of the reference alone

    [[nodiscard]] bool isNetwork() const { return manifest.isNetwork(); }

    /// nullptr for a file that is what the manifest says, or that it does not list.
    [[nodiscard]] const runs::FileProblem *problemOf(std::string_view file) const;
};

/// What a report is made of: read once, then only looked at.
struct ReportContent
{
    std::vector<ReportedRun> runs;                ///< the first is the reference
    std::vector<compare::Comparison> comparisons; ///< of the first with each other

    [[nodiscard]] const ReportedRun &reference() const { return runs.front(); }

    [[nodiscard]] bool isNetwork() const { return reference().isNetwork(); }

    [[nodiscard]] std::string roundWord() const { return isNetwork() ? "epoch" : "round"; }

    [[nodiscard]] std::string sampleWord() const { return isNetwork() ? "cell" : "sample"; }

    [[nodiscard]] bool allIdentical() const;
};

[[nodiscard]] Result<ReportContent> readReportContent(const std::vector<std::filesystem::path> &runs);

/// importance.csv; a name with commas or quotation marks may be quoted.
[[nodiscard]] Result<std::vector<GeneImportance>> parseImportanceCsv(std::string_view text,
                                                                     const std::string &path);

} // namespace ibidem::report
