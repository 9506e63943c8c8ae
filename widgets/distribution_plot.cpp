// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/distribution_plot.h"

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

constexpr double kLettersPerTick = 8.0; ///< of room, so that numbers do not touch

/// Round numbers on a logarithmic axis: 1, 10, 100 where it is long, with numbers between where it is short.
QMap<double, QString> logTicks(double lowest, double highest, qsizetype most)
{
    const std::array<QList<double>, 3> steps{
        {{1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}, {1.0, 2.0, 5.0}, {1.0}}};
    QMap<double, QString> ticks;
    for (const QList<double> &step : steps) {
        ticks.clear();
        const int first = static_cast<int>(std::floor(std::log10(lowest)));
        const int last = static_cast<int>(std::floor(std::log10(highest)));
        for (int power = first; power <= last; ++power) {
            for (const double factor : step) {
                const double tick = factor * std::pow(10.0, power);
                if (tick >= lowest && tick <= highest)
                    ticks.insert(tick, view::numberText(tick));
            }
        }
        if (ticks.size() <= most)
            break;
    }
    if (ticks.size() < 2) {
        ticks.insert(lowest, QString::number(lowest, 'g', 4));
        ticks.insert(highest, QString::number(highest, 'g', 4));
    }
    return ticks;
}

QColor faded(QColor color, int alpha)
{
    color.setAlpha(alpha);
    return color;
}

} // namespace

DistributionPlot::DistributionPlot(view::Quantity quantity, QWidget *parent)
    : QWidget(parent)
    , m_quantity(quantity)
    , m_plot(new QCustomPlot(this))
    , m_middle(new QCPItemRect(m_plot))
    , m_median(new QCPItemStraightLine(m_plot))
    , m_cursor(new QCPItemRect(m_plot))
    , m_reading(wrappedLabel("distributionReading", this))
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(view::titleOf(quantity));
    makePlot();
    m_reading->setTextInteractionFlags(Qt::NoTextInteraction);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3, 3, 3, 3);
    layout->setSpacing(2);
    layout->addWidget(heading(view::titleOf(quantity), this));
    layout->addWidget(m_reading);
    layout->addWidget(m_plot, 1);
    adoptPalette();
    redraw();
}

void DistributionPlot::makePlot()
{
    m_plot->setMinimumSize(240, 110); // it warns when it has nothing to paint on
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
    m_plot->xAxis->setScaleType(QCPAxis::stLogarithmic);
    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTickerText>::create());
    m_plot->yAxis->setNumberFormat(QStringLiteral("f"));
    m_plot->yAxis->setNumberPrecision(0);
    m_plot->yAxis->ticker()->setTickCount(4);
    m_plot->yAxis->setLabel(view::whatIsCounted(m_quantity));
    m_plot->addGraph()->setLineStyle(QCPGraph::lsStepLeft);
    m_middle->setVisible(false);
    m_median->setVisible(false);
    m_cursor->setVisible(false);
}

void DistributionPlot::setDistribution(const view::Distribution &distribution)
{
    if (distribution == m_distribution)
        return;
    m_distribution = distribution;
    m_bar = -1;
    redraw();
}

void DistributionPlot::adoptPalette()
{
    const QPalette colors = QApplication::palette();
    const QColor text = colors.color(QPalette::Text);
    const QColor bars = toneColor(Tone::First, colors);
    const QColor mark = toneColor(Tone::Second, colors);
    m_plot->setBackground(QBrush(colors.color(QPalette::Base)));
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(text));
        axis->setTickPen(QPen(text));
        axis->setSubTickPen(QPen(text));
        axis->setTickLabelColor(text);
        axis->setLabelColor(text);
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->grid()->setPen(QPen(faded(text, 40)));
        axis->grid()->setZeroLinePen(QPen(faded(text, 40)));
    }
    m_plot->graph(0)->setPen(QPen(bars, 1.5));
    m_plot->graph(0)->setBrush(QBrush(faded(bars, 110)));
    m_middle->setPen(Qt::NoPen);
    m_middle->setBrush(QBrush(faded(mark, 45)));
    m_median->setPen(QPen(mark, 2.0, Qt::DashLine));
    m_cursor->setPen(QPen(text, 2.0));
    m_cursor->setBrush(Qt::NoBrush);
    replot();
}

