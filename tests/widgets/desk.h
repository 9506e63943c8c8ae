// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/jobs/child_jobs.h"
#include "models/prepare/generate_expression.h"
#include "models/view/session.h"
#include "widgets/main_window.h"

#include <QAbstractButton>
#include <QFileDialog>
#include <QLineEdit>
#include <QPointer>
#include <QTemporaryDir>
#include <QTest>

/// A session and its window in a folder of their own, and the hands of a user.
struct Desk
{
    explicit Desk(const QString &folder)
        : root(folder)
        , session(setup(folder))
        , window(&session)
    {
        window.resize(1180, 780);
        window.show();
        session.start();
    }

    static ibidem::view::Session::Setup setup(const QString &folder)
    {
        const std::filesystem::path root = ibidem::view::toPath(folder);
        ibidem::view::Session::Setup setup;
        setup.programs = ibidem::jobs::Programs::besideThisProgram();
        setup.cacheFolder = root / "cache";
        setup.runStore = root / "runs";
        setup.sampleFile = root / "sample.tsv";
        setup.sampleSource = [] {
            ibidem::prepare::ExpressionRecipe recipe;
            recipe.genes = 40;
            recipe.samples = 60;
            return ibidem::prepare::generateExpressionTsv(recipe);
        };
        return setup;
    }

    template <class Widget = QAbstractButton>
    Widget *find(const char *name)
    {
        return window.findChild<Widget *>(QLatin1String(name));
    }

    /// Presses a button as a user can: only if it is there, visible and enabled.
    bool click(const char *name)
    {
        auto *button = find<>(name);
        if (!button || !button->isVisible() || !button->isEnabled())
            return false;
        QTest::mouseClick(button, Qt::LeftButton);
        return true;
    }

    bool chooseFile(const QString &path)
    {
        auto *dialog = window.findChild<QFileDialog *>(QStringLiteral("fileDialog"));
        if (!dialog)
            return false;
        dialog->setDirectory(QFileInfo(path).absolutePath());
        auto *name = dialog->findChild<QLineEdit *>(QStringLiteral("fileNameEdit"));
        if (!name)
            return false;
        name->setText(QFileInfo(path).fileName());
        QMetaObject::invokeMethod(dialog, "accept");
        return true;
    }

    QString root;
    ibidem::view::Session session;
    ibidem::widgets::MainWindow window;
};
