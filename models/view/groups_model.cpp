// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/groups_model.h"

#include "models/base/text.h"
#include "models/view/text.h"

#include <algorithm>

namespace ibidem::view {

namespace {

double placeOf(int group, std::size_t groups, int without)
{
    const int last = static_cast<int>(groups) - (without >= 0 ? 2 : 1);
    return last > 0 ? static_cast<double>(group) / static_cast<double>(last) : 0.0;
}

} // namespace

int colourOf(const CellGroups &groups, int group)
{
    return group == groups.without ? -1 : group;
}

double scalePlace(const CellGroups &groups, int group)
{
    return placeOf(group, groups.groups.size(), groups.without);
}

void GroupsModel::setGroups(const CellGroups &groups)
{
    if (groups.title == m_title && groups.groups == m_groups && groups.without == m_without)
        return;
    beginResetModel();
    m_title = groups.title;
    m_groups = groups.groups;
    m_scale = groups.scale;
    m_without = groups.without;
    m_cells = static_cast<qsizetype>(groups.ofCell.size());
    endResetModel();
}

bool GroupsModel::saysMostly() const
{
    return std::any_of(m_groups.begin(), m_groups.end(),
                       [](const CellGroup &group) { return !group.mostly.isEmpty(); });
}

int GroupsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_groups.size());
}

int GroupsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant GroupsModel::text(const CellGroup &group, int column) const
{
    switch (column) {
    case NameColumn:
        return group.name;
    case CellsColumn:
        return count(static_cast<std::uint64_t>(group.cells));
    case ShareColumn:
        return toQt(formatFixed(m_cells > 0
                                    ? 100.0 * static_cast<double>(group.cells) / static_cast<double>(m_cells)
                                    : 0.0,
                                1)) +
               QStringLiteral(" %");
    default:
        return group.mostly;
    }
}

QVariant GroupsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const CellGroup &group = m_groups[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(group, index.column());
    case Qt::ToolTipRole:
        return group.mostly.isEmpty()
                   ? tr("%1: %2").arg(group.name, text(group, ShareColumn).toString())
                   : tr("%1: %2, mostly %3")
                         .arg(group.name, text(group, ShareColumn).toString(), group.mostly);
    case Qt::TextAlignmentRole:
        if (index.column() == CellsColumn || index.column() == ShareColumn)
            return QVariant(Qt::AlignRight | Qt::AlignVCenter);
        return {};
    case ColourRole:
        return index.row() == m_without ? -1 : index.row();
    case ScaleRole:
        if (m_scale && index.row() != m_without)
            return placeOf(index.row(), m_groups.size(), m_without);
        return {};
    default:
        return {};
    }
}

QVariant GroupsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && (section == CellsColumn || section == ShareColumn))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Group");
    case CellsColumn:
        return tr("Cells");
    case ShareColumn:
        return tr("Share");
    default:
        return tr("Mostly");
    }
}

} // namespace ibidem::view
