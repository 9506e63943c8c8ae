// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/cell_points.h"

#include "widgets/group_colors.h"

#include <algorithm>
#include <cmath>

namespace ibidem::widgets {

namespace {

/// Smaller where there are many, so that they do not hide each other.
double diameterFor(qsizetype cells)
{
    constexpr qsizetype kFew = 3000;
    constexpr qsizetype kMany = 30000;
    return cells <= kFew ? 6.5 : cells <= kMany ? 5.0 : 3.5;
}

QPixmap marker(const GroupLook &look, double diameter, double opacity, double ratio)
{
    const double side = std::ceil(diameter) + 2.0;
    QPixmap pixmap((QSizeF(side, side) * ratio).toSize());
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(opacity);
    drawMarker(&painter, QPointF(side / 2.0, side / 2.0), diameter, look);
    return pixmap;
}

} // namespace

CellPoints::CellPoints(QCPAxis *keyAxis, QCPAxis *valueAxis)
    : QCPAbstractPlottable(keyAxis, valueAxis)
{}

std::vector<QPixmap> CellPoints::markers(double ratio) const
{
    constexpr double kFaded = 0.12;
    constexpr double kOpaque = 0.9;
    const view::CellGroups &groups = m_model->groups();
    std::vector<QPixmap> markers;
    for (int group = 0; group < static_cast<int>(groups.groups.size()); ++group)
        markers.push_back(marker(groupLook(groups, group, m_palette), diameterFor(m_model->cellCount()),
                                 isChosen(group) ? kOpaque : kFaded, ratio));
    return markers;
}

void CellPoints::draw(QCPPainter *painter)
{
    if (!m_model || !m_model->whyNoMap().isEmpty() || m_model->groups().ofCell.empty())
        return;
    painter->setClipRect(clipRect());
    const std::vector<QPixmap> all = markers(painter->device()->devicePixelRatioF());
    if (!m_chosen.isEmpty())
        drawCells(painter, all, false);
    drawCells(painter, all, true);
}

void CellPoints::drawCells(QCPPainter *painter, const std::vector<QPixmap> &markers, bool chosen) const
{
    const QCPAxis *x = keyAxis();
    const QCPAxis *y = valueAxis();
    const std::vector<int> &groups = m_model->groups().ofCell;
    for (std::size_t cell = 0; cell < groups.size(); ++cell) {
        if (isChosen(groups[cell]) != chosen)
            continue;
        const QPixmap &pixmap = markers[static_cast<std::size_t>(groups[cell])];
        const QPointF point = m_model->point(static_cast<qsizetype>(cell));
        const double half = pixmap.deviceIndependentSize().width() / 2.0;
        painter->drawPixmap(QPointF(x->coordToPixel(point.x()) - half, y->coordToPixel(point.y()) - half),
                            pixmap);
    }
}

void CellPoints::drawLegendIcon(QCPPainter *, const QRectF &) const
{}

double CellPoints::selectTest(const QPointF &, bool, QVariant *) const
{
    return -1.0;
}

QCPRange CellPoints::range(bool &found, bool x) const
{
    found = m_model && m_model->whyNoMap().isEmpty() && m_model->cellCount() > 0;
    QCPRange range;
    for (qsizetype cell = 0; found && cell < m_model->cellCount(); ++cell) {
        const QPointF point = m_model->point(cell);
        const double value = x ? point.x() : point.y();
        range.lower = cell == 0 ? value : std::min(range.lower, value);
        range.upper = cell == 0 ? value : std::max(range.upper, value);
    }
    return range;
}

QCPRange CellPoints::getKeyRange(bool &found, QCP::SignDomain) const
{
    return range(found, true);
}

QCPRange CellPoints::getValueRange(bool &found, QCP::SignDomain, const QCPRange &) const
{
    return range(found, false);
}

} // namespace ibidem::widgets
