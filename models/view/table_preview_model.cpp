// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/table_preview_model.h"

#include "models/base/text.h"
#include "models/view/text.h"

namespace ibidem::view {

void TablePreviewModel::setContainer(Container container)
{
    beginResetModel();
    m_container = std::move(container);
    endResetModel();
}

TablePreviewModel::Shape TablePreviewModel::shape() const
{
    if (!m_container)
        return Shape::Nothing;
    if (!m_container->columns.empty())
        return Shape::Annotations;
    return m_container->table.geneIds.empty() ? Shape::Labels : Shape::Expression;
}

int TablePreviewModel::rowCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    switch (shape()) {
    case Shape::Nothing:
        return 0;
    case Shape::Expression:
        return static_cast<int>(m_container->table.geneCount());
    case Shape::Annotations:
        return m_container->columnValues.empty() ? 0
                                                 : static_cast<int>(m_container->columnValues.front().size());
    case Shape::Labels:
        break;
    }
    return static_cast<int>(m_container->table.sampleLabels.size());
}

int TablePreviewModel::columnCount(const QModelIndex &parent) const
{
    if (parent.isValid())
        return 0;
    switch (shape()) {
    case Shape::Nothing:
        return 0;
    case Shape::Expression:
        return static_cast<int>(m_container->table.sampleCount());
    case Shape::Annotations:
        return static_cast<int>(m_container->columnValues.size());
    case Shape::Labels:
        break;
    }
    return 1;
}

QVariant TablePreviewModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const auto column = static_cast<std::size_t>(index.column());
    if (shape() != Shape::Expression) {
        if (role != Qt::DisplayRole)
            return {};
        return toQt(shape() == Shape::Annotations ? m_container->columnValues[column][row]
                                                  : m_container->table.sampleLabels[row]);
    }
    const double value = m_container->table.values[column * m_container->table.geneCount() + row];
    if (role == Qt::DisplayRole)
        return QString::number(value, 'g', 6);
    if (role == Qt::ToolTipRole)
        return toQt(formatDouble(value));
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QString TablePreviewModel::sampleTitle(std::size_t sample) const
{
    const data::ExpressionTable &table = m_container->table;
    const QString name = toQt(table.sampleIds[sample]);
    if (table.sampleLabels.size() != table.sampleIds.size())
        return name;
    return tr("%1\nclass %2").arg(name, toQt(table.sampleLabels[sample]));
}

QVariant TablePreviewModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if ((role != Qt::DisplayRole && role != Qt::ToolTipRole) || section < 0 || !m_container)
        return {};
    const auto place = static_cast<std::size_t>(section);
    if (orientation == Qt::Horizontal) {
        switch (shape()) {
        case Shape::Nothing:
            return {};
        case Shape::Expression:
            return sampleTitle(place);
        case Shape::Annotations:
            return toQt(m_container->columns[place]);
        case Shape::Labels:
            break;
        }
        return tr("Class");
    }
    const std::vector<std::string> &names =
        shape() == Shape::Expression ? m_container->table.geneIds : m_container->table.sampleIds;
    return place < names.size() ? QVariant(toQt(names[place])) : QVariant(section + 1);
}

} // namespace ibidem::view
