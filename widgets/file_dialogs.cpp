// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/file_dialogs.h"

#include <QCoreApplication>
#include <QFileDialog>

namespace ibidem::widgets {

namespace {

QFileDialog *dialogFor(QWidget *parent, const QString &title,
                       const std::function<void(const QString &)> &done)
{
    auto *dialog = new QFileDialog(parent, title);
    dialog->setObjectName(QStringLiteral("fileDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, done);
    return dialog;
}

} // namespace

void askForTable(QWidget *parent, const QString &title, const std::function<void(const QString &)> &done)
{
    QFileDialog *dialog = dialogFor(parent, title, done);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters(
        {QCoreApplication::translate(
             "FileDialogs",
             "Tables and matrices (*.tsv *.csv *.txt *.gct *.cls *.gz *.h5ad *.h5 *.hdf5 *.loom *.mtx)"),
         QCoreApplication::translate("FileDialogs", "All files (*)")});
    dialog->open();
}

void askForFolder(QWidget *parent, const QString &title, const std::function<void(const QString &)> &done)
{
    QFileDialog *dialog = dialogFor(parent, title, done);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->open();
}

void askWhereToSave(QWidget *parent, const QString &title, const QString &suggested,
                    const std::function<void(const QString &)> &done)
{
    QFileDialog *dialog = dialogFor(parent, title, done);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("html"));
    dialog->setNameFilters({QCoreApplication::translate("FileDialogs", "Web pages (*.html)")});
    dialog->selectFile(suggested);
    dialog->open();
}

} // namespace ibidem::widgets
