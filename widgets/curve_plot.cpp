// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/curve_plot.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QLabel>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace ibidem::widgets {

namespace {

// The converter of probabilities clips at 1e-16; nothing lies below it on a logarithmic axis.
constexpr double kSmallestLoss = 1e-16;

struct Extent
{
    double lowest = 1.0;
    double highest = 0.0;
};

Extent fill(QCPGraph *graph, const QList<QPointF> &points, Extent extent)
{
    QVector<QCPGraphData> data;
    data.reserve(points.size());
    for (const QPointF &point : points) {
        const double value = std::max(point.y(), kSmallestLoss);
        data.append(QCPGraphData(point.x(), value));
        extent.lowest = std::min(extent.lowest, value);
        extent.highest = std::max(extent.highest, value);
    }
    graph->data()->set(data, true);
    return extent;
}

} // namespace

CurvePlot::CurvePlot(QWidget *parent)
    : ReadablePlot(named(new QLabel, "curveReading"), tr("Log loss over rounds"), parent)
    , m_cursor(new QCPItemTracer(m_plot))
{
    m_plot->setMinimumSize(240, 140); // it warns when it has nothing to paint on
    m_plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
    m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    m_plot->yAxis->setNumberFormat(QStringLiteral("g"));
    m_plot->yAxis->setNumberPrecision(3);
    m_plot->xAxis->setLabel(tr("Round"));
    m_plot->yAxis->setLabel(tr("Log loss (log scale)"));
    m_plot->addGraph()->setName(tr("Training"));
    m_plot->addGraph()->setName(tr("Test"));
    m_plot->legend->setVisible(true);
    m_plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
    m_cursor->setStyle(QCPItemTracer::tsCircle);
    m_cursor->setSize(9);
    m_cursor->setVisible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3, 3, 3, 3);
    layout->addWidget(m_reading);
    layout->addWidget(m_plot, 1);
    adoptPalette();
    redraw();
}

void CurvePlot::setModel(view::CurveModel *model)
{
    m_model = model;
    connect(model, &view::CurveModel::changed, this, &CurvePlot::redraw);
    redraw();
}

void CurvePlot::paintContent(const QPalette &colors)
{
    constexpr int borderAlpha = 40;
    const QColor text = colors.color(QPalette::Text);
    m_plot->graph(0)->setPen(QPen(toneColor(Tone::First, colors), 2.0));
    m_plot->graph(1)->setPen(QPen(toneColor(Tone::Second, colors), 2.0, Qt::DashLine));
    m_plot->legend->setBrush(QBrush(colors.color(QPalette::Base)));
    m_plot->legend->setBorderPen(QPen(faded(text, borderAlpha)));
    m_plot->legend->setTextColor(text);
    m_plot->legend->setFont(font());
    m_cursor->setPen(QPen(text, 1.5));
}

void CurvePlot::redraw()
{
    Extent extent;
    qint64 rounds = 1;
    if (m_model) {
        extent = fill(m_plot->graph(0), m_model->train(), extent);
        extent = fill(m_plot->graph(1), m_model->test(), extent);
        rounds = m_model->rounds();
        for (const QList<QPointF> &points : {m_model->train(), m_model->test()}) {
            if (!points.isEmpty())
                rounds = std::max(rounds, static_cast<qint64>(points.last().x()));
        }
    }
    const double lowest = std::min(extent.lowest, 0.1);
    m_plot->xAxis->setRange(0.0, static_cast<double>(std::max<qint64>(rounds, 1)));
    m_plot->yAxis->setRange(lowest * 0.8, std::max(extent.highest, 1.0) * 1.2);
    moveCursor(m_place);
    replot();
}

qsizetype CurvePlot::pointCount() const
{
    return m_model ? m_model->train().size() : 0;
}

QString CurvePlot::readAt(qsizetype place)
{
    m_cursor->setVisible(place >= 0);
    if (place < 0)
        return m_model ? m_model->description() : QString();
    const QPointF point = m_model->train().at(place);
    m_cursor->position->setCoords(point.x(), std::max(point.y(), kSmallestLoss));
    QString reading = tr("Round %1: training %2").arg(point.x()).arg(point.y(), 0, 'g', 4);
    if (place < m_model->test().size())
        reading += tr(", test %1").arg(m_model->test().at(place).y(), 0, 'g', 4);
    return reading;
}

} // namespace ibidem::widgets
