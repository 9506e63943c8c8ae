// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/batch.h"

#include "app/cli/signals.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/text.h"

#include <QEventLoop>

#include <algorithm>
#include <array>
#include <csignal>
#include <memory>
#include <set>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::vector<std::string> specs;
    std::optional<std::string> out;
    std::optional<std::uint64_t> jobs;
    std::optional<std::uint64_t> threads;
    bool retry = false;
};

constexpr std::uint64_t kMostJobs = 1024;
constexpr std::uint64_t kManyThreads = 1024;
constexpr const char *kDefaultFolder = "ibidem-batch";
constexpr int kSignalBase = 128;
constexpr std::size_t kShownDigits = 12;
constexpr std::size_t kShownMetrics = 3;

Result<jobs::BatchOrder> orderOf(const Arguments &arguments)
{
    jobs::BatchOrder order;
    const std::uint64_t jobs = arguments.jobs.value_or(1);
    if (jobs < 1 || jobs > kMostJobs)
        return fail(ErrorCode::Usage, "--jobs: from 1 to 1024");
    if (arguments.threads.value_or(0) > kManyThreads)
        return fail(ErrorCode::Usage, "--threads: at most 1024");
    order.jobs = static_cast<int>(jobs);
    if (arguments.threads)
        order.threads = static_cast<int>(*arguments.threads);
    order.retry = arguments.retry;
    order.out = arguments.out.value_or(kDefaultFolder);
    IBIDEM_TRY(order.specs, jobs::batchSpecs(arguments.specs, order.out));
    return order;
}

std::string secondsText(const jobs::BatchRun &run)
{
    return run.seconds > 0.0 ? formatFixed(run.seconds, 1) : "-";
}

/// The line that tells of one entry when it has ended.
std::string endText(const jobs::BatchRun &run)
{
    std::string text = run.spec.name + ": " + std::string(jobs::outcomeName(run.outcome));
    if (!run.chain.empty())
        text += ", chain " + run.chain.substr(0, kShownDigits);
    if (run.seconds > 0.0)
        text += ", " + secondsText(run) + " s";
    return run.error ? text + ": " + describe(*run.error) : text;
}

/// A column of the table: a metric of a split.
struct Column
{
    std::string split;
    std::string metric;
    std::string title;
};

std::optional<double> valueOf(const jobs::BatchRun &run, const Column &column)
{
    const auto split = run.metrics.find(column.split);
    if (split == run.metrics.end())
        return std::nullopt;
    const auto value = split->second.find(column.metric);
    return value == split->second.end() ? std::nullopt : std::optional(value->second);
}

bool anyHas(const std::vector<jobs::BatchRun> &runs, const Column &column)
{
    return std::any_of(runs.begin(), runs.end(),
                       [&column](const jobs::BatchRun &run) { return valueOf(run, column).has_value(); });
}

/// The usual ones of tables and of networks that some run has; without any, the first of the test by name.
std::vector<Column> shownColumns(const std::vector<jobs::BatchRun> &runs)
{
    std::vector<Column> columns{
        {"test", "accuracy", "test accuracy"},     {"test", "roc_auc", "test roc_auc"},
        {"test", "logloss", "test logloss"},       {"all", "loss", "loss"},
        {"validation", "loss", "validation loss"}, {"analysis", "clusters", "clusters"}};
    std::erase_if(columns, [&runs](const Column &column) { return !anyHas(runs, column); });
    if (!columns.empty())
        return columns;
    std::set<std::string> known;
    for (const jobs::BatchRun &run : runs)
        if (const auto test = run.metrics.find("test"); test != run.metrics.end())
            for (const auto &[name, value] : test->second)
                known.insert(name);
    for (const std::string &name : known)
        if (columns.size() < kShownMetrics)
            columns.push_back({"test", name, "test " + name});
    return columns;
}

std::string metricText(const jobs::BatchRun &run, const Column &column)
{
    const std::optional<double> value = valueOf(run, column);
    return value ? formatFixed(*value, column.metric == "clusters" ? 0 : 4) : "-";
}

