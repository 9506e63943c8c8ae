// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/expression_table.h"

#include <QAbstractTableModel>

#include <vector>

namespace ibidem::view {

/// Checks in words: state and message. The state is a word, and a number under StateRole for those who draw
/// an icon.
class ChecksModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { StateColumn, MessageColumn, ColumnCount };

    static constexpr int StateRole = Qt::UserRole + 1; ///< int of data::CheckState

    using QAbstractTableModel::QAbstractTableModel;
    void setChecks(std::vector<data::Check> checks);
    /// The worst state; Ok if there are none.
    [[nodiscard]] data::CheckState worst() const;
    [[nodiscard]] int countOf(data::CheckState state) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    std::vector<ibidem::data::Check> m_checks;
};

} // namespace ibidem::view
