// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/prepare_job.h"

#include "models/base/json.h"
#include "models/jobs/line_child.h"
#include "models/jobs/signal_name.h"

#include <QMetaObject>
#include <QStringList>
#include <QTimer>

#include <chrono>
#include <csignal>
#include <utility>

namespace ibidem::jobs {

namespace {

/// A child that was asked to stop does so after its stage; one that does not is killed.
constexpr std::chrono::milliseconds kGraceBeforeKill{5000};

Result<QStringList> prepareArguments(const PrepareOrder &order)
{
    IBIDEM_TRY(const std::string options, compactJson(order.preparation.toJson()));
    QStringList arguments{QStringLiteral("--prepare"), QString::fromStdString(order.container.string()),
                          QStringLiteral("--options"), QString::fromStdString(options)};
    if (order.threads > 0)
        arguments << QStringLiteral("--threads") << QString::number(order.threads);
    if (order.out)
        arguments << QStringLiteral("--out") << QString::fromStdString(order.out->string());
    return arguments;
}

Error deathOf(const std::filesystem::path &container, int signal)
{
    std::string message = "preparing this matrix ended ibidem-train with " + signalName(signal);
    std::string cure;
    if (signal == SIGKILL) {
        message += " (out of memory, or killed by somebody)";
        cure = "select genes, or use a machine with more memory";
    }
    return {ErrorCode::Internal, std::move(message), container.string(), std::move(cure)};
}

Result<data::PreparedSummary> summaryOf(const Json &event)
{
    const Json *const summary = findAt(event, "summary");
    if (!summary)
        return fail(ErrorCode::Internal, "ibidem-train sent no summary");
    return data::PreparedSummary::fromJson(*summary);
}

} // namespace

struct PrepareJob::State
{
    Programs programs;
    PrepareOrder order;
    std::unique_ptr<LineChild> child;
    QTimer grace;
    Result<data::PreparedSummary> result = fail(ErrorCode::Internal, "not started");
    bool started = false;
    bool cancelled = false;
    bool done = false;

    [[nodiscard]] tl::unexpected<Error> stopped() const
    {
        return fail(ErrorCode::Stopped, "the preparation was cancelled", order.container.string());
    }

    void conclude(PrepareJob *job, Result<data::PreparedSummary> value)
    {
        if (std::exchange(done, true))
            return;
        grace.stop();
        result = std::move(value);
        if (cancelled && !result) // else it was done before it heard of it
            result = stopped();
        Q_EMIT job->finished();
    }

    void prepare(PrepareJob *job)
    {
        auto arguments = prepareArguments(order);
        if (!arguments)
            return conclude(job, tl::unexpected<Error>(std::move(arguments).error()));
        LineChildOrder childOrder;
        childOrder.program = programs.train;
        childOrder.arguments = *std::move(arguments);
        childOrder.about = order.container.string();
        childOrder.hearsStop = true;
        childOrder.death = [this](int signal) { return deathOf(order.container, signal); };
        childOrder.progressed = [job](const QString &stage, double fraction) {
            Q_EMIT job->progressed(stage, fraction);
        };
        childOrder.ended = [this, job](Result<Json> finished) {
            conclude(job, finished.and_then(summaryOf));
        };
        child = std::make_unique<LineChild>(std::move(childOrder));
        child->start();
    }
};

PrepareJob::PrepareJob(Programs programs, PrepareOrder order, QObject *parent)
    : QObject(parent)
    , m_state(std::make_unique<State>())
{
    m_state->programs = std::move(programs);
    m_state->order = std::move(order);
    m_state->grace.setSingleShot(true);
    m_state->grace.setInterval(kGraceBeforeKill);
    QObject::connect(&m_state->grace, &QTimer::timeout, this, [this] {
        m_state->child->abandon();
        m_state->conclude(this, m_state->stopped());
    });
}

PrepareJob::~PrepareJob()
{
    constexpr int kMillisecondsToEnd = 2000;
    if (m_state->child && !m_state->done)
        m_state->child->terminate(kMillisecondsToEnd);
}

void PrepareJob::start()
{
    // Not at once: whoever started it need not expect finished() before start() returns.
    if (!std::exchange(m_state->started, true))
        QMetaObject::invokeMethod(
            this,
            [this] {
                if (!m_state->done)
                    m_state->prepare(this);
            },
            Qt::QueuedConnection);
}

void PrepareJob::cancel()
{
    if (m_state->done || std::exchange(m_state->cancelled, true))
        return;
    if (!m_state->child)
        return m_state->conclude(this, m_state->stopped());
    m_state->child->stop();
    m_state->grace.start();
}

const Result<data::PreparedSummary> &PrepareJob::result() const
{
    return m_state->result;
}

} // namespace ibidem::jobs
