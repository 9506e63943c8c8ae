// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractTableModel>

#include <map>
#include <string>
#include <vector>

namespace ibidem::view {

/// Final metrics of one run: a row per metric, columns for training and test; of a network for training,
/// validation and all cells, as far as there are any.
class MetricsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    using Metrics = std::map<std::string, std::map<std::string, double>>; ///< split -> metric -> value

    using QAbstractTableModel::QAbstractTableModel;
    void setMetrics(Metrics metrics);
    void setNetwork(bool network); ///< forgets the metrics if that changes
    /// Overwrites one value, as it comes while a run goes on.
    void setValue(const QString &split, const QString &metric, double value);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    void collectNames();
    [[nodiscard]] static QString splitTitle(const std::string &split);

    bool m_network = false;
    Metrics m_metrics;
    std::vector<std::string> m_splits{"train", "test"};
    std::vector<std::string> m_names;
};

} // namespace ibidem::view
