// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/runs/manifest.h"
#include "models/view/background.h"
#include "models/view/cell_groups.h"
#include "models/view/groups_model.h"
#include "models/view/text.h"

#include <QList>
#include <QObject>
#include <QPair>
#include <QPointF>

#include <filesystem>
#include <memory>

namespace ibidem::view {

enum class Colouring { Cluster, Label, Error };

/// What a trained network made of its cells: a map of them, clusters, labels, errors. Read from the run's
/// folder in another thread; a run of trees has none, which is no error.
class EmbeddingModel final : public QObject
{
    Q_OBJECT

public:
    enum class State { None, Loading, Ready, Failed };

    explicit EmbeddingModel(QObject *parent = nullptr);
    void load(const std::filesystem::path &run);
    void clear();

    [[nodiscard]] State state() const { return m_state; }

    [[nodiscard]] const Problem &problem() const { return m_problem; }

    [[nodiscard]] QString name() const { return m_name; } ///< of the run's folder

    /// Why there is nothing to see; empty if there is a map.
    [[nodiscard]] QString whyNoMap() const;

    [[nodiscard]] qsizetype cellCount() const;
    [[nodiscard]] QPointF point(qsizetype cell) const; ///< only with a map
    [[nodiscard]] QString cellId(qsizetype cell) const;
    [[nodiscard]] qsizetype cellOf(const QString &id) const; ///< -1 if there is no such cell

    [[nodiscard]] QList<Colouring> colourings() const; ///< that the file allows
    [[nodiscard]] QString colouringTitle(Colouring colouring) const;

    [[nodiscard]] Colouring colouring() const { return m_colouring; }

    void setColouring(Colouring colouring);
    /// Groups from elsewhere, one number for each cell: until the next setColouring() or load().
    void setGroups(CellGroups groups);

    [[nodiscard]] const CellGroups &groups() const { return m_groups; }

    [[nodiscard]] GroupsModel *table() { return &m_table; }

    [[nodiscard]] QString cellText(qsizetype cell) const; ///< id, cluster, label and error, in one line
    [[nodiscard]] QString description() const; ///< the map in one sentence, for those who do not see it
    /// Title and value of what is known about the result, for a form.
    [[nodiscard]] QList<QPair<QString, QString>> facts() const;

    struct Content
    {
        explicit Content(runs::EmbeddingFile read);
        runs::EmbeddingFile file;
        CellIndex index;
        std::map<std::string, std::map<std::string, double>> metrics;
    };

    /// What was read; null if nothing was.
    [[nodiscard]] const std::shared_ptr<const Content> &content() const { return m_content; }

Q_SIGNALS:
    void changed(); ///< everything but the groups
    void groupsChanged();

private:
    void adopt(const Result<std::shared_ptr<const Content>> &read);
    void adoptGroups(CellGroups groups);
    [[nodiscard]] QString lossText() const;

    State m_state = State::None;
    Problem m_problem;
    QString m_name;
    quint64 m_loads = 0; ///< counts load() and clear(): what comes late is not shown
    std::shared_ptr<const Content> m_content;
    Colouring m_colouring = Colouring::Cluster;
    CellGroups m_groups;
    GroupsModel m_table;
    Background m_background;
};

} // namespace ibidem::view
