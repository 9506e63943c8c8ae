// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/run_output.h"

#include "app/cli/verb.h"
#include "models/base/text.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <array>

namespace ibidem::cli {

namespace {

/// "rounds" of trees, "epochs" of networks.
std::string roundWord(const runs::Manifest &manifest)
{
    return std::string(spec::roundName(manifest.kind()));
}

/// "200 epochs in 2.6 s"; of a resumed run "200 epochs (20 now, in 2.6 s)".
std::string doneText(const Trained &trained, const runs::Manifest &manifest)
{
    const std::string rounds = std::to_string(manifest.roundsDone) + " " + roundWord(manifest) +
                               (manifest.roundsDone == 1 ? "" : "s");
    const std::string time = "in " + formatFixed(trained.seconds, 1) + " s";
    if (trained.fromRound == 0)
        return rounds + " " + time;
    return rounds + " (" + std::to_string(manifest.roundsDone - trained.fromRound) + " now, " + time + ")";
}

/// Networks stop between two steps, so within the epoch that follows the last whole one.
std::string stopText(const Trained &trained, const runs::Manifest &manifest)
{
    const std::string word = roundWord(manifest);
    if (trained.trainedAll)
        return "stopped after the training, before its results were made";
    if (manifest.isNetwork())
        return "stopped in " + word + " " + std::to_string(manifest.roundsDone + 1);
    return "stopped after " + word + " " + std::to_string(manifest.roundsDone);
}

constexpr std::array kMetricOrder = {"accuracy", "logloss",     "roc_auc",     "roc_auc_rounded",
                                     "mcc",      "sensitivity", "specificity", "f1"};

/// Known metrics first, in the usual order, then others by name.
std::vector<std::string> orderedMetrics(const std::map<std::string, std::map<std::string, double>> &metrics)
{
    std::vector<std::string> names(kMetricOrder.begin(), kMetricOrder.end());
    for (const auto &[split, values] : metrics)
        for (const auto &[name, value] : values)
            if (std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(name);
    return names;
}

} // namespace

Json runDocument(const Trained &trained, const runs::Manifest &manifest)
{
    return Json{{"run", trained.run.string()}, {"outcome", manifest.outcome},   {"chain", manifest.chain},
                {"metrics", manifest.metrics}, {"rounds", manifest.roundsDone}, {"notes", manifest.notes},
                {"seconds", trained.seconds}};
}

std::string metricsText(const std::map<std::string, std::map<std::string, double>> &metrics)
{
    if (metrics.empty())
        return {};
    std::vector<std::vector<std::string>> rows{{""}};
    for (const auto &[split, values] : metrics)
        rows.front().push_back(split);
    for (const std::string &name : orderedMetrics(metrics)) {
        std::vector<std::string> row{name};
        bool any = false;
        for (const auto &[split, values] : metrics) {
            const auto found = values.find(name);
            row.push_back(found == values.end() ? "-"
                                                : formatFixed(found->second, name == "clusters" ? 0 : 6));
            any = any || found != values.end();
        }
        if (any)
            rows.push_back(std::move(row));
    }
    return table(rows);
}

std::string runText(const Trained &trained, const runs::Manifest &manifest, const Console &console)
{
    std::vector<std::vector<std::string>> rows{
        {"run", trained.run.string()}, {"outcome", manifest.outcome + ", " + doneText(trained, manifest)}};
    if (manifest.spec) {
        const spec::RunSpec &spec = *manifest.spec;
        rows.push_back({"level", std::string(spec::levelName(spec.level)) + ", seed " +
                                     std::to_string(spec.seed) + ", " + spec.device + ", " +
                                     std::to_string(spec.threads) +
                                     (spec.threads == 1 ? " thread, " : " threads, ") + spec.isa});
    }
    if (!manifest.chain.empty())
        rows.push_back({"chain", console.paint(Colour::Bold, manifest.chain)});
    const std::string metrics = metricsText(manifest.metrics);
    return table(rows) + (metrics.empty() ? std::string() : "\n" + metrics);
}

Result<int> showTrained(const Trained &trained, Console &console)
{
    if (trained.exitCode != 0 && trained.exitCode != exitCode(ErrorCode::Stopped)) {
        console.document(Json{{"run", trained.run.string()},
                              {"outcome", "interrupted"},
                              {"chain", ""},
                              {"metrics", Json::object()},
                              {"seconds", trained.seconds}});
        return trained.exitCode;
    }
    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(trained.run));
    for (const std::string &note : manifest.notes)
        console.say("note: " + note);
    console.document(runDocument(trained, manifest));
    console.result(runText(trained, manifest, console));
    if (trained.exitCode != 0)
        console.say(stopText(trained, manifest) +
                    (runs::hasCheckpoint(trained.run)
                         ? ", a checkpoint is written; go on with: ibidem resume "
                         : ", without a checkpoint; begin it again with: ibidem resume ") +
                    runs::spokenPath(trained.run).string());
    return trained.exitCode;
}

std::string confusionText(const std::vector<std::string> &classNames,
                          const std::vector<std::uint64_t> &counts)
{
    std::vector<std::vector<std::string>> rows{{"true \\ predicted"}};
    for (const std::string &name : classNames)
        rows.front().push_back(name);
    for (std::size_t truth = 0; truth < classNames.size(); ++truth) {
        std::vector<std::string> row{classNames[truth]};
        for (std::size_t predicted = 0; predicted < classNames.size(); ++predicted)
            row.push_back(std::to_string(counts[truth * classNames.size() + predicted]));
        rows.push_back(std::move(row));
    }
    return table(rows);
}

Json confusionJson(const std::vector<std::string> &classNames, const std::vector<std::uint64_t> &counts)
{
    Json rows = Json::array();
    for (std::size_t truth = 0; truth < classNames.size(); ++truth) {
        Json row = Json::array();
        for (std::size_t predicted = 0; predicted < classNames.size(); ++predicted)
            row.push_back(counts[truth * classNames.size() + predicted]);
        rows.push_back(std::move(row));
    }
    return Json{{"classes", classNames}, {"counts", std::move(rows)}};
}

} // namespace ibidem::cli
