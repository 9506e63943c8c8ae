// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/train_controller.h"

#include "models/runs/run_folder.h"

#include <algorithm>
#include <cmath>

namespace ibidem::view {

namespace {

std::optional<std::filesystem::path> fileOf(const DataController &data, InputRole role)
{
    const DataInput *input = data.input(role);
    if (input->state() != DataInput::State::Ready)
        return std::nullopt;
    return toPath(input->file());
}

QString textAt(const Json &event, std::string_view key)
{
    const auto text = stringAt(event, key);
    return text ? toQt(*text) : QString();
}

} // namespace

TrainController::TrainController(Places places, DataController &data, SettingsModel &settings,
                                 QObject *parent)
    : QObject(parent)
    , m_places(std::move(places))
    , m_data(data)
    , m_settings(settings)
    , m_background(this)
{
    connect(&m_data, &DataController::changed, this, &TrainController::updateReadiness);
    connect(&m_settings, &SettingsModel::changed, this, &TrainController::updateReadiness);
    updateReadiness();
}

TrainController::~TrainController()
{
    if (m_builder)
        m_builder->disconnect(this);
    if (m_job)
        m_job->disconnect(this);
}

bool TrainController::busy() const
{
    return m_state == State::Preparing || m_state == State::Running || m_state == State::Stopping;
}

QString TrainController::whyNotTrain() const
{
    if (busy())
        return tr("A run is going on: wait for it or stop it.");
    return m_data.whyNotReady();
}

QString TrainController::whyNotAgain() const
{
    if (busy())
        return tr("A run is going on: wait for it or stop it.");
    if (m_reference.empty())
        return tr("There is no finished run to repeat: train one first.");
    return {};
}

QString TrainController::whyNotResume() const
{
    return m_state == State::Stopped ? QString() : tr("There is no stopped run to continue.");
}

QString TrainController::whyNotStop() const
{
    if (m_state == State::Stopping)
        return tr("The run is stopping already.");
    return busy() ? QString() : tr("Nothing is running.");
}

void TrainController::train()
{
    if (!whyNotTrain().isEmpty())
        return;
    m_again = false;
    jobs::TrainOrder order;
    m_settings.fill(order);
    order.train = fileOf(m_data, InputRole::Train);
    order.test = fileOf(m_data, InputRole::Test);
    order.labels = fileOf(m_data, InputRole::Labels);
    setState(State::Preparing);
    build(order);
}

void TrainController::runAgain()
{
    if (!whyNotAgain().isEmpty())
        return;
    m_again = true;
    setState(State::Preparing);
    m_background.run(
        [run = m_reference, cache = m_places.cacheFolder] {
            return jobs::repeatOrder(run, cache, std::nullopt, false);
        },
        [this](const Result<jobs::TrainOrder> &order) {
            if (m_state != State::Preparing)
                return;
            if (order)
                build(*order);
            else
                fail(problemOf(order.error()));
        });
}

void TrainController::build(const jobs::TrainOrder &order)
{
    m_builder = new jobs::RunBuilder(m_places.programs, order, m_places.cacheFolder, m_places.runStore, this);
    connect(m_builder, &jobs::RunBuilder::progressed, this, [this](const QString &stage, double fraction) {
        m_stage = stage;
        m_permille = std::clamp(static_cast<int>(fraction * 1000.0), 0, 1000);
        Q_EMIT progressed();
    });
    connect(m_builder, &jobs::RunBuilder::finished, this, &TrainController::builderFinished,
            Qt::QueuedConnection);
    m_builder->start();
}

void TrainController::builderFinished()
{
    if (!m_builder)
        return;
    const Result<std::filesystem::path> partial = m_builder->result();
    m_builder->deleteLater();
    m_builder = nullptr;
    if (m_state == State::Stopping) {
        addLog(tr("Stopped before training began."));
        setState(m_chain.isEmpty() ? State::Idle : State::Finished);
        return;
    }
    if (!partial) {
        fail(problemOf(partial.error()));
        return;
    }
    m_curve.clear();
    m_metrics.setMetrics({});
    launch([&partial](jobs::TrainJob &job) { job.start(*partial); });
}

void TrainController::launch(const std::function<void(jobs::TrainJob &)> &begin)
{
    m_round = 0;
    m_firstRound = 0;
    m_rounds = 0;
    m_permille = 0;
    m_chain.clear();
    m_stage = tr("Starting");
    m_job = new jobs::TrainJob(m_places.programs, this);
    connect(m_job, &jobs::TrainJob::eventArrived, this, [this](const QString &text) {
        if (const auto event = parseJson(toUtf8(text)))
            handle(*event);
    });
    connect(m_job, &jobs::TrainJob::finished, this, &TrainController::jobFinished, Qt::QueuedConnection);
    setState(State::Running);
    begin(*m_job);
    m_run = runs::finalPath(m_job->run());
}

void TrainController::resume()
{
    if (!whyNotResume().isEmpty())
        return;
    m_again = m_again && !m_reference.empty();
    launch([run = m_run](jobs::TrainJob &job) { job.resume(run); });
}

void TrainController::attach(const std::filesystem::path &run)
{
    if (busy())
        return;
    m_again = false;
    m_curve.clear();
    m_metrics.setMetrics({});
    launch([&run](jobs::TrainJob &job) { job.attach(run); });
    addLog(tr("Following %1, which was going on already.").arg(fromPath(m_run.filename())));
}

void TrainController::stop()
{
    if (!whyNotStop().isEmpty())
        return;
    setState(State::Stopping);
    if (m_builder)
        m_builder->cancel();
    else if (m_job)
        m_job->stop();
    else
        setState(State::Idle);
}

void TrainController::release()
{
    if (!m_job)
        return;
    m_job->disconnect(this);
    delete m_job;
    m_job = nullptr;
    setState(State::Idle);
}

void TrainController::handle(const Json &event)
{
    const QString kind = textAt(event, "event");
    if (kind == QLatin1String("started")) {
        m_rounds = integerAt(event, "rounds").value_or(0);
        m_firstRound = integerAt(event, "fromRound").value_or(0);
        m_curve.setRounds(m_rounds);
        m_sinceStart.start();
        addLog(tr("Started: %1, level %2, device %3")
                   .arg(textAt(event, "recipe"), textAt(event, "level"), textAt(event, "device")));
    } else if (kind == QLatin1String("progress")) {
        m_stage = textAt(event, "stage");
        m_round = integerAt(event, "round").value_or(m_round);
        m_rounds = integerAt(event, "rounds").value_or(m_rounds);
        m_permille =
            std::clamp(static_cast<int>(numberAt(event, "fraction").value_or(0.0) * 1000.0), 0, 1000);
        Q_EMIT progressed();
    } else if (kind == QLatin1String("metric")) {
        const qint64 round = integerAt(event, "round").value_or(0);
        const double value = numberAt(event, "value").value_or(std::nan(""));
        const QString metric = textAt(event, "metric");
        if (metric == QLatin1String("logloss"))
            m_curve.append(textAt(event, "split"), round, value);
        m_metrics.setValue(textAt(event, "split"), metric, value);
    } else if (kind == QLatin1String("checkpoint")) {
        addLog(tr("Checkpoint kept after round %1").arg(integerAt(event, "round").value_or(0)));
    } else if (kind == QLatin1String("warning")) {
        addLog(tr("Warning: %1").arg(textAt(event, "message")));
    } else if (kind == QLatin1String("finished")) {
        m_chain = textAt(event, "chain");
        m_round = integerAt(event, "round").value_or(m_round);
    } else if (kind == QLatin1String("failed")) {
        m_problem = {textAt(event, "error.message"), textAt(event, "error.path"),
                     textAt(event, "error.cure")};
    }
}

void TrainController::jobFinished(int exitCode)
{
    if (!m_job)
        return;
    m_run = runs::finalPath(m_job->run());
    const QString said = toQt(m_job->problem());
    m_job->deleteLater();
    m_job = nullptr;
    if (exitCode == ibidem::exitCode(ErrorCode::Stopped)) {
        m_permille = 0;
        addLog(tr("Stopped after round %1; a checkpoint is kept.").arg(m_round));
        setState(State::Stopped);
        return;
    }
    if (exitCode != 0) {
        const QString cause =
            said.isEmpty() ? tr("the training program ended with code %1").arg(exitCode) : said;
        fail(!m_problem.isEmpty() ? m_problem
                                  : Problem{cause, fromPath(m_run), tr("its log is in the run's folder")});
        return;
    }
    m_background.run([run = m_run] { return runs::readManifest(run); },
                     [this](const Result<runs::Manifest> &manifest) { finishWith(manifest); });
}

void TrainController::finishWith(const Result<runs::Manifest> &manifest)
{
    if (!manifest) {
        fail(problemOf(manifest.error()));
        return;
    }
    m_chain = toQt(manifest->chain);
    m_metrics.setMetrics(manifest->metrics);
    m_permille = 1000;
    if (!m_again)
        m_reference = m_run;
    for (const std::string &note : manifest->notes)
        addLog(tr("Note: %1").arg(toQt(note)));
    addLog(tr("Finished: %1, digest %2").arg(fromPath(m_run.filename()), shortDigest(m_chain)));
    setState(State::Finished);
    Q_EMIT finished(m_again);
}

void TrainController::fail(const Problem &problem)
{
    m_problem = problem;
    m_permille = 0;
    addLog(tr("Failed: %1").arg(problem.cause));
    m_state = State::Failed;
    Q_EMIT changed();
    Q_EMIT progressed();
}

void TrainController::setState(State state)
{
    m_state = state;
    if (state == State::Preparing) {
        m_permille = 0;
        m_stage = tr("Reading the data");
    }
    if (state != State::Failed)
        m_problem = {};
    Q_EMIT changed();
    Q_EMIT progressed();
}

void TrainController::addLog(const QString &line)
{
    const int row = m_log.rowCount();
    m_log.insertRow(row);
    m_log.setData(m_log.index(row), line);
}

QString TrainController::remainingText() const
{
    const qint64 done = m_round - m_firstRound;
    if (!m_sinceStart.isValid() || done <= 0 || m_rounds <= m_round)
        return {};
    const double seconds = static_cast<double>(m_sinceStart.elapsed()) / 1000.0 *
                           static_cast<double>(m_rounds - m_round) / static_cast<double>(done);
    if (seconds < 1.0)
        return tr(", less than a second left");
    if (seconds < 90.0)
        return tr(", about %1 s left").arg(std::ceil(seconds));
    return tr(", about %1 min left").arg(std::ceil(seconds / 60.0));
}

QString TrainController::statusText() const
{
    const QString name = fromPath(m_run.filename());
    switch (m_state) {
    case State::Idle:
        return tr("No run yet.");
    case State::Preparing:
        return tr("Preparing: %1…").arg(m_stage);
    case State::Running:
        if (m_round == 0)
            return tr("%1: %2…").arg(name, m_stage);
        return tr("%1: round %2 of %3%4").arg(name).arg(m_round).arg(m_rounds).arg(remainingText());
    case State::Stopping:
        return m_round > 0 ? tr("Stopping after round %1…").arg(m_round) : tr("Stopping…");
    case State::Finished:
        return tr("%1 is finished: %2 rounds, digest %3").arg(name).arg(m_rounds).arg(shortDigest(m_chain));
    case State::Stopped:
        return tr("%1 was stopped after round %2. A checkpoint is kept: Continue goes on from there.")
            .arg(name)
            .arg(m_round);
    case State::Failed:
        break;
    }
    return tr("The run failed: %1").arg(m_problem.cause);
}

void TrainController::updateReadiness()
{
    std::vector<ibidem::data::Check> checks;
    const QString why = m_data.whyNotReady();
    const DataInput *train = m_data.input(InputRole::Train);
    if (train->state() == DataInput::State::Ready)
        checks.push_back({"training-table", train->checks()->worst(),
                          toUtf8(tr("%1: %2").arg(train->fileName(), train->headline()))});
    if (!why.isEmpty()) {
        checks.push_back({"data", ibidem::data::CheckState::Error, toUtf8(why)});
    } else {
        const DataInput *test = m_data.input(InputRole::Test);
        const QString fraction = m_settings.value(QStringLiteral("preparation.testFraction"));
        checks.push_back({"test-table", ibidem::data::CheckState::Ok,
                          toUtf8(test->state() == DataInput::State::Ready
                                     ? tr("%1: %2").arg(test->fileName(), test->headline())
                                     : tr("No test table: a share of %1 of the samples is set aside as test.")
                                           .arg(fraction))});
        const QString level = m_settings.isChanged(kLevelKey)
                                  ? tr("Level %1").arg(m_settings.value(kLevelKey))
                                  : tr("The level follows the device: portable on a CPU");
        checks.push_back({"level",
                          m_settings.value(kLevelKey) == QLatin1String("random")
                              ? ibidem::data::CheckState::Warning
                              : ibidem::data::CheckState::Ok,
                          toUtf8(level)});
    }
    m_readiness.setChecks(std::move(checks));
    Q_EMIT changed();
}

} // namespace ibidem::view
