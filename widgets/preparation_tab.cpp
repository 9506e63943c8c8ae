// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/preparation_tab.h"

#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QProgressBar>
#include <QResizeEvent>
#include <QScrollArea>
#include <QVBoxLayout>

namespace ibidem::widgets {

namespace {

constexpr int kParametersWidth = 280;
constexpr int kBesideEachOther = 560; ///< from this width on
constexpr int kLinesOfParameters = 9;
constexpr int kLinesOfStages = 7;

} // namespace

PreparationTab::PreparationTab(QWidget *parent)
    : QWidget(parent)
{
    auto *both = new QWidget(this);
    m_sides = new QBoxLayout(QBoxLayout::LeftToRight, both);
    m_sides->setContentsMargins(0, 6, 0, 0);
    m_left = makeParameters();
    m_sides->addWidget(m_left, 0);
    m_sides->addWidget(makeResult(), 1);
    auto *scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(both);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
}

void PreparationTab::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool narrow = event->size().width() < kBesideEachOther;
    m_sides->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    m_left->setMaximumWidth(narrow ? QWIDGETSIZE_MAX : kParametersWidth);
    m_left->setMinimumWidth(narrow ? 0 : kParametersWidth);
}

QWidget *PreparationTab::makeParameters()
{
    auto *side = new QWidget(this);
    m_parameters = named(new ReadingTable(side), "preparationTable", tr("Parameters of the preparation"));
    m_parameters->setSelectionBehavior(QTableView::SelectItems);
    m_parameters->setEditTriggers(QTableView::DoubleClicked | QTableView::EditKeyPressed |
                                  QTableView::AnyKeyPressed);
    m_parameters->verticalHeader()->hide();
    m_parameters->setMinimumHeight(m_parameters->verticalHeader()->defaultSectionSize() * kLinesOfParameters);
    m_refused = named(new ProblemBanner(side), "parameterProblem");
    m_run = named(new PrimaryButton(tr("Pre&pare"), side), "prepareButton");
    m_cancel = named(new QPushButton(symbol(QStringLiteral("stop")), tr("Cance&l"), side),
                     "cancelPrepareButton", tr("Cancel the preparation"));
    m_reset = named(new QPushButton(tr("Defaul&ts"), side), "preparationResetButton",
                    tr("Give all parameters their defaults"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_run, 1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_reset);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_parameters, 1);
    layout->addWidget(m_refused);
    layout->addLayout(buttons);
    return side;
}

QWidget *PreparationTab::makeResult()
{
    auto *side = new QWidget(this);
    m_problem = named(new ProblemBanner(side), "preparationProblem");
    m_status = wrappedLabel("preparationStatus", side);
    m_bar = named(new QProgressBar(side), "preparationProgress", tr("Preparation"));
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_stages = named(new ReadingTable(side), "stagesTable", tr("Stages and what each keeps"));
    m_stages->verticalHeader()->hide();
    m_stages->setMinimumHeight(m_stages->verticalHeader()->defaultSectionSize() * kLinesOfStages);
    m_checks = named(new CheckTable(side), "preparationChecksTable", tr("Checks of the preparation"));
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(6, 0, 0, 0);
    layout->addWidget(m_status);
    layout->addWidget(m_bar);
    layout->addWidget(m_problem);
    layout->addWidget(m_stages, 3);
    layout->addWidget(m_checks, 2);
    layout->addStretch(0);
    return side;
}

void PreparationTab::setController(view::PrepareController *controller)
{
    if (controller == m_preparation)
        return;
    if (m_preparation) {
        m_preparation->disconnect(this);
        m_preparation->parameters()->disconnect(this);
        for (QPushButton *button : {m_run, m_cancel, m_reset})
            button->disconnect();
    }
    m_preparation = controller;
    m_parameters->setModel(controller->parameters());
    m_parameters->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_parameters->horizontalHeader()->setSectionResizeMode(view::PreparationModel::TitleColumn,
                                                           QHeaderView::Stretch);
    m_stages->setModel(controller->stages());
    m_stages->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_stages->horizontalHeader()->setSectionResizeMode(view::StagesModel::DigestColumn, QHeaderView::Stretch);
    m_checks->setModel(controller->checks());
    connect(controller, &view::PrepareController::changed, this, &PreparationTab::updateState);
    connect(controller, &view::PrepareController::progressed, this, &PreparationTab::updateProgress);
    connect(controller->parameters(), &view::PreparationModel::refused, this,
            [this](const view::Problem &problem) { m_refused->setProblem(problem); });
    connect(m_run, &QPushButton::clicked, controller, &view::PrepareController::run);
    connect(m_cancel, &QPushButton::clicked, controller, &view::PrepareController::cancel);
    connect(m_reset, &QPushButton::clicked, controller->parameters(), &view::PreparationModel::reset);
    updateState();
}

void PreparationTab::updateState()
{
    m_refused->setProblem({});
    enableUnless(m_run, m_preparation->whyNotRun());
    enableUnless(m_cancel, m_preparation->whyNotCancel());
    enableUnless(m_reset, m_preparation->whyNotReset());
    m_problem->setProblem(m_preparation->problem());
    const bool hasResult = m_preparation->summary().has_value();
    m_stages->setVisible(hasResult);
    m_checks->setVisible(hasResult);
    updateProgress();
}

void PreparationTab::updateProgress()
{
    m_bar->setValue(m_preparation->permille());
    m_bar->setVisible(m_preparation->busy());
    m_status->setText(m_preparation->statusText());
    m_bar->setAccessibleDescription(m_preparation->statusText());
}

} // namespace ibidem::widgets
