// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/batch.h"
#include "models/jobs/batch_place.h"
#include "models/jobs/run_builder.h"
#include "models/jobs/worker.h"

#include <QObject>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace ibidem::jobs {

/// What all entries of a batch share.
struct BatchSetting
{
    Programs programs;
    std::filesystem::path cacheFolder;
    std::filesystem::path staging; ///< runs are prepared here, and moved to their place when they begin
    int mostThreads = 1;           ///< where nobody chose and the bits do not depend on it
};

/// The way of one run: prepare, look at what is there, wait to be admitted, train. prepare() leads to
/// prepared() or ended(), train() and stop() to ended(), perhaps before they return: connect queued.
class BatchEntry : public QObject
{
    Q_OBJECT

public:
    BatchEntry(const BatchSetting &setting, BatchRun run, TrainOrder order, OrderedSpec ordered);
    ~BatchEntry() override;

    void prepare();
    void train();
    void stop();
    void stopNow();

    [[nodiscard]] bool waits() const { return m_phase == Phase::Waiting; }

    /// A process works on it already: it needs no admission.
    [[nodiscard]] bool follows() const { return m_found.place == Place::Follow; }

    [[nodiscard]] std::uint64_t need() const { return m_need; } ///< bytes of memory

    [[nodiscard]] double fraction() const { return m_fraction; }

    [[nodiscard]] const BatchRun &run() const { return m_run; }

Q_SIGNALS:
    void prepared();
    void progressed();
    void ended();

private:
    enum class Phase { Preparing, Waiting, Training, Ended };

    void built();
    [[nodiscard]] Status readStaged();
    void found(Result<FoundPlace> place);
    [[nodiscard]] Status takePlace();
    void takeEvent(const std::string &line);
    void beginJob();
    [[nodiscard]] bool followOther(int code);
    void trained(int code);
    void endWith(RunOutcome outcome);
    void endWith(Error error);
    void recordResults(const runs::Manifest &manifest);
    [[nodiscard]] std::filesystem::path stagedFolder() const;

    const BatchSetting &m_setting;
    BatchRun m_run;
    TrainOrder m_order;
    OrderedSpec m_ordered;
    spec::RunSpec m_wanted; ///< resolved
    FoundPlace m_found;
    std::unique_ptr<RunBuilder> m_builder;
    std::unique_ptr<TrainJob> m_job;
    Mailbox m_mailbox;
    Json m_failure; ///< of this attempt, as the child told it
    std::chrono::steady_clock::time_point m_began;
    std::uint64_t m_need = 0;
    double m_fraction = 0.0;
    Phase m_phase = Phase::Preparing;
    bool m_stopping = false;
};

} // namespace ibidem::jobs
