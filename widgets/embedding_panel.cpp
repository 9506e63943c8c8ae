// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/embedding_panel.h"

#include "widgets/embedding_plot.h"
#include "widgets/group_colors.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QResizeEvent>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace ibidem::widgets {

namespace {

constexpr int kLegendWidth = 270;
constexpr int kBesideEachOther = 520; ///< from this width on
constexpr int kLeastHeightOfMap = 260;
constexpr int kLinesOfLegend = 7;
constexpr int kLegendWidthOfPair = 240;
constexpr int kNameWidth = 150;

QLabel *emptyNote(const char *name, QWidget *parent)
{
    QLabel *note = wrappedLabel(name, parent);
    note->setAlignment(Qt::AlignCenter);
    note->setMargin(24);
    return note;
}

/// A row "Colour by [ … ]" whose mnemonic is the letter that the text marks.
QComboBox *addChooser(QBoxLayout *layout, const QString &text, const char *name, QWidget *parent)
{
    auto *combo = named(new QComboBox(parent), name, QString(text).remove(QLatin1Char('&')));
    combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *title = new QLabel(text, parent);
    title->setBuddy(combo);
    auto *row = new QHBoxLayout;
    row->addWidget(title);
    row->addWidget(combo);
    row->addStretch(1);
    layout->addLayout(row);
    return combo;
}

} // namespace

GroupsTable::GroupsTable(QWidget *parent)
    : ReadingTable(parent)
{
    setSelectionMode(ExtendedSelection);
    setItemDelegate(new GroupDelegate(this));
    verticalHeader()->hide();
    horizontalHeader()->setStretchLastSection(true);
    setToolTip(tr("Selected groups stand out in the map; the Escape key selects none."));
}

void GroupsTable::showGroups(view::GroupsModel *groups)
{
    if (groups == model())
        return;
    setModel(groups);
    connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &GroupsTable::tell);
    connect(groups, &QAbstractItemModel::modelReset, this, &GroupsTable::fitColumns);
    fitColumns();
}

void GroupsTable::tell()
{
    QSet<int> groups;
    for (const QModelIndex &index : selectionModel()->selectedRows())
        groups.insert(index.row());
    Q_EMIT chosen(groups);
}

void GroupsTable::fitColumns()
{
    const auto *groups = qobject_cast<view::GroupsModel *>(model());
    if (!groups)
        return;
    setColumnHidden(view::GroupsModel::MostlyColumn, !groups->saysMostly());
    setColumnHidden(view::GroupsModel::ShareColumn, true); // there is no room; the tip says it
    for (int column = 0; column < view::GroupsModel::ColumnCount; ++column) {
        if (column != view::GroupsModel::MostlyColumn)
            resizeColumnToContents(column);
    }
    setColumnWidth(view::GroupsModel::NameColumn,
                   std::min(columnWidth(view::GroupsModel::NameColumn), kNameWidth));
}

EmbeddingPanel::EmbeddingPanel(view::EmbeddingModel *model, QWidget *parent)
    : QWidget(parent)
    , m_model(model)
    , m_note(emptyNote("embeddingNote", this))
    , m_content(new QWidget(this))
    , m_plot(named(new EmbeddingPlot(tr("Map of the cells"), m_content), "embeddingPlot"))
    , m_facts(new QWidget(m_content))
    , m_form(new QFormLayout(m_facts))
    , m_groups(named(new GroupsTable(m_content), "groupsTable", tr("Groups of cells")))
{
    m_plot->setModel(model);
    m_side = makeSide();
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, m_content);
    m_columns->setContentsMargins(0, 6, 0, 0);
    m_columns->addWidget(m_plot, 1);
    m_columns->addWidget(m_side);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_content);
    m_scroll = scroll;
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_note, 1);
    layout->addWidget(scroll, 1);
    connect(m_groups, &GroupsTable::chosen, m_plot, &EmbeddingPlot::setChosenGroups);
    connect(m_colouring, &QComboBox::activated, m_model, [this](int place) {
        const QList<view::Colouring> choices = m_model->colourings();
        if (place >= 0 && place < choices.size())
            m_model->setColouring(choices[place]);
    });
    connect(model, &view::EmbeddingModel::changed, this, &EmbeddingPanel::refresh);
    refresh();
}

QWidget *EmbeddingPanel::makeSide()
{
    auto *side = new QWidget(m_content);
    m_form->setContentsMargins(0, 0, 0, 0);
    m_groups->setMinimumHeight(m_groups->verticalHeader()->defaultSectionSize() * kLinesOfLegend);
    m_groups->showGroups(m_model->table());
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    m_colouring = addChooser(layout, tr("Colour &by"), "colouringCombo", side);
    layout->addWidget(m_groups, 1);
    layout->addWidget(m_facts);
    return side;
}

