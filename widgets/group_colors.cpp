// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/group_colors.h"

#include "widgets/theme.h"

#include <QApplication>
#include <QPainter>
#include <QPolygonF>

#include <algorithm>
#include <cmath>

namespace ibidem::widgets {

namespace {

constexpr int kShapes = 4;

QList<QColor> colorsOf(const QStringList &names)
{
    QList<QColor> colors;
    for (const QString &name : names)
        colors << QColor(name);
    return colors;
}

QString words(const char *names)
{
    return QLatin1String(names);
}

/// Ten colours of cividis (Nuñez, Anderton, Renslow 2018), from its dark to its light end.
QList<QColor> cividis()
{
    return colorsOf(words("#00204d #00336f #39486b #575c6d #707173 #8a8779 #a69d75 #c4b56c #e4cf5b #ffea46")
                        .split(QLatin1Char(' ')));
}

QColor between(const QColor &left, const QColor &right, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return {mix(left.red(), right.red()), mix(left.green(), right.green()), mix(left.blue(), right.blue())};
}

QPolygonF polygon(Shape shape, QPointF centre, double radius)
{
    const auto at = [centre](double x, double y) { return centre + QPointF(x, y); };
    switch (shape) {
    case Shape::Triangle:
        return QPolygonF(
            {at(0.0, -1.1 * radius), at(1.1 * radius, 0.85 * radius), at(-1.1 * radius, 0.85 * radius)});
    case Shape::Diamond:
        return QPolygonF({at(0.0, -1.2 * radius), at(radius, 0.0), at(0.0, 1.2 * radius), at(-radius, 0.0)});
    default:
        return QPolygonF(QRectF(at(-0.85 * radius, -0.85 * radius), at(0.85 * radius, 0.85 * radius)));
    }
}

} // namespace

QList<QColor> groupColors(const QPalette &palette)
{
    // Found by search: seven colours as far from each other as they can be, also without one kind of cone.
    return colorsOf(words(isDark(palette) ? "#55bbee #ee9900 #00ffdd #aa22ff #dd2233 #bb4488 #ccdd88"
                                          : "#0077aa #dd6600 #009966 #660044 #5566ee #553300 #0000ff")
                        .split(QLatin1Char(' ')));
}

GroupLook kindLook(int number, const QPalette &palette)
{
    constexpr int kFaint = 110;
    if (number < 0) {
        QColor faint = palette.color(QPalette::Text);
        faint.setAlpha(kFaint);
        return {faint, Shape::Disc};
    }
    const QList<QColor> colors = groupColors(palette);
    const auto count = static_cast<int>(colors.size());
    return {colors[number % count], static_cast<Shape>(number / count % kShapes)};
}

GroupLook scaleLook(double place, const QPalette &palette)
{
    static const QList<QColor> kMap = cividis();
    const double share = std::clamp(place, 0.0, 1.0);
    // Neither end that is close to the background.
    const double position = isDark(palette) ? 3.0 + 6.0 * share : 7.0 - 7.0 * share;
    const auto below = static_cast<qsizetype>(std::floor(position));
    const qsizetype above = std::min(below + 1, kMap.size() - 1);
    return {between(kMap[below], kMap[above], position - static_cast<double>(below)), Shape::Disc};
}

GroupLook groupLook(const view::CellGroups &groups, int group, const QPalette &palette)
{
    const int number = view::colourOf(groups, group);
    return groups.scale && number >= 0 ? scaleLook(view::scalePlace(groups, group), palette)
                                       : kindLook(number, palette);
}

void drawMarker(QPainter *painter, QPointF centre, double diameter, const GroupLook &look)
{
    painter->setPen(Qt::NoPen);
    painter->setBrush(look.color);
    if (look.shape == Shape::Disc)
        painter->drawEllipse(centre, diameter / 2.0, diameter / 2.0);
    else
        painter->drawPolygon(polygon(look.shape, centre, diameter / 2.0));
}

void GroupDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    constexpr int side = 14;
    constexpr double diameter = 10.0;
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.column() != view::GroupsModel::NameColumn)
        return;
    const QVariant place = index.data(view::GroupsModel::ScaleRole);
    const QPalette palette = QApplication::palette();
    const GroupLook look = place.isValid()
                               ? scaleLook(place.toDouble(), palette)
                               : kindLook(index.data(view::GroupsModel::ColourRole).toInt(), palette);
    const double ratio = option->widget ? option->widget->devicePixelRatioF() : 1.0;
    QPixmap pixmap(QSizeF(side * ratio, side * ratio).toSize());
    pixmap.setDevicePixelRatio(ratio);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    drawMarker(&painter, QPointF(side / 2.0, side / 2.0), diameter, look);
    painter.end();
    option->features |= QStyleOptionViewItem::HasDecoration;
    option->decorationSize = QSize(side, side);
    option->icon = QIcon();
    option->icon.addPixmap(pixmap, QIcon::Normal);
    option->icon.addPixmap(pixmap, QIcon::Selected);
}

} // namespace ibidem::widgets
