// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/main_window.h"

#include "models/base/version.h"
#include "widgets/compare_page.h"
#include "widgets/data_page.h"
#include "widgets/file_dialogs.h"
#include "widgets/parts.h"
#include "widgets/rail.h"
#include "widgets/report_page.h"
#include "widgets/train_page.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QStackedWidget>
#include <QStatusBar>
#include <QUrl>

namespace ibidem::widgets {

namespace {

QStringList localFiles(const QMimeData *mime)
{
    QStringList files;
    for (const QUrl &url : mime->urls()) {
        if (url.isLocalFile())
            files << url.toLocalFile();
    }
    return files;
}

QAction *menuEntry(QMenu *menu, const char *objectName, const QString &text, const QKeySequence &keys = {})
{
    QAction *action = menu->addAction(text);
    action->setObjectName(QLatin1String(objectName));
    action->setShortcut(keys);
    return action;
}

void enableUnless(QAction *action, const QString &whyNot)
{
    action->setEnabled(whyNot.isEmpty());
    action->setToolTip(whyNot);
    action->setStatusTip(whyNot);
}

} // namespace

MainWindow::MainWindow(view::Session *session, QWidget *parent)
    : QMainWindow(parent)
    , m_session(session)
    , m_rail(new Rail(this))
    , m_pages(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Ibidem"));
    setWindowIcon(programIcon());
    setAcceptDrops(true);
    setMinimumSize(880, 560);
    makePages();
    makeFileMenu();
    makeViewMenu();
    makeRunMenu();
    makeHelpMenu();
    makeStatusBar();
    auto *centre = new QWidget(this);
    auto *layout = new QHBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_rail);
    layout->addWidget(m_pages, 1);
    setCentralWidget(centre);

    connect(m_rail, &Rail::chosen, this, &MainWindow::showStep);
    connect(m_session, &view::Session::stepWanted, this, &MainWindow::showStep);
    connect(m_session, &view::Session::stepsChanged, this, &MainWindow::updateSteps);
    connect(m_session->train(), &view::TrainController::progressed, this, &MainWindow::updateJob);
    updateSteps();
    updateJob();
}

void MainWindow::makePages()
{
    m_dataPage = new DataPage(m_session->data(), this);
    auto *trainPage = new TrainPage(m_session, this);
    auto *comparePage = new ComparePage(m_session, this);
    m_reportPage = new ReportPage(m_session->report(), this);
    for (QWidget *page : {static_cast<QWidget *>(m_dataPage), static_cast<QWidget *>(trainPage),
                          static_cast<QWidget *>(comparePage), static_cast<QWidget *>(m_reportPage)})
        m_pages->addWidget(page);
    connect(m_dataPage, &DataPage::openRequested, this, &MainWindow::openTable);
    connect(m_dataPage, &DataPage::openFolderRequested, this, &MainWindow::openFolder);
    connect(m_dataPage, &DataPage::trainRequested, this, [this] { showStep(view::Step::Train); });
    connect(trainPage, &TrainPage::dataRequested, this, [this] { showStep(view::Step::Data); });
    connect(comparePage, &ComparePage::reportRequested, this, [this] { showStep(view::Step::Report); });
    connect(m_reportPage, &ReportPage::trainRequested, this, [this] { showStep(view::Step::Train); });
    connect(m_reportPage, &ReportPage::openSavedRequested, this, &MainWindow::openSavedRequested);
}

void MainWindow::makeFileMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&File"));
    connect(menuEntry(menu, "openAction", tr("&Open file…"), QKeySequence::Open), &QAction::triggered, this,
            &MainWindow::openTable);
    connect(menuEntry(menu, "openFolderAction", tr("Open &folder…"),
                      QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O)),
            &QAction::triggered, this, &MainWindow::openFolder);
    connect(menuEntry(menu, "sampleAction", tr("Make a small sa&mple")), &QAction::triggered,
            m_session->data(), &view::DataController::makeSample);
    menu->addSeparator();
    m_save = menuEntry(menu, "saveReportAction", tr("&Save report…"), QKeySequence::Save);
    connect(m_save, &QAction::triggered, m_reportPage, &ReportPage::askAndSave);
    menu->addSeparator();
    connect(menuEntry(menu, "quitAction", tr("&Quit"), QKeySequence::Quit), &QAction::triggered, this,
            &MainWindow::close);
}

