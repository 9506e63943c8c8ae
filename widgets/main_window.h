// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/session.h"
#include "widgets/theme.h"

#include <QMainWindow>

class QAction;
class QLabel;
class QMessageBox;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace ibidem::widgets {

class DataPage;
class Rail;
class ReportPage;

/// The window: rail, the four screens, menus, and the running job in the status bar. Shows a Session, owns
/// nothing of it.
class MainWindow final : public QMainWindow
{
    Q_OBJECT

public:
    explicit MainWindow(view::Session *session, QWidget *parent = nullptr);
    void setRecentFiles(const QStringList &files);
    void setTheme(Theme theme); ///< marks the menu entry; the application applies it
    void showStep(view::Step step);

Q_SIGNALS:
    void themeChosen(ibidem::widgets::Theme theme);
    void openSavedRequested(const QString &file);
    void painted(); ///< once, after the first paint

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    bool event(QEvent *event) override;

private:
    void makePages();
    void makeFileMenu();
    void makeViewMenu();
    void makeRunMenu();
    void makeHelpMenu();
    void makeStatusBar();
    void openTable();
    void openFolder();
    void updateSteps();
    void updateActions();
    void updateJob();
    void askBeforeClosing();

    view::Session *m_session;
    Rail *m_rail;
    QStackedWidget *m_pages;
    DataPage *m_dataPage = nullptr;
    ReportPage *m_reportPage = nullptr;
    QAction *m_train = nullptr;
    QAction *m_again = nullptr;
    QAction *m_stop = nullptr;
    QAction *m_save = nullptr;
    std::array<QAction *, 3> m_themes{};
    QLabel *m_jobText = nullptr;
    QProgressBar *m_jobBar = nullptr;
    QPushButton *m_jobStop = nullptr;
    QMessageBox *m_question = nullptr;
    bool m_mayClose = false;
    bool m_closeWhenStopped = false;
    bool m_painted = false;
};

} // namespace ibidem::widgets
