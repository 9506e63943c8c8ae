// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/differences_model.h"

#include "models/view/text.h"

namespace ibidem::view {

void DifferencesModel::setDifferences(std::vector<compare::Difference> differences)
{
    beginResetModel();
    m_differences = std::move(differences);
    endResetModel();
}

int DifferencesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_differences.size());
}

int DifferencesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString DifferencesModel::size(const compare::Difference &difference) const
{
    QStringList parts;
    if (difference.count > 1)
        parts << tr("%1 places").arg(count(difference.count));
    if (difference.maxAbs)
        parts << tr("at most %1").arg(*difference.maxAbs, 0, 'g', 3);
    if (difference.maxUlp)
        parts << tr("%1 ulp").arg(count(*difference.maxUlp));
    if (difference.informative)
        parts << tr("for information");
    return parts.join(QStringLiteral(", "));
}

QVariant DifferencesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const compare::Difference &difference = m_differences[static_cast<std::size_t>(index.row())];
    if (role == InformativeRole)
        return difference.informative;
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case WhatColumn:
        return toQt(difference.what);
    case WhereColumn:
        return toQt(difference.where);
    case AColumn:
        return toQt(difference.a);
    case BColumn:
        return toQt(difference.b);
    default:
        return size(difference);
    }
}

QVariant DifferencesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case WhatColumn:
        return tr("What");
    case WhereColumn:
        return tr("Where");
    case AColumn:
        return tr("A");
    case BColumn:
        return tr("B");
    default:
        return tr("Size");
    }
}

} // namespace ibidem::view
