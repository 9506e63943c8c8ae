// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/view/train_controller.h"

#include "models/runs/run_folder.h"
#include "models/view/training_checks.h"

#include <algorithm>
#include <cmath>
#include <tuple>

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
    const QString why = m_data.whyNotReady();
    return why.isEmpty() ? whyNotFit() : why;
}

QString TrainController::whyNotFit() const
{
    if (m_settings.isNetwork() == m_data.showsMatrix())
        return {};
    const QString file = m_data.input(InputRole::Train)->fileName();
    const QString fitting = m_settings.recipeFor(!m_settings.isNetwork());
    return m_settings.isNetwork() ? tr("%1 learns from a matrix of cells and genes, and %2 is a table: "
                                       "choose the recipe %3, or open "
                                       "a matrix.")
                                        .arg(m_settings.recipe(), file, fitting)
                                  : tr("%1 learns from a table with classes, and %2 is a matrix of cells and "
                                       "genes: choose the recipe "
                                       "%3, or open a table.")
                                        .arg(m_settings.recipe(), file, fitting);
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
    addInputs(order);
    setNetwork(m_settings.isNetwork());
    setState(State::Preparing);
    build(order);
}

void TrainController::addInputs(jobs::TrainOrder &order) const
{
    order.train = fileOf(m_data, InputRole::Train);
    if (!m_settings.isNetwork()) {
        order.test = fileOf(m_data, InputRole::Test);
        order.labels = fileOf(m_data, InputRole::Labels);
        return;
    }
    // The same of the file that the Data screen shows.
    const ibidem::data::TableOptions &options = m_data.input(InputRole::Train)->options();
    const ibidem::data::TableOptions standard;
    for (const auto &[key, value, defaultValue] :
         {std::tuple("data.options.genome=", options.genome, standard.genome),
          std::tuple("data.options.matrix=", options.matrix, standard.matrix),
          std::tuple("data.options.featureType=", options.featureType, standard.featureType)}) {
        if (value != defaultValue)
            order.overrides.push_back(key + value);
    }
}

void TrainController::setNetwork(bool network)
{
    m_network = network;
    m_metrics.setNetwork(network);
    if (m_curve.isNetwork() != network)
        m_curve.clear();
    m_curve.setNetwork(network);
}

void TrainController::forgetResult()
{
    m_curve.clear();
    m_metrics.setMetrics({});
    m_embedding.clear();
}

void TrainController::runAgain()
{
    if (!whyNotAgain().isEmpty())
        return;
    m_again = true;
    setState(State::Preparing);
    const int asked = ++m_orders;
    m_background.run(
        [run = m_reference, cache = m_places.cacheFolder] {
            return jobs::repeatOrder(run, cache, std::nullopt, false);
        },
        [this, asked](const Result<jobs::TrainOrder> &order) {
            // Stopped meanwhile, and perhaps another training is being prepared.
            if (m_state != State::Preparing || asked != m_orders)
                return;
            if (order)
                build(*order);
            else
                fail(problemOf(order.error()));
        });
}

void TrainController::build(const jobs::TrainOrder &order)
{
    ++m_orders;
    m_resuming = order.purpose == jobs::OrderPurpose::Resume;
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
        if (m_resuming)
            return setState(State::Stopped);
        setState(m_chain.isEmpty() ? State::Idle : State::Finished);
        return;
    }
    if (!partial) {
        fail(problemOf(partial.error()));
        return;
    }
    if (m_resuming)
        return launch([&partial](jobs::TrainJob &job) { job.resume(*partial); });
    forgetResult();
    launch([&partial](jobs::TrainJob &job) { job.start(*partial); });
}

void TrainController::launch(const std::function<void(jobs::TrainJob &)> &begin)
{
    m_round = 0;
    m_firstRound = 0;
    m_rounds = 0;
    m_inRounds = false;
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
    const auto order = jobs::resumeOrder(m_run);
    if (!order)
        return fail(problemOf(order.error()));
    m_again = m_again && !m_reference.empty();
    setState(State::Preparing);
    build(*order);
}

