// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/run_curves.h"
#include "widgets/readable_plot.h"

class QCPAxisRect;
class QCPGraph;
class QCPItemTracer;

namespace ibidem::widgets {

/// The losses of two runs, and below them A minus B. Left and Right read the points out.
class RunCurvesPlot final : public ReadablePlot
{
    Q_OBJECT

public:
    explicit RunCurvesPlot(view::RunCurves *curves, QWidget *parent = nullptr);

private:
    [[nodiscard]] qsizetype pointCount() const override;
    void paintContent(const QPalette &colors) override;
    [[nodiscard]] QString readAt(qsizetype place) override;
    void makePlot();
    void redraw();
    void setRanges();

    view::RunCurves *m_curves;
    QCPAxisRect *m_below;
    QCPGraph *m_difference;
    QCPItemTracer *m_cursor;
};

} // namespace ibidem::widgets
