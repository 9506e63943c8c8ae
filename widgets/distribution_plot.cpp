// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/distribution_plot.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QLabel>
#include <QVBoxLayout>
#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

namespace ibidem::widgets {

namespace {

/// Letters between two numbers of the axis, so that they do not touch.
constexpr double kLettersBetween = 1.5;

/// Whether each number has room on a logarithmic axis that is `letters` wide.
bool fit(const QMap<double, QString> &ticks, double lowest, double highest, double letters)
{
    const double width = std::log(highest / lowest);
    double end = 0.0;
    for (auto tick = ticks.begin(); tick != ticks.end(); ++tick) {
        const double middle = std::log(tick.key() / lowest) / width * letters;
        const double half = static_cast<double>(tick.value().size()) / 2.0;
        if (tick != ticks.begin() && middle - half < end + kLettersBetween)
            return false;
        end = middle + half;
    }
    return true;
}

/// Round numbers on a logarithmic axis: 1, 10, 100 where it is long, with numbers between where it is short.
QMap<double, QString> logTicks(double lowest, double highest, double letters)
{
    const std::array<QList<double>, 4> steps{
        {{1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}, {1.0, 2.0, 3.0, 5.0}, {1.0, 3.0}, {1.0}}};
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
        if (fit(ticks, lowest, highest, letters))
            break;
    }
    if (ticks.size() < 2) {
        ticks.insert(lowest, QString::number(lowest, 'g', 4));
        ticks.insert(highest, QString::number(highest, 'g', 4));
    }
    return ticks;
}

} // namespace

DistributionPlot::DistributionPlot(view::Quantity quantity, QWidget *parent)
    : ReadablePlot(wrappedLabel("distributionReading", nullptr), view::titleOf(quantity), parent)
    , m_quantity(quantity)
    , m_middle(new QCPItemRect(m_plot))
    , m_median(new QCPItemStraightLine(m_plot))
    , m_cursor(new QCPItemRect(m_plot))
{
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
    m_place = -1;
    redraw();
}

void DistributionPlot::paintContent(const QPalette &colors)
{
    constexpr int barAlpha = 110;
    constexpr int bandAlpha = 45;
    const QColor bars = toneColor(Tone::First, colors);
    const QColor mark = toneColor(Tone::Second, colors);
    m_plot->graph(0)->setPen(QPen(bars, 1.5));
    m_plot->graph(0)->setBrush(QBrush(faded(bars, barAlpha)));
    m_middle->setPen(Qt::NoPen);
    m_middle->setBrush(QBrush(faded(mark, bandAlpha)));
    m_median->setPen(QPen(mark, 2.0, Qt::DashLine));
    m_cursor->setPen(QPen(colors.color(QPalette::Text), 2.0));
    m_cursor->setBrush(Qt::NoBrush);
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
    moveCursor(m_place);
    replot();
}

void DistributionPlot::updateTicks()
{
    const QCPRange range = m_plot->xAxis->range();
    constexpr int margins = 70; // beside the axis; the layout itself is only done when it is painted
    const double letters =
        static_cast<double>(m_plot->width() - margins) / fontMetrics().horizontalAdvance(QLatin1Char('0'));
    auto ticker = QSharedPointer<QCPAxisTickerText>::create();
    ticker->setTicks(logTicks(range.lower, range.upper, letters));
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

qsizetype DistributionPlot::pointCount() const
{
    return static_cast<qsizetype>(m_distribution.bars.size());
}

QString DistributionPlot::readAt(qsizetype place)
{
    m_cursor->setVisible(place >= 0);
    if (place < 0)
        return view::summaryOf(m_quantity, m_distribution);
    const auto bar = static_cast<std::size_t>(place);
    m_cursor->topLeft->setCoords(m_distribution.edges[bar], static_cast<double>(m_distribution.bars[bar]));
    m_cursor->bottomRight->setCoords(m_distribution.edges[bar + 1], 0.0);
    return view::barText(m_quantity, m_distribution, bar);
}

} // namespace ibidem::widgets
