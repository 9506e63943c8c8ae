// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/data_page.h"

#include "widgets/drop_zone.h"
#include "widgets/file_dialogs.h"
#include "widgets/matrix_tabs.h"
#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace ibidem::widgets {

DataPage::DataPage(view::DataController *controller, QWidget *parent)
    : QWidget(parent)
    , m_data(controller)
    , m_stack(new QStackedWidget(this))
    , m_drop(new DropZone(this))
    , m_sampleProblem(new ProblemBanner(this))
{
    auto *loaded = new QWidget(this);
    auto *columns = new QHBoxLayout(loaded);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->addWidget(makeInputs(), 0);
    columns->addWidget(makeDetails(), 1);
    m_stack->addWidget(m_drop);
    m_stack->addWidget(loaded);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_sampleProblem);
    layout->addWidget(m_stack, 1);

    connect(m_drop, &DropZone::openRequested, this, &DataPage::openRequested);
    connect(m_drop, &DropZone::openFolderRequested, this, &DataPage::openFolderRequested);
    connect(m_drop, &DropZone::sampleRequested, m_data, &view::DataController::makeSample);
    connect(m_drop, &DropZone::recentChosen, m_data,
            [this](const QString &file) { m_data->open(view::InputRole::Train, file); });
    connect(m_data, &view::DataController::changed, this, &DataPage::refresh);
    refresh();
}

void DataPage::setRecentFiles(const QStringList &files)
{
    m_drop->setRecentFiles(files);
}

QWidget *DataPage::makeInputs()
{
    auto *side = new QWidget(this);
    side->setFixedWidth(280);
    auto *layout = new QVBoxLayout(side);
    layout->setContentsMargins(0, 0, 0, 0);
    auto *group = new QButtonGroup(this);
    const auto add = [&](view::InputRole role, const char *prefix, const QString &hint) {
        const InputRow row = makeInput(role, prefix, hint);
        group->addButton(row.select);
        auto *buttons = new QHBoxLayout;
        buttons->addWidget(row.choose);
        buttons->addWidget(row.remove);
        buttons->addStretch(1);
        layout->addWidget(row.select);
        layout->addLayout(buttons);
        layout->addSpacing(10);
    };
    add(view::InputRole::Train, "train", tr("what the model learns from"));
    add(view::InputRole::Test, "test",
        tr("optional: without one, a share of the\nsamples is set aside as test"));
    add(view::InputRole::Labels, "labels",
        tr("optional: classes of the samples, if\nthe table does not name them"));
    layout->addStretch(1);
    m_why = wrappedLabel("dataWhyLabel", side);
    m_next = named(new PrimaryButton(tr("&Go on to training"), side), "goToTrainButton");
    layout->addWidget(m_why);
    layout->addWidget(m_next);
    connect(m_next, &QPushButton::clicked, this, &DataPage::trainRequested);
    return side;
}

DataPage::InputRow DataPage::makeInput(view::InputRole role, const char *prefix, const QString &hint)
{
    const QString title = m_data->input(role)->title();
    const auto name = [prefix](const char *suffix) { return QByteArray(prefix) + suffix; };
    InputRow row;
    row.select = named(new QToolButton(this), name("InputButton").constData());
    row.select->setCheckable(true);
    row.select->setChecked(role == view::InputRole::Train);
    row.select->setFocusPolicy(Qt::StrongFocus);
    row.select->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    row.select->setIconSize(QSize(20, 20));
    row.select->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    row.choose = named(new QPushButton(tr("Choose…"), this), name("ChooseButton").constData(),
                       tr("Choose %1").arg(title));
    row.remove = named(new QPushButton(tr("Remove"), this), name("RemoveButton").constData(),
                       tr("Remove %1").arg(title));
    connect(row.select, &QToolButton::clicked, m_data, [this, role] { m_data->select(role); });
    connect(row.remove, &QPushButton::clicked, m_data, [this, role] { m_data->clear(role); });
    connect(row.choose, &QPushButton::clicked, this, [this, role, title] {
        askForTable(this, title, [this, role](const QString &file) { m_data->open(role, file); });
    });
    m_rows[static_cast<std::size_t>(role)] = row;
    m_hints[static_cast<std::size_t>(role)] = hint;
    return row;
}

