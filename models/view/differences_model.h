// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/compare/comparison.h"

#include <QAbstractTableModel>

#include <vector>

namespace ibidem::view {

/// What differs between two runs, what matters first.
class DifferencesModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { WhatColumn, WhereColumn, AColumn, BColumn, SizeColumn, ColumnCount };

    static constexpr int InformativeRole = Qt::UserRole + 1; ///< bool: does not enter the verdict

    using QAbstractTableModel::QAbstractTableModel;
    void setDifferences(std::vector<compare::Difference> differences);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString size(const compare::Difference &difference) const;

    std::vector<compare::Difference> m_differences;
};

} // namespace ibidem::view
