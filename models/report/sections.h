// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/report_content.h"

#include <string>

namespace ibidem::report {

/// The box that says which files were changed after their run; part of the verdict.
[[nodiscard]] std::string changedFilesBox(const ReportContent &content);
/// The files of the reference, each with what was found in its place; part of the digests.
[[nodiscard]] std::string fileTable(const ReportedRun &run);

// Each gives one section's markup, or nothing where the runs have nothing to say about it.

[[nodiscard]] std::string verdictSection(const ReportContent &content);
[[nodiscard]] std::string differenceSection(const ReportContent &content);
[[nodiscard]] std::string resultSection(const ReportContent &content);
[[nodiscard]] std::string curveSection(const ReportContent &content);
[[nodiscard]] std::string importanceSection(const ReportContent &content);

// Of networks: map and clusters of the embedding; layers and training; the chain epoch by epoch.
[[nodiscard]] std::string embeddingSection(const ReportContent &content);
[[nodiscard]] std::string networkSection(const ReportContent &content);
[[nodiscard]] std::string epochSection(const ReportContent &content);

[[nodiscard]] std::string noteSection(const ReportContent &content);
[[nodiscard]] std::string dataSection(const ReportContent &content);
[[nodiscard]] std::string levelSection(const ReportContent &content);
[[nodiscard]] std::string settingSection(const ReportContent &content);
[[nodiscard]] std::string stateSection(const ReportContent &content);
[[nodiscard]] std::string redoSection(const ReportContent &content);
[[nodiscard]] std::string digestSection(const ReportContent &content);

} // namespace ibidem::report
