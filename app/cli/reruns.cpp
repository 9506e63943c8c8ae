// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/reruns.h"

#include "models/jobs/run_builder.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <utility>

namespace ibidem::cli {

namespace {

/// The first name from `number` on that no run has; counts `number` on.
std::filesystem::path freeName(const std::string &prefix, std::uint64_t &number)
{
    while (true) {
        std::filesystem::path name = prefix + std::to_string(number++);
        if (!runs::locateRun(name))
            return name;
    }
}

} // namespace

bool Reruns::identical() const
{
    return std::all_of(comparisons.begin(), comparisons.end(), [](const compare::Comparison &comparison) {
        return comparison.verdict == compare::Verdict::Identical;
    });
}

std::filesystem::path Reruns::firstDifferent() const
{
    for (std::size_t i = 0; i < comparisons.size(); ++i)
        if (comparisons[i].verdict != compare::Verdict::Identical)
            return trained[i].run;
    return {};
}

Result<Reruns> rerunAndCompare(const RerunOrder &order, const Places &places, Console &console)
{
    Reruns reruns;
    IBIDEM_TRY(reruns.reference, runs::locateRun(order.run));
    // A trailing slash would hide the name.
    reruns.reference = reruns.reference.has_filename() ? reruns.reference : reruns.reference.parent_path();
    const std::string prefix =
        order.outPrefix.empty() ? reruns.reference.string() + "-rerun-" : order.outPrefix;
    std::uint64_t number = 1;
    for (std::uint64_t i = 0; i < order.times; ++i) {
        IBIDEM_TRY(const jobs::TrainOrder again,
                   jobs::repeatOrder(reruns.reference, places.cache, freeName(prefix, number),
                                     order.allowChanged, order.moved));
        console.say("training again, " + std::to_string(i + 1) + " of " + std::to_string(order.times));
        IBIDEM_TRY(const Trained trained, trainRun(again, places, console));
        reruns.trained.push_back(trained);
        reruns.exitCode = trained.exitCode;
        if (trained.exitCode != 0)
            return reruns;
        IBIDEM_TRY(compare::Comparison comparison, compare::compareRuns(reruns.reference, trained.run));
        console.detail(trained.run.filename().string() + ": " + comparison.sentence);
        reruns.comparisons.push_back(std::move(comparison));
    }
    return reruns;
}

} // namespace ibidem::cli
