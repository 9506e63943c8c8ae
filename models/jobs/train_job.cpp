// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/signal_name.h"
#include "models/runs/events.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QProcess>
#include <QStringList>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <set>
#include <unistd.h>
#include <utility>

namespace ibidem::jobs {

namespace {

constexpr std::chrono::milliseconds kPollEvery{250};
constexpr std::chrono::milliseconds kGraceBeforeKill{2000};
/// A run that nobody holds and that has no last event may just be starting: so many polls before it counts as
/// dead.
constexpr int kPollsWithoutOwner = 12;

/// A child whose job went away: it must go on, and a QProcess that is destroyed kills its child. So it is
/// kept until the child ends or this program does; what is still here then is left to itself.
void leaveAlone(std::unique_ptr<QProcess> process)
{
    static auto *const orphans = new std::set<QProcess *>;
    QProcess *orphan = process.release();
    orphans->insert(orphan);
    orphan->closeReadChannel(QProcess::StandardOutput);
    orphan->closeReadChannel(QProcess::StandardError);
    QObject::connect(orphan, &QProcess::finished, orphan, [orphan] {
        orphans->erase(orphan);
        orphan->deleteLater();
    });
}

/// The process that holds the run, from its lock file.
std::optional<pid_t> ownerOf(const std::filesystem::path &folder)
{
    if (!runs::RunLock::held(folder))
        return std::nullopt;
    const auto text = readFile(folder / "lock", 4096);
    if (!text)
        return std::nullopt;
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto begin = std::find_if(text->begin(), text->end(), digit);
    const auto pid = parseInteger({begin, std::find_if_not(begin, text->end(), digit)});
    return pid && *pid > 1 ? std::optional(static_cast<pid_t>(*pid)) : std::nullopt;
}

/// The exit code that an ended child had, from its last event.
int exitCodeOf(const Json &event)
{
    const std::string name = stringAt(event, "event").value_or(std::string());
    if (name == "finished")
        return stringAt(event, "outcome").value_or(std::string()) == "stopped" ? exitCode(ErrorCode::Stopped)
                                                                               : 0;
    if (name == "failed" && findAt(event, "error"))
        return exitCode(errorFromJson(*findAt(event, "error")).code);
    return exitCode(ErrorCode::Internal);
}

/// 0 if nothing was told yet.
std::int64_t lastSequence(const std::filesystem::path &run)
{
    const auto events = runs::EventReader(runs::finalPath(run)).poll();
    return events && !events->empty() ? integerAt(events->back(), "sequence").value_or(0) : 0;
}

} // namespace

struct TrainJob::State
{
    Programs programs;
    std::filesystem::path run; ///< as given, without ".partial"
    std::unique_ptr<runs::EventReader> reader;
    std::unique_ptr<QProcess> process; ///< none when attached
    QTimer timer;
    Json lastEvent;
    QByteArray said; ///< the end of the child's standard error
    std::string problem;
    std::int64_t earlier = 0; ///< sequence of the last event before a resume
    int pollsWithoutOwner = 0;
    bool running = false;

    void poll(TrainJob *job)
    {
        if (!reader)
            return;
        auto events = reader->poll();
        if (!events) {
            problem = describe(events.error());
            return;
        }
        for (Json &event : *events) {
            if (isOfEarlierAttempt(event))
                continue;
            if (const auto text = compactJson(event))
                Q_EMIT job->eventArrived(QString::fromStdString(*text));
            lastEvent = std::move(event);
        }
    }

    /// A curve goes on from what was measured before; all else that was told then is no news.
    [[nodiscard]] bool isOfEarlierAttempt(const Json &event) const
    {
        return integerAt(event, "sequence").value_or(0) <= earlier &&
               stringAt(event, "event").value_or(std::string()) != "metric";
    }

    void conclude(TrainJob *job, int code)
    {
        if (!std::exchange(running, false))
            return;
        timer.stop();
        Q_EMIT job->finished(code);
    }

    void begin(TrainJob *job, const std::filesystem::path &folder)
    {
        run = runs::finalPath(folder);
        reader = std::make_unique<runs::EventReader>(run);
        running = true;
        timer.setInterval(kPollEvery);
        QObject::connect(&timer, &QTimer::timeout, job, [this, job] { process ? poll(job) : watch(job); });
        timer.start();
    }

