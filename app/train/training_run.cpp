// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/training_run.h"

#include "app/train/result_files.h"
#include "app/train/run_log.h"
#include "app/train/run_work.h"
#include "models/base/files.h"
#include "models/base/version.h"
#include "models/runs/events.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"
#include "models/train/checkpoints/checkpoint.h"
#include "models/train/reproducibility/effective_state.h"

#include <chrono>
#include <new>
#include <unistd.h>

namespace ibidem::app {

namespace {

using Clock = std::chrono::steady_clock;

/// Passes what the trainer tells on to events and log, and judges the state it finds.
class Listener : public train::TrainListener
{
public:
    Listener(const spec::RunSpec &spec, bool resumed, const std::filesystem::path &folder,
             runs::EventWriter &events, RunLog &log, bool &begun)
        : m_spec(spec)
        , m_folder(folder)
        , m_resumed(resumed)
        , m_events(events)
        , m_log(log)
        , m_begun(begun)
    {}

    Status ready(const Json &library) override
    {
        m_state = train::readEffectiveState(m_spec, library);
        return train::checkLevel(m_spec, m_state);
    }

    void started(std::int64_t fromRound) override
    {
        Json fields = {{"recipe", m_spec.recipe},   {"level", spec::levelName(m_spec.level)},
                       {"seed", m_spec.seed},       {"device", m_spec.device},
                       {"threads", m_spec.threads}, {"rounds", spec::roundCount(m_spec)}};
        if (m_resumed)
            fields["fromRound"] = fromRound;
        m_begun = true;
        std::error_code ignored; // of the part of the training that is being gone on with
        std::filesystem::remove(m_folder / runs::kManifestFile, ignored);
        m_events.write("started", std::move(fields));
        m_log.add("info", m_resumed ? "resumed after " + std::to_string(fromRound) : "started");
    }

    void round(std::int64_t round, std::int64_t rounds,
               const std::vector<runs::MetricPoint> &metrics) override
    {
        for (const runs::MetricPoint &point : metrics)
            m_events.write("metric", {{"round", point.round},
                                      {"split", point.split},
                                      {"metric", point.metric},
                                      {"value", point.value}});
        m_events.write("progress", {{"stage", "training"},
                                    {"fraction", static_cast<double>(round) / static_cast<double>(rounds)},
                                    {"round", round},
                                    {"rounds", rounds}});
    }

    void checkpoint(std::int64_t round, const std::string &file) override
    {
        m_events.write("checkpoint", {{"round", round}, {"file", file}});
    }

    void warning(const std::string &message) override
    {
        m_events.write("warning", {{"message", message}});
        m_log.add("warning", message);
    }

    [[nodiscard]] const Json &state() const noexcept { return m_state; }

private:
    const spec::RunSpec &m_spec;
    const std::filesystem::path &m_folder;
    bool m_resumed;
    runs::EventWriter &m_events;
    RunLog &m_log;
    bool &m_begun; ///< set when it is, also if an exception ends the training
    Json m_state = Json::object();
};

/// The folder to work in, under its partial name.
Result<std::filesystem::path> openFolder(const TrainOptions &options)
{
    if (!options.resume) {
        std::error_code ignored;
        if (runs::isPartial(options.folder) && std::filesystem::is_directory(options.folder, ignored))
            return options.folder;
        return runs::createPartial(options.folder, false);
    }
    IBIDEM_TRY(const std::filesystem::path folder, runs::locateUnfinished(options.folder));
    if (runs::isPartial(folder))
        return folder;
    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(folder));
    if (manifest.outcome == "finished" || manifest.outcome == "imported")
        return fail(ErrorCode::Usage, "the run is " + manifest.outcome + ": there is nothing to resume",
                    folder.string(), "repeat it with 'ibidem rerun'");
    return runs::reopenAsPartial(folder);
}

/// A run that had ended has its manifest as long as nothing was trained since; a killed one has none.
bool hadEnded(const std::filesystem::path &partial)
{
    std::error_code ignored;
    return std::filesystem::is_regular_file(partial / runs::kManifestFile, ignored);
}

Status putBack(const std::filesystem::path &partial)
{
    if (!hadEnded(partial))
        return {};
    IBIDEM_TRY([[maybe_unused]] const std::filesystem::path folder, runs::finishPartial(partial));
    return {};
}

class TrainingRun
{
public:
    TrainingRun(const TrainOptions &options, std::filesystem::path folder, runs::EventWriter events,
                std::stop_token stop)
        : m_options(options)
        , m_folder(std::move(folder))
        , m_events(std::move(events))
        , m_log(m_folder)
        , m_stop(std::move(stop))
    {
        m_manifest.program = "ibidem " + std::string(kVersion);
    }

