// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/json.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/line_child.h"
#include "models/jobs/signal_name.h"
#include "models/jobs/worker.h"

#include <QStringList>

#include <csignal>
#include <utility>

namespace ibidem::jobs {

namespace {

/// What the worker thread found: the answer from the cache, or nothing (then the converter is needed).
using Lookup = Result<std::optional<OpenedFile>>;

Lookup lookUp(const std::filesystem::path &file, const data::TableOptions &options,
              const std::filesystem::path &cacheFolder)
{
    IBIDEM_TRY(const FileDigest digest, data::inputDigest(file));
    const std::optional<std::filesystem::path> entry = data::Cache(cacheFolder).find(digest.sha256, options);
    if (!entry)
        return std::optional<OpenedFile>();
    auto summary = data::readTableSummary(*entry);
    if (!summary) // a damaged entry is made again
        return std::optional<OpenedFile>();
    return std::optional<OpenedFile>(OpenedFile{file, *entry, *std::move(summary), true});
}

QStringList convertArguments(const std::filesystem::path &file, const data::TableOptions &options,
                             const std::filesystem::path &cacheFolder)
{
    QStringList arguments{QStringLiteral("--to"), QString::fromStdString(cacheFolder.string())};
    if (const auto json = compactJson(options.toJson()); json && !(options == data::TableOptions()))
        arguments << QStringLiteral("--options") << QString::fromStdString(*json);
    arguments << QStringLiteral("--") << QString::fromStdString(file.string());
    return arguments;
}

/// Why a converter that died of a signal most likely died, and what to do.
Error deathOf(const std::filesystem::path &file, int signal)
{
    std::string message = "reading this file ended ibidem-convert with " + signalName(signal);
    std::string cure = "the file is most likely damaged; nothing of it was used";
    if (signal == SIGKILL)
        message += " (out of memory, or killed by somebody)";
    if (signal == SIGXCPU)
        message += " (its time limit)";
    if (signal == SIGXFSZ)
        message += " (its limit on the size of a file)";
    if (signal == SIGSYS)
        message += " (it tried what it may not do)";
    return {ErrorCode::BadData, std::move(message), file.string(), std::move(cure)};
}

} // namespace

struct ConvertJob::State
{
    Programs programs;
    std::filesystem::path file;
    data::TableOptions options;
    std::filesystem::path cacheFolder;
    Mailbox mailbox;
    std::unique_ptr<LineChild> child;
    Result<OpenedFile> result = fail(ErrorCode::Internal, "not started");
    bool started = false;
    bool done = false;

    void conclude(ConvertJob *job, Result<OpenedFile> value)
    {
        if (done)
            return;
        done = true;
        result = std::move(value);
        Q_EMIT job->finished();
    }

    [[nodiscard]] Result<OpenedFile> finishedFile(const Json &event) const
    {
        IBIDEM_TRY(const std::string container, stringAt(event, "container"));
        const Json *json = findAt(event, "summary");
        if (!json)
            return fail(ErrorCode::Internal, "ibidem-convert sent no summary", file.string());
        IBIDEM_TRY(data::TableSummary summary, data::TableSummary::fromJson(*json));
        return OpenedFile{file, container, std::move(summary), false};
    }

    void convert(ConvertJob *job)
    {
        if (auto made = makeFolder(cacheFolder); !made)
            return conclude(job, tl::unexpected<Error>(made.error()));
        LineChildOrder order;
        order.program = programs.convert;
        order.arguments = convertArguments(file, options, cacheFolder);
        order.about = file.string();
        order.death = [this](int signal) { return deathOf(file, signal); };
        order.progressed = [job](const QString &, double fraction) { Q_EMIT job->progressed(fraction); };
        order.ended = [this, job](Result<Json> finished) {
            conclude(job, finished.and_then([this](const Json &event) { return finishedFile(event); }));
        };
        child = std::make_unique<LineChild>(std::move(order));
        child->start();
    }
};

ConvertJob::ConvertJob(Programs programs, std::filesystem::path file, data::TableOptions options,
                       std::filesystem::path cacheFolder, QObject *parent)
    : QObject(parent)
    , m_state(std::make_unique<State>())
{
    m_state->programs = std::move(programs);
    m_state->file = std::move(file);
    m_state->options = std::move(options);
    m_state->cacheFolder = std::move(cacheFolder);
}

ConvertJob::~ConvertJob() = default;

void ConvertJob::start()
{
    if (std::exchange(m_state->started, true))
        return;
    m_state->mailbox.run<Lookup>(
        this,
        [file = m_state->file, options = m_state->options, cacheFolder = m_state->cacheFolder] {
            return lookUp(file, options, cacheFolder);
        },
        [this](Lookup found) {
            if (m_state->done)
                return;
            if (!found)
                m_state->conclude(this, tl::unexpected<Error>(std::move(found).error()));
            else if (*found)
                m_state->conclude(this, **std::move(found));
            else
                m_state->convert(this);
        });
}

void ConvertJob::cancel()
{
    if (m_state->done)
        return;
    if (m_state->child)
        m_state->child->abandon();
    m_state->conclude(this, fail(ErrorCode::Stopped, "opening was cancelled", m_state->file.string()));
}

const Result<OpenedFile> &ConvertJob::result() const
{
    return m_state->result;
}

} // namespace ibidem::jobs
