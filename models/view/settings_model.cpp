// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/settings_model.h"

#include "models/base/text.h"
#include "models/spec/recipes.h"

#include <algorithm>
#include <array>
#include <set>

namespace ibidem::view {

namespace {

constexpr std::string_view kPreparation = "preparation.";

/// Inputs, and what is read of a matrix, are chosen on the Data screen and come into the specification by
/// their content, not by hand.
bool isEditable(const std::string &key)
{
    static constexpr std::array<std::string_view, 8> kInputs{
        "data.train",        "data.test",           "data.labels",         "preparation.genes",
        "preparation.split", "data.options.genome", "data.options.matrix", "data.options.featureType"};
    if (key == "schema" || key == "recipe")
        return false;
    return std::none_of(kInputs.begin(), kInputs.end(), [&key](std::string_view input) {
        return key == input || key.rfind(std::string(input) + ".", 0) == 0;
    });
}

} // namespace

SettingsModel::SettingsModel(QObject *parent)
    : QAbstractTableModel(parent)
{
    setRecipe(toQt(spec::RunSpec().recipe));
}

QStringList SettingsModel::recipeNames() const
{
    QStringList names;
    for (const spec::Recipe &recipe : spec::recipes())
        names << toQt(recipe.name);
    return names;
}

QString SettingsModel::recipeTitle(const QString &name) const
{
    const auto found = spec::findRecipe(toUtf8(name));
    return found ? toQt(found->title) : name;
}

QString SettingsModel::recipeDescription() const
{
    const auto found = spec::findRecipe(toUtf8(m_recipe));
    return found ? toQt(found->description) : QString();
}

void SettingsModel::setRecipe(const QString &name)
{
    if (name == m_recipe)
        return;
    const auto found = spec::findRecipe(toUtf8(name));
    if (!found) {
        Q_EMIT refused(problemOf(found.error()));
        return;
    }
    m_recipe = name;
    m_defaults = found->spec;
    m_defaultSettings = spec::settings(m_defaults);
    m_lastRecipe[isNetwork()] = name;
    m_overrides.clear();
    if (!isNetwork() || !tryOverrides(withPreparation({})))
        adopt(m_defaults);
}

bool SettingsModel::isNetwork(const QString &recipe)
{
    const auto found = spec::findRecipe(toUtf8(recipe));
    return found && found->spec.kind == spec::ModelKind::Autoencoder;
}

QString SettingsModel::recipeFor(bool network) const
{
    const auto last = m_lastRecipe.find(network);
    if (last != m_lastRecipe.end())
        return last->second;
    for (const QString &name : recipeNames()) {
        if (isNetwork(name) == network)
            return name;
    }
    return m_recipe;
}

SettingsModel::Overrides SettingsModel::withPreparation(Overrides overrides) const
{
    std::erase_if(overrides, [](const auto &entry) { return entry.first.starts_with(kPreparation); });
    spec::RunSpec spec = m_defaults;
    spec.cells = m_preparation;
    const std::vector<spec::Setting> settings = spec::settings(spec);
    for (std::size_t place = 0; place < settings.size(); ++place) {
        const spec::Setting &setting = settings[place];
        if (setting.key.starts_with(kPreparation) && setting.value != m_defaultSettings[place].value)
            overrides[setting.key] = setting.value;
    }
    return overrides;
}

void SettingsModel::setPreparation(const spec::CellPreparation &preparation)
{
    m_preparation = preparation;
    Overrides overrides = withPreparation(m_overrides);
    if (isNetwork() && overrides != m_overrides)
        tryOverrides(std::move(overrides));
}

void SettingsModel::adopt(const spec::RunSpec &spec)
{
    if (isNetwork())
        m_preparation = spec.cells;
    std::vector<spec::Setting> shown;
    for (spec::Setting &setting : spec::settings(spec)) {
        if (isEditable(setting.key))
            shown.push_back(std::move(setting));
    }
    const bool sameRows = std::equal(
        shown.begin(), shown.end(), m_settings.begin(), m_settings.end(),
        [](const spec::Setting &left, const spec::Setting &right) { return left.key == right.key; });
    if (sameRows) {
        m_settings = std::move(shown);
        if (!m_settings.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    } else {
        beginResetModel();
        m_settings = std::move(shown);
        endResetModel();
    }
    Q_EMIT changed();
}

QStringList SettingsModel::levelNames()
{
    QStringList names;
    for (const spec::Level level :
         {spec::Level::Portable, spec::Level::Deterministic, spec::Level::Seeded, spec::Level::Random})
        names << toQt(spec::levelName(level));
    return names;
}

QString SettingsModel::levelPromise(const QString &name)
{
    const auto level = spec::levelOfName(toUtf8(name));
    if (!level)
        return tr("The device decides: portable on a processor, deterministic on a GPU.");
    switch (*level) {
    case spec::Level::Random:
        return tr("No promise: the seed is drawn and recorded.");
    case spec::Level::Seeded:
        return tr("The same bits with the same seed and number of threads, usually not on a GPU.");
    case spec::Level::Deterministic:
        return tr("The same bits on machines of the same kind, with the same number of threads.");
    case spec::Level::Portable:
        break;
    }
    return tr("The same bits with any number of threads, on any processor.");
}

const spec::Setting *SettingsModel::find(const QString &key) const
{
    const std::string name = toUtf8(key);
    const auto found = std::find_if(m_settings.begin(), m_settings.end(),
                                    [&name](const spec::Setting &setting) { return setting.key == name; });
    return found == m_settings.end() ? nullptr : &*found;
}

QString SettingsModel::value(const QString &key) const
{
    const spec::Setting *setting = find(key);
    return setting ? toQt(setting->value) : QString();
}

QString SettingsModel::defaultValue(const QString &key) const
{
    const std::string name = toUtf8(key);
    for (const spec::Setting &setting : m_defaultSettings) {
        if (setting.key == name)
            return toQt(setting.value);
    }
    return {};
}

bool SettingsModel::isChanged(const QString &key) const
{
    return m_overrides.contains(toUtf8(key));
}

int SettingsModel::changedCount() const
{
    return static_cast<int>(m_overrides.size());
}

Result<spec::RunSpec> SettingsModel::specWith(const Overrides &overrides) const
{
    std::vector<std::string> assignments;
    for (const auto &[key, value] : overrides)
        assignments.push_back(key + "=" + value);
    IBIDEM_TRY(spec::RunSpec spec, spec::withOverrides(m_defaults, assignments));
    IBIDEM_CHECK(spec::validate(spec));
    return spec;
}

bool SettingsModel::set(const QString &key, const QString &value)
{
    Overrides overrides = m_overrides;
    const QString text = value.trimmed();
    // A chosen level is a choice even where it is the default: otherwise the device decides.
    if (key != kLevelKey && text == defaultValue(key))
        overrides.erase(toUtf8(key));
    else
        overrides[toUtf8(key)] = toUtf8(text);
    return overrides == m_overrides || tryOverrides(std::move(overrides));
}

bool SettingsModel::tryOverrides(Overrides overrides)
{
    const auto spec = specWith(overrides);
    if (!spec) {
        Q_EMIT changed();
        Q_EMIT refused(problemOf(spec.error()));
        return false;
    }
    m_overrides = std::move(overrides);
    adopt(*spec);
    return true;
}

void SettingsModel::reset(const QString &key)
{
    Overrides overrides = m_overrides;
    if (overrides.erase(toUtf8(key)) == 0)
        return;
    if (const auto spec = specWith(overrides)) {
        m_overrides = std::move(overrides);
        adopt(*spec);
    }
}

void SettingsModel::fill(jobs::TrainOrder &order) const
{
    order.recipeOrSpec = toUtf8(m_recipe);
    order.overrides.clear();
    for (const auto &[key, value] : m_overrides) {
        if (key == "reproducibility.level")
            order.level = spec::levelOfName(value);
        else if (key == "reproducibility.seed")
            order.seed = parseUnsigned(value);
        else if (key == "execution.device")
            order.device = value;
        else if (key == "execution.isa")
            order.isa = value;
        else if (key == "execution.threads")
            order.threads = static_cast<int>(parseInteger(value).value_or(0));
        else
            order.overrides.push_back(key + "=" + value);
    }
}

int SettingsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_settings.size());
}

int SettingsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant SettingsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const spec::Setting &setting = m_settings[static_cast<std::size_t>(index.row())];
    if (role == ChangedRole)
        return m_overrides.contains(setting.key);
    if (role != Qt::DisplayRole && role != Qt::EditRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case KeyColumn:
        return toQt(setting.key);
    case ValueColumn:
        return toQt(setting.value);
    default:
        return defaultValue(toQt(setting.key));
    }
}

bool SettingsModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || role != Qt::EditRole || index.column() != ValueColumn)
        return false;
    return set(toQt(m_settings[static_cast<std::size_t>(index.row())].key), value.toString());
}

Qt::ItemFlags SettingsModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags base = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == ValueColumn ? base | Qt::ItemIsEditable : base;
}

QVariant SettingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == KeyColumn ? tr("Setting") : section == ValueColumn ? tr("Value") : tr("Default");
}

} // namespace ibidem::view
