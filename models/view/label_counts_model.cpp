// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/label_counts_model.h"

#include "models/base/text.h"
#include "models/view/text.h"

#include <algorithm>

namespace ibidem::view {

void LabelCountsModel::setSummary(const data::TableSummary &summary)
{
    clear();
    if (!summary.matrix)
        return;
    m_cells = summary.shape.empty() ? 0 : summary.shape.front();
    for (const auto &[name, counts] : summary.matrix->columns) {
        if (counts.empty())
            m_withoutCounts << toQt(name);
        else
            m_annotations.emplace(name, counts);
    }
    const auto labels =
        std::find_if(m_annotations.begin(), m_annotations.end(), [&summary](const auto &each) {
            return !summary.labels.empty() && each.second == summary.labels;
        });
    if (labels != m_annotations.end())
        choose(toQt(labels->first));
    else if (!m_annotations.empty())
        choose(toQt(m_annotations.begin()->first));
    else
        Q_EMIT changed();
}

void LabelCountsModel::clear()
{
    beginResetModel();
    m_annotations.clear();
    m_withoutCounts.clear();
    m_cells = 0;
    m_chosen.clear();
    m_rows.clear();
    endResetModel();
    Q_EMIT changed();
}

QStringList LabelCountsModel::annotations() const
{
    QStringList names;
    for (const auto &[name, counts] : m_annotations)
        names << toQt(name);
    return names;
}

void LabelCountsModel::choose(const QString &annotation)
{
    const auto found = m_annotations.find(toUtf8(annotation));
    if (found == m_annotations.end() || annotation == m_chosen)
        return;
    beginResetModel();
    m_chosen = annotation;
    m_rows.assign(found->second.begin(), found->second.end());
    std::stable_sort(m_rows.begin(), m_rows.end(),
                     [](const auto &left, const auto &right) { return left.second > right.second; });
    endResetModel();
    Q_EMIT changed();
}

QString LabelCountsModel::description() const
{
    QStringList sentences;
    if (m_annotations.empty()) {
        sentences << tr("This file has no annotation of the cells with labels to count.");
    } else {
        std::uint64_t labelled = 0;
        for (const auto &[label, cells] : m_rows)
            labelled += cells;
        sentences << tr("%1 labels; %2 of %3 cells have one.")
                         .arg(count(m_rows.size()), count(labelled), count(m_cells));
    }
    if (!m_withoutCounts.isEmpty())
        sentences << tr("Numbers, or a value of its own for nearly each cell: %1.")
                         .arg(m_withoutCounts.join(QStringLiteral(", ")));
    return sentences.join(QLatin1Char(' '));
}

int LabelCountsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LabelCountsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString LabelCountsModel::shareText(std::uint64_t cells) const
{
    if (m_cells == 0)
        return {};
    return toQt(formatFixed(100.0 * static_cast<double>(cells) / static_cast<double>(m_cells), 1)) +
           QStringLiteral(" %");
}

QVariant LabelCountsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto &[label, cells] = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::TextAlignmentRole && index.column() != LabelColumn)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case LabelColumn:
        return label.empty() ? tr("(empty)") : toQt(label);
    case CellsColumn:
        return count(cells);
    default:
        return shareText(cells);
    }
}

QVariant LabelCountsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && section != LabelColumn)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == LabelColumn   ? tr("Label")
           : section == CellsColumn ? tr("Cells")
                                    : tr("Share of all cells");
}

} // namespace ibidem::view
