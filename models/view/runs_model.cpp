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

QString lossOf(const runs::Manifest &manifest, bool network)
{
    const auto metrics = manifest.metrics.find(network ? "all" : "test");
    const std::string name = network ? "loss" : "logloss";
    if (metrics == manifest.metrics.end() || !metrics->second.contains(name))
        return {};
    const QString value = toQt(formatFixed(metrics->second.at(name), 6));
    return network ? RunsModel::tr("%1 mean squared error").arg(value)
                   : RunsModel::tr("%1 test log loss").arg(value);
}

} // namespace

RunRow runRow(const std::filesystem::path &path, const runs::Manifest &manifest)
{
    RunRow row;
    row.path = path;
    row.name = fromPath(path.filename());
    row.outcome = toQt(manifest.outcome);
    const bool network = manifest.isNetwork();
    row.rounds = (network ? RunsModel::tr("%1 epochs") : RunsModel::tr("%1 rounds")).arg(manifest.roundsDone);
    row.chain = toQt(manifest.chain);
    row.loss = lossOf(manifest, network);
    if (manifest.spec) {
        row.model = network ? RunsModel::tr("autoencoder") : RunsModel::tr("trees");
        row.level = toQt(spec::levelName(manifest.spec->level));
        row.seed = QString::number(manifest.spec->seed);
    }
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
    case ModelColumn:
        return row.model;
    case OutcomeColumn:
        return row.outcome;
    case LevelColumn:
        return row.level;
    case SeedColumn:
        return row.seed;
    case LengthColumn:
        return row.rounds;
    case LossColumn:
        return row.loss;
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
    case ModelColumn:
        return tr("Model");
    case OutcomeColumn:
        return tr("Outcome");
    case LevelColumn:
        return tr("Level");
    case SeedColumn:
        return tr("Seed");
    case LengthColumn:
        return tr("Length");
    case LossColumn:
        return tr("Loss");
    default:
        return tr("Digest");
    }
}

} // namespace ibidem::view
