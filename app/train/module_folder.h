// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <string>

namespace ibidem::app {

/// Loads a module of ours, which brings a numeric library along, and gives its one symbol: from
/// $IBIDEM_MODULES (tests), ../lib or ../lib/ibidem beside the program's folder, or that folder itself. The
/// libraries read the environment now: pins must be set. The module stays loaded. `what`: for messages ("the
/// module of boosted trees"). Unavailable, naming what was tried.
[[nodiscard]] Result<void *> moduleSymbol(const std::string &fileName, const char *symbol,
                                          const std::string &what);

} // namespace ibidem::app
