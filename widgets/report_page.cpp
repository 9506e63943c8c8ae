// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "widgets/report_page.h"

#include "widgets/file_dialogs.h"
#include "widgets/parts.h"
#include "widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace ibidem::widgets {

ReportPage::ReportPage(view::ReportController *report, QWidget *parent)
    : QWidget(parent)
    , m_report(report)
    , m_status(wrappedLabel("reportStatus", this))
    , m_file(wrappedLabel("reportFile", this))
    , m_problem(named(new ProblemBanner(this), "reportProblem"))
    , m_claims(named(new CheckTable(this), "claimsTable", tr("Claims and limits")))
    , m_save(named(new PrimaryButton(tr("&Save report…"), this), "saveReportButton"))
    , m_open(named(new QPushButton(symbol(QStringLiteral("report")), tr("&Open the report"), this),
                   "openReportButton"))
    , m_goToTrain(named(new QPushButton(tr("&Go to Train"), this), "goToTrainingButton"))
{
    m_claims->setModel(report->claims());
    auto *claimsTitle = heading(tr("&Claims and limits"), this);
    claimsTitle->setBuddy(m_claims);
    auto *contents = wrappedLabel("reportContents", this);
    contents->setText(
        tr("One web page that needs no internet: verdict, data, settings, computer and libraries, "
           "curves, what the model found (classes and genes, or map and clusters), limits, digests, "
           "and the commands that repeat everything."));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_save);
    buttons->addWidget(m_open);
    buttons->addWidget(m_goToTrain);
    buttons->addStretch(1);
    auto *layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(heading(tr("Reproducibility report"), this));
    layout->addWidget(contents);
    layout->addWidget(m_status);
    layout->addWidget(m_problem);
    layout->addLayout(buttons);
    layout->addWidget(m_file);
    layout->addWidget(claimsTitle);
    layout->addWidget(m_claims, 1);

    connect(m_save, &QPushButton::clicked, this, &ReportPage::askAndSave);
    connect(m_open, &QPushButton::clicked, this,
            [this] { Q_EMIT openSavedRequested(m_report->savedFile()); });
    connect(m_goToTrain, &QPushButton::clicked, this, &ReportPage::trainRequested);
    connect(m_report, &view::ReportController::changed, this, &ReportPage::refresh);
    refresh();
}

void ReportPage::askAndSave()
{
    askWhereToSave(this, tr("Save the report"), m_report->suggestedName(),
                   [this](const QString &file) { m_report->save(file); });
}

void ReportPage::refresh()
{
    const QString saved = m_report->savedFile();
    m_status->setText(m_report->statusText());
    m_file->setText(saved);
    m_file->setVisible(!saved.isEmpty());
    m_open->setVisible(!saved.isEmpty());
    m_problem->setProblem(m_report->problem());
    enableUnless(m_save, m_report->whyNotSave());
    m_goToTrain->setVisible(m_report->runs().empty());
}

} // namespace ibidem::widgets
