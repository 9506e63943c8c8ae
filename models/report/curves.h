// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/report/report_content.h"

#include <string>

namespace ibidem::report {

/// Log loss by round: curves of A (the reference) and, where there is a second run, of B over it, with a
/// strip A − B below. Empty if no run recorded any.
[[nodiscard]] std::string lossFigure(const ReportContent &content);

/// The twenty genes that the trees split on most often.
[[nodiscard]] std::string importanceFigure(const ReportedRun &run);

} // namespace ibidem::report