void MainWindow::makeViewMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&View"));
    const std::array<QString, 4> steps{tr("&Data"), tr("&Train"), tr("&Compare"), tr("&Report")};
    const std::array<Qt::Key, 4> keys{Qt::Key_1, Qt::Key_2, Qt::Key_3, Qt::Key_4};
    for (std::size_t place = 0; place < steps.size(); ++place) {
        const QByteArray name = "step" + QByteArray::number(static_cast<int>(place) + 1) + "Action";
        QAction *action =
            menuEntry(menu, name.constData(), steps[place], QKeySequence(Qt::CTRL | keys[place]));
        connect(action, &QAction::triggered, this,
                [this, place] { showStep(static_cast<view::Step>(place)); });
    }
    menu->addSeparator();
    auto *group = new QActionGroup(this);
    const std::array<QString, 3> themes{tr("&System colours"), tr("&Light"), tr("Dar&k")};
    const std::array<const char *, 3> names{"systemThemeAction", "lightThemeAction", "darkThemeAction"};
    for (std::size_t place = 0; place < themes.size(); ++place) {
        m_themes[place] = menuEntry(menu, names[place], themes[place]);
        m_themes[place]->setCheckable(true);
        group->addAction(m_themes[place]);
        connect(m_themes[place], &QAction::triggered, this,
                [this, place] { Q_EMIT themeChosen(static_cast<Theme>(place)); });
    }
    m_themes[0]->setChecked(true);
}

void MainWindow::makeRunMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Run"));
    menu->setToolTipsVisible(true);
    m_train = menuEntry(menu, "trainAction", tr("&Train"), QKeySequence(Qt::CTRL | Qt::Key_T));
    m_again = menuEntry(menu, "runAgainAction", tr("Run &again, same settings"),
                        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T));
    m_stop = menuEntry(menu, "stopAction", tr("&Stop and keep"));
    QAction *refresh =
        menuEntry(menu, "refreshAction", tr("&Refresh the list of runs"), QKeySequence::Refresh);
    connect(m_train, &QAction::triggered, this, [this] {
        showStep(view::Step::Train);
        m_session->train()->train();
    });
    connect(m_again, &QAction::triggered, m_session->train(), &view::TrainController::runAgain);
    connect(m_stop, &QAction::triggered, m_session->train(), &view::TrainController::stop);
    connect(refresh, &QAction::triggered, m_session->runs(), &view::RunsModel::refresh);
}

void MainWindow::makeHelpMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Help"));
    connect(menuEntry(menu, "aboutAction", tr("&About Ibidem")), &QAction::triggered, this, [this] {
        auto *about =
            new QMessageBox(QMessageBox::NoIcon, tr("About Ibidem"),
                            tr("Ibidem %1\n\nTrains models so that training again gives the same bits, "
                               "and shows that it did.")
                                .arg(view::toQt(std::string_view(kVersion))),
                            QMessageBox::Close, this);
        about->setObjectName(QStringLiteral("aboutBox"));
        about->setAttribute(Qt::WA_DeleteOnClose);
        about->open();
    });
}

void MainWindow::makeStatusBar()
{
    m_jobText = named(new QLabel(this), "jobText");
    m_jobBar = named(new QProgressBar(this), "jobBar", tr("Running job"));
    m_jobBar->setRange(0, 1000);
    m_jobBar->setTextVisible(false);
    m_jobBar->setFixedWidth(160);
    m_jobStop = named(new QPushButton(symbol(QStringLiteral("stop")), tr("Stop"), this), "jobStopButton",
                      tr("Stop the running job and keep a checkpoint"));
    statusBar()->addPermanentWidget(m_jobText);
    statusBar()->addPermanentWidget(m_jobBar);
    statusBar()->addPermanentWidget(m_jobStop);
    connect(m_jobStop, &QPushButton::clicked, m_session->train(), &view::TrainController::stop);
}

