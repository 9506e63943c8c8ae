// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/report_controller.h"

#include "models/base/files.h"
#include "models/report/levels.h"

namespace ibidem::view {

ReportController::ReportController(const TrainController &train, const CompareController &compare,
                                   QObject *parent)
    : QObject(parent)
    , m_train(train)
    , m_compare(compare)
    , m_background(this)
{
    connect(&m_train, &TrainController::changed, this, &ReportController::sourcesChanged);
    connect(&m_compare, &CompareController::changed, this, &ReportController::sourcesChanged);
    updateClaims();
}

std::vector<std::filesystem::path> ReportController::runs() const
{
    if (m_compare.state() == CompareController::State::Done)
        return {m_compare.a(), m_compare.b()};
    if (m_train.reference().empty())
        return {};
    return {m_train.reference()};
}

void ReportController::sourcesChanged()
{
    if (m_state == State::Saved && m_written != runs()) {
        m_state = State::Idle;
        m_file.clear();
        m_changed.clear();
        m_problem = {};
    }
    readProcessors();
    updateClaims();
    Q_EMIT changed();
}

/// From the manifests, by the rule of the page, so that the window claims what the page will claim.
void ReportController::readProcessors()
{
    const bool identical = m_compare.verdict() == CompareController::Verdict::Identical;
    const auto equal = identical ? runs() : std::vector<std::filesystem::path>();
    if (equal == m_equal)
        return;
    m_equal = equal;
    m_processors = 0;
    if (equal.empty())
        return;
    m_background.run(
        [equal] {
            std::vector<runs::Manifest> manifests;
            for (const std::filesystem::path &run : equal)
                if (Result<runs::Manifest> manifest = runs::readManifest(run))
                    manifests.push_back(*std::move(manifest));
            std::vector<const runs::Manifest *> all;
            for (const runs::Manifest &manifest : manifests)
                all.push_back(&manifest);
            return report::processorKinds(all);
        },
        [this, equal](std::size_t processors) {
            if (m_equal != equal)
                return;
            m_processors = processors;
            updateClaims();
            Q_EMIT changed();
        });
}

QString ReportController::whyNotSave() const
{
    if (m_state == State::Working)
        return tr("The report is being written.");
    if (runs().empty())
        return tr("A report needs a finished run: train one first.");
    return {};
}

QString ReportController::suggestedName() const
{
    const auto sources = runs();
    return sources.empty() ? QStringLiteral("report.html")
                           : tr("%1-report.html").arg(fromPath(sources.front().filename()));
}

void ReportController::save(const QString &file)
{
    if (!whyNotSave().isEmpty())
        return;
    m_state = State::Working;
    m_file.clear();
    m_changed.clear();
    m_problem = {};
    Q_EMIT changed();
    const auto sources = runs();
    m_background.run(
        [sources, path = toPath(file)]() -> Result<std::vector<report::ChangedFile>> {
            IBIDEM_TRY(report::HtmlReport made, report::htmlReport(sources));
            IBIDEM_CHECK(writeFileAtomically(path, made.page));
            return std::move(made.changed);
        },
        [this, sources, file](Result<std::vector<report::ChangedFile>> result) {
            if (result) {
                m_written = sources;
                saved(file, *std::move(result));
            } else {
                m_state = State::Failed;
                m_problem = problemOf(result.error());
            }
            updateClaims();
            Q_EMIT changed();
        });
}

void ReportController::saved(const QString &file, std::vector<report::ChangedFile> files)
{
    m_state = State::Saved;
    m_file = file;
    m_changed = std::move(files);
    if (m_changed.empty())
        return;
    QStringList names;
    for (const report::ChangedFile &one : m_changed)
        names << tr("%1 of %2").arg(toQt(one.file), toQt(one.run));
    m_problem.cause = tr("Files were changed after the run, or are missing: %1. The report says so in its "
                         "first lines.")
                          .arg(names.join(QStringLiteral(", ")));
    m_problem.cure = tr("Restore them, or train the run again.");
}

QString ReportController::statusText() const
{
    switch (m_state) {
    case State::Working:
        return tr("Writing the report…");
    case State::Saved:
        return m_changed.empty() ? tr("The report is saved.")
                                 : tr("The report is saved, and it says that files were changed.");
    case State::Failed:
        return tr("The report was not saved: %1").arg(m_problem.cause);
    case State::Idle:
        break;
    }
    const auto sources = runs();
    if (sources.empty())
        return whyNotSave();
    if (sources.size() == 1)
        return tr("The report will describe %1. Run again first, and it has a verdict too.")
            .arg(fromPath(sources.front().filename()));
    return tr("The report will describe %1 and compare it with %2.")
        .arg(fromPath(sources.front().filename()), fromPath(sources.back().filename()));
}

void ReportController::updateClaims()
{
    using ibidem::data::CheckState;
    std::vector<ibidem::data::Check> claims;
    const auto add = [&claims](const char *name, CheckState state, const QString &text) {
        claims.push_back({name, state, toUtf8(text)});
    };
    switch (m_compare.verdict()) {
    case CompareController::Verdict::Identical:
        add("same-bits", CheckState::Ok, tr("The two runs have the same bits."));
        break;
    case CompareController::Verdict::Within:
        add("same-bits", CheckState::Warning, tr("The two runs agree within a tolerance, not bit for bit."));
        break;
    case CompareController::Verdict::Different:
        add("same-bits", CheckState::Error, tr("The two runs differ; the report says where first."));
        break;
    case CompareController::Verdict::None:
        add("same-bits", CheckState::Warning,
            runs().empty() ? tr("There is no finished run yet.")
                           : tr("The run was not repeated yet, so nothing is known about its bits."));
        break;
    }
    for (const report::ChangedFile &one : m_changed)
        add("files", CheckState::Error, toQt(one.run + ": " + one.message + "."));
    if (m_state == State::Saved && m_changed.empty())
        add("files", CheckState::Ok, tr("Every file is what its run recorded."));
    if (m_processors > 1)
        add("other-machines", CheckState::Ok,
            tr("Other computers: the same bits on %1 kinds of processor, as the runs record them.")
                .arg(m_processors));
    else
        add("other-machines", CheckState::Warning, tr("Other computers: not yet observed."));
    add("private", CheckState::Ok, tr("The report holds no path, computer or user name."));
    m_claims.setChecks(std::move(claims));
}

} // namespace ibidem::view