    Result<int> run()
    {
        const Result<int> code = workWithinMemory();
        if (code)
            return code;
        const bool stopped = code.error().code == ErrorCode::Stopped;
        // A killed run that is stopped is a stopped run from now on: only that can be shown.
        if (m_options.resume && !m_begun && (!stopped || hadEnded(m_folder)))
            return leaveAsItWas(code.error());
        if (stopped)
            return recordEarlyStop();
        return recordFailure(code.error());
    }

private:
    Result<int> workWithinMemory()
    {
        try {
            return work();
        } catch (const std::bad_alloc &) {
            return fail(ErrorCode::BadData, "there is not enough memory for this run", {},
                        "make the model or the batches smaller, or use a machine with more memory");
        }
    }

    /// A run that cannot go on now is what it was, and can go on when the cause is mended. Its events say why
    /// it did not.
    Result<int> leaveAsItWas(const Error &error)
    {
        const bool stopped = error.code == ErrorCode::Stopped;
        const auto rounds = train::checkpointRounds(m_folder / runs::kCheckpointFolder, unit());
        m_log.add(stopped ? "info" : "error", "not resumed: " + describe(error));
        static_cast<void>(putBack(m_folder));
        if (stopped)
            m_events.write("finished",
                           {{"outcome", "stopped"}, {"round", rounds.empty() ? 0 : rounds.front()}});
        else
            m_events.write("failed", {{"error", errorJson(error)}});
        static_cast<void>(m_events.close());
        return stopped ? Result<int>(exitCode(ErrorCode::Stopped)) : tl::unexpected<Error>(error);
    }

    /// Before the training began: what there was to resume from still is.
    Result<int> recordEarlyStop()
    {
        const auto rounds = train::checkpointRounds(m_folder / runs::kCheckpointFolder, unit());
        return recordStop({true, rounds.empty() ? 0 : rounds.front(), {}});
    }

    Result<int> work()
    {
        IBIDEM_CHECK(readSpec());
        train::applyPins(m_spec);
        const std::unique_ptr<RunWork> task = m_spec.kind == spec::ModelKind::Autoencoder
                                                  ? makeCellsWork(m_spec, m_options.probe)
                                                  : makeTreesWork(m_spec);
        task->begin();
        IBIDEM_CHECK(task->prepare(m_folder, m_manifest, token()));
        for (const std::string &note : m_manifest.notes)
            m_log.add("note", note);
        Listener listener(m_spec, m_options.resume, m_folder, m_events, m_log, m_begun);
        auto outcome = task->train(m_folder, m_options.resume, listener, token());
        m_manifest.effectiveState = listener.state();
        m_manifest.environment = task->environment();
        if (!outcome)
            return tl::unexpected<Error>(std::move(outcome).error());
        IBIDEM_CHECK(task->addRecords(m_files));
        return outcome->stopped ? recordStop(*outcome) : recordResults(*task, *outcome);
    }

    Status readSpec()
    {
        const std::filesystem::path file =
            m_options.spec.empty() ? m_folder / runs::kSpecFile : m_options.spec;
        IBIDEM_TRY(m_spec, spec::readSpecFile(file));
        IBIDEM_CHECK(spec::validate(m_spec));
        IBIDEM_TRY(const spec::RunSpec resolved, train::resolve(m_spec, true, 0));
        if (!(resolved == m_spec))
            return fail(ErrorCode::BadSpec, "device, threads or isa is still \"auto\"", file.string(),
                        "start the run with 'ibidem train', which resolves the specification");
        m_manifest.spec = m_spec;
        IBIDEM_TRY(std::string text, canonicalJson(m_spec.toJson()));
        // Of a run that goes on it is written with its results: it may not come to training.
        if (!m_options.resume)
            IBIDEM_CHECK(writeFileAtomically(m_folder / runs::kSpecFile, text));
        m_files[std::string(runs::kSpecFile)] = std::move(text);
        return {};
    }

