// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/view/text.h"

#include <QComboBox>
#include <QFrame>
#include <QLabel>
#include <QPushButton>
#include <QTableView>

namespace ibidem::widgets {

/// What every interactive widget needs: an object name for tests and scripts, a name for screen readers.
template <class Widget>
Widget *named(Widget *widget, const char *objectName, const QString &accessibleName = {})
{
    widget->setObjectName(QLatin1String(objectName));
    if (!accessibleName.isEmpty())
        widget->setAccessibleName(accessibleName);
    return widget;
}

/// Text that wraps and can be selected with mouse and keyboard.
[[nodiscard]] QLabel *wrappedLabel(const char *objectName, QWidget *parent = nullptr);
[[nodiscard]] QLabel *heading(const QString &text, QWidget *parent = nullptr);
/// Enables a button, or disables it and says why in its tool tip and description.
void enableUnless(QAbstractButton *button, const QString &whyNot);

/// Gives a combo box these entries, if it has others; what is chosen stays if it has the same.
void setEntries(QComboBox *combo, const QStringList &entries);

/// The one button of a screen that is meant: in the colour of the selection.
class PrimaryButton final : public QPushButton
{
    Q_OBJECT

public:
    explicit PrimaryButton(const QString &text, QWidget *parent = nullptr);

protected:
    void changeEvent(QEvent *event) override;

private:
    void adoptPalette();
    bool m_adopting = false;
};

/// A table for reading: whole rows, no editing, Tab leaves it.
class ReadingTable : public QTableView
{
    Q_OBJECT

public:
    explicit ReadingTable(QWidget *parent = nullptr);
};

/// A table of any size. Typing does not search in it: that would ask for one value after the other.
class ValueTable final : public ReadingTable
{
    Q_OBJECT

public:
    explicit ValueTable(QWidget *parent = nullptr);
    void keyboardSearch(const QString &search) override;
};

/// Checks with a symbol and a word for their state; long messages wrap.
class CheckTable final : public ReadingTable
{
    Q_OBJECT

public:
    explicit CheckTable(QWidget *parent = nullptr);
    void setModel(QAbstractItemModel *model) override;
};

/// An error in words: cause, file, cure. Hidden while there is none.
class ProblemBanner final : public QFrame
{
    Q_OBJECT

public:
    explicit ProblemBanner(QWidget *parent = nullptr);
    void setProblem(const view::Problem &problem);

private:
    QLabel *m_icon;
    QLabel *m_text;
};

} // namespace ibidem::widgets
