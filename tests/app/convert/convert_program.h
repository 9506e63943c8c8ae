// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTest>

#include <filesystem>
#include <string>
#include <vector>

/// What one call of ibidem-convert said.
struct ConvertAnswer
{
    int exitCode = -1;
    bool crashed = false;
    qint64 milliseconds = 0;
    std::vector<ibidem::Json> events;
    std::string errors;
    bool everyLineIsJson = true;

    [[nodiscard]] ibidem::Json last() const { return events.empty() ? ibidem::Json() : events.back(); }

    [[nodiscard]] std::string message() const
    {
        return ibidem::stringAt(last(), "error.message").value_or(std::string());
    }
};

inline QString convertProgram()
{
    return qEnvironmentVariable("IBIDEM_BIN") + QStringLiteral("/ibidem-convert");
}

inline ConvertAnswer answerOf(QProcess &process, const QElapsedTimer &timer)
{
    ConvertAnswer answer;
    process.waitForFinished(60'000);
    answer.milliseconds = timer.elapsed();
    answer.crashed = process.exitStatus() != QProcess::NormalExit;
    answer.exitCode = process.exitCode();
    answer.errors = process.readAllStandardError().toStdString();
    for (const QByteArray &line : process.readAllStandardOutput().split('\n')) {
        if (line.isEmpty())
            continue;
        auto event = ibidem::parseJson(line.toStdString());
        answer.everyLineIsJson = answer.everyLineIsJson && event.has_value();
        if (event)
            answer.events.push_back(*std::move(event));
    }
    return answer;
}

inline ConvertAnswer runConvert(const QStringList &arguments)
{
    QProcess process;
    QElapsedTimer timer;
    timer.start();
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(convertProgram(), arguments);
    return answerOf(process, timer);
}

inline ConvertAnswer convert(const std::filesystem::path &file, const std::filesystem::path &cache,
                             const QStringList &more = {})
{
    return runConvert(QStringList{QString::fromStdString(file.string()), QStringLiteral("--to"),
                                  QString::fromStdString(cache.string())} +
                      more);
}
