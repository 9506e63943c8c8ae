// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/embedding_plot.h"

#include "widgets/cell_points.h"
#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace ibidem::widgets {

namespace {

constexpr double kReach = 9.0; ///< pixels from the mouse to a point
constexpr double kStep = 1.25; ///< of one zoom

} // namespace

EmbeddingPlot::EmbeddingPlot(const QString &name, QWidget *parent)
    : ReadablePlot(wrappedLabel("embeddingReading", nullptr), name, parent)
    , m_points(new CellPoints(m_plot->xAxis, m_plot->yAxis))
    , m_cursor(new QCPItemTracer(m_plot))
{
    m_plot->setMinimumSize(180, 140); // it warns when it has nothing to paint on
    for (QCPAxis *axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTicks(false); // the numbers of a map mean nothing
        axis->setTickLabels(false);
        axis->grid()->setVisible(false);
    }
    m_plot->xAxis->setLabel(tr("UMAP 1"));
    m_plot->yAxis->setLabel(tr("UMAP 2"));
    m_cursor->setStyle(QCPItemTracer::tsCircle);
    m_cursor->setSize(13);
    m_cursor->setVisible(false);
    m_reading->setTextInteractionFlags(Qt::NoTextInteraction);
    m_reading->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_reading->setFixedHeight(m_reading->fontMetrics().lineSpacing() * 2 + 2); // it must not move the plot
    setMouseTracking(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(3, 3, 3, 3);
    layout->setSpacing(2);
    layout->addWidget(m_reading);
    layout->addWidget(m_plot, 1);
    adoptPalette();
    adoptModel();
}

bool EmbeddingPlot::hasMap() const
{
    return m_model && m_model->whyNoMap().isEmpty();
}

void EmbeddingPlot::setModel(view::EmbeddingModel *model)
{
    m_model = model;
    m_points->setModel(model);
    connect(model, &view::EmbeddingModel::changed, this, &EmbeddingPlot::adoptModel);
    connect(model, &view::EmbeddingModel::groupsChanged, this, [this] {
        m_points->setChosenGroups({});
        m_group = -1;
        if (hasMap())
            moveCursor(m_place);
        replot();
    });
    adoptModel();
}

void EmbeddingPlot::adoptModel()
{
    sortCells();
    m_plot->setVisible(hasMap());
    m_group = -1;
    showAll();
    moveCursor(-1);
}

void EmbeddingPlot::sortCells()
{
    m_order.assign(hasMap() ? static_cast<std::size_t>(m_model->cellCount()) : 0, 0);
    std::iota(m_order.begin(), m_order.end(), qsizetype{0});
    std::stable_sort(m_order.begin(), m_order.end(), [this](qsizetype left, qsizetype right) {
        return m_model->point(left).x() < m_model->point(right).x();
    });
    m_placeOf.resize(m_order.size());
    for (std::size_t place = 0; place < m_order.size(); ++place)
        m_placeOf[static_cast<std::size_t>(m_order[place])] = static_cast<qsizetype>(place);
}

void EmbeddingPlot::setChosenGroups(const QSet<int> &groups)
{
    m_points->setChosenGroups(groups);
    replot();
}

void EmbeddingPlot::showCell(const QString &id)
{
    const qsizetype cell = hasMap() && !id.isEmpty() ? m_model->cellOf(id) : -1;
    m_following = true;
    moveCursor(cell < 0 ? -1 : m_placeOf[static_cast<std::size_t>(cell)]);
    m_following = false;
    replot();
}

void EmbeddingPlot::showAll()
{
    bool found = false;
    const QCPRange x = m_points->getKeyRange(found, QCP::sdBoth);
    const QCPRange y = m_points->getValueRange(found, QCP::sdBoth, {});
    if (!found)
        return;
    constexpr double margin = 0.04;
    const double width = std::max(x.size(), 1e-6);
    const double height = std::max(y.size(), 1e-6);
    m_plot->xAxis->setRange(x.lower - margin * width, x.upper + margin * width);
    m_plot->yAxis->setRange(y.lower - margin * height, y.upper + margin * height);
    keepShape();
    replot();
}

/// Much the same scale on both axes: widens the range of the one that has room. A map may be stretched a
/// little: its distances mean little, and the room is wanted.
void EmbeddingPlot::keepShape()
{
    const QRect area = m_plot->axisRect()->rect();
    if (area.width() <= 0 || area.height() <= 0)
        return;
    constexpr double mostStretched = 2.0;
    const double perX = m_plot->xAxis->range().size() / area.width();
    const double perY = m_plot->yAxis->range().size() / area.height();
    if (perX * mostStretched < perY)
        m_plot->xAxis->scaleRange(perY / perX / mostStretched);
    else if (perY * mostStretched < perX)
        m_plot->yAxis->scaleRange(perX / perY / mostStretched);
}

void EmbeddingPlot::resizeEvent(QResizeEvent *event)
{
    ReadablePlot::resizeEvent(event);
    // The layout of the plot is done when it is painted; the shape follows that.
    QMetaObject::invokeMethod(this, &EmbeddingPlot::showAll, Qt::QueuedConnection);
}

void EmbeddingPlot::paintContent(const QPalette &colors)
{
    m_points->adoptPalette(colors);
    m_cursor->setPen(QPen(colors.color(QPalette::Text), 2.0));
    m_cursor->setBrush(Qt::NoBrush);
}

qsizetype EmbeddingPlot::pointCount() const
{
    return static_cast<qsizetype>(m_order.size());
}

QString EmbeddingPlot::readAt(qsizetype place)
{
    m_cursor->setVisible(place >= 0);
    if (place < 0) {
        if (!m_following)
            Q_EMIT cellChanged({});
        return m_model ? m_model->description() : QString();
    }
    const qsizetype cell = m_order[static_cast<std::size_t>(place)];
    const QPointF point = m_model->point(cell);
    m_cursor->position->setCoords(point.x(), point.y());
    if (!m_following)
        Q_EMIT cellChanged(m_model->cellId(cell));
    return m_model->cellText(cell);
}

qsizetype EmbeddingPlot::placeNear(QPointF position) const
{
    if (!hasMap())
        return -1;
    const QPointF wanted = position - QPointF(m_plot->pos());
    double least = kReach * kReach;
    qsizetype nearest = -1;
    for (qsizetype cell = 0; cell < m_model->cellCount(); ++cell) {
        const QPointF point = m_model->point(cell);
        const double x = m_plot->xAxis->coordToPixel(point.x()) - wanted.x();
        const double y = m_plot->yAxis->coordToPixel(point.y()) - wanted.y();
        if (x * x + y * y < least) {
            least = x * x + y * y;
            nearest = m_placeOf[static_cast<std::size_t>(cell)];
        }
    }
    return nearest;
}

void EmbeddingPlot::mouseMoveEvent(QMouseEvent *event)
{
    if (m_dragging) {
        const QPointF moved = event->position() - m_dragFrom;
        m_dragFrom = event->position();
        m_plot->xAxis->moveRange(m_plot->xAxis->pixelToCoord(0.0) - m_plot->xAxis->pixelToCoord(moved.x()));
        m_plot->yAxis->moveRange(m_plot->yAxis->pixelToCoord(0.0) - m_plot->yAxis->pixelToCoord(moved.y()));
        replot();
        return;
    }
    const qsizetype place = placeNear(event->position());
    if (place != m_place) {
        moveCursor(place);
        replot();
    }
    if (place >= 0)
        QToolTip::showText(event->globalPosition().toPoint(), m_reading->text(), this);
    else
        QToolTip::hideText();
}

void EmbeddingPlot::mousePressEvent(QMouseEvent *event)
{
    m_dragging = hasMap() && event->button() == Qt::LeftButton;
    m_dragFrom = event->position();
    ReadablePlot::mousePressEvent(event);
    event->accept();
}

void EmbeddingPlot::mouseReleaseEvent(QMouseEvent *event)
{
    m_dragging = false;
    event->accept();
}

void EmbeddingPlot::mouseDoubleClickEvent(QMouseEvent *event)
{
    showAll();
    event->accept();
}

void EmbeddingPlot::zoom(double factor, QPointF around)
{
    if (!hasMap())
        return;
    m_plot->xAxis->scaleRange(factor, m_plot->xAxis->pixelToCoord(around.x()));
    m_plot->yAxis->scaleRange(factor, m_plot->yAxis->pixelToCoord(around.y()));
    replot();
}

void EmbeddingPlot::wheelEvent(QWheelEvent *event)
{
    constexpr double notch = 120.0;
    zoom(std::pow(kStep, -event->angleDelta().y() / notch), event->position() - QPointF(m_plot->pos()));
    event->accept();
}

void EmbeddingPlot::leaveEvent(QEvent *event)
{
    ReadablePlot::leaveEvent(event);
    if (hasFocus())
        return; // the keyboard's cursor stays
    moveCursor(-1);
    replot();
}

/// Reads the next group that has cells: its cursor is on the cell nearest to the group's middle.
void EmbeddingPlot::nextGroup(int step)
{
    const view::CellGroups &groups = m_model->groups();
    const auto count = static_cast<int>(groups.groups.size());
    if (count == 0)
        return;
    int tried = 0;
    do {
        m_group = m_group < 0 ? (step > 0 ? 0 : count - 1) : (m_group + step + count) % count;
    } while (groups.groups[static_cast<std::size_t>(m_group)].cells == 0 && ++tried < count);
    QPointF sum;
    for (std::size_t cell = 0; cell < groups.ofCell.size(); ++cell) {
        if (groups.ofCell[cell] == m_group)
            sum += m_model->point(static_cast<qsizetype>(cell));
    }
    const view::CellGroup &group = groups.groups[static_cast<std::size_t>(m_group)];
    const QPointF middle = sum / static_cast<double>(std::max<qsizetype>(group.cells, 1));
    double least = std::numeric_limits<double>::max();
    qsizetype nearest = -1;
    for (std::size_t cell = 0; cell < groups.ofCell.size(); ++cell) {
        const QPointF apart = m_model->point(static_cast<qsizetype>(cell)) - middle;
        const double distance = QPointF::dotProduct(apart, apart);
        if (groups.ofCell[cell] == m_group && distance < least) {
            least = distance;
            nearest = m_placeOf[cell];
        }
    }
    moveCursor(nearest);
    const QString reading =
        group.mostly.isEmpty()
            ? tr("%1, %2 cells").arg(group.name, view::count(static_cast<std::uint64_t>(group.cells)))
            : tr("%1, %2 cells, mostly %3")
                  .arg(group.name, view::count(static_cast<std::uint64_t>(group.cells)), group.mostly);
    m_reading->setText(reading);
    setAccessibleDescription(reading);
    replot();
}

void EmbeddingPlot::keyPressEvent(QKeyEvent *event)
{
    const QPointF middle(m_plot->axisRect()->center());
    switch (hasMap() ? event->key() : 0) {
    case Qt::Key_Up:
        nextGroup(-1);
        return;
    case Qt::Key_Down:
        nextGroup(1);
        return;
    case Qt::Key_Plus:
        zoom(1.0 / kStep, middle);
        return;
    case Qt::Key_Minus:
        zoom(kStep, middle);
        return;
    case Qt::Key_0:
        showAll();
        return;
    default:
        ReadablePlot::keyPressEvent(event);
    }
}

} // namespace ibidem::widgets
