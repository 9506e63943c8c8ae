// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/distribution_text.h"

#include <QWidget>

class QCPItemRect;
class QCPItemStraightLine;
class QCustomPlot;
class QLabel;

namespace ibidem::widgets {

/// How a quantity is spread over cells or genes: a histogram on a logarithmic axis with the median and the
/// middle half, and the same in words. Left and Right read the bars out.
class DistributionPlot final : public QWidget
{
    Q_OBJECT

public:
    explicit DistributionPlot(view::Quantity quantity, QWidget *parent = nullptr);
    void setDistribution(const view::Distribution &distribution);

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void makePlot();
    void adoptPalette();
    void redraw();
    void updateTicks();
    void drawMarks();
    void replot();
    void moveCursor(qsizetype bar);

    view::Quantity m_quantity;
    view::Distribution m_distribution;
    QCustomPlot *m_plot;
    QCPItemRect *m_middle;
    QCPItemStraightLine *m_median;
    QCPItemRect *m_cursor;
    QLabel *m_reading;
    qsizetype m_bar = -1; ///< under the cursor; -1: none
};

} // namespace ibidem::widgets