QWidget *DataPage::makeDetails()
{
    auto *details = new QWidget(this);
    m_title = heading({}, details);
    m_problem = named(new ProblemBanner(details), "dataProblem");
    m_facts = new QWidget(details);
    m_form = new QFormLayout(m_facts);
    m_form->setContentsMargins(0, 0, 0, 0);
    makePreview(details);
    m_tabs = named(new MatrixTabs(details), "matrixTabs", tr("What is in the matrix"));

    auto *layout = new QVBoxLayout(details);
    layout->setContentsMargins(8, 0, 0, 0);
    layout->addWidget(m_title);
    layout->addWidget(m_problem);
    layout->addWidget(makeChoice());
    layout->addWidget(makeOpening());
    layout->addWidget(m_facts);
    layout->addWidget(makeSource());
    layout->addWidget(m_checksTitle);
    layout->addWidget(m_checks, 2);
    layout->addWidget(m_previewTitle);
    layout->addWidget(m_preview, 3);
    layout->addWidget(m_tabs, 5);
    layout->addStretch(0);
    return details;
}

void DataPage::makePreview(QWidget *details)
{
    m_checksTitle = heading(tr("Chec&ks"), details);
    m_checks = named(new CheckTable(details), "checksTable", tr("Checks of the file"));
    m_checksTitle->setBuddy(m_checks);
    m_previewTitle = heading(tr("Previe&w"), details);
    m_preview = named(new ReadingTable(details), "previewTable", tr("Preview of the values"));
    m_previewTitle->setBuddy(m_preview);
    m_preview->setSelectionBehavior(QTableView::SelectItems);
    m_preview->setShowGrid(true);
    m_preview->horizontalHeader()->setDefaultSectionSize(130);
    m_preview->horizontalHeader()->setTextElideMode(Qt::ElideMiddle);
}

QWidget *DataPage::makeOpening()
{
    m_opening = new QWidget(this);
    m_progress = named(new QProgressBar(m_opening), "openProgress", tr("Reading the file"));
    auto *cancel = named(new QPushButton(symbol(QStringLiteral("stop")), tr("&Cancel"), m_opening),
                         "cancelOpenButton", tr("Cancel opening the file"));
    connect(cancel, &QPushButton::clicked, this, [this] { shownInput()->cancel(); });
    auto *layout = new QHBoxLayout(m_opening);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_progress, 1);
    layout->addWidget(cancel);
    return m_opening;
}

QWidget *DataPage::makeChoice()
{
    m_choice = new QWidget(this);
    m_choiceTitle = new QLabel(m_choice);
    m_choiceCombo = named(new QComboBox(m_choice), "choiceCombo", tr("What to read"));
    m_choiceCombo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_choiceTitle->setBuddy(m_choiceCombo);
    auto *open = named(new PrimaryButton(tr("Open with &this"), m_choice), "choiceButton");
    connect(open, &QPushButton::clicked, this,
            [this] { shownInput()->choose(m_choiceCombo->currentText()); });
    auto *layout = new QHBoxLayout(m_choice);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_choiceTitle);
    layout->addWidget(m_choiceCombo);
    layout->addWidget(open);
    layout->addStretch(1);
    return m_choice;
}

QWidget *DataPage::makeSource()
{
    m_source = new QWidget(this);
    m_sourceCombo = named(new QComboBox(m_source), "sourceCombo", tr("Matrix of the file"));
    m_sourceCombo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *title = new QLabel(tr("Matri&x of the file:"), m_source);
    title->setBuddy(m_sourceCombo);
    connect(m_sourceCombo, &QComboBox::activated, this,
            [this] { shownInput()->chooseSource(m_sourceCombo->currentText()); });
    auto *layout = new QHBoxLayout(m_source);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(title);
    layout->addWidget(m_sourceCombo);
    layout->addStretch(1);
    return m_source;
}

view::DataInput *DataPage::shownInput() const
{
    return m_data->input(m_data->selected());
}

void DataPage::refresh()
{
    m_drop->setMakingSample(m_data->makingSample());
    m_sampleProblem->setProblem(m_data->sampleProblem());
    m_stack->setCurrentIndex(m_data->isEmpty() ? 0 : 1);
    for (const auto role : {view::InputRole::Train, view::InputRole::Test, view::InputRole::Labels})
        updateInput(role);

    updateDetails();
    updateChoice();
    updateSource();
    updateFacts();
    const QString why = m_data->whyNotReady();
    m_why->setText(why);
    m_why->setVisible(!why.isEmpty());
}