void EmbeddingPanel::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool narrow = event->size().width() < kBesideEachOther;
    m_columns->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_side->setMinimumWidth(narrow ? 0 : kLegendWidth);
    m_side->setMaximumWidth(narrow ? QWIDGETSIZE_MAX : kLegendWidth);
    m_plot->setMinimumHeight(narrow ? kLeastHeightOfMap : 0);
}

void EmbeddingPanel::refresh()
{
    const QString why = m_model->whyNoMap();
    const bool ready = m_model->state() == view::EmbeddingModel::State::Ready;
    m_note->setText(why);
    m_note->setVisible(!why.isEmpty());
    m_scroll->setVisible(ready);
    m_plot->setVisible(why.isEmpty());
    QStringList titles;
    for (const view::Colouring colouring : m_model->colourings())
        titles << m_model->colouringTitle(colouring);
    setEntries(m_colouring, titles);
    m_colouring->setCurrentIndex(static_cast<int>(m_model->colourings().indexOf(m_model->colouring())));
    updateFacts();
}

void EmbeddingPanel::updateFacts()
{
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
    for (const auto &[title, value] : m_model->facts()) {
        QLabel *label = wrappedLabel("embeddingFact", m_facts);
        label->setText(value);
        m_form->addRow(tr("%1:").arg(title), label);
    }
}

EmbeddingPairPanel::EmbeddingPairPanel(view::EmbeddingPair *pair, QWidget *parent)
    : QWidget(parent)
    , m_pair(pair)
    , m_note(emptyNote("embeddingPairNote", this))
    , m_content(new QWidget(this))
    , m_groups(named(new GroupsTable(m_content), "pairGroupsTable", tr("Groups of cells")))
{
    auto *columns = new QHBoxLayout(m_content);
    columns->setContentsMargins(0, 6, 0, 0);
    columns->addWidget(makeSide(pair->a(), "embeddingPlotA", &m_plotA, &m_titleA), 1);
    columns->addWidget(makeSide(pair->b(), "embeddingPlotB", &m_plotB, &m_titleB), 1);
    auto *side = new QWidget(m_content);
    side->setFixedWidth(kLegendWidthOfPair);
    auto *right = new QVBoxLayout(side);
    right->setContentsMargins(0, 0, 0, 0);
    m_colouring = addChooser(right, tr("Colour &by"), "pairColouringCombo", side);
    m_shared = wrappedLabel("sharedCellsLabel", side);
    right->addWidget(m_shared);
    right->addWidget(m_groups, 1);
    columns->addWidget(side);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_note, 1);
    layout->addWidget(m_content, 1);
    connect(m_groups, &GroupsTable::chosen, m_plotA, &EmbeddingPlot::setChosenGroups);
    connect(m_groups, &GroupsTable::chosen, m_plotB, &EmbeddingPlot::setChosenGroups);
    connect(m_plotA, &EmbeddingPlot::cellChanged, m_plotB, &EmbeddingPlot::showCell);
    connect(m_plotB, &EmbeddingPlot::cellChanged, m_plotA, &EmbeddingPlot::showCell);
    connect(m_colouring, &QComboBox::activated, m_pair, [this](int place) {
        const auto choices = m_pair->choices();
        if (place >= 0 && place < choices.size())
            m_pair->setColours(choices[place]);
    });
    connect(pair, &view::EmbeddingPair::changed, this, &EmbeddingPairPanel::refresh);
    refresh();
}

QWidget *EmbeddingPairPanel::makeSide(view::EmbeddingModel *model, const char *prefix, EmbeddingPlot **plot,
                                      QLabel **title)
{
    auto *side = new QWidget(m_content);
    const bool first = model == m_pair->a();
    *title = heading({}, side);
    (*title)->setMinimumWidth(1); // a long name must not push the other side away
    *plot = named(new EmbeddingPlot(first ? tr("Map of run A") : tr("Map of run B"), side), prefix);
    (*plot)->setModel(model);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(*title);
    layout->addWidget(*plot, 1);
    return side;
}

void EmbeddingPairPanel::refresh()
{
    const bool empty = m_pair->isEmpty();
    m_note->setText(
        tr("Maps are shown here when two runs of networks are compared: each cell has the same colour in "
           "both."));
    m_note->setVisible(empty);
    m_content->setVisible(!empty);
    m_titleA->setText(tr("A: %1").arg(m_pair->a()->name()));
    m_titleB->setText(tr("B: %1").arg(m_pair->b()->name()));
    m_shared->setText(m_pair->description());
    m_groups->showGroups(m_pair->table());
    QStringList titles;
    for (const view::EmbeddingPair::Colours colours : m_pair->choices())
        titles << m_pair->title(colours);
    setEntries(m_colouring, titles);
    m_colouring->setCurrentIndex(static_cast<int>(m_pair->choices().indexOf(m_pair->colours())));
}

} // namespace ibidem::widgets
