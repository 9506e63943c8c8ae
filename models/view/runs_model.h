// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/runs/manifest.h"
#include "models/view/background.h"

#include <QAbstractTableModel>

#include <filesystem>
#include <optional>
#include <vector>

namespace ibidem::view {

/// One run of the store, as far as a list shows it.
struct RunRow
{
    std::filesystem::path path;
    QString name;
    QString model; ///< "trees", "autoencoder"; empty for imported models
    QString outcome;
    QString level;
    QString seed;
    QString rounds; ///< "100 rounds", "20 epochs"
    QString loss;   ///< "0.030000 test log loss", "0.012000 mean squared error"
    QString chain;
    bool operator==(const RunRow &) const = default;
};

[[nodiscard]] RunRow runRow(const std::filesystem::path &path, const runs::Manifest &manifest);

/// The runs of a store that have ended, by name. refresh() reads their manifests in a thread of its own and
/// ends with refreshed(); a folder that is no run is left out.
class RunsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        NameColumn,
        ModelColumn,
        OutcomeColumn,
        LevelColumn,
        SeedColumn,
        LengthColumn,
        LossColumn,
        ChainColumn,
        ColumnCount
    };

    explicit RunsModel(std::filesystem::path store, QObject *parent = nullptr);
    void refresh();
    /// A run outside the store, to compare with.
    void add(const std::filesystem::path &run);
    [[nodiscard]] std::filesystem::path pathAt(int row) const;       ///< empty for a row that is not there
    [[nodiscard]] int rowOf(const std::filesystem::path &run) const; ///< -1 if it is not there

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

Q_SIGNALS:
    void refreshed();

private:
    void setRows(std::vector<RunRow> rows);

    std::filesystem::path m_store;
    std::vector<std::filesystem::path> m_others;
    std::vector<RunRow> m_rows;
    Background m_background;
};

} // namespace ibidem::view
