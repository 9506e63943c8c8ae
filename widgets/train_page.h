// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/session.h"

#include <QWidget>

class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QListView;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableView;
class QTabWidget;
class QToolButton;

namespace ibidem::widgets {

class CheckTable;
class CurvePlot;
class PrimaryButton;
class ProblemBanner;
class ReadingTable;

/// The Train screen: settings, what is still missing, one button, and how the training goes.
class TrainPage final : public QWidget
{
    Q_OBJECT

public:
    explicit TrainPage(view::Session *session, QWidget *parent = nullptr);

Q_SIGNALS:
    void dataRequested();

private:
    QWidget *makeSettings();
    void addEssentials(QFormLayout *form);
    void addAdvanced(QWidget *side);
    QWidget *makeActions();
    QWidget *makeProgress();
    QWidget *makeCourse();
    void makeLog(QWidget *side);
    void updateRecipes();
    void updateTabs();
    void updateSettings();
    void updateState();
    void updateProgress();

    view::SettingsModel *m_settings;
    view::TrainController *m_train;
    view::DataController *m_data;
    QComboBox *m_recipe;
    QLabel *m_description;
    QLabel *m_roundsTitle;
    QSpinBox *m_rounds;
    QLineEdit *m_seed;
    QComboBox *m_level;
    QLabel *m_promise;
    QSpinBox *m_threads;
    QToolButton *m_advanced;
    QTableView *m_table;
    ProblemBanner *m_refused;
    CheckTable *m_readiness;
    PrimaryButton *m_start;
    QPushButton *m_again;
    QPushButton *m_resume;
    QPushButton *m_goToData;
    QLabel *m_why;
    ProblemBanner *m_problem;
    QTabWidget *m_tabs;
    CurvePlot *m_curve;
    ReadingTable *m_metrics;
    QListView *m_log;
    QProgressBar *m_bar;
    QLabel *m_status;
    QPushButton *m_stop;
    bool m_showedMap = false;
};

} // namespace ibidem::widgets
