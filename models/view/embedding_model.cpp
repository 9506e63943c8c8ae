// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/embedding_model.h"

#include "models/base/text.h"

#include <QStringList>

#include <cmath>
#include <optional>

namespace ibidem::view {

namespace {

using Read = Result<std::shared_ptr<const EmbeddingModel::Content>>;

/// Null for a run that has no embedding.
Read readContent(const std::filesystem::path &run)
{
    IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(run));
    if (!manifest.files.contains(std::string(runs::kEmbeddingFile)))
        return std::shared_ptr<const EmbeddingModel::Content>();
    IBIDEM_TRY(runs::EmbeddingFile file, runs::readEmbeddingFile(run / runs::kEmbeddingFile));
    auto content = std::make_shared<EmbeddingModel::Content>(std::move(file));
    content->metrics = manifest.metrics;
    return std::shared_ptr<const EmbeddingModel::Content>(std::move(content));
}

std::optional<double> metricOf(const EmbeddingModel::Content &content, const char *split, const char *name)
{
    const auto values = content.metrics.find(split);
    if (values == content.metrics.end() || !values->second.contains(name))
        return std::nullopt;
    return values->second.at(name);
}

QString fixed(double value)
{
    constexpr int decimals = 3;
    return toQt(formatFixed(value, decimals));
}

} // namespace

EmbeddingModel::Content::Content(runs::EmbeddingFile read)
    : file(std::move(read))
    , index(file.cellIds)
{}

EmbeddingModel::EmbeddingModel(QObject *parent)
    : QObject(parent)
    , m_background(this)
{}

void EmbeddingModel::load(const std::filesystem::path &run)
{
    clear();
    m_state = State::Loading;
    m_name = fromPath(run.filename());
    m_background.run([run] { return readContent(run); },
                     [this, load = m_loads](const Read &read) {
                         if (load == m_loads)
                             adopt(read);
                     });
    Q_EMIT changed();
}

void EmbeddingModel::clear()
{
    ++m_loads;
    const bool wasEmpty = m_state == State::None;
    m_state = State::None;
    m_problem = {};
    m_name.clear();
    m_content.reset();
    adoptGroups({});
    if (!wasEmpty)
        Q_EMIT changed();
}

void EmbeddingModel::adopt(const Read &read)
{
    if (!read) {
        m_state = State::Failed;
        m_problem = problemOf(read.error());
    } else if (!*read) {
        m_state = State::None;
    } else {
        m_state = State::Ready;
        m_content = *read;
        if (!colourings().contains(m_colouring))
            m_colouring = colourings().first();
        setColouring(m_colouring);
    }
    Q_EMIT changed();
}

QString EmbeddingModel::whyNoMap() const
{
    switch (m_state) {
    case State::None:
        return tr(
            "No map yet. When a network has been trained, each cell is a point here: cells that the network "
            "finds alike lie together.");
    case State::Loading:
        return tr("Reading the map…");
    case State::Failed:
        return tr("The map cannot be read: %1").arg(m_problem.cause);
    case State::Ready:
        break;
    }
    if (m_content->file.map.empty())
        return tr("This run has no map: its setting analysis.map is false.");
    return {};
}

qsizetype EmbeddingModel::cellCount() const
{
    return m_content ? static_cast<qsizetype>(m_content->file.cellIds.size()) : 0;
}

QPointF EmbeddingModel::point(qsizetype cell) const
{
    const auto place = static_cast<std::size_t>(cell) * 2;
    return {static_cast<double>(m_content->file.map[place]),
            static_cast<double>(m_content->file.map[place + 1])};
}

QString EmbeddingModel::cellId(qsizetype cell) const
{
    return toQt(m_content->file.cellIds[static_cast<std::size_t>(cell)]);
}

qsizetype EmbeddingModel::cellOf(const QString &id) const
{
    return m_content ? m_content->index.find(toUtf8(id)) : -1;
}

QList<Colouring> EmbeddingModel::colourings() const
{
    QList<Colouring> list;
    if (!m_content)
        return list;
    if (!m_content->file.clusters.empty())
        list << Colouring::Cluster;
    if (!m_content->file.labels.empty())
        list << Colouring::Label;
    return list << Colouring::Error;
}

