// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/curve_model.h"

#include <QWidget>

class QCPItemTracer;
class QCustomPlot;
class QLabel;

namespace ibidem::widgets {

/// The curves of training and test over rounds, on a logarithmic axis. Left and Right move a cursor that
/// reads them out.
class CurvePlot final : public QWidget
{
    Q_OBJECT

public:
    explicit CurvePlot(QWidget *parent = nullptr);
    void setModel(view::CurveModel *model);

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void adoptPalette();
    void redraw();
    void replot();
    void moveCursor(qsizetype place);

    view::CurveModel *m_model = nullptr;
    QCustomPlot *m_plot;
    QCPItemTracer *m_cursor;
    QLabel *m_reading;
    qsizetype m_place = -1; ///< of the cursor in the points; -1: the last one
};

} // namespace ibidem::widgets
