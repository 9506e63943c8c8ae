// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace ibidem::desktop {

/// Milliseconds since the kernel started this process, so that loading and linking count too; its clock ticks
/// every 10 ms. -1 where the kernel does not say.
[[nodiscard]] std::int64_t processAgeMs();

} // namespace ibidem::desktop
