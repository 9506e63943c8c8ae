// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/expression_table.h"

#include <QAbstractTableModel>

#include <memory>

namespace ibidem::view {

/// A converted table as rows and columns, computed cell by cell: genes × samples for expression, one row a
/// sample for labels and annotations. Shares the container, copies nothing.
class TablePreviewModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using Container = std::shared_ptr<const data::TableContainer>;

    using QAbstractTableModel::QAbstractTableModel;
    void setContainer(Container container);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    enum class Shape { Nothing, Expression, Annotations, Labels };
    [[nodiscard]] Shape shape() const;
    [[nodiscard]] QString sampleTitle(std::size_t sample) const;

    Container m_container;
};

} // namespace ibidem::view
