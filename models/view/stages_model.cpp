// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/stages_model.h"

#include "models/view/text.h"

#include <array>
#include <utility>

namespace ibidem::view {

namespace {

/// "2,700 (−30)": what is left of `before`.
QString keptText(std::uint64_t kept, std::uint64_t before)
{
    if (kept >= before)
        return count(kept);
    return StagesModel::tr("%1 (−%2)").arg(count(kept), count(before - kept));
}

bool isNumber(int column)
{
    return column == StagesModel::CellsColumn || column == StagesModel::GenesColumn ||
           column == StagesModel::ValuesColumn;
}

} // namespace

void StagesModel::setStages(std::vector<ibidem::data::CellStage> stages)
{
    beginResetModel();
    m_stages = std::move(stages);
    endResetModel();
}

QString StagesModel::title(const QString &stage)
{
    const std::array<std::pair<QString, QString>, 11> titles{{
        {QStringLiteral("loaded"), tr("Loaded")},
        {QStringLiteral("filter-cells"), tr("Cells filtered")},
        {QStringLiteral("filter-genes"), tr("Genes filtered")},
        {QStringLiteral("normalise"), tr("Normalised")},
        {QStringLiteral("log1p"), tr("Logarithms")},
        {QStringLiteral("select-genes"), tr("Variable genes")},
        {QStringLiteral("scale"), tr("Scaled")},
        {QStringLiteral("training"), tr("Training")},
        {QStringLiteral("neighbours"), tr("Neighbours of the cells")},
        {QStringLiteral("umap"), tr("Map of the cells")},
        {QStringLiteral("leiden"), tr("Clusters of the cells")},
    }};
    for (const auto &[name, words] : titles) {
        if (name == stage)
            return words;
    }
    return stage;
}

int StagesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_stages.size());
}

int StagesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant StagesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const ibidem::data::CellStage &stage = m_stages[row];
    const ibidem::data::CellStage &before = m_stages[row == 0 ? 0 : row - 1];
    if (role == Qt::ToolTipRole && index.column() == DigestColumn)
        return toQt(stage.digest);
    if (role == Qt::TextAlignmentRole && isNumber(index.column()))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case StageColumn:
        return title(toQt(stage.name));
    case CellsColumn:
        return keptText(stage.cells, before.cells);
    case GenesColumn:
        return keptText(stage.genes, before.genes);
    case ValuesColumn:
        return count(stage.nonZero);
    default:
        return shortDigest(toQt(stage.digest));
    }
}

QVariant StagesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && isNumber(section))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case StageColumn:
        return tr("Stage");
    case CellsColumn:
        return tr("Cells");
    case GenesColumn:
        return tr("Genes");
    case ValuesColumn:
        return tr("Values");
    default:
        return tr("Digest");
    }
}

} // namespace ibidem::view
