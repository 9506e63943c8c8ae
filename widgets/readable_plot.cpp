// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/readable_plot.h"

#include <QApplication>
#include <QEvent>
#include <QKeyEvent>
#include <QLabel>
#include <qcustomplot.h>

#include <algorithm>

namespace ibidem::widgets {

namespace {

constexpr int kGridAlpha = 40;

} // namespace

QColor faded(QColor color, int alpha)
{
    color.setAlpha(alpha);
    return color;
}

ReadablePlot::ReadablePlot(QLabel *reading, const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_plot(new QCustomPlot(this))
    , m_reading(reading)
{
    m_reading->setParent(this);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(name);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setAttribute(Qt::WA_TransparentForMouseEvents);
}

void ReadablePlot::adoptPalette()
{
    const QPalette colors = QApplication::palette();
    const QColor text = colors.color(QPalette::Text);
    m_plot->setBackground(QBrush(colors.color(QPalette::Base)));
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(text));
        axis->setTickPen(QPen(text));
        axis->setSubTickPen(QPen(text));
        axis->setTickLabelColor(text);
        axis->setLabelColor(text);
        axis->setTickLabelFont(font());
        axis->setLabelFont(font());
        axis->grid()->setPen(QPen(faded(text, kGridAlpha)));
        axis->grid()->setZeroLinePen(QPen(faded(text, kGridAlpha)));
    }
    paintContent(colors);
    replot();
}

void ReadablePlot::replot()
{
    // Unseen there is no buffer to paint into; being shown brings a paint of its own.
    if (m_plot->isVisible())
        m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void ReadablePlot::moveCursor(qsizetype place)
{
    m_place = std::clamp(place, qsizetype{-1}, pointCount() - 1);
    const QString reading = readAt(m_place);
    m_reading->setText(reading);
    setAccessibleDescription(reading);
}

void ReadablePlot::keyPressEvent(QKeyEvent *event)
{
    const qsizetype last = pointCount() - 1;
    switch (event->key()) {
    case Qt::Key_Left:
        moveCursor(m_place < 0 ? last : std::max<qsizetype>(m_place - 1, 0));
        break;
    case Qt::Key_Right:
        moveCursor(m_place + 1);
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

void ReadablePlot::focusInEvent(QFocusEvent *event)
{
    QWidget::focusInEvent(event);
    m_plot->xAxis->setBasePen(QPen(QApplication::palette().color(QPalette::Highlight), 2.0));
    m_plot->yAxis->setBasePen(m_plot->xAxis->basePen());
    replot();
}

void ReadablePlot::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    adoptPalette();
}

void ReadablePlot::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    replot();
}

void ReadablePlot::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        adoptPalette();
    QWidget::changeEvent(event);
}

} // namespace ibidem::widgets
