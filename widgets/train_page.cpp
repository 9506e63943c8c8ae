// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/train_page.h"

#include "widgets/curve_plot.h"
#include "widgets/embedding_panel.h"
#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QProgressBar>
#include <QRegularExpressionValidator>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QStandardItemModel>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace ibidem::widgets {

using view::kLevelKey;
using view::kSeedKey;
using view::kThreadsKey;

TrainPage::TrainPage(view::Session *session, QWidget *parent)
    : QWidget(parent)
    , m_settings(session->settings())
    , m_train(session->train())
    , m_data(session->data())
{
    auto *side = new QWidget(this);
    side->setFixedWidth(340);
    auto *sideLayout = new QVBoxLayout(side);
    sideLayout->setContentsMargins(0, 0, 0, 0);
    auto *scroll = new QScrollArea(side);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(makeSettings());
    sideLayout->addWidget(scroll, 1);
    sideLayout->addWidget(makeActions());
    auto *layout = new QHBoxLayout(this);
    layout->addWidget(side);
    layout->addWidget(makeProgress(), 1);

    connect(m_settings, &view::SettingsModel::changed, this, &TrainPage::updateSettings);
    connect(m_settings, &view::SettingsModel::refused, m_refused, &ProblemBanner::setProblem);
    connect(m_train, &view::TrainController::changed, this, &TrainPage::updateState);
    connect(m_train, &view::TrainController::progressed, this, &TrainPage::updateProgress);
    connect(m_train->embedding(), &view::EmbeddingModel::changed, this, &TrainPage::updateTabs);
    connect(m_goToData, &QPushButton::clicked, this, &TrainPage::dataRequested);
    updateSettings();
    updateState();
    updateProgress();
}

QWidget *TrainPage::makeSettings()
{
    auto *side = new QWidget(this);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 6, 0);
    auto *form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    addEssentials(form);
    layout->addWidget(heading(tr("Settings"), side));
    layout->addLayout(form);
    addAdvanced(side);
    layout->addWidget(m_advanced);
    layout->addWidget(m_table, 1);
    layout->addWidget(m_refused);
    auto *ready = heading(tr("Ready to train?"), side);
    m_readiness = named(new CheckTable(side), "readinessTable", tr("What training needs"));
    m_readiness->setModel(m_train->readiness());
    m_readiness->setMinimumHeight(m_readiness->fontMetrics().height() * 6);
    layout->addWidget(ready);
    layout->addWidget(m_readiness, 1);
    return side;
}

void TrainPage::addEssentials(QFormLayout *form)
{
    m_recipe = named(new QComboBox(this), "recipeCombo");
    for (const QString &name : m_settings->recipeNames())
        m_recipe->addItem(name, name);
    m_description = wrappedLabel("recipeDescription", this);
    m_rounds = named(new QSpinBox(this), "roundsSpin");
    m_rounds->setRange(1, 100000);
    m_rounds->setKeyboardTracking(false);
    m_seed = named(new QLineEdit(this), "seedEdit");
    m_seed->setValidator(
        new QRegularExpressionValidator(QRegularExpression(QStringLiteral("[0-9]{1,20}")), m_seed));
    m_level = named(new QComboBox(this), "levelCombo");
    m_level->addItem(tr("automatic"), QString());
    for (const QString &name : view::SettingsModel::levelNames())
        m_level->addItem(name, name);
    m_promise = wrappedLabel("levelPromise", this);
    m_threads = named(new QSpinBox(this), "threadsSpin");
    m_threads->setRange(0, 1024);
    m_threads->setSpecialValueText(tr("automatic"));
    m_threads->setKeyboardTracking(false);
    form->addRow(tr("Re&cipe"), m_recipe);
    form->addRow(m_description);
    m_roundsTitle = new QLabel(this);
    m_roundsTitle->setBuddy(m_rounds);
    form->addRow(m_roundsTitle, m_rounds);
    form->addRow(tr("See&d"), m_seed);
    form->addRow(tr("&Level"), m_level);
    form->addRow(m_promise);
    form->addRow(tr("Thr&eads"), m_threads);

    connect(m_recipe, &QComboBox::activated, m_settings,
            [this] { m_settings->setRecipe(m_recipe->currentData().toString()); });
    connect(m_rounds, &QSpinBox::valueChanged, m_settings,
            [this](int rounds) { m_settings->set(m_settings->lengthKey(), QString::number(rounds)); });
    connect(m_seed, &QLineEdit::editingFinished, m_settings,
            [this] { m_settings->set(kSeedKey, m_seed->text()); });
    connect(m_level, &QComboBox::activated, m_settings, [this] {
        const QString level = m_level->currentData().toString();
        if (level.isEmpty())
            m_settings->reset(kLevelKey);
        else
            m_settings->set(kLevelKey, level);
    });
    connect(m_threads, &QSpinBox::valueChanged, m_settings,
            [this](int threads) { m_settings->set(kThreadsKey, QString::number(threads)); });
}

