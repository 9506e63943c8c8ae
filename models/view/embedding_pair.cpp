// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/embedding_pair.h"

#include <algorithm>

namespace ibidem::view {

EmbeddingPair::EmbeddingPair(QObject *parent)
    : QObject(parent)
{
    connect(&m_a, &EmbeddingModel::changed, this, &EmbeddingPair::arrived);
    connect(&m_b, &EmbeddingModel::changed, this, &EmbeddingPair::arrived);
}

void EmbeddingPair::load(const std::filesystem::path &a, const std::filesystem::path &b)
{
    m_a.load(a);
    m_b.load(b);
}

void EmbeddingPair::clear()
{
    m_a.clear();
    m_b.clear();
}

bool EmbeddingPair::isEmpty() const
{
    return m_a.state() == EmbeddingModel::State::None && m_b.state() == EmbeddingModel::State::None;
}

void EmbeddingPair::arrived()
{
    m_shared = 0;
    if (m_a.content() && m_b.content()) {
        for (const std::string &name : m_a.content()->file.cellIds)
            m_shared += m_b.content()->index.find(name) >= 0 ? 1 : 0;
    }
    if (m_a.content() || m_b.content()) {
        m_colours = choices().contains(m_wanted) ? m_wanted : choices().first(); // B may still be on its way
        colour();
    }
    Q_EMIT changed();
}

QList<EmbeddingPair::Colours> EmbeddingPair::choices() const
{
    QList<Colours> list;
    const QList<Colouring> ofA = m_a.colourings();
    const QList<Colouring> ofB = m_b.colourings();
    if (ofA.contains(Colouring::Cluster))
        list << Colours::ClustersOfA;
    if (ofB.contains(Colouring::Cluster))
        list << Colours::ClustersOfB;
    if (ofA.contains(Colouring::Label) || ofB.contains(Colouring::Label))
        list << Colours::Labels;
    if (!ofA.isEmpty() || !ofB.isEmpty())
        list << Colours::Errors;
    return list;
}

QString EmbeddingPair::title(Colours colours) const
{
    switch (colours) {
    case Colours::ClustersOfA:
        return tr("Clusters of A");
    case Colours::ClustersOfB:
        return tr("Clusters of B");
    case Colours::Labels:
        return (m_a.colourings().contains(Colouring::Label) ? m_a : m_b).colouringTitle(Colouring::Label);
    case Colours::Errors:
        break;
    }
    return m_a.colouringTitle(Colouring::Error);
}

void EmbeddingPair::setColours(Colours colours)
{
    if (!choices().contains(colours))
        return;
    m_wanted = colours;
    if (colours == m_colours)
        return;
    m_colours = colours;
    colour();
    Q_EMIT changed();
}

/// The groups of one run, and the same groups on the cells of the other.
void EmbeddingPair::colour()
{
    if (m_colours == Colours::Errors) {
        colourErrors();
        return;
    }
    const bool label = m_colours == Colours::Labels;
    const Colouring wanted = label ? Colouring::Label : Colouring::Cluster;
    const bool fromB =
        label ? !m_a.colourings().contains(Colouring::Label) : m_colours == Colours::ClustersOfB;
    EmbeddingModel &from = fromB ? m_b : m_a;
    EmbeddingModel &to = fromB ? m_a : m_b;
    from.setColouring(wanted);
    if (!to.content())
        return;
    to.setGroups(carriedOver(from.groups(), from.content()->index, to.content()->file.cellIds));
}

/// Both on one scale.
void EmbeddingPair::colourErrors()
{
    std::vector<float> errors;
    for (const EmbeddingModel *model : {&m_a, &m_b}) {
        if (model->content())
            errors.insert(errors.end(), model->content()->file.cellErrors.begin(),
                          model->content()->file.cellErrors.end());
    }
    const std::vector<float> borders = errorBorders(std::move(errors));
    for (EmbeddingModel *model : {&m_a, &m_b}) {
        if (model->content())
            model->setGroups(errorGroups(model->content()->file.cellErrors, borders));
    }
}

GroupsModel *EmbeddingPair::table()
{
    return m_a.content() || !m_b.content() ? m_a.table() : m_b.table();
}

QString EmbeddingPair::description() const
{
    if (!m_a.content() || !m_b.content())
        return {};
    const qsizetype larger = std::max(m_a.cellCount(), m_b.cellCount());
    if (m_shared == larger)
        return tr("The same %1 cells in both.").arg(count(static_cast<std::uint64_t>(m_shared)));
    return tr("%1 cells are in both, of %2 in A and %3 in B.")
        .arg(count(static_cast<std::uint64_t>(m_shared)), count(static_cast<std::uint64_t>(m_a.cellCount())),
             count(static_cast<std::uint64_t>(m_b.cellCount())));
}

} // namespace ibidem::view
