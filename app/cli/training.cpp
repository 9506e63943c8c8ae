// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/training.h"

#include "app/cli/signals.h"
#include "app/cli/train_events.h"
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/data/count_matrix.h"
#include "models/runs/run_folder.h"

#include <QEventLoop>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>

namespace ibidem::cli {

namespace {

constexpr int kSignalBase = 128;

class Stopwatch
{
public:
    [[nodiscard]] double seconds() const
    {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
    }

private:
    std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

/// The partial folder, or why there is none; a signal cancels.
Result<std::filesystem::path> build(const jobs::TrainOrder &order, const Places &places, Console &console)
{
    jobs::RunBuilder builder(jobs::Programs::besideThisProgram(), order, places.cache, places.store);
    QEventLoop loop;
    QObject::connect(&builder, &jobs::RunBuilder::finished, &loop, &QEventLoop::quit);
    QObject::connect(&builder, &jobs::RunBuilder::progressed, &loop,
                     [&console](const QString &stage, double fraction) {
                         console.progress({stage.toStdString(), fraction, {}});
                     });
    const StopSignals stopSignals([&builder](int) { builder.cancel(); });
    builder.start();
    loop.exec();
    console.endProgress();
    if (builder.result()) {
        for (const jobs::OpenedFile &input : builder.inputs())
            for (const data::Check &check : input.summary.checks)
                if (check.state == data::CheckState::Warning)
                    console.warn(input.file.string() + ": " + check.message);
    }
    return builder.result();
}

/// Runs the event loop until the child has ended. `onEvent` may be empty.
Result<Trained> follow(const std::function<void(jobs::TrainJob &)> &start, Console &console,
                       const std::function<void(jobs::TrainJob &, const std::string &)> &onEvent = {})
{
    jobs::TrainJob job(jobs::Programs::besideThisProgram());
    TrainEvents events(console);
    QEventLoop loop;
    const Stopwatch watch;
    Trained trained;
    int signalsSeen = 0;
    int stoppedBy = 0;
    QObject::connect(&job, &jobs::TrainJob::eventArrived, &loop, [&](const QString &json) {
        events.take(json.toStdString());
        if (onEvent)
            onEvent(job, json.toStdString());
    });
    QObject::connect(&job, &jobs::TrainJob::finished, &loop, [&](int code) {
        trained.exitCode = code;
        loop.quit();
    });
    const StopSignals stopSignals([&](int signal) {
        if (++signalsSeen == 1) {
            console.say("stopping, with a checkpoint (the same signal again stops at once)");
            job.stop();
            return;
        }
        stoppedBy = signal;
        job.stopNow();
    });
    start(job);
    if (job.running())
        loop.exec();
    console.endProgress();
    trained.run = job.run();
    trained.seconds = watch.seconds();
    trained.fromRound = events.fromRound();
    trained.trainedAll = events.trainedAll();
    if (stoppedBy != 0 && trained.exitCode != 0) {
        trained.exitCode = kSignalBase + (stoppedBy == SIGINT ? SIGINT : SIGTERM);
        console.say("stopped at once; go on with: ibidem resume " + runs::spokenPath(trained.run).string());
        return trained;
    }
    if (trained.exitCode == 0 || trained.exitCode == exitCode(ErrorCode::Stopped))
        return trained;
    return tl::unexpected<Error>(events.failure(trained.exitCode, job.problem(), trained.run));
}

} // namespace

Places Places::ofUser()
{
    return {cacheFolder(), runStoreFolder()};
}

Result<jobs::OpenedFile> openFile(const std::filesystem::path &file, const data::TableOptions &options,
                                  const Places &places, Console &console)
{
    jobs::ConvertJob job(jobs::Programs::besideThisProgram(), file, options, places.cache);
    QEventLoop loop;
    QObject::connect(&job, &jobs::ConvertJob::finished, &loop, &QEventLoop::quit);
    QObject::connect(&job, &jobs::ConvertJob::progressed, &loop, [&](double fraction) {
        console.progress({"reading " + file.filename().string(), fraction, {}});
    });
    const StopSignals stopSignals([&job](int) { job.cancel(); });
    job.start();
    loop.exec();
    console.endProgress();
    return job.result();
}

Result<data::TableContainer> openContainer(const std::filesystem::path &file,
                                           const data::TableOptions &options, const Places &places,
                                           Console &console)
{
    IBIDEM_TRY(const jobs::OpenedFile opened, openFile(file, options, places, console));
    if (opened.summary.kind == data::kMatrixKind)
        return fail(ErrorCode::BadData, "this is a matrix of cells, not a table", file.string(),
                    "look at it with 'ibidem inspect', prepare it with 'ibidem prepare', or train on it with "
                    "the recipe sc-autoencoder");
    return data::readTableContainer(opened.container);
}

Result<Trained> trainRun(const jobs::TrainOrder &order, const Places &places, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path partial, build(order, places, console));
    console.detail("training in " + partial.string());
    return follow([&partial](jobs::TrainJob &job) { job.start(partial); }, console);
}

Result<Trained> resumeRun(const jobs::TrainOrder &order, const Places &places, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path run, build(order, places, console));
    return follow([&run](jobs::TrainJob &job) { job.resume(run); }, console);
}

Result<Trained> trainAndStop(const jobs::TrainOrder &order, const Places &places, Console &console)
{
    IBIDEM_TRY(const std::filesystem::path partial, build(order, places, console));
    bool told = false;
    const auto stopInRound = [&told](jobs::TrainJob &job, const std::string &line) {
        if (!told && line.find("\"event\":\"metric\"") != std::string::npos) {
            told = true;
            job.stop();
        }
    };
    return follow([&partial](jobs::TrainJob &job) { job.start(partial); }, console, stopInRound);
}

} // namespace ibidem::cli