void TrainPage::addAdvanced(QWidget *side)
{
    m_advanced = named(new QToolButton(side), "advancedButton");
    m_advanced->setCheckable(true);
    m_advanced->setAutoRaise(true);
    m_advanced->setFocusPolicy(Qt::StrongFocus);
    m_advanced->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_advanced->setArrowType(Qt::RightArrow);
    m_table = named(new ReadingTable(side), "settingsTable", tr("All settings"));
    m_table->setModel(m_settings);
    m_table->setSelectionBehavior(QTableView::SelectItems);
    m_table->setEditTriggers(QTableView::DoubleClicked | QTableView::EditKeyPressed |
                             QTableView::AnyKeyPressed);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(view::SettingsModel::KeyColumn,
                                                      QHeaderView::ResizeToContents);
    m_table->setMinimumHeight(m_table->fontMetrics().height() * 14);
    m_table->hide();
    m_refused = named(new ProblemBanner(side), "settingProblem");
    connect(m_advanced, &QToolButton::toggled, m_table, [this](bool open) {
        m_table->setVisible(open);
        m_advanced->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    });
}

QWidget *TrainPage::makeActions()
{
    auto *actions = new QWidget(this);
    auto *layout = new QVBoxLayout(actions);
    layout->setContentsMargins(0, 0, 6, 0);
    m_why = wrappedLabel("trainWhyLabel", actions);
    m_goToData = named(new QPushButton(tr("&Go to Data"), actions), "goToDataButton");
    m_start = named(new PrimaryButton(tr("&Train"), actions), "trainButton");
    m_again =
        named(new QPushButton(symbol(QStringLiteral("again")), tr("Run &again, same settings"), actions),
              "runAgainButton");
    m_resume =
        named(new QPushButton(symbol(QStringLiteral("start")), tr("C&ontinue the stopped run"), actions),
              "resumeButton");
    layout->addWidget(m_why);
    layout->addWidget(m_goToData);
    layout->addWidget(m_start);
    layout->addWidget(m_again);
    layout->addWidget(m_resume);
    connect(m_start, &QPushButton::clicked, m_train, &view::TrainController::train);
    connect(m_again, &QPushButton::clicked, m_train, &view::TrainController::runAgain);
    connect(m_resume, &QPushButton::clicked, m_train, &view::TrainController::resume);
    return actions;
}

QWidget *TrainPage::makeProgress()
{
    auto *side = new QWidget(this);
    m_problem = named(new ProblemBanner(side), "trainProblem");
    m_bar = named(new QProgressBar(side), "trainProgress", tr("Training"));
    m_bar->setRange(0, 1000);
    m_bar->setTextVisible(false);
    m_status = wrappedLabel("trainStatus", side);
    m_stop = named(new QPushButton(symbol(QStringLiteral("stop")), tr("&Stop and keep"), side), "stopButton");
    connect(m_stop, &QPushButton::clicked, m_train, &view::TrainController::stop);
    m_tabs = named(new QTabWidget(side), "resultTabs", tr("Course and result of the training"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(makeCourse(), tr("Course"));
    m_tabs->addTab(new EmbeddingPanel(m_train->embedding(), m_tabs), tr("Map of the cells"));

    auto *progress = new QHBoxLayout;
    progress->addWidget(m_bar, 1);
    progress->addWidget(m_stop);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_problem);
    layout->addWidget(m_status);
    layout->addLayout(progress);
    layout->addWidget(m_tabs, 1);
    return side;
}

QWidget *TrainPage::makeCourse()
{
    auto *course = new QWidget(this);
    m_curve = named(new CurvePlot(course), "curvePlot");
    m_curve->setModel(m_train->curve());
    m_metrics = named(new ReadingTable(course), "metricsTable", tr("Metrics"));
    m_metrics->setModel(m_train->metrics());
    m_metrics->verticalHeader()->hide();
    m_metrics->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_metrics->horizontalHeader()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    makeLog(course);
    auto *below = new QHBoxLayout;
    below->addWidget(m_metrics, 1);
    below->addWidget(m_log, 1);
    auto *layout = new QVBoxLayout(course);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_curve, 3);
    layout->addLayout(below, 2);
    return course;
}

