// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/checks_model.h"

#include "models/view/text.h"

#include <algorithm>

namespace ibidem::view {

void ChecksModel::setChecks(std::vector<data::Check> checks)
{
    beginResetModel();
    m_checks = std::move(checks);
    endResetModel();
}

data::CheckState ChecksModel::worst() const
{
    data::CheckState state = data::CheckState::Ok;
    for (const data::Check &check : m_checks)
        state = std::max(state, check.state);
    return state;
}

int ChecksModel::countOf(data::CheckState state) const
{
    return static_cast<int>(
        std::count_if(m_checks.begin(), m_checks.end(),
                      [state](const data::Check &check) { return check.state == state; }));
}

int ChecksModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_checks.size());
}

int ChecksModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ChecksModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const ibidem::data::Check &check = m_checks[static_cast<std::size_t>(index.row())];
    if (role == StateRole)
        return static_cast<int>(check.state);
    if (role == Qt::ToolTipRole)
        return toQt(check.message);
    if (role != Qt::DisplayRole)
        return {};
    if (index.column() == MessageColumn)
        return toQt(check.message);
    switch (check.state) {
    case ibidem::data::CheckState::Ok:
        return tr("OK");
    case ibidem::data::CheckState::Warning:
        return tr("Warning");
    case ibidem::data::CheckState::Error:
        break;
    }
    return tr("Error");
}

QVariant ChecksModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == StateColumn ? tr("State") : tr("Check");
}

} // namespace ibidem::view
