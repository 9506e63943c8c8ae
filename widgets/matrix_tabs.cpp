// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/matrix_tabs.h"

#include "widgets/distribution_plot.h"
#include "widgets/parts.h"
#include "widgets/preparation_tab.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace ibidem::widgets {

namespace {

constexpr std::array<const char *, view::kQuantities.size()> kPlotNames{
    "genesPerCellPlot", "countsPerCellPlot", "cellsPerGenePlot"};
constexpr int kValueWidth = 100;
constexpr int kCountWidth = 140;

} // namespace

MatrixTabs::MatrixTabs(QWidget *parent)
    : QTabWidget(parent)
    , m_checks(named(new CheckTable(this), "matrixChecksTable", tr("Checks of the matrix")))
    , m_preparation(new PreparationTab(this))
{
    setDocumentMode(true);
    addTab(m_checks, tr("Checks"));
    addTab(makeCells(), tr("Cells"));
    addTab(makeLabels(), tr("Labels"));
    addTab(makeValues(), tr("Values"));
    addTab(m_preparation, tr("Preparation"));
}

QWidget *MatrixTabs::makeCells()
{
    m_plotArea = new QWidget(this);
    auto *plots = new QVBoxLayout(m_plotArea);
    plots->setContentsMargins(0, 0, 0, 0);
    for (const view::Quantity quantity : view::kQuantities) {
        const auto place = static_cast<std::size_t>(quantity);
        m_plots[place] = named(new DistributionPlot(quantity, m_plotArea), kPlotNames[place]);
        plots->addWidget(m_plots[place], 1);
    }
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_plotArea);
    auto *tab = new QWidget(this);
    auto *layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 6, 0, 0);
    m_cellsNote = wrappedLabel("cellsNote", tab);
    layout->addWidget(m_cellsNote);
    layout->addWidget(scroll, 1);
    return tab;
}

QWidget *MatrixTabs::makeLabels()
{
    auto *tab = new QWidget(this);
    m_annotation = named(new QComboBox(tab), "annotationCombo", tr("Annotation of the cells"));
    m_annotation->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *title = new QLabel(tr("&Annotation"), tab);
    title->setBuddy(m_annotation);
    m_labelsNote = wrappedLabel("labelsNote", tab);
    m_labels = named(new ReadingTable(tab), "labelsTable", tr("Cells with each label"));
    m_labels->verticalHeader()->hide();
    m_labels->horizontalHeader()->setDefaultSectionSize(kCountWidth);
    auto *chooser = new QHBoxLayout;
    chooser->addWidget(title);
    chooser->addWidget(m_annotation);
    chooser->addStretch(1);
    auto *layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addLayout(chooser);
    layout->addWidget(m_labelsNote);
    layout->addWidget(m_labels, 1);
    connect(m_annotation, &QComboBox::activated, this, [this] {
        if (m_input)
            m_input->content()->labels()->choose(m_annotation->currentText());
    });
    return tab;
}

QWidget *MatrixTabs::makeValues()
{
    auto *tab = new QWidget(this);
    m_valuesNote = wrappedLabel("valuesNote", tab);
    m_values = named(new ValueTable(tab), "matrixTable", tr("Values of cells and genes"));
    m_values->horizontalHeader()->setDefaultSectionSize(kValueWidth);
    auto *layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(m_valuesNote);
    layout->addWidget(m_values, 1);
    return tab;
}

void MatrixTabs::setInput(view::DataInput *input)
{
    if (input == m_input)
        return;
    if (m_input)
        m_input->content()->labels()->disconnect(this);
    m_input = input;
    view::MatrixContent *content = input->content();
    m_checks->setModel(input->checks());
    m_labels->setModel(content->labels());
    m_values->setModel(content->values());
    m_preparation->setController(content->preparation());
    connect(content->labels(), &view::LabelCountsModel::changed, this, &MatrixTabs::updateLabels);
    refresh();
}

void MatrixTabs::refresh()
{
    if (!m_input)
        return;
    updateCells();
    updateLabels();
    updateValues();
}

void MatrixTabs::updateCells()
{
    const view::MatrixContent *content = m_input->content();
    const auto &statistics = content->statistics();
    QString note = tr("Before anything is filtered. The dashed line is the median, the band the middle half; "
                      "Left and Right read the bars out.");
    if (content->state() == view::MatrixContent::State::Failed)
        note = tr("The values cannot be read: %1").arg(content->problem().cause);
    else if (!statistics)
        note = tr("Counting…");
    m_cellsNote->setText(note);
    m_plotArea->setVisible(statistics.has_value());
    if (!statistics)
        return;
    for (const view::Quantity quantity : view::kQuantities)
        m_plots[static_cast<std::size_t>(quantity)]->setDistribution(
            view::distributionOf(*statistics, quantity));
}

void MatrixTabs::updateLabels()
{
    const view::LabelCountsModel *labels = m_input->content()->labels();
    const QStringList names = labels->annotations();
    setEntries(m_annotation, names);
    m_annotation->setCurrentIndex(static_cast<int>(names.indexOf(labels->chosen())));
    m_annotation->setEnabled(!names.isEmpty());
    m_labelsNote->setText(labels->description());
    m_labels->resizeColumnToContents(view::LabelCountsModel::LabelColumn);
    m_labels->setColumnWidth(
        view::LabelCountsModel::LabelColumn,
        std::max(m_labels->columnWidth(view::LabelCountsModel::LabelColumn), kCountWidth));
}

void MatrixTabs::updateValues()
{
    const view::MatrixContent *content = m_input->content();
    QString note = tr("Cells in rows, genes in columns; 0 is not stored in the file.");
    if (content->state() == view::MatrixContent::State::Loading)
        note = tr("Reading the values…");
    else if (content->state() == view::MatrixContent::State::Failed)
        note = tr("The values cannot be read: %1").arg(content->problem().cause);
    else if (m_input->content()->values()->isCut())
        note = tr("The table shows the first %1 cells and genes.")
                   .arg(view::count(view::MatrixModel::kMaximumSections));
    m_valuesNote->setText(note);
}

} // namespace ibidem::widgets