void TrainPage::makeLog(QWidget *side)
{
    m_log = named(new QListView(side), "logView", tr("What happened"));
    m_log->setModel(m_train->log());
    m_log->setEditTriggers(QListView::NoEditTriggers);
    m_log->setWordWrap(true);
    m_log->setResizeMode(QListView::Adjust);
    connect(m_train->log(), &QAbstractItemModel::rowsInserted, m_log, &QListView::scrollToBottom,
            Qt::QueuedConnection);
}

void TrainPage::updateSettings()
{
    const QSignalBlocker rounds(m_rounds);
    const QSignalBlocker threads(m_threads);
    m_recipe->setCurrentIndex(m_recipe->findData(m_settings->recipe()));
    m_recipe->setToolTip(m_settings->recipeDescription());
    m_description->setText(m_settings->recipeTitle(m_settings->recipe()));
    const QString length = m_settings->lengthKey();
    m_roundsTitle->setText(m_settings->isNetwork() ? tr("E&pochs") : tr("Rou&nds"));
    m_rounds->setAccessibleName(m_roundsTitle->text().remove(QLatin1Char('&')));
    m_rounds->setValue(m_settings->value(length).toInt());
    m_rounds->setToolTip(tr("Default: %1").arg(m_settings->defaultValue(length)));
    updateRecipes();
    m_seed->setText(m_settings->value(kSeedKey));
    m_seed->setToolTip(tr("Default: %1").arg(m_settings->defaultValue(kSeedKey)));
    const QString level = m_settings->isChanged(kLevelKey) ? m_settings->value(kLevelKey) : QString();
    m_level->setCurrentIndex(m_level->findData(level));
    m_promise->setText(view::SettingsModel::levelPromise(level));
    m_threads->setValue(m_settings->value(kThreadsKey).toInt());
    m_advanced->setText(
        tr("Advanced (%1 settings, %2 changed)").arg(m_settings->rowCount()).arg(m_settings->changedCount()));
    m_advanced->setAccessibleName(m_advanced->text());
    m_refused->setProblem({});
}

void TrainPage::updateState()
{
    const QString whyNotTrain = m_train->whyNotTrain();
    enableUnless(m_start, whyNotTrain);
    enableUnless(m_again, m_train->whyNotAgain());
    enableUnless(m_stop, m_train->whyNotStop());
    m_resume->setVisible(m_train->whyNotResume().isEmpty());
    m_why->setText(whyNotTrain);
    m_why->setVisible(!whyNotTrain.isEmpty());
    m_goToData->setVisible(!whyNotTrain.isEmpty() && !m_train->busy());
    m_problem->setProblem(m_train->problem());
    updateRecipes();
    updateTabs();
}

/// A recipe that does not fit the open data cannot be chosen and says why.
void TrainPage::updateRecipes()
{
    const view::DataInput *input = m_data->input(view::InputRole::Train);
    const bool ready = input->state() == view::DataInput::State::Ready;
    auto *items = qobject_cast<QStandardItemModel *>(m_recipe->model());
    for (int row = 0; items && row < items->rowCount(); ++row) {
        const QString name = m_recipe->itemData(row).toString();
        const bool network = view::SettingsModel::isNetwork(name);
        const bool fits = !ready || network == m_data->showsMatrix();
        QStandardItem *item = items->item(row);
        item->setEnabled(fits);
        const QString why = network
                                ? tr("Learns from a matrix of cells and genes; %1 is a table.")
                                : tr("Learns from a table with classes; %1 is a matrix of cells and genes.");
        item->setToolTip(fits ? m_settings->recipeTitle(name) : why.arg(input->fileName()));
    }
}

/// The map has a tab of its own where the run is a network's; it comes to the front when it is there.
void TrainPage::updateTabs()
{
    const bool network = m_train->isNetwork();
    const bool ready = m_train->embedding()->state() == view::EmbeddingModel::State::Ready;
    m_tabs->tabBar()->setVisible(network);
    m_tabs->setFocusPolicy(network ? Qt::TabFocus : Qt::NoFocus); // hidden, it would hold the focus back
    m_tabs->setTabVisible(1, network);
    if (ready && !m_showedMap)
        m_tabs->setCurrentIndex(1);
    else if (m_train->busy() && m_showedMap)
        m_tabs->setCurrentIndex(0);
    m_showedMap = ready;
}

void TrainPage::updateProgress()
{
    m_bar->setValue(m_train->permille());
    m_status->setText(m_train->statusText());
    m_bar->setAccessibleDescription(m_train->statusText());
}

} // namespace ibidem::widgets
