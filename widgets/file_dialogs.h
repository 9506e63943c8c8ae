// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QWidget>

#include <functional>

namespace ibidem::widgets {

/// File dialogs that do not stop the event loop; `done` is called with the chosen file, not at all if there
/// is none.
void askForTable(QWidget *parent, const QString &title, const std::function<void(const QString &)> &done);
void askForFolder(QWidget *parent, const QString &title, const std::function<void(const QString &)> &done);
void askWhereToSave(QWidget *parent, const QString &title, const QString &suggested,
                    const std::function<void(const QString &)> &done);

} // namespace ibidem::widgets
