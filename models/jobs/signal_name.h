// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace ibidem::jobs {

/// "SIGSEGV" for 11; "signal 99" for a number without a name.
[[nodiscard]] std::string signalName(int signal);

} // namespace ibidem::jobs
