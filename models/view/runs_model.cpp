// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/runs_model.h"

#include "models/base/files.h"
#include "models/base/text.h"
#include "models/runs/run_folder.h"
#include "models/view/text.h"

#include <algorithm>

namespace ibidem::view {

namespace {

std::vector<RunRow> readRows(const std::filesystem::path &store,
                             const std::vector<std::filesystem::path> &others)
{
    std::vector<std::filesystem::path> folders = others;
    if (const auto names = listFolder(store)) {
        for (const std::string &name : *names) {
            if (!runs::isPartial(store / name))
                folders.push_back(store / name);
        }
    }
    std::vector<RunRow> rows;
    for (const std::filesystem::path &folder : folders) {
        std::error_code ignored;
        if (!std::filesystem::exists(folder / runs::kManifestFile, ignored))
            continue;
        if (const auto manifest = runs::readManifest(folder))
            rows.push_back(runRow(folder, *manifest));
    }
    return rows;
}

} // namespace

RunRow runRow(const std::filesystem::path &path, const runs::Manifest &manifest)
{
    RunRow row;
    row.path = path;
    row.name = fromPath(path.filename());
    row.outcome = toQt(manifest.outcome);
    row.rounds = QString::number(manifest.roundsDone);
    row.chain = toQt(manifest.chain);
    if (manifest.spec) {
        row.level = toQt(spec::levelName(manifest.spec->level));
        row.seed = QString::number(manifest.spec->seed);
    }
    const auto test = manifest.metrics.find("test");
    if (test != manifest.metrics.end() && test->second.contains("logloss"))
        row.testLogLoss = toQt(formatFixed(test->second.at("logloss"), 6));
    return row;
}

RunsModel::RunsModel(std::filesystem::path store, QObject *parent)
    : QAbstractTableModel(parent)
    , m_store(std::move(store))
    , m_background(this)
{}

void RunsModel::refresh()
{
    m_background.run([store = m_store, others = m_others] { return readRows(store, others); },
                     [this](std::vector<RunRow> rows) { setRows(std::move(rows)); });
}

void RunsModel::add(const std::filesystem::path &run)
{
    if (run.parent_path() != m_store && std::find(m_others.begin(), m_others.end(), run) == m_others.end())
        m_others.push_back(run);
    refresh();
}

void RunsModel::setRows(std::vector<RunRow> rows)
{
    if (rows != m_rows) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
    }
    Q_EMIT refreshed();
}

std::filesystem::path RunsModel::pathAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].path
                                        : std::filesystem::path();
}

int RunsModel::rowOf(const std::filesystem::path &run) const
{
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [&run](const RunRow &row) { return row.path == run; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int RunsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RunsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const RunRow &row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole && index.column() == ChainColumn)
        return row.chain;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case NameColumn:
        return row.name;
    case OutcomeColumn:
        return row.outcome;
    case LevelColumn:
        return row.level;
    case SeedColumn:
        return row.seed;
    case RoundsColumn:
        return row.rounds;
    case LogLossColumn:
        return row.testLogLoss;
    default:
        return shortDigest(row.chain);
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case NameColumn:
        return tr("Run");
    case OutcomeColumn:
        return tr("Outcome");
    case LevelColumn:
        return tr("Level");
    case SeedColumn:
        return tr("Seed");
    case RoundsColumn:
        return tr("Rounds");
    case LogLossColumn:
        return tr("Test log loss");
    default:
        return tr("Digest");
    }
}

} // namespace ibidem::view
