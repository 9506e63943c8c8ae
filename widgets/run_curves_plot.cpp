// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/run_curves_plot.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QLabel>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace ibidem::widgets {

namespace {

constexpr std::array<int, 4> kDrawn{0, 1, 2, 3}; ///< training of A and B, second split of A and B

void fill(QCPGraph *graph, const QList<QPointF> &points)
{
    QVector<QCPGraphData> data;
    data.reserve(points.size());
    for (const QPointF &point : points)
        data.append(QCPGraphData(point.x(), point.y()));
    graph->data()->set(data, true);
}

} // namespace

RunCurvesPlot::RunCurvesPlot(view::RunCurves *curves, QWidget *parent)
    : ReadablePlot(wrappedLabel("runCurvesReading", nullptr), tr("Losses of both runs"), parent)
    , m_curves(curves)
    , m_below(new QCPAxisRect(m_plot))
    , m_cursor(new QCPItemTracer(m_plot))
{
    makePlot();
    m_reading->setTextInteractionFlags(Qt::NoTextInteraction);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3, 3, 3, 3);
    layout->addWidget(m_reading);
    layout->addWidget(m_plot, 1);
    connect(curves, &view::RunCurves::changed, this, &RunCurvesPlot::redraw);
    adoptPalette();
    redraw();
}

void RunCurvesPlot::makePlot()
{
    m_plot->setMinimumSize(240, 180); // it warns when it has nothing to paint on
    for ([[maybe_unused]] const int graph : kDrawn)
        m_plot->addGraph();
    m_plot->plotLayout()->addElement(1, 0, m_below);
    m_plot->plotLayout()->setRowStretchFactor(0, 2.0);
    m_plot->plotLayout()->setRowStretchFactor(1, 1.0);
    auto *group = new QCPMarginGroup(m_plot);
    m_plot->axisRect()->setMarginGroup(QCP::msLeft | QCP::msRight, group);
    m_below->setMarginGroup(QCP::msLeft | QCP::msRight, group);
    m_difference = m_plot->addGraph(m_below->axis(QCPAxis::atBottom), m_below->axis(QCPAxis::atLeft));
    m_difference->removeFromLegend();
    for (QCPAxis *axis : {m_plot->yAxis, m_below->axis(QCPAxis::atLeft)}) {
        axis->setNumberFormat(QStringLiteral("g"));
        axis->setNumberPrecision(3);
    }
    m_below->axis(QCPAxis::atLeft)->setLabel(tr("A − B"));
    m_below->axis(QCPAxis::atLeft)->ticker()->setTickCount(3);
    m_plot->legend->setVisible(true);
    m_plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
    m_cursor->setStyle(QCPItemTracer::tsCircle);
    m_cursor->setSize(9);
    m_cursor->setVisible(false);
    m_cursor->position->setAxes(m_below->axis(QCPAxis::atBottom), m_below->axis(QCPAxis::atLeft));
    m_cursor->setClipAxisRect(m_below);
}

void RunCurvesPlot::paintContent(const QPalette &colors)
{
    constexpr int borderAlpha = 40;
    const QColor text = colors.color(QPalette::Text);
    const QColor first = toneColor(Tone::First, colors);
    const QColor second = toneColor(Tone::Second, colors);
    // Where the curves lie on each other, the thin one shows on the wide one.
    m_plot->graph(0)->setPen(QPen(first, 4.0));
    m_plot->graph(1)->setPen(QPen(second, 1.5));
    m_plot->graph(2)->setPen(QPen(first, 4.0, Qt::DotLine));
    m_plot->graph(3)->setPen(QPen(second, 1.5, Qt::DotLine));
    m_difference->setPen(QPen(text, 1.5));
    for (const QCPAxis::AxisType type : {QCPAxis::atBottom, QCPAxis::atLeft}) {
        QCPAxis *axis = m_below->axis(type);
        const QCPAxis *above = type == QCPAxis::atBottom ? m_plot->xAxis : m_plot->yAxis;
        axis->setBasePen(above->basePen());
        axis->setTickPen(above->tickPen());
        axis->setSubTickPen(above->subTickPen());
        axis->setTickLabelColor(text);
        axis->setLabelColor(text);
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->grid()->setPen(QPen(faded(text, borderAlpha)));
        axis->grid()->setZeroLinePen(QPen(faded(text, 2 * borderAlpha)));
    }
    m_plot->legend->setBrush(QBrush(colors.color(QPalette::Base)));
    m_plot->legend->setBorderPen(QPen(faded(text, borderAlpha)));
    m_plot->legend->setTextColor(text);
    m_plot->legend->setFont(font());
    m_cursor->setPen(QPen(text, 1.5));
}

void RunCurvesPlot::redraw()
{
    const view::CurveModel &a = m_curves->a();
    const view::CurveModel &b = m_curves->b();
    fill(m_plot->graph(0), a.train());
    fill(m_plot->graph(1), b.train());
    fill(m_plot->graph(2), a.test());
    fill(m_plot->graph(3), b.test());
    fill(m_difference, m_curves->difference());
    m_plot->legend->clearItems();
    const std::array<QString, 4> names{tr("A, training"), tr("B, training"),
                                       tr("A, %1").arg(a.secondTitle().toLower()),
                                       tr("B, %1").arg(b.secondTitle().toLower())};
    for (const int graph : kDrawn) {
        m_plot->graph(graph)->setName(names[static_cast<std::size_t>(graph)]);
        if (graph < 2 || m_plot->graph(graph)->dataCount() > 0)
            m_plot->graph(graph)->addToLegend();
    }
    m_below->axis(QCPAxis::atBottom)->setLabel(a.stepTitle());
    m_plot->yAxis->setLabel(a.valueTitle());
    setRanges();
    const bool any = !a.train().isEmpty() || !b.train().isEmpty();
    m_plot->setVisible(any);
    moveCursor(-1);
    replot();
}

void RunCurvesPlot::setRanges()
{
    constexpr double margin = 0.06;
    QCPRange values(0.0, 1.0);
    bool first = true;
    for (const int graph : kDrawn) {
        bool found = false;
        const QCPRange range = m_plot->graph(graph)->getValueRange(found);
        if (!found)
            continue;
        values = first ? range
                       : QCPRange(std::min(values.lower, range.lower), std::max(values.upper, range.upper));
        first = false;
    }
    const double room = std::max(values.size(), 1e-9) * margin;
    const double last =
        static_cast<double>(std::max<qint64>({m_curves->a().rounds(), m_curves->b().rounds(), 1}));
    m_plot->xAxis->setRange(0.0, last);
    m_plot->yAxis->setRange(values.lower - room, values.upper + room);
    double largest = 0.0;
    for (const QPointF &point : m_curves->difference())
        largest = std::max(largest, std::abs(point.y()));
    largest = largest > 0.0 ? largest * 1.15 : 1.0;
    m_below->axis(QCPAxis::atBottom)->setRange(0.0, last);
    m_below->axis(QCPAxis::atLeft)->setRange(-largest, largest);
}

qsizetype RunCurvesPlot::pointCount() const
{
    return m_curves->difference().size();
}

QString RunCurvesPlot::readAt(qsizetype place)
{
    m_cursor->setVisible(place >= 0);
    if (place < 0)
        return m_curves->description();
    const QPointF point = m_curves->difference().at(place);
    m_cursor->position->setCoords(point.x(), point.y());
    return m_curves->reading(place);
}

} // namespace ibidem::widgets
