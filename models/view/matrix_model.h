// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/data/count_matrix.h"

#include <QAbstractTableModel>

#include <memory>

namespace ibidem::view {

/// A matrix file as a table of cells × genes, as AnnData has it: each value is looked up when it is asked
/// for, in the mapped file. Shares the file, copies nothing.
class MatrixModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using File = std::shared_ptr<const data::MatrixFile>;

    /// A table view counts pixels in an int: at most so many rows or columns are offered, see isCut().
    static constexpr int kMaximumSections = 10'000'000;

    using QAbstractTableModel::QAbstractTableModel;
    void setFile(File file);

    /// Whether the matrix has more cells or genes than the table offers.
    [[nodiscard]] bool isCut() const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    [[nodiscard]] QString valueTip(const QModelIndex &index, float value) const;

    File m_file;
};

} // namespace ibidem::view