    RunToken token()
    {
        return RunToken(
            m_stop,
            [this](std::string_view stage, double fraction) {
                m_events.write("progress", {{"stage", stage}, {"fraction", fraction}});
            },
            [this](std::string_view message) {
                m_events.write("warning", {{"message", message}});
                m_log.add("warning", message);
            });
    }

    Result<int> recordResults(RunWork &task, const WorkOutcome &outcome)
    {
        m_manifest.outcome = "finished";
        m_manifest.roundsDone = outcome.roundsDone;
        const std::size_t told = m_manifest.notes.size();
        if (const Status added = task.addResults(m_folder, m_manifest, m_files, token()); !added) {
            if (added.error().code != ErrorCode::Stopped)
                return tl::unexpected<Error>(added.error());
            m_manifest.notes.resize(told); // what the results say comes again with them
            return recordStop(outcome);
        }
        for (std::size_t i = told; i < m_manifest.notes.size(); ++i)
            m_log.add("note", m_manifest.notes[i]);
        IBIDEM_CHECK(conclude());
        m_events.write("finished",
                       {{"outcome", "finished"}, {"chain", m_manifest.chain}, {"seconds", secondsSoFar()}});
        IBIDEM_CHECK(m_events.close());
        return 0;
    }

    Result<int> recordStop(const WorkOutcome &outcome)
    {
        m_manifest.outcome = "stopped";
        m_manifest.roundsDone = outcome.roundsDone;
        m_files[std::string(runs::kMetricsFile)] = runs::metricsCsv(outcome.metrics);
        IBIDEM_CHECK(conclude());
        m_events.write("finished", {{"outcome", "stopped"}, {"round", outcome.roundsDone}});
        IBIDEM_CHECK(m_events.close());
        return exitCode(ErrorCode::Stopped);
    }

    /// All files, the manifest last, then the final name.
    Status conclude()
    {
        m_log.add("info", m_manifest.outcome + " after " + std::to_string(m_manifest.roundsDone) + " " +
                              unit() + "s");
        IBIDEM_CHECK(writeResults(m_manifest, m_files, m_folder));
        IBIDEM_CHECK(runs::writeManifest(m_folder, m_manifest));
        IBIDEM_CHECK(runs::finishPartial(m_folder));
        return {};
    }

    [[nodiscard]] std::string unit() const { return std::string(spec::roundName(m_spec.kind)); }

    tl::unexpected<Error> recordFailure(const Error &error)
    {
        m_log.add("error", describe(error));
        m_manifest.outcome = "failed";
        m_manifest.error = error;
        m_manifest.chain.clear();
        m_manifest.metrics.clear();
        m_manifest.confusion.clear();
        m_manifest.digests.clear();
        m_manifest.files.clear();
        // Whatever goes wrong from here on, the first error is the one to tell.
        if (runs::writeManifest(m_folder, m_manifest))
            static_cast<void>(runs::finishPartial(m_folder));
        m_events.write("failed", {{"error", errorJson(error)}});
        static_cast<void>(m_events.close());
        return tl::unexpected<Error>(error);
    }

    [[nodiscard]] double secondsSoFar() const
    {
        return std::chrono::duration<double>(Clock::now() - m_start).count();
    }

    const TrainOptions &m_options;
    std::filesystem::path m_folder;
    runs::EventWriter m_events;
    RunLog m_log;
    std::stop_token m_stop;
    Clock::time_point m_start = Clock::now();
    spec::RunSpec m_spec;
    runs::Manifest m_manifest;
    ResultFiles m_files;
    bool m_begun = false; ///< rounds were trained, or could have been
};

} // namespace

Result<int> runTraining(const TrainOptions &options, std::stop_token stop)
{
    IBIDEM_TRY(const std::filesystem::path folder, openFolder(options));
    IBIDEM_TRY(const runs::RunLock lock, runs::RunLock::acquire(folder));
    auto events = runs::EventWriter::open(folder, STDOUT_FILENO);
    if (!events) {
        static_cast<void>(putBack(folder));
        return tl::unexpected<Error>(std::move(events).error());
    }
    return TrainingRun(options, folder, *std::move(events), std::move(stop)).run();
}

} // namespace ibidem::app
