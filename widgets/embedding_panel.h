// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/embedding_pair.h"
#include "widgets/parts.h"

#include <QSet>
#include <QWidget>

class QBoxLayout;
class QFormLayout;

namespace ibidem::widgets {

class EmbeddingPlot;

/// A legend of groups: marker, name, number of cells. Rows that are selected stand out in the map.
class GroupsTable final : public ReadingTable
{
    Q_OBJECT

public:
    explicit GroupsTable(QWidget *parent = nullptr);
    void showGroups(view::GroupsModel *groups);

Q_SIGNALS:
    void chosen(const QSet<int> &groups);

private:
    void tell();
    void fitColumns();
};

/// The map of one run: what colours it, sizes of the groups, what the result is in numbers; or what is
/// missing.
class EmbeddingPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit EmbeddingPanel(view::EmbeddingModel *model, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *makeSide();
    void refresh();
    void updateFacts();

    view::EmbeddingModel *m_model;
    QLabel *m_note;
    QWidget *m_scroll;
    QWidget *m_content;
    QBoxLayout *m_columns;
    QWidget *m_side;
    EmbeddingPlot *m_plot;
    QComboBox *m_colouring = nullptr;
    QWidget *m_facts;
    QFormLayout *m_form;
    GroupsTable *m_groups;
};

/// The maps of two runs side by side: a cell has one colour in both, and the cursor is on the same cell.
class EmbeddingPairPanel final : public QWidget
{
    Q_OBJECT

public:
    explicit EmbeddingPairPanel(view::EmbeddingPair *pair, QWidget *parent = nullptr);

private:
    [[nodiscard]] QWidget *makeSide(view::EmbeddingModel *model, const char *prefix, EmbeddingPlot **plot,
                                    QLabel **title);
    void refresh();

    view::EmbeddingPair *m_pair;
    QLabel *m_note;
    QWidget *m_content;
    QComboBox *m_colouring;
    QLabel *m_shared;
    EmbeddingPlot *m_plotA = nullptr;
    EmbeddingPlot *m_plotB = nullptr;
    QLabel *m_titleA = nullptr;
    QLabel *m_titleB = nullptr;
    GroupsTable *m_groups;
};

} // namespace ibidem::widgets
