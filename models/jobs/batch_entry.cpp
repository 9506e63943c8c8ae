// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/batch_entry.h"

#include "models/base/files.h"
#include "models/jobs/memory_budget.h"
#include "models/runs/run_folder.h"

#include <algorithm>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ibidem::jobs {

namespace {

namespace fs = std::filesystem;

constexpr const char *kSameCommand = "the same command again goes on from its last checkpoint";

/// Both are on one file system.
Status moveFolder(const fs::path &from, const fs::path &to)
{
    std::error_code problem;
    fs::rename(from, to, problem);
    if (problem)
        return fail(ErrorCode::CannotWrite, "cannot move the prepared run here: " + problem.message(),
                    to.string());
    return {};
}

std::uint64_t needOf(const spec::RunSpec &spec, const std::vector<OpenedFile> &inputs)
{
    std::uint64_t bytes = 0;
    std::uint64_t samples = 0;
    std::uint64_t features = 0;
    for (const OpenedFile &input : inputs) {
        std::error_code unknown;
        const std::uintmax_t size = fs::file_size(input.container, unknown);
        bytes += unknown ? input.summary.fileBytes : size;
        if (input.summary.shape.size() != 2)
            continue;
        samples += input.summary.shape[0];
        features = std::max(features, input.summary.shape[1]);
    }
    return spec.kind == spec::ModelKind::Autoencoder ? networkMemoryNeed(spec, bytes, samples, features)
                                                     : memoryNeed(bytes, features);
}

ErrorCode codeOfExit(int exit)
{
    for (const ErrorCode code :
         {ErrorCode::Usage, ErrorCode::BadData, ErrorCode::InputMissing, ErrorCode::Unavailable,
          ErrorCode::CannotWrite, ErrorCode::Io, ErrorCode::BadSpec})
        if (exitCode(code) == exit)
            return code;
    return ErrorCode::Internal;
}

} // namespace

BatchEntry::BatchEntry(const BatchSetting &setting, BatchRun run, TrainOrder order, OrderedSpec ordered)
    : m_setting(setting)
    , m_run(std::move(run))
    , m_order(std::move(order))
    , m_ordered(std::move(ordered))
{
    m_order.out = m_setting.staging / m_run.spec.name;
}

BatchEntry::~BatchEntry() = default;

fs::path BatchEntry::stagedFolder() const
{
    return runs::partialPath(m_setting.staging / m_run.spec.name);
}

void BatchEntry::prepare()
{
    m_builder =
        std::make_unique<RunBuilder>(m_setting.programs, m_order, m_setting.cacheFolder, m_setting.staging);
    connect(m_builder.get(), &RunBuilder::finished, this, &BatchEntry::built);
    m_builder->start();
}

void BatchEntry::built()
{
    if (!m_builder->result()) {
        if (m_stopping && m_builder->result().error().code == ErrorCode::Stopped)
            return endWith(RunOutcome::Pending);
        return endWith(m_builder->result().error());
    }
    if (const Status read = readStaged(); !read)
        return endWith(read.error());
    m_mailbox.run<Result<FoundPlace>>(
        this,
        [run = m_run.run, wanted = m_wanted, ordered = m_ordered] {
            return lookAtPlace(run, wanted, ordered);
        },
        [this](Result<FoundPlace> place) { found(std::move(place)); });
}

/// The resolved spec; with fewer threads where that changes no bit.
Status BatchEntry::readStaged()
{
    const fs::path file = stagedFolder() / runs::kSpecFile;
    IBIDEM_TRY(m_wanted, spec::readSpecFile(file));
    m_need = needOf(m_wanted, m_builder->inputs());
    if (m_ordered.spec.threads != 0 || m_wanted.level != spec::Level::Portable ||
        m_wanted.threads <= m_setting.mostThreads)
        return {};
    m_wanted.threads = m_setting.mostThreads;
    IBIDEM_TRY(const std::string text, canonicalJson(m_wanted.toJson()));
    return writeFileAtomically(file, text);
}

void BatchEntry::found(Result<FoundPlace> place)
{
    if (!place)
        return endWith(std::move(place).error());
    m_found = *std::move(place);
    if (m_found.place == Place::Keep) {
        recordResults(*m_found.manifest);
        return endWith(RunOutcome::Kept);
    }
    if (m_stopping)
        return endWith(RunOutcome::Pending);
    m_phase = Phase::Waiting;
    Q_EMIT prepared();
}

