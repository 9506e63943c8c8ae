// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/matrix_model.h"

#include "models/base/text.h"
#include "models/view/text.h"

#include <algorithm>

namespace ibidem::view {

namespace {

int sections(std::size_t number)
{
    return static_cast<int>(std::min(number, static_cast<std::size_t>(MatrixModel::kMaximumSections)));
}

} // namespace

void MatrixModel::setFile(File file)
{
    beginResetModel();
    m_file = std::move(file);
    endResetModel();
}

bool MatrixModel::isCut() const
{
    constexpr auto kMost = static_cast<std::size_t>(kMaximumSections);
    return m_file && (m_file->cellIds().size() > kMost || m_file->geneIds().size() > kMost);
}

int MatrixModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_file ? 0 : sections(m_file->cellIds().size());
}

int MatrixModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() || !m_file ? 0 : sections(m_file->geneIds().size());
}

QVariant MatrixModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || !m_file)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const float value = m_file->rows().at(static_cast<std::uint64_t>(index.row()),
                                          static_cast<std::uint64_t>(index.column()));
    if (role == Qt::ToolTipRole)
        return valueTip(index, value);
    return QString::number(static_cast<double>(value), 'g', 6);
}

QString MatrixModel::valueTip(const QModelIndex &index, float value) const
{
    return tr("%1 of %2 in %3")
        .arg(toQt(formatFloat(value)), toQt(m_file->geneIds()[static_cast<std::size_t>(index.column())]),
             toQt(m_file->cellIds()[static_cast<std::size_t>(index.row())]));
}

QVariant MatrixModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if ((role != Qt::DisplayRole && role != Qt::ToolTipRole) || section < 0 || !m_file)
        return {};
    const auto place = static_cast<std::size_t>(section);
    const bool genes = orientation == Qt::Horizontal;
    const std::vector<std::string> &names = genes ? m_file->geneIds() : m_file->cellIds();
    if (place >= names.size())
        return {};
    const QString name = toQt(names[place]);
    const std::vector<std::string> &accessions = m_file->geneAccessions();
    if (role == Qt::ToolTipRole && genes && place < accessions.size())
        return tr("%1\n%2").arg(name, toQt(accessions[place]));
    return name;
}

} // namespace ibidem::view
