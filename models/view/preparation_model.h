// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/cell_preparation.h"
#include "models/view/text.h"

#include <QAbstractTableModel>

namespace ibidem::view {

/// The parameters of a preparation as an editable list: what it is, its value, the default. A change is tried
/// and validated first; what is refused stays as it was, and refused() says why. Switches are check boxes.
class PreparationModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { TitleColumn, ValueColumn, DefaultColumn, ColumnCount };

    static constexpr int ChangedRole = Qt::UserRole + 1; ///< bool
    static constexpr int KeyRole = Qt::UserRole + 2;     ///< name in the specification

    using QAbstractTableModel::QAbstractTableModel;

    [[nodiscard]] const spec::CellPreparation &preparation() const { return m_preparation; }

    bool set(const QString &key, const QString &value);
    /// All at once; they are valid.
    void setPreparation(const spec::CellPreparation &preparation);
    void reset();
    /// A text with the names of the specification, as the programs say them, put in the words of this list:
    /// "lower minGenes" -> "lower “Least genes of a cell”".
    [[nodiscard]] static QString inWords(QString text);
    [[nodiscard]] static Problem inWords(const Problem &problem);
    [[nodiscard]] int changedCount() const;
    [[nodiscard]] int rowOf(const QString &key) const; ///< -1 if there is no such parameter

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role = Qt::EditRole) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void changed();
    void refused(const ibidem::view::Problem &problem);

private:
    void adopt(const spec::CellPreparation &preparation);

    spec::CellPreparation m_preparation;
};

} // namespace ibidem::view