/// Brings the run folder into the state that its child expects. Inputs were just opened, so their places are
/// known better than from an older local.json.
Status BatchEntry::takePlace()
{
    const fs::path staged = stagedFolder();
    if (m_found.place == Place::Resume) {
        IBIDEM_TRY(const runs::LocalInfo local, runs::readLocalInfo(staged));
        return runs::writeLocalInfo(m_found.folder, local);
    }
    if (m_found.place == Place::Follow)
        return {};
    const fs::path partial = runs::partialPath(m_run.run);
    if (m_found.place == Place::Free)
        return moveFolder(staged, partial);
    IBIDEM_TRY(const fs::path aside, runs::moveAside(m_found.folder));
    Status moved = moveFolder(staged, partial);
    if (!moved)
        static_cast<void>(moveFolder(aside, m_found.folder));
    return moved;
}

void BatchEntry::train()
{
    m_phase = Phase::Training;
    m_began = std::chrono::steady_clock::now();
    if (::access(m_setting.programs.train.c_str(), X_OK) != 0)
        return endWith(Error{ErrorCode::Internal, "ibidem-train cannot be started",
                             m_setting.programs.train.string(), "install it beside this program"});
    if (const Status taken = takePlace(); !taken)
        return endWith(taken.error());
    beginJob();
}

void BatchEntry::beginJob()
{
    m_job = std::make_unique<TrainJob>(m_setting.programs);
    connect(m_job.get(), &TrainJob::eventArrived, this,
            [this](const QString &json) { takeEvent(json.toStdString()); });
    connect(m_job.get(), &TrainJob::finished, this, &BatchEntry::trained);
    switch (m_found.place) {
    case Place::Resume:
        m_job->resume(m_run.run);
        break;
    case Place::Follow:
        m_job->attach(m_run.run);
        break;
    default:
        m_job->start(runs::partialPath(m_run.run));
    }
}

void BatchEntry::stop()
{
    m_stopping = true;
    if (m_phase == Phase::Preparing)
        m_builder->cancel(); // without effect if it is done: found() sees the wish
    else if (m_phase == Phase::Waiting)
        endWith(RunOutcome::Pending);
    else if (m_job)
        m_job->stop();
}

void BatchEntry::stopNow()
{
    if (m_phase == Phase::Training && m_job)
        m_job->stopNow();
    else
        stop();
}

void BatchEntry::takeEvent(const std::string &line)
{
    const auto event = parseJson(line);
    if (!event)
        return;
    const std::string name = stringAt(*event, "event").value_or(std::string());
    if (name == "started" || name == "finished") {
        m_failure = nullptr; // of an earlier attempt
    } else if (name == "failed") {
        if (const Json *error = findAt(*event, "error"))
            m_failure = *error;
    } else if (name == "progress" && stringAt(*event, "stage").value_or("") == "training") {
        m_fraction = std::clamp(numberAt(*event, "fraction").value_or(0.0), 0.0, 1.0);
        Q_EMIT progressed();
    }
}

/// The batch that was here before may have started a child that had not locked its folder yet when we looked.
bool BatchEntry::followOther(int code)
{
    if (code != exitCode(ErrorCode::Unavailable) || follows() ||
        !runs::RunLock::held(runs::partialPath(m_run.run)))
        return false;
    m_found.place = Place::Follow;
    m_job.release()->deleteLater();
    beginJob();
    if (m_stopping)
        m_job->stop();
    return true;
}

void BatchEntry::trained(int code)
{
    if (followOther(code))
        return;
    m_run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - m_began).count();
    if (code == exitCode(ErrorCode::Stopped))
        return endWith(RunOutcome::Stopped);
    if (code == 0) {
        const auto manifest = runs::readManifest(m_run.run);
        if (!manifest)
            return endWith(manifest.error());
        recordResults(*manifest);
        return endWith(RunOutcome::Finished);
    }
    if (m_failure.is_object())
        return endWith(errorFromJson(m_failure));
    const std::string problem = m_job->problem().empty()
                                    ? "ibidem-train ended with exit code " + std::to_string(code)
                                    : m_job->problem();
    // A child that came to an end by itself leaves no partial folder, or says why.
    const bool killed = code == exitCode(ErrorCode::Internal) && runs::isPartial(m_job->run());
    m_run.error = Error{codeOfExit(code), problem, m_run.run.string(), killed ? kSameCommand : ""};
    endWith(killed ? RunOutcome::Killed : RunOutcome::Failed);
}

void BatchEntry::recordResults(const runs::Manifest &manifest)
{
    m_run.chain = manifest.chain;
    m_run.metrics = manifest.metrics;
}

void BatchEntry::endWith(Error error)
{
    m_run.error = std::move(error);
    endWith(RunOutcome::Failed);
}

void BatchEntry::endWith(RunOutcome outcome)
{
    if (std::exchange(m_phase, Phase::Ended) == Phase::Ended)
        return;
    m_run.outcome = outcome;
    m_fraction = outcome == RunOutcome::Pending ? 0.0 : 1.0;
    std::error_code ignored;
    fs::remove_all(stagedFolder(), ignored);
    Q_EMIT ended();
}

} // namespace ibidem::jobs
