// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/prepare_controller.h"

#include <algorithm>
#include <utility>

namespace ibidem::view {

namespace {

constexpr std::size_t kNamedGenes = 10;

/// Genes that a difference of the last digits would keep or drop.
data::Check nearThresholdCheck(const std::vector<std::string> &genes)
{
    if (genes.empty())
        return {"near-threshold", data::CheckState::Ok,
                toUtf8(PrepareController::tr("No gene lies close to a threshold of the selection."))};
    QStringList names;
    for (std::size_t place = 0; place < std::min(genes.size(), kNamedGenes); ++place)
        names << toQt(genes[place]);
    if (genes.size() > kNamedGenes)
        names << PrepareController::tr("and %1 more").arg(count(genes.size() - kNamedGenes));
    return {"near-threshold", data::CheckState::Warning,
            toUtf8(PrepareController::tr(
                       "%1 genes lie so close to a threshold that another program's rounding may decide "
                       "otherwise: %2")
                       .arg(count(genes.size()), names.join(QStringLiteral(", "))))};
}

} // namespace

PrepareController::PrepareController(jobs::Programs programs, QObject *parent)
    : QObject(parent)
    , m_programs(std::move(programs))
{
    connect(&m_parameters, &PreparationModel::changed, this, &PrepareController::changed);
}

PrepareController::~PrepareController()
{
    dropJob();
}

void PrepareController::dropJob()
{
    if (!m_job)
        return;
    m_job->disconnect(this);
    m_job->cancel();
    m_job->deleteLater();
    m_job = nullptr;
}

void PrepareController::forgetResult()
{
    m_summary.reset();
    m_stages.setStages({});
    m_checks.setChecks({});
}

void PrepareController::setContainer(const std::filesystem::path &container)
{
    if (container == m_container)
        return;
    dropJob();
    m_container = container;
    forgetResult();
    setState(State::Idle);
}

QString PrepareController::whyNotRun() const
{
    if (busy())
        return tr("A preparation is going on: wait for it or cancel it.");
    if (m_container.empty())
        return tr("No matrix is open.");
    return {};
}

QString PrepareController::whyNotCancel() const
{
    if (m_state == State::Stopping)
        return tr("The preparation is being cancelled already.");
    return busy() ? QString() : tr("No preparation is going on.");
}

QString PrepareController::whyNotReset() const
{
    return m_parameters.changedCount() > 0 ? QString() : tr("All parameters have their defaults.");
}

bool PrepareController::isOutdated() const
{
    return m_summary && m_prepared != m_parameters.preparation();
}

void PrepareController::run()
{
    if (!whyNotRun().isEmpty())
        return;
    forgetResult();
    m_prepared = m_parameters.preparation();
    m_stage = tr("starting");
    m_job = new jobs::PrepareJob(m_programs, {m_container, m_prepared, 0, std::nullopt}, this);
    connect(m_job, &jobs::PrepareJob::progressed, this, [this](const QString &stage, double fraction) {
        m_stage = StagesModel::title(stage);
        m_permille = std::clamp(static_cast<int>(fraction * 1000.0), 0, 1000);
        Q_EMIT progressed();
    });
    connect(m_job, &jobs::PrepareJob::finished, this, &PrepareController::jobFinished, Qt::QueuedConnection);
    setState(State::Running);
    m_job->start();
}

void PrepareController::cancel()
{
    if (!whyNotCancel().isEmpty())
        return;
    setState(State::Stopping);
    m_job->cancel();
}

void PrepareController::jobFinished()
{
    if (!m_job)
        return;
    const Result<data::PreparedSummary> result = m_job->result();
    m_job->deleteLater();
    m_job = nullptr;
    if (!result && (m_state == State::Stopping || result.error().code == ErrorCode::Stopped)) {
        setState(State::Cancelled);
        return;
    }
    if (!result) {
        m_problem = PreparationModel::inWords(problemOf(result.error()));
        if (toPath(m_problem.file) == m_container)
            m_problem.file.clear(); // a name in the cache says nothing
        m_checks.setChecks({{"preparation", data::CheckState::Error, result.error().message}});
        setState(State::Failed);
        return;
    }
    show(*result);
    setState(State::Finished);
}

void PrepareController::show(const data::PreparedSummary &summary)
{
    m_summary = summary;
    m_stages.setStages(summary.stages);
    std::vector<data::Check> checks = summary.checks;
    for (data::Check &check : checks)
        check.message = toUtf8(PreparationModel::inWords(toQt(check.message)));
    if (m_prepared.selectGenes)
        checks.push_back(nearThresholdCheck(summary.nearThreshold));
    m_checks.setChecks(std::move(checks));
}

void PrepareController::setState(State state)
{
    m_state = state;
    if (state != State::Running && state != State::Stopping)
        m_permille = state == State::Finished ? 1000 : 0;
    if (state != State::Failed)
        m_problem = {};
    Q_EMIT changed();
    Q_EMIT progressed();
}

QString PrepareController::statusText() const
{
    switch (m_state) {
    case State::Idle:
        return m_container.empty() ? tr("No matrix is open.")
                                   : tr("Prepare shows what each stage keeps. The file is not changed.");
    case State::Running:
        return tr("Preparing: %1…").arg(m_stage);
    case State::Stopping:
        return tr("Cancelling…");
    case State::Cancelled:
        return tr("The preparation was cancelled. Nothing was kept.");
    case State::Failed:
        return tr("The preparation failed.");
    case State::Finished:
        break;
    }
    if (isOutdated())
        return tr("The parameters were changed since: prepare again to see what they keep.");
    if (m_summary->stages.empty())
        return tr("Prepared.");
    const data::CellStage &last = m_summary->stages.back();
    return tr("Prepared: %1 cells × %2 genes, digest %3")
        .arg(count(last.cells), count(last.genes), shortDigest(toQt(last.digest)));
}

} // namespace ibidem::view
