// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <chrono>
#include <cstdint>

namespace ibidem::app {

/// Limits that this process sets for itself before it reads a byte of the file: memory, processor time, size
/// of what it writes, no core file, no new privileges, and none of the system calls that forbidSystemCalls()
/// names (a machine that cannot filter them gets a warning, as an event and on standard error). Internal if
/// the system refuses a limit. Not under sanitizers, which need the memory.
[[nodiscard]] Status limitThisProcess(std::uint64_t fileBytes);

/// How long the whole work may take: under 10 s but for large files.
[[nodiscard]] std::chrono::milliseconds longestDuration(std::uint64_t fileBytes);

} // namespace ibidem::app
