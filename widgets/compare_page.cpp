// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/compare_page.h"

#include "widgets/embedding_panel.h"
#include "widgets/parts.h"
#include "widgets/run_curves_plot.h"
#include "widgets/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTabWidget>
#include <QVBoxLayout>

namespace ibidem::widgets {

namespace {

constexpr int kDifferencesTab = 0; ///< in the order in which makeTabs() adds them
constexpr int kMapsTab = 1;
constexpr int kCurvesTab = 2;
constexpr int kRunsTab = 3;

QIcon verdictIcon(view::CompareController::Verdict verdict)
{
    switch (verdict) {
    case view::CompareController::Verdict::Identical:
        return symbol(QStringLiteral("ok"), Tone::Good);
    case view::CompareController::Verdict::Within:
        return symbol(QStringLiteral("warning"), Tone::Doubtful);
    case view::CompareController::Verdict::Different:
        return symbol(QStringLiteral("different"), Tone::Bad);
    case view::CompareController::Verdict::None:
        break;
    }
    return symbol(QStringLiteral("compare"));
}

} // namespace

ComparePage::ComparePage(view::Session *session, QWidget *parent)
    : QWidget(parent)
    , m_runs(session->runs())
    , m_compare(session->compare())
    , m_train(session->train())
{
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(makeVerdict());
    layout->addWidget(makeChoice());
    makeTabs();
    layout->addWidget(m_tabs, 1);

    connect(m_compare, &view::CompareController::changed, this, &ComparePage::updateVerdict);
    connect(m_runs, &view::RunsModel::refreshed, this, &ComparePage::updateChoice);
    connect(m_train, &view::TrainController::changed, this, &ComparePage::updateAgain);
    updateVerdict();
    updateChoice();
    updateAgain();
}

void ComparePage::makeTabs()
{
    m_tabs = named(new QTabWidget(this), "compareTabs", tr("What the comparison found"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(makeDifferences(), tr("Differences"));
    m_tabs->addTab(named(new EmbeddingPairPanel(m_compare->embeddings(), m_tabs), "embeddingPair"),
                   tr("Maps"));
    m_tabs->addTab(named(new RunCurvesPlot(m_compare->curves(), m_tabs), "runCurvesPlot"), tr("Curves"));
    m_tabs->addTab(makeRuns(), tr("Runs on this computer"));
    m_tabs->setCurrentIndex(kRunsTab);
}

/// What a finished comparison is looked at for: what differs, else the same curves or maps beside each other.
void ComparePage::showFound()
{
    const bool done = m_compare->state() == view::CompareController::State::Done;
    if (done && !m_wasDone) {
        const bool differ = m_compare->differences()->rowCount() > 0;
        m_tabs->setCurrentIndex(differ                          ? kDifferencesTab
                                : m_compare->comparesNetworks() ? kMapsTab
                                                                : kCurvesTab);
    }
    m_wasDone = done;
}

QWidget *ComparePage::makeDifferences()
{
    auto *tab = new QWidget(this);
    m_nothing = wrappedLabel("nothingDiffersLabel", tab);
    m_differences = named(new ReadingTable(tab), "differencesTable", tr("What differs"));
    m_differences->setModel(m_compare->differences());
    m_differences->verticalHeader()->hide();
    m_differences->horizontalHeader()->setStretchLastSection(true);
    m_differences->horizontalHeader()->setDefaultSectionSize(160);
    m_differences->setColumnWidth(view::DifferencesModel::WhereColumn, 260);
    auto *layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(m_nothing, 0, Qt::AlignTop);
    layout->addWidget(m_differences, 1);
    return tab;
}

QWidget *ComparePage::makeRuns()
{
    auto *tab = new QWidget(this);
    m_list = named(new ReadingTable(tab), "runsTable", tr("Runs on this computer"));
    m_list->setModel(m_runs);
    m_list->verticalHeader()->hide();
    m_list->horizontalHeader()->setStretchLastSection(true);
    m_list->setColumnWidth(view::RunsModel::NameColumn, 190);
    m_list->setColumnWidth(view::RunsModel::LossColumn, 190);
    m_list->setColumnWidth(view::RunsModel::SeedColumn, 70);
    m_list->setColumnWidth(view::RunsModel::LengthColumn, 90);
    auto *layout = new QVBoxLayout(tab);
    layout->setContentsMargins(0, 6, 0, 0);
    layout->addWidget(m_list, 1);
    return tab;
}

QWidget *ComparePage::makeVerdict()
{
    auto *banner = named(new QFrame(this), "verdictBanner");
    banner->setFrameShape(QFrame::StyledPanel);
    banner->setAutoFillBackground(true);
    banner->setBackgroundRole(QPalette::Base);
    m_icon = new QLabel(banner);
    m_sentence = wrappedLabel("verdictLabel", banner);
    QFont font = m_sentence->font();
    font.setPointSizeF(font.pointSizeF() * 1.25);
    font.setBold(true);
    m_sentence->setFont(font);
    m_details = wrappedLabel("verdictDetails", banner);
    m_problem = named(new ProblemBanner(banner), "compareProblem");
    m_again = named(new QPushButton(symbol(QStringLiteral("again")), tr("&Again, same settings"), banner),
                    "compareAgainButton");
    m_report = named(new PrimaryButton(tr("&Go on to the report"), banner), "goToReportButton");
    connect(m_again, &QPushButton::clicked, m_train, &view::TrainController::runAgain);
    connect(m_report, &QPushButton::clicked, this, &ComparePage::reportRequested);

    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_again);
    buttons->addWidget(m_report);
    buttons->addStretch(1);
    auto *text = new QVBoxLayout;
    text->addWidget(m_sentence);
    text->addWidget(m_details);
    text->addWidget(m_problem);
    text->addLayout(buttons);
    auto *layout = new QHBoxLayout(banner);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addSpacing(6);
    layout->addLayout(text, 1);
    return banner;
}

QWidget *ComparePage::makeChoice()
{
    auto *row = new QWidget(this);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 4, 0, 4);
    const auto combo = [&](const QString &text, const char *name) {
        auto *label = new QLabel(text, row);
        auto *box = named(new QComboBox(row), name);
        box->setModel(m_runs);
        box->setModelColumn(view::RunsModel::NameColumn);
        box->setMinimumContentsLength(18);
        label->setBuddy(box);
        layout->addWidget(label);
        layout->addWidget(box, 1);
        return box;
    };
    m_a = combo(tr("Run A (&1)"), "runACombo");
    m_b = combo(tr("Run B (&2)"), "runBCombo");
    m_start = named(new QPushButton(tr("Com&pare these"), row), "compareButton");
    layout->addWidget(m_start);
    connect(m_start, &QPushButton::clicked, this, &ComparePage::compareChosen);
    return row;
}

void ComparePage::compareChosen()
{
    m_compare->compare(m_runs->pathAt(m_a->currentIndex()), m_runs->pathAt(m_b->currentIndex()));
}

void ComparePage::updateVerdict()
{
    m_icon->setPixmap(verdictIcon(m_compare->verdict()).pixmap(QSize(40, 40), devicePixelRatio()));
    m_sentence->setText(m_compare->sentence());
    m_sentence->setAccessibleName(m_compare->sentence());
    const QStringList details = m_compare->details();
    m_details->setText(details.join(QLatin1Char('\n')));
    m_details->setVisible(!details.isEmpty());
    m_problem->setProblem(m_compare->problem());
    const bool done = m_compare->state() == view::CompareController::State::Done;
    m_report->setVisible(done);
    const bool any = m_compare->differences()->rowCount() > 0;
    m_differences->setVisible(any);
    m_nothing->setVisible(!any);
    m_nothing->setText(done ? tr("Nothing differs.")
                            : tr("Differences between two runs are listed here, what matters first."));
    updateChoice();
    showFound();
}

void ComparePage::updateChoice()
{
    const auto show = [this](QComboBox *box, const std::filesystem::path &run) {
        const int row = m_runs->rowOf(run);
        if (row >= 0)
            box->setCurrentIndex(row);
        else if (box->currentIndex() < 0 && box->count() > 0)
            box->setCurrentIndex(0);
    };
    show(m_a, m_compare->a());
    show(m_b, m_compare->b());
    enableUnless(m_start, m_runs->rowCount() < 2 ? tr("There are not two runs yet.") : QString());
}

void ComparePage::updateAgain()
{
    enableUnless(m_again, m_train->whyNotAgain());
}

} // namespace ibidem::widgets