void TrainController::attach(const std::filesystem::path &run)
{
    if (busy())
        return;
    m_again = false;
    forgetResult();
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
        started(event);
    } else if (kind == QLatin1String("progress")) {
        progress(event);
    } else if (kind == QLatin1String("metric")) {
        metric(event);
    } else if (kind == QLatin1String("checkpoint")) {
        addLog((m_network ? tr("Checkpoint kept after epoch %1") : tr("Checkpoint kept after round %1"))
                   .arg(integerAt(event, "round").value_or(0)));
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

void TrainController::started(const Json &event)
{
    m_rounds = integerAt(event, "rounds").value_or(0);
    m_firstRound = integerAt(event, "fromRound").value_or(0);
    m_round = m_firstRound;
    setNetwork(SettingsModel::isNetwork(textAt(event, "recipe")));
    m_curve.setRounds(m_rounds);
    m_sinceStart.start();
    addLog(tr("Started: %1, level %2, device %3")
               .arg(textAt(event, "recipe"), textAt(event, "level"), textAt(event, "device")));
}

void TrainController::progress(const Json &event)
{
    const auto round = integerAt(event, "round");
    m_stage = textAt(event, "stage");
    m_inRounds = round.has_value() || m_stage == QLatin1String("training"); // within a round, too
    m_rounds = integerAt(event, "rounds").value_or(m_rounds);
    const double fraction = numberAt(event, "fraction").value_or(0.0);
    m_permille = std::clamp(static_cast<int>(fraction * 1000.0), 0, 1000);
    if (round)
        m_round = *round;
    else if (m_inRounds) // told in the middle of one; that of its end may have been left out as too frequent
        m_round = std::max(m_round, static_cast<qint64>(fraction * static_cast<double>(m_rounds)));
    Q_EMIT progressed();
}

void TrainController::metric(const Json &event)
{
    const qint64 round = integerAt(event, "round").value_or(0);
    const double value = numberAt(event, "value").value_or(std::nan(""));
    const QString split = textAt(event, "split");
    const QString name = textAt(event, "metric");
    const bool drawn = split == QLatin1String("train") || split == QLatin1String("test") ||
                       split == QLatin1String("validation");
    if (drawn && name == CurveModel::metric(m_network))
        m_curve.append(split, round, value);
    m_metrics.setValue(split, name, value);
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
        addLog(tr("The run was %1; what it did is kept.").arg(stopText()));
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
    m_rounds = manifest->roundsDone;
    if (m_network)
        m_embedding.load(m_run);
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

QString TrainController::runningText() const
{
    const QString name = fromPath(m_run.filename());
    if (!m_inRounds || m_round == 0)
        return tr("%1: %2…").arg(name, StagesModel::title(m_stage));
    return (m_network ? tr("%1: epoch %2 of %3%4") : tr("%1: round %2 of %3%4"))
        .arg(name, QString::number(m_round), QString::number(m_rounds), remainingText());
}

/// A network stops within an epoch, unless all of them are done.
QString TrainController::stopText() const
{
    if (!m_network)
        return tr("stopped after round %1").arg(m_round);
    return m_inRounds && m_round < m_rounds ? tr("stopped in epoch %1").arg(m_round + 1)
                                            : tr("stopped after epoch %1").arg(m_round);
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
        return runningText();
    case State::Stopping:
        return tr("Stopping…");
    case State::Finished:
        return (m_network ? tr("%1 is finished: %2 epochs, digest %3")
                          : tr("%1 is finished: %2 rounds, digest %3"))
            .arg(name, QString::number(m_rounds), shortDigest(m_chain));
    case State::Stopped:
        return tr("%1 was %2. What it did is kept: Continue goes on from there.").arg(name, stopText());
    case State::Failed:
        break;
    }
    return tr("The run failed: %1").arg(m_problem.cause);
}

void TrainController::updateReadiness()
{
    if (m_state == State::Idle)
        setNetwork(m_settings.isNetwork());
    const QString why = m_data.whyNotReady().isEmpty() ? whyNotFit() : m_data.whyNotReady();
    m_readiness.setChecks(trainingChecks(m_data, m_settings, why));
    Q_EMIT changed();
}

} // namespace ibidem::view
