// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/train_events.h"

#include "models/base/json.h"
#include "models/base/text.h"
#include "models/runs/run_folder.h"
#include "models/spec/recipes.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ibidem::cli {

namespace {

std::string resumeCure(const std::filesystem::path &run)
{
    const std::string resume = "ibidem resume " + runs::spokenPath(run).string();
    return runs::hasCheckpoint(run) ? "go on from its last checkpoint: " + resume
                                    : "it had no checkpoint yet; begin it again from its start: " + resume;
}

} // namespace

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
        m_begun = true;
        m_fromRound = integerAt(*event, "fromRound").value_or(0);
        const auto recipe = spec::findRecipe(stringAt(*event, "recipe").value_or(std::string()));
        m_rounds = integerAt(*event, "rounds").value_or(0);
        m_network = recipe && recipe->spec.kind == spec::ModelKind::Autoencoder;
        m_console.detail("started: " + line);
    } else if (name == "progress") {
        m_trainedAll = m_begun && stringAt(*event, "stage").value_or("training") != "training";
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

/// The round that is done, or the epoch that is being worked on: long epochs tell how far they are.
std::int64_t TrainEvents::roundOf(const Json &event) const
{
    if (const auto round = integerAt(event, "round"))
        return *round;
    const double done = numberAt(event, "fraction").value_or(0.0) * static_cast<double>(m_rounds);
    return std::clamp(static_cast<std::int64_t>(done) + 1, std::int64_t{1}, m_rounds);
}

std::string TrainEvents::detailOf(const Json &event) const
{
    if (m_trainedAll) // without words there would be no line
        return "of the trained network";
    if (stringAt(event, "stage").value_or(std::string()) != "training" || m_rounds <= 0)
        return {};
    std::string detail = unit() + " " + std::to_string(roundOf(event)) + " of " + std::to_string(m_rounds);
    const std::vector<std::pair<const char *, const char *>> shown =
        m_network ? std::vector<std::pair<const char *, const char *>>{{"train loss", "loss"},
                                                                       {"validation loss", "validation loss"}}
                  : std::vector<std::pair<const char *, const char *>>{{"test logloss", "test logloss"},
                                                                       {"test accuracy", "test accuracy"}};
    for (const auto &[metric, name] : shown) {
        const auto found = m_latest.find(metric);
        if (found != m_latest.end())
            detail += ", " + std::string(name) + " " + formatFixed(found->second, 4);
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
    return {ErrorCode::Internal, message, run.string(), resumeCure(run)};
}

} // namespace ibidem::cli