void DistributionPlot::replot()
{
    // Unseen there is no buffer to paint into; being shown brings a paint of its own.
    if (m_plot->isVisible())
        m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void DistributionPlot::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    replot();
}

void DistributionPlot::redraw()
{
    QVector<QCPGraphData> points;
    std::uint64_t highest = 1;
    for (std::size_t bar = 0; bar < m_distribution.bars.size(); ++bar) {
        const std::uint64_t number = m_distribution.bars[bar];
        points.append(QCPGraphData(m_distribution.edges[bar], static_cast<double>(number)));
        highest = std::max(highest, number);
    }
    if (!points.isEmpty())
        points.append(QCPGraphData(m_distribution.edges.back(), points.last().value));
    m_plot->graph(0)->data()->set(points, true);
    const bool empty = points.isEmpty();
    const double from = empty ? 1.0 : m_distribution.edges.front() / 1.1;
    const double to = empty ? 10.0 : m_distribution.edges.back() * 1.1;
    m_plot->xAxis->setRange(from, to);
    m_plot->yAxis->setRange(0.0, static_cast<double>(highest) * 1.08);
    updateTicks();
    drawMarks();
    moveCursor(m_bar);
    replot();
}

void DistributionPlot::updateTicks()
{
    const QCPRange range = m_plot->xAxis->range();
    const double letters = static_cast<double>(m_plot->width()) / fontMetrics().averageCharWidth();
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    ticker->setTicks(logTicks(range.lower, range.upper, static_cast<qsizetype>(letters / kLettersPerTick)));
    m_plot->xAxis->setTicker(ticker);
}

void DistributionPlot::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    updateTicks();
    replot();
}

void DistributionPlot::drawMarks()
{
    const double top = m_plot->yAxis->range().upper;
    const double lowest = m_plot->xAxis->range().lower;
    const bool drawn = !m_distribution.bars.empty();
    m_median->setVisible(drawn && m_distribution.median > 0.0);
    m_middle->setVisible(drawn && m_distribution.upperQuartile > 0.0);
    if (m_median->visible()) {
        m_median->point1->setCoords(m_distribution.median, 0.0);
        m_median->point2->setCoords(m_distribution.median, top);
    }
    if (m_middle->visible()) {
        m_middle->topLeft->setCoords(std::max(m_distribution.lowerQuartile, lowest), top);
        m_middle->bottomRight->setCoords(m_distribution.upperQuartile, 0.0);
    }
}

void DistributionPlot::moveCursor(qsizetype bar)
{
    const auto last = static_cast<qsizetype>(m_distribution.bars.size()) - 1;
    m_bar = std::clamp(bar, qsizetype{-1}, last);
    m_cursor->setVisible(m_bar >= 0);
    QString reading = view::summaryOf(m_quantity, m_distribution);
    if (m_bar >= 0) {
        const auto place = static_cast<std::size_t>(m_bar);
        m_cursor->topLeft->setCoords(m_distribution.edges[place],
                                     static_cast<double>(m_distribution.bars[place]));
        m_cursor->bottomRight->setCoords(m_distribution.edges[place + 1], 0.0);
        reading = view::barText(m_quantity, m_distribution, place);
    }
    m_reading->setText(reading);
    setAccessibleDescription(reading);
}

void DistributionPlot::keyPressEvent(QKeyEvent *event)
{
    const auto bars = static_cast<qsizetype>(m_distribution.bars.size());
    switch (event->key()) {
    case Qt::Key_Left:
        moveCursor(m_bar < 0 ? bars - 1 : std::max<qsizetype>(m_bar - 1, 0));
        break;
    case Qt::Key_Right:
        moveCursor(std::min(m_bar + 1, bars - 1));
        break;
    case Qt::Key_Home:
        moveCursor(std::min<qsizetype>(0, bars - 1));
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

void DistributionPlot::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    m_plot->xAxis->setBasePen(QPen(QApplication::palette().color(QPalette::Highlight), 2.0));
    m_plot->yAxis->setBasePen(m_plot->xAxis->basePen());
    replot();
}

void DistributionPlot::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    adoptPalette();
}

void DistributionPlot::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        adoptPalette();
    QWidget::changeEvent(event);
}

} // namespace ibidem::widgets
