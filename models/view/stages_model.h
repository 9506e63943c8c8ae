// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/prepared_cells.h"

#include <QAbstractTableModel>

#include <vector>

namespace ibidem::view {

/// The stages of a preparation: what each left of cells, genes and values, and its digest.
class StagesModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { StageColumn, CellsColumn, GenesColumn, ValuesColumn, DigestColumn, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setStages(std::vector<data::CellStage> stages);
    /// "filter-cells" -> "Cells filtered"; a name that nobody knows stays as it is.
    [[nodiscard]] static QString title(const QString &stage);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<ibidem::data::CellStage> m_stages;
};

} // namespace ibidem::view
