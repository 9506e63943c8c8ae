// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/json.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/run_builder.h"
#include "models/runs/manifest.h"
#include "models/view/background.h"
#include "models/view/checks_model.h"
#include "models/view/curve_model.h"
#include "models/view/data_controller.h"
#include "models/view/embedding_model.h"
#include "models/view/metrics_model.h"
#include "models/view/settings_model.h"
#include "models/view/stages_model.h"

#include <QElapsedTimer>
#include <QObject>
#include <QStringListModel>

#include <filesystem>
#include <optional>

namespace ibidem::view {

/// Trains, trains again, stops, goes on: one run at a time, each in a process of its own, followed through
/// its folder.
class TrainController final : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Preparing, Running, Stopping, Finished, Stopped, Failed };

    struct Places
    {
        jobs::Programs programs;
        std::filesystem::path cacheFolder;
        std::filesystem::path runStore;
    };

    TrainController(Places places, DataController &data, SettingsModel &settings, QObject *parent = nullptr);
    ~TrainController() override;

    void train();
    void runAgain();                               ///< the same settings and data in a fresh process
    void resume();                                 ///< goes on with the stopped run
    void stop();                                   ///< finishes the round and keeps a checkpoint
    void attach(const std::filesystem::path &run); ///< follows a run that an earlier window started
    /// Lets go of a running child without stopping it.
    void release();

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] bool busy() const;
    [[nodiscard]] QString whyNotTrain() const; ///< empty if it can; likewise below
    [[nodiscard]] QString whyNotAgain() const;
    [[nodiscard]] QString whyNotResume() const;
    [[nodiscard]] QString whyNotStop() const;

    [[nodiscard]] int permille() const { return m_permille; }

    [[nodiscard]] QString statusText() const; ///< what goes on, or how it ended, in one sentence

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    [[nodiscard]] std::filesystem::path run() const
    {
        return m_run;
    } ///< where the last run is; empty if none

    [[nodiscard]] std::filesystem::path reference() const { return m_reference; } ///< what runAgain() repeats

    [[nodiscard]] QString chain() const { return m_chain; }

    [[nodiscard]] CurveModel *curve() { return &m_curve; }

    [[nodiscard]] MetricsModel *metrics() { return &m_metrics; }

    /// The map that the last run made of its cells; nothing for trees.
    [[nodiscard]] EmbeddingModel *embedding() { return &m_embedding; }

    /// Whether the run that goes on or was the last one is a network's; before the first run, whether the
    /// recipe is.
    [[nodiscard]] bool isNetwork() const { return m_network; }

    [[nodiscard]] ChecksModel *readiness() { return &m_readiness; }

    [[nodiscard]] QStringListModel *log() { return &m_log; }

Q_SIGNALS:
    void changed();    ///< state or problem
    void progressed(); ///< permille and statusText alone
    /// A run ended well; `again`: it repeats reference().
    void finished(bool again);

private:
    [[nodiscard]] QString whyNotFit() const;
    void addInputs(jobs::TrainOrder &order) const;
    void forgetResult();
    void setNetwork(bool network);
    void build(const jobs::TrainOrder &order);
    void builderFinished();
    void launch(const std::function<void(jobs::TrainJob &)> &begin);
    void handle(const Json &event);
    void started(const Json &event);
    void progress(const Json &event);
    void metric(const Json &event);
    void jobFinished(int exitCode);
    void finishWith(const Result<runs::Manifest> &manifest);
    void fail(const Problem &problem);
    void setState(State state);
    void addLog(const QString &line);
    void updateReadiness();
    [[nodiscard]] QString remainingText() const;
    [[nodiscard]] QString runningText() const;
    [[nodiscard]] QString stopText() const;

    Places m_places;
    DataController &m_data;
    SettingsModel &m_settings;
    State m_state = State::Idle;
    int m_orders = 0; ///< counts what was ordered, so that an answer that comes too late is known
    bool m_again = false;
    bool m_resuming = false; ///< what is being prepared is the run that was stopped
    bool m_network = false;
    int m_permille = 0;
    qint64 m_round = 0;
    qint64 m_firstRound = 0; ///< after which this process began
    qint64 m_rounds = 0;
    bool m_inRounds = false; ///< else before the first or after the last round: m_stage says what goes on
    QString m_stage;
    QElapsedTimer m_sinceStart;
    Problem m_problem;
    QString m_chain;
    std::filesystem::path m_run;
    std::filesystem::path m_reference;
    jobs::RunBuilder *m_builder = nullptr;
    jobs::TrainJob *m_job = nullptr;
    CurveModel m_curve;
    MetricsModel m_metrics;
    ChecksModel m_readiness;
    QStringListModel m_log;
    EmbeddingModel m_embedding;
    Background m_background;
};

} // namespace ibidem::view
