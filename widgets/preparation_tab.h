// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/prepare_controller.h"

#include <QWidget>

class QBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;

namespace ibidem::widgets {

class CheckTable;
class ProblemBanner;
class ReadingTable;

/// The preparation of a matrix: parameters on the left, what its stages keep on the right, or below where the
/// window is narrow.
class PreparationTab final : public QWidget
{
    Q_OBJECT

public:
    explicit PreparationTab(QWidget *parent = nullptr);
    void setController(view::PrepareController *controller);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *makeParameters();
    QWidget *makeResult();
    void updateState();
    void updateProgress();

    view::PrepareController *m_preparation = nullptr;
    QBoxLayout *m_sides = nullptr;
    QWidget *m_left = nullptr;
    ReadingTable *m_parameters = nullptr;
    ProblemBanner *m_refused = nullptr;
    QPushButton *m_reset = nullptr;
    QPushButton *m_run = nullptr;
    QPushButton *m_cancel = nullptr;
    QProgressBar *m_bar = nullptr;
    QLabel *m_status = nullptr;
    ProblemBanner *m_problem = nullptr;
    ReadingTable *m_stages = nullptr;
    CheckTable *m_checks = nullptr;
};

} // namespace ibidem::widgets
