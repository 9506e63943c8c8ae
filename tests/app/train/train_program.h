// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/files.h"
#include "models/base/json.h"
#include "models/base/philox.h"
#include "models/base/sha256.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"
#include "models/runs/events.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

/// ibidem-train as a process, with a cache of its own that holds synthetic tables.
class TrainProgram
{
public:
    TrainProgram()
        : m_folder(QDir::tempPath() + "/ibidem-train-test-XXXXXX")
    {
        if (!m_folder.isValid() || !ibidem::makeFolder(cache()))
            qFatal("no temporary folder");
    }

    [[nodiscard]] std::filesystem::path path(const std::string &name) const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    [[nodiscard]] std::filesystem::path cache() const { return path("cache"); }

    [[nodiscard]] static QString program()
    {
        return QString::fromStdString(std::string(qEnvironmentVariable("IBIDEM_BIN").toStdString()) +
                                      "/ibidem-train");
    }

    /// Puts a table into the cache and describes it as an input.
    [[nodiscard]] ibidem::spec::Input add(const std::string &name, ibidem::data::ExpressionTable table) const
    {
        ibidem::data::TableContainer container;
        container.summary.kind = "expression-table";
        container.summary.format = "tsv";
        container.summary.shape = {table.sampleCount(), table.geneCount()};
        container.summary.fileSha256 = ibidem::sha256Hex(std::string_view(name));
        container.summary.labels = table.labelCounts();
        container.table = std::move(table);
        const ibidem::data::Cache store(cache());
        const auto file = store.pathOf(ibidem::data::Cache::key(container.summary.fileSha256, {}));
        if (!ibidem::data::writeTableContainer(file, container))
            qFatal("the container cannot be written");
        const auto summary = ibidem::data::readTableSummary(file);
        return {{}, name, 1, summary->fileSha256, summary->digest};
    }

    [[nodiscard]] std::filesystem::path writeSpec(const std::string &name,
                                                  const ibidem::spec::RunSpec &spec) const
    {
        if (!ibidem::writeFileAtomically(path(name), ibidem::canonicalJson(spec.toJson()).value()))
            qFatal("the specification cannot be written");
        return path(name);
    }

    [[nodiscard]] std::unique_ptr<QProcess> start(const QStringList &arguments,
                                                  const std::map<QString, QString> &environment = {},
                                                  const QString &workingFolder = {}) const
    {
        auto process = std::make_unique<QProcess>();
        QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
        variables.insert("IBIDEM_CACHE", QString::fromStdString(cache().string()));
        for (const auto &[name, value] : environment)
            variables.insert(name, value);
        process->setProcessEnvironment(variables);
        if (!workingFolder.isEmpty())
            process->setWorkingDirectory(workingFolder);
        process->start(program(), arguments);
        if (!process->waitForStarted())
            qFatal("ibidem-train does not start");
        return process;
    }

    static int finish(QProcess &process, QByteArray *errors = nullptr)
    {
        if (!process.waitForFinished(100000))
            qFatal("ibidem-train does not end");
        if (errors)
            *errors = process.readAllStandardError();
        return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -process.exitCode();
    }

    [[nodiscard]] int train(const std::filesystem::path &spec, const std::filesystem::path &run,
                            const std::map<QString, QString> &environment = {},
                            const QString &workingFolder = {}, QByteArray *errors = nullptr) const
    {
        const auto process =
            start({QString::fromStdString(spec.string()), QString::fromStdString(run.string())}, environment,
                  workingFolder);
        return finish(*process, errors);
    }

    [[nodiscard]] int resume(const std::filesystem::path &run, QByteArray *errors = nullptr) const
    {
        const auto process = start({"--resume", QString::fromStdString(run.string())});
        return finish(*process, errors);
    }

    /// Waits until the run has come to a round, or has ended.
    static void waitForRound(const std::filesystem::path &run, QProcess &process, std::int64_t round)
    {
        ibidem::runs::EventReader reader(run);
        while (process.state() != QProcess::NotRunning) {
            const auto events = reader.poll();
            if (events) {
                for (const ibidem::Json &event : *events) {
                    if (ibidem::integerAt(event, "round").value_or(-1) >= round)
                        return;
                }
            }
            process.waitForFinished(2);
        }
    }

private:
    QTemporaryDir m_folder;
};

/// `classes` classes that the first genes tell apart.
inline ibidem::data::ExpressionTable syntheticTable(std::size_t classes, std::size_t samples,
                                                    const std::string &prefix, std::uint64_t seed)
{
    ibidem::data::ExpressionTable table;
    constexpr std::size_t genes = 20;
    for (std::size_t gene = 0; gene < genes; ++gene)
        table.geneIds.push_back("GENE" + std::to_string(gene));
    ibidem::RandomStream random(seed, ibidem::RandomPurpose::Test);
    for (std::size_t i = 0; i < samples; ++i) {
        const std::size_t truth = i % classes;
        table.sampleIds.push_back(prefix + std::to_string(i));
        table.sampleLabels.push_back(std::to_string(truth));
        for (std::size_t gene = 0; gene < genes; ++gene)
            table.values.push_back(10.0 + random.normal() + (gene % classes == truth ? 0.7 : 0.0));
    }
    return table;
}
