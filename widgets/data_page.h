// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/data_controller.h"

#include <QWidget>

#include <array>

class QComboBox;
class QFormLayout;
class QGroupBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;
class QToolButton;

namespace ibidem::widgets {

class CheckTable;
class DropZone;
class MatrixTabs;
class ProblemBanner;
class ReadingTable;

/// The Data screen: which files, are they sound, what is in them.
class DataPage final : public QWidget
{
    Q_OBJECT

public:
    explicit DataPage(view::DataController *data, QWidget *parent = nullptr);
    void setRecentFiles(const QStringList &files);

Q_SIGNALS:
    void openRequested();
    void openFolderRequested();
    void trainRequested();

private:
    /// One file of the run: choose it, look at it, take it away.
    struct InputRow
    {
        QToolButton *select = nullptr;
        QPushButton *choose = nullptr;
        QPushButton *remove = nullptr;
    };

    QWidget *makeInputs();
    QWidget *makeDetails();
    QWidget *makeOpening();
    QWidget *makeChoice();
    QWidget *makeSource();
    void makePreview(QWidget *details);
    InputRow makeInput(view::InputRole role, const char *prefix, const QString &hint);
    void refresh();
    void updateInput(view::InputRole role);
    void updateFacts();
    void updateDetails();
    void updateChoice();
    void updateSource();
    [[nodiscard]] view::DataInput *shownInput() const;

    view::DataController *m_data;
    QStackedWidget *m_stack;
    DropZone *m_drop;
    std::array<InputRow, 3> m_rows{};
    std::array<QString, 3> m_hints;
    ProblemBanner *m_sampleProblem;
    ProblemBanner *m_problem;
    QWidget *m_opening = nullptr;
    QProgressBar *m_progress = nullptr;
    QWidget *m_choice = nullptr;
    QLabel *m_choiceTitle = nullptr;
    QComboBox *m_choiceCombo = nullptr;
    QWidget *m_source = nullptr;
    QComboBox *m_sourceCombo = nullptr;
    QLabel *m_title;
    QWidget *m_facts;
    QFormLayout *m_form;
    QLabel *m_checksTitle = nullptr;
    CheckTable *m_checks = nullptr;
    QLabel *m_previewTitle = nullptr;
    ReadingTable *m_preview = nullptr;
    MatrixTabs *m_tabs = nullptr;
    QPushButton *m_next;
    QLabel *m_why;
    QString m_shownFacts;
    int m_shownInput = -1;
};

} // namespace ibidem::widgets
