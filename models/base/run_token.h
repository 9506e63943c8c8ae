// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace ibidem {

/// What a long computation is given: a way to hear that it should stop, and a way to say how far it is.
/// stopRequested() may be called from any thread; progress() and warn() only from the computation's own
/// thread.
class RunToken
{
public:
    using Progress = std::function<void(std::string_view stage, double fraction)>;
    using Warn = std::function<void(std::string_view message)>;

    RunToken() = default;

    explicit RunToken(std::stop_token stop, Progress progress = {}, Warn warn = {})
        : m_stop(std::move(stop))
        , m_progress(std::move(progress))
        , m_warn(std::move(warn))
    {}

    [[nodiscard]] bool stopRequested() const noexcept { return m_stop.stop_requested(); }

    /// fraction in 0…1; cheap, the receiver throttles.
    void progress(std::string_view stage, double fraction) const
    {
        if (m_progress)
            m_progress(stage, fraction);
    }

    void warn(std::string_view message) const
    {
        if (m_warn)
            m_warn(message);
    }

private:
    std::stop_token m_stop;
    Progress m_progress;
    Warn m_warn;
};

} // namespace ibidem
