// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/session.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QTabWidget;

namespace ibidem::widgets {

class ProblemBanner;
class ReadingTable;

/// The Compare screen: the verdict in words first, then what differs, then the runs.
class ComparePage final : public QWidget
{
    Q_OBJECT

public:
    explicit ComparePage(view::Session *session, QWidget *parent = nullptr);

Q_SIGNALS:
    void reportRequested();

private:
    QWidget *makeVerdict();
    QWidget *makeChoice();
    QWidget *makeDifferences();
    QWidget *makeRuns();
    void makeTabs();
    void showFound();
    void updateVerdict();
    void updateChoice();
    void updateAgain();
    void compareChosen();

    view::RunsModel *m_runs;
    view::CompareController *m_compare;
    view::TrainController *m_train;
    QLabel *m_icon;
    QLabel *m_sentence;
    QLabel *m_details;
    ProblemBanner *m_problem;
    QComboBox *m_a;
    QComboBox *m_b;
    QPushButton *m_start;
    QPushButton *m_again;
    QPushButton *m_report;
    QTabWidget *m_tabs;
    bool m_wasDone = false;
    QLabel *m_nothing;
    ReadingTable *m_differences;
    ReadingTable *m_list;
};

} // namespace ibidem::widgets
