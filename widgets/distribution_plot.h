// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/distribution_text.h"
#include "widgets/readable_plot.h"

class QCPItemRect;
class QCPItemStraightLine;

namespace ibidem::widgets {

/// How a quantity is spread over cells or genes: a histogram on a logarithmic axis with the median and the
/// middle half, and the same in words. Left and Right read the bars out.
class DistributionPlot final : public ReadablePlot
{
    Q_OBJECT

public:
    explicit DistributionPlot(view::Quantity quantity, QWidget *parent = nullptr);
    void setDistribution(const view::Distribution &distribution);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] qsizetype pointCount() const override;
    void paintContent(const QPalette &colors) override;
    [[nodiscard]] QString readAt(qsizetype place) override;
    void makePlot();
    void redraw();
    void updateTicks();
    void drawMarks();

    view::Quantity m_quantity;
    view::Distribution m_distribution;
    QCPItemRect *m_middle;
    QCPItemStraightLine *m_median;
    QCPItemRect *m_cursor;
};

} // namespace ibidem::widgets