    /// Attached: ended is what nobody holds any more.
    void watch(TrainJob *job)
    {
        const auto folder = runs::locateRun(runs::partialPath(run));
        const bool held = folder && runs::RunLock::held(*folder);
        poll(job);
        if (held) {
            pollsWithoutOwner = 0;
            return;
        }
        const std::string last = stringAt(lastEvent, "event").value_or(std::string());
        if (last == "finished" || last == "failed")
            return conclude(job, exitCodeOf(lastEvent));
        if (++pollsWithoutOwner < kPollsWithoutOwner)
            return;
        problem = folder ? "no process works on this run, and it has no end" : describe(folder.error());
        conclude(job, exitCode(folder ? ErrorCode::Internal : ErrorCode::InputMissing));
    }

    void childEnded(TrainJob *job, int code, bool crashed)
    {
        hear();
        poll(job);
        if (crashed) {
            problem = "ibidem-train was ended by " + signalName(code);
            return conclude(job, exitCode(ErrorCode::Internal));
        }
        if (code != 0)
            problem = std::string(trimmed(said.toStdString()));
        conclude(job, code);
    }

    void hear()
    {
        process->readAllStandardOutput();
        said = (said + process->readAllStandardError()).right(2000);
    }

    void launch(TrainJob *job, const QStringList &arguments)
    {
        process = std::make_unique<QProcess>();
        // A session of its own: neither the terminal's Ctrl-C nor its end reaches the child; and news that
        // nobody reads any more must not end it.
        process->setChildProcessModifier([] {
            ::setsid();
            ::signal(SIGPIPE, SIG_IGN);
        });
        const auto news = [this, job] {
            hear();
            poll(job);
        };
        QObject::connect(process.get(), &QProcess::readyReadStandardOutput, job, news);
        QObject::connect(process.get(), &QProcess::readyReadStandardError, job, [this] { hear(); });
        QObject::connect(process.get(), &QProcess::finished, job,
                         [this, job](int code, QProcess::ExitStatus status) {
                             childEnded(job, code, status == QProcess::CrashExit);
                         });
        QObject::connect(
            process.get(), &QProcess::errorOccurred, job, [this, job](QProcess::ProcessError error) {
                if (error != QProcess::FailedToStart)
                    return;
                problem = programs.train.string() + " cannot be started";
                QMetaObject::invokeMethod(
                    job, [this, job] { conclude(job, exitCode(ErrorCode::Internal)); }, Qt::QueuedConnection);
            });
        process->start(QString::fromStdString(programs.train.string()), arguments);
    }

    void signalOwner(int signal) const
    {
        const auto folder = runs::locateRun(runs::partialPath(run));
        if (const auto owner = folder ? ownerOf(*folder) : std::nullopt)
            ::kill(*owner, signal);
    }
};

TrainJob::TrainJob(Programs programs, QObject *parent)
    : QObject(parent)
    , m_state(std::make_unique<State>())
{
    m_state->programs = std::move(programs);
}

TrainJob::~TrainJob()
{
    if (!m_state->process)
        return;
    m_state->process->disconnect(this);
    if (m_state->process->state() != QProcess::NotRunning)
        leaveAlone(std::move(m_state->process));
}

void TrainJob::start(const std::filesystem::path &partial)
{
    if (m_state->running)
        return;
    m_state->begin(this, partial);
    m_state->launch(this, {QString::fromStdString((partial / runs::kSpecFile).string()),
                           QString::fromStdString(partial.string())});
}

void TrainJob::resume(const std::filesystem::path &run)
{
    if (m_state->running)
        return;
    m_state->earlier = lastSequence(run);
    m_state->begin(this, run);
    m_state->launch(this, {QStringLiteral("--resume"), QString::fromStdString(run.string())});
}

void TrainJob::attach(const std::filesystem::path &run)
{
    if (!m_state->running)
        m_state->begin(this, run);
}

void TrainJob::stop()
{
    if (!m_state->running)
        return;
    if (m_state->process)
        m_state->process->write("stop\n");
    else
        m_state->signalOwner(SIGTERM);
}

void TrainJob::stopNow()
{
    if (!m_state->running)
        return;
    if (!m_state->process) {
        m_state->signalOwner(SIGTERM);
        QTimer::singleShot(kGraceBeforeKill, this, [this] { m_state->signalOwner(SIGKILL); });
        return;
    }
    m_state->process->terminate();
    QTimer::singleShot(kGraceBeforeKill, this, [this] {
        if (m_state->running)
            m_state->process->kill();
    });
}

bool TrainJob::running() const
{
    return m_state->running;
}

std::filesystem::path TrainJob::run() const
{
    return runs::locateRun(runs::partialPath(m_state->run)).value_or(m_state->run);
}

std::string TrainJob::problem() const
{
    return m_state->problem;
}

} // namespace ibidem::jobs
