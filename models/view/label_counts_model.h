// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/expression_table.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <string>
#include <utility>
#include <vector>

namespace ibidem::view {

/// How many cells have each label of one annotation, the most frequent first; the annotation can be chosen.
class LabelCountsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { LabelColumn, CellsColumn, ShareColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    /// Annotations of `summary` that have labels to count; the one that its labels were taken from is chosen.
    void setSummary(const data::TableSummary &summary);
    void clear();

    [[nodiscard]] QStringList annotations() const; ///< that can be chosen

    [[nodiscard]] QString chosen() const { return m_chosen; }

    void choose(const QString &annotation);
    /// "19 labels, 2,730 of 2,730 cells have one", and what is not shown, in words.
    [[nodiscard]] QString description() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void changed();

private:
    using Counts = std::map<std::string, std::uint64_t>;
    [[nodiscard]] QString shareText(std::uint64_t cells) const;

    std::map<std::string, Counts> m_annotations;
    QStringList m_withoutCounts;
    std::uint64_t m_cells = 0;
    QString m_chosen;
    std::vector<std::pair<std::string, std::uint64_t>> m_rows;
};

} // namespace ibidem::view
