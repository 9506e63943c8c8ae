// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/embedding_model.h"

#include <QObject>

#include <filesystem>

namespace ibidem::view {

/// The maps of two runs under one colouring: a cell has the same colour in both.
class EmbeddingPair final : public QObject
{
    Q_OBJECT

public:
    enum class Colours { ClustersOfA, ClustersOfB, Labels, Errors };

    explicit EmbeddingPair(QObject *parent = nullptr);
    void load(const std::filesystem::path &a, const std::filesystem::path &b);
    void clear();

    [[nodiscard]] EmbeddingModel *a() { return &m_a; }

    [[nodiscard]] EmbeddingModel *b() { return &m_b; }

    /// Whether a run is a network's, so that there is something to show.
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] QList<Colours> choices() const; ///< that both files allow
    [[nodiscard]] QString title(Colours colours) const;

    [[nodiscard]] Colours colours() const { return m_colours; }

    void setColours(Colours colours);

    /// Sizes of the groups, in A; in B if only that one has a map.
    [[nodiscard]] GroupsModel *table();
    /// How many cells the two share, in one sentence.
    [[nodiscard]] QString description() const;

Q_SIGNALS:
    void changed();

private:
    void arrived();
    void colour();
    void colourErrors();

    EmbeddingModel m_a;
    EmbeddingModel m_b;
    qsizetype m_shared = 0;                   ///< cells that both have
    Colours m_wanted = Colours::ClustersOfA;  ///< what the user chose last
    Colours m_colours = Colours::ClustersOfA; ///< that, where the runs shown have it
};

} // namespace ibidem::view
