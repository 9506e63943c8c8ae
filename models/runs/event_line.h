// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <string>
#include <string_view>

namespace ibidem::runs {

inline constexpr const char *kEventSchema = "ibidem/event/1";

/// One line of events.jsonl without its LF: an object with schema, a sequence number and an event's name.
/// BadData.
[[nodiscard]] Result<Json> parseEventLine(std::string_view line, const std::string &path);

} // namespace ibidem::runs