QString EmbeddingModel::colouringTitle(Colouring colouring) const
{
    switch (colouring) {
    case Colouring::Cluster:
        return tr("Clusters");
    case Colouring::Label:
        return m_content ? tr("Labels: %1").arg(toQt(m_content->file.labelColumn)) : tr("Labels");
    case Colouring::Error:
        break;
    }
    return tr("Reconstruction error");
}

void EmbeddingModel::setColouring(Colouring colouring)
{
    m_colouring = colouring;
    if (!m_content)
        return;
    const runs::EmbeddingFile &file = m_content->file;
    switch (colouring) {
    case Colouring::Cluster:
        adoptGroups(clusterGroups(file));
        break;
    case Colouring::Label:
        adoptGroups(labelGroups(file));
        break;
    case Colouring::Error:
        adoptGroups(errorGroups(file.cellErrors, errorBorders(file.cellErrors)));
        break;
    }
}

void EmbeddingModel::setGroups(CellGroups groups)
{
    if (static_cast<qsizetype>(groups.ofCell.size()) == cellCount())
        adoptGroups(std::move(groups));
}

void EmbeddingModel::adoptGroups(CellGroups groups)
{
    if (groups == m_groups)
        return;
    m_groups = std::move(groups);
    m_table.setGroups(m_groups);
    Q_EMIT groupsChanged();
}

QString EmbeddingModel::cellText(qsizetype cell) const
{
    const runs::EmbeddingFile &file = m_content->file;
    const auto place = static_cast<std::size_t>(cell);
    QStringList parts;
    if (!file.clusters.empty())
        parts << tr("cluster %1").arg(file.clusters[place]);
    if (!file.labels.empty()) {
        const auto label = static_cast<std::size_t>(file.labels[place]);
        parts << (file.labels[place] >= 0 && label < file.labelNames.size() ? toQt(file.labelNames[label])
                                                                            : tr("no label"));
    }
    parts << tr("error %1").arg(static_cast<double>(file.cellErrors[place]), 0, 'g', 3);
    return tr("%1: %2").arg(cellId(cell), parts.join(QStringLiteral(", ")));
}

QString EmbeddingModel::description() const
{
    const QString why = whyNoMap();
    if (!why.isEmpty())
        return why;
    const auto groups = static_cast<qsizetype>(m_groups.groups.size()) - (m_groups.without >= 0 ? 1 : 0);
    const QString cells = count(static_cast<std::uint64_t>(cellCount()));
    if (m_groups.scale)
        return tr("%1 cells, coloured by their reconstruction error.").arg(cells);
    return m_groups.title == colouringTitle(Colouring::Label)
               ? tr("%1 cells, coloured by %2 labels.").arg(cells).arg(groups)
               : tr("%1 cells, coloured by %2 clusters.").arg(cells).arg(groups);
}

QString EmbeddingModel::lossText() const
{
    QStringList parts;
    const auto add = [&](const char *split, const QString &words) {
        if (const auto loss = metricOf(*m_content, split, "loss"))
            parts << words.arg(*loss, 0, 'g', 6);
    };
    add("all", tr("%1 of all cells"));
    add("train", tr("%1 in the last epoch"));
    add("validation", tr("%1 of those set aside"));
    return parts.join(QStringLiteral(", "));
}

QList<QPair<QString, QString>> EmbeddingModel::facts() const
{
    QList<QPair<QString, QString>> facts;
    if (!m_content)
        return facts;
    const runs::EmbeddingFile &file = m_content->file;
    facts.append({tr("Embedding"),
                  tr("%1 cells in %2 numbers each, from %3 genes")
                      .arg(count(file.cellIds.size()), count(file.latent), count(file.geneIds.size()))});
    const QString loss = lossText();
    if (!loss.isEmpty())
        facts.append({tr("Loss"), loss});
    const auto clusters = metricOf(*m_content, "analysis", "clusters");
    const auto modularity = metricOf(*m_content, "analysis", "modularity");
    if (clusters && modularity)
        facts.append(
            {tr("Clusters"), tr("%1, modularity %2").arg(std::lround(*clusters)).arg(fixed(*modularity))});
    const auto rand = metricOf(*m_content, "analysis", "ari");
    const auto mutual = metricOf(*m_content, "analysis", "nmi");
    if (rand && mutual)
        facts.append(
            {tr("Agreement"),
             tr("with %1: ARI %2, NMI %3").arg(toQt(file.labelColumn), fixed(*rand), fixed(*mutual))});
    return facts;
}

} // namespace ibidem::view