void MainWindow::setRecentFiles(const QStringList &files)
{
    m_dataPage->setRecentFiles(files);
}

void MainWindow::setTheme(Theme theme)
{
    m_themes[static_cast<std::size_t>(theme)]->setChecked(true);
}

void MainWindow::showStep(view::Step step)
{
    m_rail->setCurrent(step);
    m_pages->setCurrentIndex(static_cast<int>(step));
}

void MainWindow::openTable()
{
    askForTable(this, tr("Open a table or a matrix"), [this](const QString &file) {
        showStep(view::Step::Data);
        m_session->data()->open(view::InputRole::Train, file);
    });
}

void MainWindow::openFolder()
{
    askForFolder(this, tr("Open a folder with a matrix, or of a run"),
                 [this](const QString &folder) { m_session->open({folder}); });
}

void MainWindow::updateSteps()
{
    for (const auto step : {view::Step::Data, view::Step::Train, view::Step::Compare, view::Step::Report})
        m_rail->setStep(step, m_session->step(step));
    updateActions();
    if (m_closeWhenStopped && !m_session->train()->busy()) {
        m_mayClose = true;
        close();
    }
}

void MainWindow::updateActions()
{
    const view::TrainController *train = m_session->train();
    enableUnless(m_train, train->whyNotTrain());
    enableUnless(m_again, train->whyNotAgain());
    enableUnless(m_stop, train->whyNotStop());
    enableUnless(m_save, m_session->report()->whyNotSave());
    const bool busy = train->busy();
    for (QWidget *part : {static_cast<QWidget *>(m_jobText), static_cast<QWidget *>(m_jobBar),
                          static_cast<QWidget *>(m_jobStop)})
        part->setVisible(busy);
    m_jobStop->setEnabled(train->whyNotStop().isEmpty());
}

void MainWindow::updateJob()
{
    m_jobText->setText(m_session->train()->statusText());
    m_jobBar->setValue(m_session->train()->permille());
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    if (m_mayClose || !m_session->train()->busy()) {
        QMainWindow::closeEvent(event);
        return;
    }
    event->ignore();
    askBeforeClosing();
}

void MainWindow::askBeforeClosing()
{
    if (m_question)
        return;
    m_question = new QMessageBox(QMessageBox::Question, tr("A run is going on"),
                                 tr("A model is being trained. What should become of it?"),
                                 QMessageBox::NoButton, this);
    m_question->setObjectName(QStringLiteral("closeQuestion"));
    m_question->setInformativeText(tr("A run that keeps running is found again when the window is opened."));
    m_question->setAttribute(Qt::WA_DeleteOnClose);
    auto *keep =
        named(m_question->addButton(tr("&Keep running"), QMessageBox::AcceptRole), "keepRunningButton");
    auto *stop =
        named(m_question->addButton(tr("&Stop and keep"), QMessageBox::DestructiveRole), "stopAndKeepButton");
    auto *cancel = named(m_question->addButton(tr("&Cancel"), QMessageBox::RejectRole), "cancelCloseButton");
    m_question->setDefaultButton(qobject_cast<QPushButton *>(cancel));
    m_question->setEscapeButton(cancel);
    connect(m_question, &QMessageBox::buttonClicked, this, [this, keep, stop](QAbstractButton *button) {
        if (button == stop) {
            m_closeWhenStopped = true;
            m_session->train()->stop();
            updateSteps();
        } else if (button == keep) {
            m_session->train()->release();
            m_mayClose = true;
            close();
        }
    });
    connect(m_question, &QObject::destroyed, this, [this] { m_question = nullptr; });
    m_question->open();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!localFiles(event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    m_session->open(localFiles(event->mimeData()));
    event->acceptProposedAction();
}

bool MainWindow::event(QEvent *event)
{
    const bool handled = QMainWindow::event(event);
    if (event->type() == QEvent::Paint && !m_painted) {
        m_painted = true;
        Q_EMIT painted();
    }
    return handled;
}

} // namespace ibidem::widgets
