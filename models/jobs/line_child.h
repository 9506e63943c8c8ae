// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"

#include <QByteArray>
#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ibidem::jobs {

/// What is wanted of a child that says on standard output how far it is and at last what came of it, one JSON
/// object a line: {"event":"progress","stage","fraction"}, {"event":"finished",…} or
/// {"event":"failed","error"}.
struct LineChildOrder
{
    std::filesystem::path program;
    QStringList arguments;
    std::string about;                      ///< the file that errors name
    bool hearsStop = false;                 ///< whether stop() is understood on standard input
    std::function<Error(int signal)> death; ///< the error of a child that a signal ended
    std::function<void(const QString &stage, double fraction)> progressed;
    /// Called once: the finished event, or why there is none: what the child reported, its death, or Internal
    /// with the end of its standard error.
    std::function<void(Result<Json> finished)> ended;
};

/// One such child, in a thread with an event loop. Destroying it kills the child without a call.
class LineChild
{
public:
    explicit LineChild(LineChildOrder order);
    ~LineChild();
    LineChild(const LineChild &) = delete;
    LineChild &operator=(const LineChild &) = delete;

    void start();
    /// Asks the child to end: "stop" on its standard input.
    void stop();
    /// Ends it at once; ended() is not called any more.
    void abandon();
    /// SIGTERM, and waits so long for the end; ended() is not called any more.
    void terminate(int milliseconds);

private:
    void readLines();
    void take(const std::string &line);
    void childEnded(int exitCode, bool crashed);
    void conclude(Result<Json> finished);

    LineChildOrder m_order;
    std::string m_name; ///< of the program
    QProcess m_process;
    QByteArray m_unread;
    std::optional<Result<Json>> m_answer; ///< what the child said
    bool m_done = false;
    QObject m_context; ///< last: connections end before the rest does
};

} // namespace ibidem::jobs
