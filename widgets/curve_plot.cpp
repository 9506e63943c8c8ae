// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/curve_plot.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QApplication>
#include <QEvent>
#include <QKeyEvent>
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
    : QWidget(parent)
    , m_plot(new QCustomPlot(this))
    , m_cursor(new QCPItemTracer(m_plot))
    , m_reading(named(new QLabel(this), "curveReading"))
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Log loss over rounds"));
    m_plot->setMinimumSize(240, 140); // it warns when it has nothing to paint on
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
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

void CurvePlot::adoptPalette()
{
    const QPalette colors = QApplication::palette();
    const QColor text = colors.color(QPalette::Text);
    QColor grid = text;
    grid.setAlpha(40);
    m_plot->setBackground(QBrush(colors.color(QPalette::Base)));
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(text));
        axis->setTickPen(QPen(text));
        axis->setSubTickPen(QPen(text));
        axis->setTickLabelColor(text);
        axis->setLabelColor(text);
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->grid()->setPen(QPen(grid));
        axis->grid()->setZeroLinePen(QPen(grid));
    }
    m_plot->graph(0)->setPen(QPen(toneColor(Tone::First, colors), 2.0));
    m_plot->graph(1)->setPen(QPen(toneColor(Tone::Second, colors), 2.0, Qt::DashLine));
    m_plot->legend->setBrush(QBrush(colors.color(QPalette::Base)));
    m_plot->legend->setBorderPen(QPen(grid));
    m_plot->legend->setTextColor(text);
    m_plot->legend->setFont(font());
    m_cursor->setPen(QPen(text, 1.5));
    replot();
}

void CurvePlot::replot()
{
    // Unseen there is no buffer to paint into; being shown brings a paint of its own.
    if (m_plot->isVisible())
        m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    replot();
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

void CurvePlot::moveCursor(qsizetype place)
{
    const QString whole = m_model ? m_model->description() : QString();
    const bool hasPoints = m_model && !m_model->train().isEmpty();
    m_place = hasPoints ? std::clamp(place, qsizetype{-1}, m_model->train().size() - 1) : -1;
    m_cursor->setVisible(m_place >= 0);
    QString reading = whole;
    if (m_place >= 0) {
        const QPointF point = m_model->train().at(m_place);
        m_cursor->position->setCoords(point.x(), std::max(point.y(), kSmallestLoss));
        reading = tr("Round %1: training %2").arg(point.x()).arg(point.y(), 0, 'g', 4);
        if (m_place < m_model->test().size())
            reading += tr(", test %1").arg(m_model->test().at(m_place).y(), 0, 'g', 4);
    }
    m_reading->setText(reading);
    setAccessibleDescription(reading);
}

void CurvePlot::keyPressEvent(QKeyEvent *event)
{
    const qsizetype last = m_model ? m_model->train().size() - 1 : -1;
    const qsizetype from = m_place < 0 ? last : m_place;
    switch (event->key()) {
    case Qt::Key_Left:
        moveCursor(std::max<qsizetype>(from - 1, 0));
        break;
    case Qt::Key_Right:
        moveCursor(std::min(from + 1, last));
        break;
    case Qt::Key_Home:
        moveCursor(0);
        break;
    case Qt::Key_End:
        moveCursor(-1);
        break;
    default:
        QWidget::keyPressEvent(event);
        return;
    }
    replot();
}

void CurvePlot::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    m_plot->xAxis->setBasePen(QPen(QApplication::palette().color(QPalette::Highlight), 2.0));
    m_plot->yAxis->setBasePen(m_plot->xAxis->basePen());
    replot();
}

void CurvePlot::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    adoptPalette();
}

void CurvePlot::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        adoptPalette();
    QWidget::changeEvent(event);
}

} // namespace ibidem::widgets
