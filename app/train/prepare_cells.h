// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <stop_token>
#include <string>

namespace ibidem::app {

/// `ibidem-train --prepare CONTAINER …`: what stands behind --prepare. Says on standard output how far it is
/// and what came of it, one JSON object a line: {"event":"progress","stage","fraction"}, at most 20 a second,
/// at last
/// {"event":"finished","summary"} or {"event":"failed","error"}. Returns the exit code; a request to stop
/// ends with 75 and leaves no file.
[[nodiscard]] int prepareContainer(std::span<const std::string> arguments, const std::stop_token &stop);

} // namespace ibidem::app
