// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <chrono>
#include <string>
#include <string_view>

namespace ibidem::app {

/// The protocol on standard output: one JSON object a line. Not thread-safe.
class Events
{
public:
    /// At most 20 a second; the first and those of another stage at once.
    void progress(std::string_view stage, double fraction);
    /// Written completely with one call, or not at all if nobody reads any more.
    static void write(const Json &event) noexcept;
    static void failed(const Error &error) noexcept;

private:
    std::chrono::steady_clock::time_point m_last{};
    std::string m_stage;
};

} // namespace ibidem::app