void DataPage::updateDetails()
{
    view::DataInput *input = shownInput();
    const bool ready = input->state() == view::DataInput::State::Ready;
    m_title->setText(tr("%1: %2").arg(input->title(), input->state() == view::DataInput::State::Failed
                                                          ? input->fileName()
                                                          : input->headline()));
    m_problem->setProblem(input->problem());
    m_opening->setVisible(input->state() == view::DataInput::State::Opening);
    m_progress->setValue(input->percent());
    if (m_shownInput != static_cast<int>(m_data->selected())) {
        m_shownInput = static_cast<int>(m_data->selected());
        m_checks->setModel(input->checks());
        m_preview->setModel(input->preview());
        m_tabs->setInput(input);
    }
    m_facts->setVisible(ready);
    for (QWidget *part : {static_cast<QWidget *>(m_checksTitle), static_cast<QWidget *>(m_checks),
                          static_cast<QWidget *>(m_previewTitle), static_cast<QWidget *>(m_preview)})
        part->setVisible(ready && !input->isMatrix());
    m_tabs->setVisible(ready && input->isMatrix());
    m_tabs->refresh();
}

void DataPage::updateChoice()
{
    const view::OpenChoice &choice = shownInput()->choice();
    m_choice->setVisible(choice.option != view::OpenChoice::Option::None);
    if (!m_choice->isVisibleTo(this))
        return;
    const bool genome = choice.option == view::OpenChoice::Option::Genome;
    m_choiceTitle->setText(genome                                              ? tr("Genom&e:")
                           : choice.option == view::OpenChoice::Option::Matrix ? tr("Matri&x:")
                                                                               : tr("F&eatures:"));
    m_choiceCombo->setAccessibleName(m_choiceTitle->text().remove(QLatin1Char('&')));
    setEntries(m_choiceCombo, choice.values);
}

void DataPage::updateSource()
{
    const QStringList sources = shownInput()->sources();
    m_source->setVisible(!sources.isEmpty());
    setEntries(m_sourceCombo, sources);
    m_sourceCombo->setCurrentIndex(static_cast<int>(sources.indexOf(shownInput()->source())));
}

void DataPage::updateInput(view::InputRole role)
{
    const auto place = static_cast<std::size_t>(role);
    const view::DataInput *input = m_data->input(role);
    const InputRow &row = m_rows[place];
    QString second = m_hints[place];
    QIcon icon = symbol(QStringLiteral("data"));
    switch (input->state()) {
    case view::DataInput::State::None:
        break;
    case view::DataInput::State::Opening:
        second = tr("%1\nreading…").arg(input->fileName());
        icon = symbol(QStringLiteral("running"));
        break;
    case view::DataInput::State::Failed:
        second = tr("%1\nError: cannot be used").arg(input->fileName());
        icon = symbol(QStringLiteral("error"), Tone::Bad);
        break;
    case view::DataInput::State::Ready: {
        const bool warned = input->checks()->worst() != data::CheckState::Ok;
        second = tr("%1\n%2").arg(input->fileName(), input->headline());
        icon = symbol(warned ? QStringLiteral("warning") : QStringLiteral("ok"),
                      warned ? Tone::Doubtful : Tone::Good);
        break;
    }
    }
    row.select->setText(input->title() + QLatin1Char('\n') + second);
    row.select->setAccessibleName(tr("%1: %2").arg(input->title(), input->headline()));
    row.select->setIcon(icon);
    row.select->setChecked(m_data->selected() == role);
    row.remove->setEnabled(input->state() != view::DataInput::State::None);
    // A matrix of cells is all that a network reads: what it does not use is not offered.
    const bool isOffered = role == view::InputRole::Train || !m_data->showsMatrix() ||
                           input->state() != view::DataInput::State::None;
    for (QWidget *widget : std::initializer_list<QWidget *>{row.select, row.choose, row.remove})
        widget->setVisible(isOffered);
}

void DataPage::updateFacts()
{
    const auto facts = m_data->input(m_data->selected())->facts();
    QString shown;
    for (const auto &[title, value] : facts)
        shown += title + value;
    if (shown == m_shownFacts)
        return;
    m_shownFacts = shown;
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
    for (const auto &[title, value] : facts) {
        QLabel *label = wrappedLabel("factLabel", m_facts);
        label->setText(value);
        label->setToolTip(value);
        label->setMinimumWidth(1); // a fingerprint has no place to break
        m_form->addRow(tr("%1:").arg(title), label);
    }
}

} // namespace ibidem::widgets
