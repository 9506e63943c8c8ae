// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/cell_groups.h"

#include <QAbstractTableModel>

namespace ibidem::view {

/// Groups of cells with their sizes: the legend of a map.
class GroupsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { NameColumn, CellsColumn, ShareColumn, MostlyColumn, ColumnCount };

    static constexpr int ColourRole = Qt::UserRole + 1; ///< int: number of the colour; -1: that of no group
    static constexpr int ScaleRole = Qt::UserRole + 2;  ///< double: place between the least and the greatest,
                                                       ///< 0 to 1; invalid for kinds

    using QAbstractTableModel::QAbstractTableModel;
    void setGroups(const CellGroups &groups);

    /// Whether a group says what most of its cells are.
    [[nodiscard]] bool saysMostly() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QVariant text(const CellGroup &group, int column) const;

    QString m_title;
    std::vector<CellGroup> m_groups;
    bool m_scale = false;
    int m_without = -1;
    qsizetype m_cells = 0;
};

/// The colour number of a group, as under ColourRole.
[[nodiscard]] int colourOf(const CellGroups &groups, int group);
/// The place of a group of a scale, as under ScaleRole.
[[nodiscard]] double scalePlace(const CellGroups &groups, int group);

} // namespace ibidem::view
