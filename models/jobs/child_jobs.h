// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/base/result.h"
#include "models/data/cache.h"
#include "models/data/expression_table.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace ibidem::jobs {

/// The two programs that this one starts.
struct Programs
{
    std::filesystem::path convert;
    std::filesystem::path train;
    /// In the folder of the running program, or in $IBIDEM_BIN if that is set (tests). Needs a
    /// QCoreApplication.
    [[nodiscard]] static Programs besideThisProgram();
};

/// A foreign file that was read: where its container lies and what is known about it.
struct OpenedFile
{
    std::filesystem::path file;
    std::filesystem::path container;
    data::TableSummary summary;
    bool fromCache = false;
};

/// Opens one foreign file: hashes it, looks in the cache, else starts ibidem-convert. Lives in one thread
/// with an event loop; hashing happens in a thread of its own, so a large file never holds the loop up. A
/// converter that dies becomes an error about that file (BadData, naming the signal). Emits finished() once,
/// also after cancel() (Stopped).
class ConvertJob : public QObject
{
    Q_OBJECT

public:
    ConvertJob(Programs programs, std::filesystem::path file, data::TableOptions options,
               std::filesystem::path cacheFolder, QObject *parent = nullptr);
    ~ConvertJob() override;
    void start();
    void cancel();
    /// Valid after finished().
    [[nodiscard]] const Result<OpenedFile> &result() const;

Q_SIGNALS:
    void progressed(double fraction);
    void finished();

private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// One training in a child process, followed through the run folder's events. The child goes on if this
/// object dies without stop(); attach() follows a run that somebody else started.
class TrainJob : public QObject
{
    Q_OBJECT

public:
    explicit TrainJob(Programs programs, QObject *parent = nullptr);
    ~TrainJob() override;
    /// Starts ibidem-train on a prepared "<run>.partial" (spec.json and local.json are in it), or resumes it.
    /// Of what was told before a resume only the metrics are told again.
    void start(const std::filesystem::path &partial);
    void resume(const std::filesystem::path &run);
    void attach(const std::filesystem::path &run);
    void stop();    ///< "stop" on its standard input: finish the step, write a checkpoint, end with 75
    void stopNow(); ///< second signal: SIGKILL after SIGTERM
    [[nodiscard]] bool running() const;
    [[nodiscard]] std::filesystem::path run() const; ///< where the folder is now
    /// After finished(): why the child could not be started, what it died of, or the last it said on standard
    /// error where no event says more. Empty if there is nothing to say.
    [[nodiscard]] std::string problem() const;

Q_SIGNALS:
    /// One event of events.jsonl, in order (see runs/events.h), as JSON text: the receiver parses it with
    /// parseJson.
    void eventArrived(const QString &json);
    /// Exit code of the child (0, 75, 65 …); 70 if it died of a signal. All events were delivered before.
    void finished(int exitCode);

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace ibidem::jobs
