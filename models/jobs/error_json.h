// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <string>

namespace ibidem::jobs {

/// {"code": name, "message", "path", "cure"}: the form in which children report and `--json` prints an error.
[[nodiscard]] Json errorJson(const Error &error);
/// The inverse; what is missing stays empty, a code that nobody knows is Internal.
[[nodiscard]] Error errorFromJson(const Json &json);

/// "SIGSEGV" for 11; "signal 99" for a number without a name.
[[nodiscard]] std::string signalName(int signal);

} // namespace ibidem::jobs
