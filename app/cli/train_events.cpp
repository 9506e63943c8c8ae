// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_events.h"

#include "models/base/json.h"
#include "models/base/text.h"

namespace ibidem::cli {

TrainEvents::TrainEvents(Console &console)
    : m_console(console)
{}

void TrainEvents::take(const std::string &line)
{
    m_console.event(line);
    const auto event = parseJson(line);
    if (!event)
        return;
    const std::string name = stringAt(*event, "event").value_or(std::string());
    if (name == "started") {
        m_error = nullptr; // of an earlier attempt that is being resumed
        m_console.detail("started: " + line);
    } else if (name == "progress") {
        m_console.progress({stringAt(*event, "stage").value_or("training"),
                            numberAt(*event, "fraction").value_or(0.0), detailOf(*event)});
    } else if (name == "metric") {
        m_latest[stringAt(*event, "split").value_or("") + " " + stringAt(*event, "metric").value_or("")] =
            numberAt(*event, "value").value_or(0.0);
    } else if (name == "warning") {
        m_console.warn(stringAt(*event, "message").value_or(line));
    } else if (name == "failed") {
        if (const Json *error = findAt(*event, "error"))
            m_error = *error;
    }
}

std::string TrainEvents::detailOf(const Json &event) const
{
    const auto round = integerAt(event, "round");
    const auto rounds = integerAt(event, "rounds");
    std::string detail;
    if (round && rounds && *rounds > 0)
        detail = "round " + std::to_string(*round) + " of " + std::to_string(*rounds);
    for (const char *metric : {"test logloss", "test accuracy"}) {
        const auto found = m_latest.find(metric);
        if (found != m_latest.end())
            detail += std::string(detail.empty() ? "" : ", ") + metric + " " + formatFixed(found->second, 4);
    }
    return detail;
}

Error TrainEvents::failure(int exitCode, const std::string &problem, const std::filesystem::path &run) const
{
    if (m_error.is_object())
        return errorFromJson(m_error);
    const std::string message =
        problem.empty() ? "ibidem-train ended with exit code " + std::to_string(exitCode) : problem;
    for (const ErrorCode code :
         {ErrorCode::Usage, ErrorCode::BadData, ErrorCode::InputMissing, ErrorCode::Unavailable,
          ErrorCode::CannotWrite, ErrorCode::Io, ErrorCode::BadSpec})
        if (ibidem::exitCode(code) == exitCode)
            return {code, message, run.string(), {}};
    return {ErrorCode::Internal, message, run.string(),
            "go on from its last checkpoint: ibidem resume " + run.string()};
}

} // namespace ibidem::cli
