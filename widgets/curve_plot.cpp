// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/curve_plot.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
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

/// The end of the axis: all rounds, but at the beginning of a long training no more than ten times those that
/// are done, so that there is something to see.
qint64 shownRounds(qint64 done, qint64 rounds)
{
    constexpr qint64 kFew = 10;
    const qint64 shown = std::max(kFew, kFew * done);
    return std::max(done, rounds > 0 ? std::min(rounds, shown) : shown);
}

void setLinearRange(QCPAxis *axis, double lowest, double highest)
{
    constexpr double margin = 0.06;
    if (highest < lowest) {
        axis->setRange(0.0, 1.0);
        return;
    }
    const double room = std::max(highest - lowest, highest * 1e-3) * margin;
    axis->setRange(lowest - room, highest + room);
}

} // namespace

CurvePlot::CurvePlot(QWidget *parent)
    : ReadablePlot(named(new QLabel, "curveReading"), tr("Loss"), parent)
    , m_logarithmic(named(new QCheckBox(tr("Logarithmic a&xis"), this), "logarithmicBox"))
    , m_cursor(new QCPItemTracer(m_plot))
{
    m_plot->setMinimumSize(240, 140); // it warns when it has nothing to paint on
    m_plot->yAxis->setNumberFormat(QStringLiteral("g"));
    m_plot->yAxis->setNumberPrecision(3);
    m_plot->addGraph()->setName(tr("Training"));
    m_plot->addGraph()->setName(tr("Test"));
    m_plot->legend->setVisible(true);
    m_plot->axisRect()->insetLayout()->setInsetAlignment(0, Qt::AlignTop | Qt::AlignRight);
    m_cursor->setStyle(QCPItemTracer::tsCircle);
    m_cursor->setSize(9);
    m_cursor->setVisible(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3, 3, 3, 3);
    m_reading->setWordWrap(true);
    auto *above = new QHBoxLayout;
    above->addWidget(m_reading, 1);
    above->addWidget(m_logarithmic);
    layout->addLayout(above);
    layout->addWidget(m_plot, 1);
    m_logarithmic->setChecked(true);
    connect(m_logarithmic, &QCheckBox::toggled, this, [this] { redraw(); });
    adoptPalette();
    redraw();
}

void CurvePlot::adoptKind()
{
    if (m_model->isNetwork() != m_network) {
        m_network = m_model->isNetwork();
        const QSignalBlocker blocker(m_logarithmic);
        m_logarithmic->setChecked(!m_network);
    }
    setAccessibleName(m_model->title());
    m_plot->xAxis->setLabel(m_model->stepTitle());
    m_plot->yAxis->setLabel(m_model->valueTitle());
    m_plot->graph(1)->setName(m_model->secondTitle());
    if (m_model->isNetwork() && m_model->test().isEmpty())
        m_plot->graph(1)->removeFromLegend();
    else
        m_plot->graph(1)->addToLegend();
}

void CurvePlot::setLogarithmic(bool logarithmic)
{
    m_plot->yAxis->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    if (logarithmic)
        m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    else
        m_plot->yAxis->setTicker(QSharedPointer<QCPAxisTicker>::create());
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
    qint64 done = 0;
    qint64 rounds = 0;
    if (m_model) {
        adoptKind();
        extent = fill(m_plot->graph(0), m_model->train(), extent);
        extent = fill(m_plot->graph(1), m_model->test(), extent);
        rounds = m_model->rounds();
        for (const QList<QPointF> &points : {m_model->train(), m_model->test()}) {
            if (!points.isEmpty())
                done = std::max(done, static_cast<qint64>(points.last().x()));
        }
    }
    m_plot->xAxis->setRange(0.0, static_cast<double>(shownRounds(done, rounds)));
    setLogarithmic(m_logarithmic->isChecked());
    if (m_logarithmic->isChecked()) // at least a decade, so that there are numbers at the axis
        m_plot->yAxis->setRange(std::min(extent.lowest, 0.1) * 0.8, std::max(extent.highest, 1.0) * 1.2);
    else
        setLinearRange(m_plot->yAxis, extent.lowest, extent.highest);
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
    return m_model->reading(place);
}

} // namespace ibidem::widgets
