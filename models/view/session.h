// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/compare_controller.h"
#include "models/view/data_controller.h"
#include "models/view/report_controller.h"
#include "models/view/runs_model.h"
#include "models/view/settings_model.h"
#include "models/view/train_controller.h"

#include <QObject>
#include <QStringList>

#include <filesystem>

namespace ibidem::view {

enum class Step { Data, Train, Compare, Report };
enum class StepState { Empty, Attention, Ready, Running };

/// One step of the rail: its mark, and a few words beside it.
struct StepView
{
    StepState state = StepState::Empty;
    QString status;
};

/// Everything one window works with. Composition, and what leads from one step to the next.
class Session final : public QObject
{
    Q_OBJECT

public:
    struct Setup
    {
        jobs::Programs programs;
        std::filesystem::path cacheFolder;
        std::filesystem::path runStore;
        std::filesystem::path sampleFile;
        DataController::SampleSource sampleSource;
    };

    explicit Session(const Setup &setup, QObject *parent = nullptr);
    /// Reads the store, and follows a run that an earlier window left going.
    void start();
    /// Whatever is dropped or named at the start: folders of runs lead to Compare (two are compared at once),
    /// everything else to Data.
    void open(const QStringList &paths);

    [[nodiscard]] SettingsModel *settings() { return &m_settings; }

    [[nodiscard]] RunsModel *runs() { return &m_runs; }

    [[nodiscard]] DataController *data() { return &m_data; }

    [[nodiscard]] TrainController *train() { return &m_train; }

    [[nodiscard]] CompareController *compare() { return &m_compare; }

    [[nodiscard]] ReportController *report() { return &m_report; }

    [[nodiscard]] StepView step(Step step) const;

Q_SIGNALS:
    void stepsChanged();
    /// The work led to another step: show it.
    void stepWanted(ibidem::view::Step step);

private:
    [[nodiscard]] StepView dataStep() const;
    [[nodiscard]] StepView trainStep() const;
    [[nodiscard]] StepView compareStep() const;
    [[nodiscard]] StepView reportStep() const;
    void trainFinished(bool again);
    /// A recipe that fits the open data, and the preparation that is chosen beside the matrix.
    void adoptData();
    void adoptSettings();

    std::filesystem::path m_runStore;
    SettingsModel m_settings;
    RunsModel m_runs;
    DataController m_data;
    TrainController m_train;
    CompareController m_compare;
    ReportController m_report;
    Background m_background;
};

} // namespace ibidem::view
