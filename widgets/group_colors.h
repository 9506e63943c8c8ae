// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/groups_model.h"

#include <QColor>
#include <QList>
#include <QPalette>
#include <QStyledItemDelegate>

class QPainter;

namespace ibidem::widgets {

enum class Shape { Disc, Triangle, Square, Diamond };

/// How the cells of a group are drawn. Never by colour alone: after the last colour the shapes change, and a
/// scale goes from faint to strong.
struct GroupLook
{
    QColor color;
    Shape shape = Shape::Disc;
};

/// Seven colours that people without one of the cones for red and green tell apart, on the background of a
/// palette.
[[nodiscard]] QList<QColor> groupColors(const QPalette &palette);
/// A group of kinds by its number, -1 for those of no group.
[[nodiscard]] GroupLook kindLook(int number, const QPalette &palette);
/// A place on a scale, from 0 (least) to 1; colours of the map "cividis", strongest where the values are
/// large.
[[nodiscard]] GroupLook scaleLook(double place, const QPalette &palette);
[[nodiscard]] GroupLook groupLook(const view::CellGroups &groups, int group, const QPalette &palette);
void drawMarker(QPainter *painter, QPointF centre, double diameter, const GroupLook &look);

/// Draws the marker of a view::GroupsModel's row before its name.
class GroupDelegate final : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;
};

} // namespace ibidem::widgets
