// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/curve_model.h"
#include "widgets/readable_plot.h"

class QCheckBox;
class QCPItemTracer;

namespace ibidem::widgets {

/// The curves of training and test over rounds, or of training and validation over epochs. Left and Right
/// move a cursor that reads them out. Whether the axis is logarithmic can be chosen; trees begin with it,
/// networks without.
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
    void adoptKind();
    void setLogarithmic(bool logarithmic);

    view::CurveModel *m_model = nullptr;
    QCheckBox *m_logarithmic;
    bool m_network = false;
    QCPItemTracer *m_cursor;
};

} // namespace ibidem::widgets
