// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/session.h"

#include "models/base/files.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QDir>
#include <QFileInfo>

#include <vector>

namespace ibidem::view {

namespace {

/// A run that a live process is writing; empty if there is none.
std::filesystem::path runningIn(const std::filesystem::path &store)
{
    const auto names = listFolder(store);
    if (!names)
        return {};
    for (const std::string &name : *names) {
        if (runs::isPartial(store / name) && runs::RunLock::held(store / name))
            return store / name;
    }
    return {};
}

} // namespace

Session::Session(const Setup &setup, QObject *parent)
    : QObject(parent)
    , m_runStore(setup.runStore)
    , m_runs(setup.runStore)
    , m_data(setup.programs, setup.cacheFolder, setup.sampleFile, setup.sampleSource)
    , m_train({setup.programs, setup.cacheFolder, setup.runStore}, m_data, m_settings)
    , m_report(m_train, m_compare)
    , m_background(this)
{
    connect(&m_data, &DataController::changed, this, &Session::stepsChanged);
    connect(&m_train, &TrainController::changed, this, &Session::stepsChanged);
    connect(&m_compare, &CompareController::changed, this, &Session::stepsChanged);
    connect(&m_report, &ReportController::changed, this, &Session::stepsChanged);
    connect(&m_train, &TrainController::finished, this, &Session::trainFinished);
    connect(&m_data, &DataController::changed, this, &Session::adoptData);
    connect(&m_settings, &SettingsModel::changed, this, &Session::adoptSettings);
    PreparationModel *preparation = m_data.input(InputRole::Train)->content()->preparation()->parameters();
    connect(preparation, &PreparationModel::changed, &m_settings,
            [this, preparation] { m_settings.setPreparation(preparation->preparation()); });
}

void Session::adoptData()
{
    const bool ready = m_data.input(InputRole::Train)->state() == DataInput::State::Ready;
    if (ready && m_settings.isNetwork() != m_data.showsMatrix())
        m_settings.setRecipe(m_settings.recipeFor(m_data.showsMatrix()));
}

void Session::adoptSettings()
{
    if (m_settings.isNetwork())
        m_data.input(InputRole::Train)
            ->content()
            ->preparation()
            ->parameters()
            ->setPreparation(m_settings.preparation());
}

void Session::start()
{
    m_runs.refresh();
    m_background.run([store = m_runStore] { return runningIn(store); },
                     [this](const std::filesystem::path &run) {
                         if (!run.empty())
                             m_train.attach(run);
                     });
}

void Session::open(const QStringList &paths)
{
    std::vector<std::filesystem::path> runs;
    QStringList files;
    for (const QString &path : paths) {
        const QString clean = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
        if (QFileInfo::exists(clean + QLatin1Char('/') + toQt(runs::kManifestFile)))
            runs.push_back(toPath(clean));
        else
            files << path;
    }
    for (const std::filesystem::path &run : runs)
        m_runs.add(run);
    if (runs.size() == 2)
        m_compare.compare(runs.front(), runs.back());
    if (!files.isEmpty())
        m_data.openAll(files);
    if (!paths.isEmpty())
        Q_EMIT stepWanted(runs.empty() ? Step::Data : Step::Compare);
}

void Session::trainFinished(bool again)
{
    m_runs.add(m_train.run());
    if (!again)
        return;
    m_compare.compare(m_train.reference(), m_train.run());
    Q_EMIT stepWanted(Step::Compare);
}

StepView Session::step(Step step) const
{
    switch (step) {
    case Step::Data:
        return dataStep();
    case Step::Train:
        return trainStep();
    case Step::Compare:
        return compareStep();
    case Step::Report:
        break;
    }
    return reportStep();
}

StepView Session::dataStep() const
{
    if (m_data.isEmpty())
        return {StepState::Empty, tr("no data yet")};
    if (m_data.isOpening())
        return {StepState::Running, tr("reading")};
    if (!m_data.whyNotReady().isEmpty())
        return {StepState::Attention, tr("needs attention")};
    const DataInput *train = m_data.input(InputRole::Train);
    const int warnings = train->checks()->countOf(data::CheckState::Warning);
    if (warnings == 0)
        return {StepState::Ready, tr("sound")};
    return {StepState::Ready,
            warnings == 1 ? tr("usable, 1 warning") : tr("usable, %1 warnings").arg(warnings)};
}

StepView Session::trainStep() const
{
    switch (m_train.state()) {
    case TrainController::State::Preparing:
    case TrainController::State::Running:
        return {StepState::Running, tr("running")};
    case TrainController::State::Stopping:
        return {StepState::Running, tr("stopping")};
    case TrainController::State::Finished:
        return {StepState::Ready, tr("finished")};
    case TrainController::State::Stopped:
        return {StepState::Attention, tr("stopped")};
    case TrainController::State::Failed:
        return {StepState::Attention, tr("failed")};
    case TrainController::State::Idle:
        break;
    }
    return {StepState::Empty, m_data.whyNotReady().isEmpty() ? tr("can start") : tr("needs data")};
}

StepView Session::compareStep() const
{
    switch (m_compare.state()) {
    case CompareController::State::Working:
        return {StepState::Running, tr("comparing")};
    case CompareController::State::Failed:
        return {StepState::Attention, tr("failed")};
    case CompareController::State::Idle:
        return {StepState::Empty, tr("needs two runs")};
    case CompareController::State::Done:
        break;
    }
    switch (m_compare.verdict()) {
    case CompareController::Verdict::Identical:
        return {StepState::Ready, tr("identical")};
    case CompareController::Verdict::Within:
        return {StepState::Ready, tr("within tolerance")};
    default:
        return {StepState::Attention, tr("different")};
    }
}

StepView Session::reportStep() const
{
    switch (m_report.state()) {
    case ReportController::State::Working:
        return {StepState::Running, tr("writing")};
    case ReportController::State::Saved:
        return {StepState::Ready, tr("saved")};
    case ReportController::State::Failed:
        return {StepState::Attention, tr("not saved")};
    case ReportController::State::Idle:
        break;
    }
    return {StepState::Empty, m_report.runs().empty() ? tr("needs a run") : tr("can be saved")};
}

} // namespace ibidem::view
