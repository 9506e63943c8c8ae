// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/base/json.h"
#include "models/base/text.h"
#include "models/runs/run_folder.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <string>
#include <sys/types.h>

/// One program run to its end.
struct Answer
{
    int code = -1;
    std::string out;
    std::string err;

    [[nodiscard]] ibidem::Json json() const { return ibidem::parseJson(out).value_or(ibidem::Json()); }
};

/// The programs under test in a folder of their own: runs, cache and home are below it.
class Sandbox
{
public:
    [[nodiscard]] std::string path(const std::string &name) const
    {
        return m_folder.filePath(QString::fromStdString(name)).toStdString();
    }

    [[nodiscard]] static QString program(const QString &name)
    {
        return QDir(qEnvironmentVariable("IBIDEM_BIN")).filePath(name);
    }

    [[nodiscard]] QProcessEnvironment environment() const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const char *name : {"XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"})
            environment.insert(QString::fromLatin1(name),
                               m_folder.filePath(QString::fromLatin1(name).toLower()));
        for (const char *name : {"IBIDEM_CACHE", "IBIDEM_RUNS"})
            environment.remove(QString::fromLatin1(name));
        environment.insert(QStringLiteral("HOME"), m_folder.path());
        return environment;
    }

    /// Starts `ibidem` with the arguments; the caller owns it.
    void start(QProcess &process, const QStringList &arguments, const QProcessEnvironment &environment,
               const QString &folder = {}) const
    {
        process.setProcessEnvironment(environment);
        process.setWorkingDirectory(folder.isEmpty() ? m_folder.path() : folder);
        process.setStandardInputFile(QProcess::nullDevice());
        process.start(program(QStringLiteral("ibidem")), arguments);
    }

    [[nodiscard]] Answer run(const QStringList &arguments, const QProcessEnvironment &environment,
                             const QString &folder = {}) const
    {
        QProcess process;
        start(process, arguments, environment, folder);
        return finish(process);
    }

    [[nodiscard]] Answer run(const QStringList &arguments) const { return run(arguments, environment()); }

    /// Until the run's events tell of a round or an epoch.
    [[nodiscard]] bool waitForMetrics(const std::string &run) const
    {
        return QTest::qWaitFor(
            [&] {
                const auto folder = ibidem::runs::locateRun(path(run));
                return folder && ibidem::readFile(*folder / "events.jsonl").value_or("").find("\"metric\"") !=
                                     std::string::npos;
            },
            60000);
    }

    /// The process that holds the run.
    [[nodiscard]] pid_t childOf(const std::string &run) const
    {
        const auto folder = ibidem::runs::locateRun(path(run));
        const std::string lock = folder ? ibidem::readFile(*folder / "lock").value_or("") : std::string();
        return static_cast<pid_t>(ibidem::parseInteger(lock.substr(0, lock.find(' '))).value_or(0));
    }

    [[nodiscard]] static Answer finish(QProcess &process)
    {
        // One that has ended already has nothing to wait for.
        if (process.error() == QProcess::FailedToStart ||
            (process.state() != QProcess::NotRunning && !process.waitForFinished(240000)))
            return {};
        const bool crashed = process.exitStatus() == QProcess::CrashExit;
        const Answer answer{crashed ? -process.exitCode() : process.exitCode(),
                            process.readAllStandardOutput().toStdString(),
                            process.readAllStandardError().toStdString()};
        if (crashed) // what it said last tells why
            qWarning("signal %d ended ibidem: %s", process.exitCode(), answer.err.c_str());
        return answer;
    }

    /// A small table of two classes; its path.
    [[nodiscard]] QString table(const std::string &name = "table.tsv", int seed = 1) const
    {
        const QString file = QString::fromStdString(path(name));
        const Answer made =
            run({QStringLiteral("generate"), QStringLiteral("expression"), QStringLiteral("--genes"),
                 QStringLiteral("60"), QStringLiteral("--samples"), QStringLiteral("80"),
                 QStringLiteral("--modules"), QStringLiteral("6"), QStringLiteral("--seed"),
                 QString::number(seed), QStringLiteral("-o"), file});
        return made.code == 0 ? file : QString();
    }

    /// A small matrix of 200 cells and 150 genes in four types; its path.
    [[nodiscard]] QString cells(const std::string &name = "cells.h5ad", int seed = 1) const
    {
        const QString file = QString::fromStdString(path(name));
        const Answer made =
            run({QStringLiteral("generate"), QStringLiteral("cells"), QStringLiteral("--cells"),
                 QStringLiteral("200"), QStringLiteral("--genes"), QStringLiteral("150"),
                 QStringLiteral("--types"), QStringLiteral("4"), QStringLiteral("--seed"),
                 QString::number(seed), QStringLiteral("-o"), file});
        return made.code == 0 ? file : QString();
    }

    [[nodiscard]] bool write(const std::string &name, const std::string &text) const
    {
        return ibidem::writeFileAtomically(path(name), text).has_value();
    }

private:
    QTemporaryDir m_folder;
};

/// Words of a command line that needs no quotes.
inline QStringList words(const char *text)
{
    return QString::fromUtf8(text).split(QLatin1Char(' '), Qt::SkipEmptyParts);
}

/// Trains a small autoencoder on cells of Sandbox::cells(); to be gone on with, --out last.
inline QStringList smallTraining(const QString &cells, int epochs)
{
    QStringList arguments = words("train sc-autoencoder --data")
                            << cells << words("--set minGenes=10 --set model.widths=16,8");
    arguments += words("--set latent=4 --set batchSize=32 --level portable --device cpu --json --epochs")
                 << QString::number(epochs);
    return arguments;
}
