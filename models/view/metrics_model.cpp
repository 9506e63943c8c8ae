// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/metrics_model.h"

#include "models/base/text.h"
#include "models/view/text.h"

#include <algorithm>
#include <array>

namespace ibidem::view {

namespace {

struct MetricTitle
{
    const char *name;
    const char *title;
};

// In the order in which a reader wants them; metrics that are not here follow under their own name.
constexpr std::array<MetricTitle, 9> kTitles{{
    {"loss", QT_TRANSLATE_NOOP("MetricsModel", "Loss (MSE)")},
    {"accuracy", QT_TRANSLATE_NOOP("MetricsModel", "Accuracy")},
    {"logloss", QT_TRANSLATE_NOOP("MetricsModel", "Log loss")},
    {"roc_auc", QT_TRANSLATE_NOOP("MetricsModel", "ROC AUC")},
    {"roc_auc_rounded", QT_TRANSLATE_NOOP("MetricsModel", "ROC AUC, rounded labels")},
    {"mcc", QT_TRANSLATE_NOOP("MetricsModel", "Matthews correlation")},
    {"sensitivity", QT_TRANSLATE_NOOP("MetricsModel", "Sensitivity")},
    {"specificity", QT_TRANSLATE_NOOP("MetricsModel", "Specificity")},
    {"f1", QT_TRANSLATE_NOOP("MetricsModel", "F1")},
}};

std::size_t rankOf(const std::string &name)
{
    const auto *const found = std::find_if(kTitles.begin(), kTitles.end(),
                                           [&name](const MetricTitle &title) { return name == title.name; });
    return static_cast<std::size_t>(found - kTitles.begin());
}

} // namespace

void MetricsModel::collectNames()
{
    m_splits = {"train"};
    for (const char *split : {"validation", "all"}) {
        if (m_network && m_metrics.contains(split))
            m_splits.emplace_back(split);
    }
    if (!m_network)
        m_splits.emplace_back("test");
    m_names.clear();
    for (const std::string &split : m_splits) {
        const auto values = m_metrics.find(split);
        if (values == m_metrics.end())
            continue;
        for (const auto &[name, value] : values->second) {
            if (std::find(m_names.begin(), m_names.end(), name) == m_names.end())
                m_names.push_back(name);
        }
    }
    std::sort(m_names.begin(), m_names.end(), [](const std::string &left, const std::string &right) {
        return std::pair(rankOf(left), left) < std::pair(rankOf(right), right);
    });
}

void MetricsModel::setMetrics(Metrics metrics)
{
    beginResetModel();
    m_metrics = std::move(metrics);
    collectNames();
    endResetModel();
}

void MetricsModel::setNetwork(bool network)
{
    if (network == m_network)
        return;
    m_network = network;
    setMetrics({});
}

void MetricsModel::setValue(const QString &split, const QString &metric, double value)
{
    const std::string name = toUtf8(metric);
    const auto found = std::find(m_names.begin(), m_names.end(), name);
    const bool shown = std::find(m_splits.begin(), m_splits.end(), toUtf8(split)) != m_splits.end();
    if (found == m_names.end() || !shown) {
        Metrics metrics = m_metrics;
        metrics[toUtf8(split)][name] = value;
        setMetrics(std::move(metrics));
        return;
    }
    m_metrics[toUtf8(split)][name] = value;
    const int row = static_cast<int>(found - m_names.begin());
    Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
}

int MetricsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_names.size());
}

int MetricsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : 1 + static_cast<int>(m_splits.size());
}

QVariant MetricsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const std::string &name = m_names[static_cast<std::size_t>(index.row())];
    if (index.column() == 0) {
        const std::size_t rank = rankOf(name);
        if (role != Qt::DisplayRole)
            return {};
        return rank < kTitles.size() ? tr(kTitles[rank].title) : toQt(name);
    }
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const auto values = m_metrics.find(m_splits[static_cast<std::size_t>(index.column()) - 1]);
    if (values == m_metrics.end() || !values->second.contains(name))
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("–")) : QVariant();
    const double value = values->second.at(name);
    if (role == Qt::DisplayRole)
        return toQt(formatFixed(value, 6));
    return tr("%1, bits %2").arg(toQt(formatDouble(value)), toQt(formatHexDouble(value)));
}

QVariant MetricsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && section > 0)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    if (section == 0 || section >= columnCount())
        return section == 0 ? tr("Metric") : QString();
    return splitTitle(m_splits[static_cast<std::size_t>(section) - 1]);
}

QString MetricsModel::splitTitle(const std::string &split)
{
    if (split == "train")
        return tr("Training");
    if (split == "validation")
        return tr("Validation");
    return split == "all" ? tr("All cells") : tr("Test");
}

} // namespace ibidem::view
