// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/curve_model.h"
#include "widgets/readable_plot.h"

class QCPItemTracer;

namespace ibidem::widgets {

/// The curves of training and test over rounds, on a logarithmic axis. Left and Right move a cursor that
/// reads them out.
class CurvePlot final : public ReadablePlot
{
    Q_OBJECT

public:
    explicit CurvePlot(QWidget *parent = nullptr);
    void setModel(view::CurveModel *model);

private:
    [[nodiscard]] qsizetype pointCount() const override;
    void paintContent(const QPalette &colors) override;
    [[nodiscard]] QString readAt(qsizetype place) override;
    void redraw();

    view::CurveModel *m_model = nullptr;
    QCPItemTracer *m_cursor;
};

} // namespace ibidem::widgets
