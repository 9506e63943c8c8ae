// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/run_builder.h"
#include "models/spec/run_spec.h"
#include "models/view/text.h"

#include <QAbstractTableModel>
#include <QStringList>

#include <map>
#include <string>
#include <vector>

namespace ibidem::view {

/// Keys of the settings that the window shows by themselves.
inline const QString kRoundsKey = QStringLiteral("model.rounds");    ///< of trees
inline const QString kEpochsKey = QStringLiteral("training.epochs"); ///< of networks
inline const QString kSeedKey = QStringLiteral("reproducibility.seed");
inline const QString kLevelKey = QStringLiteral("reproducibility.level");
inline const QString kThreadsKey = QStringLiteral("execution.threads");

/// The settings of a run to be: a recipe's values and what was changed of them. Every change is tried on the
/// specification and validated first; what it refuses stays as it was, and refused() says why. How cells are
/// prepared is remembered while a recipe is chosen that knows no cells.
class SettingsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { KeyColumn, ValueColumn, DefaultColumn, ColumnCount };

    static constexpr int ChangedRole = Qt::UserRole + 1; ///< bool

    explicit SettingsModel(QObject *parent = nullptr);

    [[nodiscard]] QStringList recipeNames() const;
    [[nodiscard]] QString recipeTitle(const QString &name) const;
    [[nodiscard]] QString recipeDescription() const;

    [[nodiscard]] QString recipe() const { return m_recipe; }

    /// Forgets the changes if it is another recipe.
    void setRecipe(const QString &name);

    /// Whether the recipe trains a network on cells, in epochs; else trees on a table, in rounds.
    [[nodiscard]] bool isNetwork() const { return m_defaults.kind == spec::ModelKind::Autoencoder; }

    [[nodiscard]] static bool isNetwork(const QString &recipe);
    /// Of the recipes of one kind the one that was chosen last, or the first.
    [[nodiscard]] QString recipeFor(bool network) const;

    /// The setting that says how long a model is trained.
    [[nodiscard]] QString lengthKey() const { return isNetwork() ? kEpochsKey : kRoundsKey; }

    [[nodiscard]] const spec::CellPreparation &preparation() const { return m_preparation; }

    void setPreparation(const spec::CellPreparation &preparation);

    [[nodiscard]] static QStringList levelNames();
    /// What a level promises, in one sentence; for an empty name what happens if none is chosen.
    [[nodiscard]] static QString levelPromise(const QString &name);

    [[nodiscard]] QString value(const QString &key) const;
    [[nodiscard]] QString defaultValue(const QString &key) const;
    [[nodiscard]] bool isChanged(const QString &key) const;
    bool set(const QString &key, const QString &value);
    void reset(const QString &key);
    [[nodiscard]] int changedCount() const;

    /// Recipe, seed, level, threads, device, isa and other overrides.
    void fill(jobs::TrainOrder &order) const;

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
    using Overrides = std::map<std::string, std::string>;
    [[nodiscard]] Result<spec::RunSpec> specWith(const Overrides &overrides) const;
    /// The overrides with those of the remembered preparation in place of others.
    [[nodiscard]] Overrides withPreparation(Overrides overrides) const;
    bool tryOverrides(Overrides overrides);
    void adopt(const spec::RunSpec &spec);
    [[nodiscard]] const spec::Setting *find(const QString &key) const;

    QString m_recipe;
    spec::RunSpec m_defaults;
    std::vector<spec::Setting> m_defaultSettings;
    std::map<bool, QString> m_lastRecipe; ///< by isNetwork()
    spec::CellPreparation m_preparation;
    Overrides m_overrides;
    std::vector<spec::Setting> m_settings;
};

} // namespace ibidem::view
