// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/report_controller.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace ibidem::widgets {

class CheckTable;
class ProblemBanner;

/// The Report screen: what the report can claim, and where it goes.
class ReportPage final : public QWidget
{
    Q_OBJECT

public:
    explicit ReportPage(view::ReportController *report, QWidget *parent = nullptr);
    void askAndSave();

Q_SIGNALS:
    void trainRequested();
    void openSavedRequested(const QString &file);

private:
    void refresh();

    view::ReportController *m_report;
    QLabel *m_status;
    QLabel *m_file;
    ProblemBanner *m_problem;
    CheckTable *m_claims;
    QPushButton *m_save;
    QPushButton *m_open;
    QPushButton *m_goToTrain;
};

} // namespace ibidem::widgets
