// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/line_child.h"

#include "models/base/text.h"

#include <utility>

namespace ibidem::jobs {

LineChild::LineChild(LineChildOrder order)
    : m_order(std::move(order))
    , m_name(m_order.program.filename().string())
{
    QObject::connect(&m_process, &QProcess::readyReadStandardOutput, &m_context, [this] { readLines(); });
    QObject::connect(&m_process, &QProcess::finished, &m_context,
                     [this](int exitCode, QProcess::ExitStatus status) {
                         childEnded(exitCode, status == QProcess::CrashExit);
                     });
    QObject::connect(&m_process, &QProcess::errorOccurred, &m_context, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            conclude(fail(ErrorCode::Internal, m_name + " cannot be started", m_order.program.string(),
                          "install it beside this program"));
    });
}

LineChild::~LineChild()
{
    abandon();
    m_process.waitForFinished();
}

void LineChild::start()
{
    if (!m_order.hearsStop)
        m_process.setStandardInputFile(QProcess::nullDevice());
    m_process.start(QString::fromStdString(m_order.program.string()), m_order.arguments);
}

void LineChild::stop()
{
    if (m_process.state() != QProcess::NotRunning)
        m_process.write("stop\n");
}

void LineChild::abandon()
{
    m_done = true;
    m_process.disconnect(&m_context);
    if (m_process.state() != QProcess::NotRunning)
        m_process.kill();
}

void LineChild::terminate(int milliseconds)
{
    m_done = true;
    m_process.disconnect(&m_context);
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    m_process.waitForFinished(milliseconds);
}

void LineChild::readLines()
{
    m_unread += m_process.readAllStandardOutput();
    for (qsizetype end = m_unread.indexOf('\n'); end >= 0; end = m_unread.indexOf('\n')) {
        const std::string line = m_unread.left(end).toStdString();
        m_unread.remove(0, end + 1);
        take(line);
    }
}

void LineChild::take(const std::string &line)
{
    auto event = parseJson(line);
    if (!event) {
        m_answer = fail(ErrorCode::Internal, m_name + " said what is no JSON: " + event.error().message,
                        m_order.about);
        return;
    }
    const std::string name = stringAt(*event, "event").value_or(std::string());
    if (name == "progress")
        m_order.progressed(QString::fromStdString(stringAt(*event, "stage").value_or(std::string())),
                           numberAt(*event, "fraction").value_or(0.0));
    else if (name == "finished")
        m_answer = *std::move(event);
    else if (name == "failed" && findAt(*event, "error"))
        m_answer = tl::unexpected<Error>(errorFromJson(*findAt(*event, "error")));
}

void LineChild::childEnded(int exitCode, bool crashed)
{
    readLines();
    if (crashed)
        return conclude(tl::unexpected<Error>(m_order.death(exitCode)));
    if (m_answer && (exitCode == 0 || !m_answer->has_value()))
        return conclude(*std::move(m_answer));
    const std::string said = m_process.readAllStandardError().right(400).toStdString();
    conclude(fail(ErrorCode::Internal,
                  m_name + " ended with exit code " + std::to_string(exitCode) +
                      (said.empty() ? std::string() : ": " + quoted(trimmed(said), 400)),
                  m_order.about));
}

void LineChild::conclude(Result<Json> finished)
{
    if (!std::exchange(m_done, true))
        m_order.ended(std::move(finished));
}

} // namespace ibidem::jobs
