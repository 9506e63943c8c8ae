// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/preparation_model.h"

#include "models/base/json.h"
#include "models/base/text.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

namespace ibidem::view {

namespace {

struct Parameter
{
    const char *key;
    const char *title;
    const char *tip;
};

/// In the order in which they act.
constexpr std::array<Parameter, 13> kParameters{{
    {"minGenes", QT_TRANSLATE_NOOP("PreparationModel", "Least genes of a cell"),
     QT_TRANSLATE_NOOP("PreparationModel", "Cells with fewer expressed genes are dropped.")},
    {"minCells", QT_TRANSLATE_NOOP("PreparationModel", "Least cells of a gene"),
     QT_TRANSLATE_NOOP("PreparationModel", "Genes expressed in fewer cells are dropped.")},
    {"normalise", QT_TRANSLATE_NOOP("PreparationModel", "Normalise each cell"),
     QT_TRANSLATE_NOOP("PreparationModel", "Scale the counts of each cell to the same sum.")},
    {"targetSum", QT_TRANSLATE_NOOP("PreparationModel", "Sum of a normalised cell"),
     QT_TRANSLATE_NOOP("PreparationModel", "What the counts of a cell add up to after normalisation.")},
    {"logarithm", QT_TRANSLATE_NOOP("PreparationModel", "Take logarithms"),
     QT_TRANSLATE_NOOP("PreparationModel", "Replace each value x by log(1 + x).")},
    {"selectGenes", QT_TRANSLATE_NOOP("PreparationModel", "Keep variable genes only"),
     QT_TRANSLATE_NOOP("PreparationModel", "Keep the genes that vary more than others of like mean.")},
    {"minMean", QT_TRANSLATE_NOOP("PreparationModel", "Least mean of a gene"),
     QT_TRANSLATE_NOOP("PreparationModel", "A kept gene's mean lies above this.")},
    {"maxMean", QT_TRANSLATE_NOOP("PreparationModel", "Largest mean of a gene"),
     QT_TRANSLATE_NOOP("PreparationModel", "A kept gene's mean lies below this.")},
    {"minDispersion", QT_TRANSLATE_NOOP("PreparationModel", "Least dispersion of a gene"),
     QT_TRANSLATE_NOOP("PreparationModel",
                       "A kept gene's dispersion, compared with genes of like mean, lies above this.")},
    {"bins", QT_TRANSLATE_NOOP("PreparationModel", "Groups of like mean"),
     QT_TRANSLATE_NOOP("PreparationModel", "Into so many groups the genes are sorted by their mean.")},
    {"scale", QT_TRANSLATE_NOOP("PreparationModel", "Scale genes"),
     QT_TRANSLATE_NOOP("PreparationModel",
                       "Divide each gene by its standard deviation: its variance is 1 then.")},
    {"zeroCentre", QT_TRANSLATE_NOOP("PreparationModel", "Centre genes at 0"),
     QT_TRANSLATE_NOOP("PreparationModel", "Subtract each gene's mean before scaling.")},
    {"maxValue", QT_TRANSLATE_NOOP("PreparationModel", "Largest scaled value"),
     QT_TRANSLATE_NOOP("PreparationModel", "Scaled values are clipped here; 0: not at all.")},
}};

Json valueOf(const spec::CellPreparation &preparation, const Parameter &parameter)
{
    const Json json = preparation.toJson();
    const Json *value = findAt(json, parameter.key);
    return value ? *value : Json();
}

QString textOf(const Json &value)
{
    if (value.is_boolean())
        return value.get<bool>() ? PreparationModel::tr("yes") : PreparationModel::tr("no");
    if (value.is_number_float())
        return toQt(formatDouble(value.get<double>()));
    return toQt(value.dump());
}

} // namespace

void PreparationModel::adopt(const spec::CellPreparation &preparation)
{
    m_preparation = preparation;
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    Q_EMIT changed();
}

bool PreparationModel::set(const QString &key, const QString &value)
{
    const auto changed = spec::withOverrides(m_preparation, {toUtf8(key) + "=" + toUtf8(value.trimmed())});
    const Status valid = changed ? spec::validate(*changed) : Status(tl::unexpected<Error>(changed.error()));
    if (!valid) {
        Q_EMIT refused(inWords(problemOf(valid.error())));
        return false;
    }
    if (*changed != m_preparation)
        adopt(*changed);
    return true;
}

void PreparationModel::setPreparation(const spec::CellPreparation &preparation)
{
    if (preparation != m_preparation)
        adopt(preparation);
}

QString PreparationModel::inWords(QString text)
{
    for (const Parameter &parameter : kParameters) {
        const QString key = QString::fromLatin1(parameter.key);
        const QString title = QStringLiteral("“%1”").arg(tr(parameter.title));
        const QString name = QStringLiteral("\\b(?:preparation\\.)?%1").arg(key);
        text.replace(QRegularExpression(name + QStringLiteral("=true\\b")), tr("%1 to yes").arg(title));
        text.replace(QRegularExpression(name + QStringLiteral("=false\\b")), tr("%1 to no").arg(title));
        // Some names are ordinary words.
        const bool isWord = key == key.toLower();
        text.replace(QRegularExpression(isWord ? QStringLiteral("\\bpreparation\\.%1\\b").arg(key)
                                               : name + QStringLiteral("\\b")),
                     title);
    }
    return text;
}

Problem PreparationModel::inWords(const Problem &problem)
{
    return {inWords(problem.cause), problem.file, inWords(problem.cure)};
}

void PreparationModel::reset()
{
    if (changedCount() > 0)
        adopt({});
}

int PreparationModel::changedCount() const
{
    return static_cast<int>(
        std::count_if(kParameters.begin(), kParameters.end(), [this](const Parameter &parameter) {
            return valueOf(m_preparation, parameter) != valueOf({}, parameter);
        }));
}

int PreparationModel::rowOf(const QString &key) const
{
    for (int row = 0; row < rowCount(); ++row) {
        if (key == QLatin1String(kParameters[static_cast<std::size_t>(row)].key))
            return row;
    }
    return -1;
}

int PreparationModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(kParameters.size());
}

int PreparationModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant PreparationModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const Parameter &parameter = kParameters[static_cast<std::size_t>(index.row())];
    const Json value = valueOf(m_preparation, parameter);
    const Json standard = valueOf({}, parameter);
    switch (role) {
    case ChangedRole:
        return value != standard;
    case KeyRole:
        return QString::fromLatin1(parameter.key);
    case Qt::ToolTipRole:
        return tr("%1 (%2)").arg(tr(parameter.tip), QString::fromLatin1(parameter.key));
    case Qt::CheckStateRole:
        if (index.column() != ValueColumn || !value.is_boolean())
            return {};
        return static_cast<int>(value.get<bool>() ? Qt::Checked : Qt::Unchecked);
    case Qt::DisplayRole:
    case Qt::EditRole:
        break;
    default:
        return {};
    }
    if (index.column() == TitleColumn)
        return tr(parameter.title);
    return textOf(index.column() == ValueColumn ? value : standard);
}

bool PreparationModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || index.column() != ValueColumn)
        return false;
    const QString key = index.data(KeyRole).toString();
    if (role == Qt::CheckStateRole && flags(index).testFlag(Qt::ItemIsUserCheckable))
        return set(key, value.toInt() == Qt::Checked ? QStringLiteral("true") : QStringLiteral("false"));
    return role == Qt::EditRole && set(key, value.toString());
}

Qt::ItemFlags PreparationModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags base = QAbstractTableModel::flags(index);
    if (!index.isValid() || index.column() != ValueColumn)
        return base;
    const bool isSwitch =
        valueOf(m_preparation, kParameters[static_cast<std::size_t>(index.row())]).is_boolean();
    return base | (isSwitch ? Qt::ItemIsUserCheckable : Qt::ItemIsEditable);
}

QVariant PreparationModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == TitleColumn ? tr("Parameter") : section == ValueColumn ? tr("Value") : tr("Default");
}

} // namespace ibidem::view