std::string tableText(const std::vector<jobs::BatchRun> &runs)
{
    const std::vector<Column> columns = shownColumns(runs);
    std::vector<std::vector<std::string>> rows{{"spec", "outcome", "chain"}};
    for (const Column &column : columns)
        rows.front().push_back(column.title);
    rows.front().push_back("seconds");
    std::string problems;
    for (const jobs::BatchRun &run : runs) {
        rows.push_back({run.spec.name, std::string(jobs::outcomeName(run.outcome)),
                        run.chain.empty() ? "-" : run.chain.substr(0, kShownDigits)});
        for (const Column &column : columns)
            rows.back().push_back(metricText(run, column));
        rows.back().push_back(secondsText(run));
        if (run.error)
            problems += run.spec.name + ": " + describe(*run.error) + "\n";
    }
    return table(rows) + (problems.empty() ? "" : "\n" + problems);
}

std::string sumText(const std::vector<jobs::BatchRun> &runs)
{
    std::string text;
    for (const auto outcome :
         {jobs::RunOutcome::Finished, jobs::RunOutcome::Kept, jobs::RunOutcome::Failed,
          jobs::RunOutcome::Killed, jobs::RunOutcome::Stopped, jobs::RunOutcome::Pending}) {
        const auto count = std::count_if(runs.begin(), runs.end(), [outcome](const jobs::BatchRun &run) {
            return run.outcome == outcome;
        });
        if (count > 0)
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " +
                    std::string(jobs::outcomeName(outcome));
    }
    return std::to_string(runs.size()) + (runs.size() == 1 ? " run: " : " runs: ") + text + "\n";
}

void showProgress(const jobs::Batch &batch, Console &console)
{
    console.progress({"batch", batch.fraction(),
                      std::to_string(batch.ended()) + " of " + std::to_string(batch.runs().size()) +
                          " runs, " + std::to_string(batch.running()) + " running"});
}

/// Runs the event loop until the batch has ended; the signal that ended it at once, or 0.
int follow(jobs::Batch &batch, Console &console)
{
    QEventLoop loop;
    int signalsSeen = 0;
    int endedBy = 0;
    QObject::connect(&batch, &jobs::Batch::finished, &loop, &QEventLoop::quit);
    QObject::connect(&batch, &jobs::Batch::progressed, &loop, [&] { showProgress(batch, console); });
    QObject::connect(&batch, &jobs::Batch::runEnded, &loop,
                     [&](int index) { console.say(endText(batch.runs()[static_cast<std::size_t>(index)])); });
    const StopSignals stopSignals([&](int signal) {
        if (++signalsSeen == 1) {
            console.say("stopping all runs, with checkpoints (the same signal again stops at once)");
            batch.stop();
            return;
        }
        endedBy = signal;
        batch.stopNow();
    });
    batch.start();
    loop.exec();
    console.endProgress();
    return endedBy;
}

Result<int> batch(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const jobs::BatchOrder order, orderOf(arguments));
    jobs::Batch batch(jobs::Programs::besideThisProgram(), order, Places::ofUser().cache);
    IBIDEM_CHECK(batch.open());
    for (const jobs::BatchRun &run : batch.runs())
        if (run.error)
            console.warn(run.spec.name + " will not be trained: " + describe(*run.error));
    const int endedBy = follow(batch, console);
    const int code = jobs::batchExitCode(batch.runs(), batch.stopped());
    Json document = jobs::batchDocument(batch.runs());
    document["out"] = order.out.string();
    document["exitCode"] =
        endedBy != 0 && code != 0 ? kSignalBase + (endedBy == SIGINT ? SIGINT : SIGTERM) : code;
    console.result(tableText(batch.runs()) + "\n" + sumText(batch.runs()));
    if (!batch.written())
        return tl::unexpected<Error>(batch.written().error());
    console.document(document);
    if (code == exitCode(ErrorCode::Stopped))
        console.say("stopped; the same command again goes on");
    return document["exitCode"].get<int>();
}

} // namespace

void addBatch(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("batch", "Train the runs of many spec files, several at once; the same command again goes on",
             "ibidem batch specs/ --jobs 4 --out results",
             [arguments](Console &console) { return batch(*arguments, console); })
        .positionals("SPEC", arguments->specs, "Spec files (JSON or TOML), or folders of them")
        .wholeNumber("--jobs", arguments->jobs, "Runs at once, where memory allows (1)")
        .text("--out", "DIR", arguments->out, "Folder of the runs; else ibidem-batch in the current folder")
        .wholeNumber("--threads", arguments->threads, "Threads of each run; 0 chooses")
        .flag("--retry", arguments->retry,
              "Resume runs that were killed once more at the end, one at a time");
}

} // namespace ibidem::cli
