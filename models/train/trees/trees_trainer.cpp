// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/trees/trees_trainer.h"

#include "models/analyze/classification_metrics.h"
#include "models/train/checkpoints/checkpoint.h"
#include "models/train/trees/gradients.h"
#include "models/train/trees/parameters.h"
#include "models/train/trees/xgboost_api.h"

#include <span>

namespace ibidem::train {

namespace {

constexpr const char *kBoosterState = "booster";

class Session
{
public:
    Session(const TrainRequest &request, TrainListener &listener, const RunToken &token,
            const GradientProbe &probe)
        : m_spec(request.spec)
        , m_data(request.data)
        , m_folder(request.folder / runs::kCheckpointFolder)
        , m_resume(request.resume)
        , m_listener(listener)
        , m_token(token)
        , m_probe(probe)
        , m_classCount(request.data.classNames.size())
        , m_ownGradients(request.spec.level == spec::Level::Portable)
        , m_owner{spec::chainStart(request.spec), runs::dataDigest(stageRecords(request.data)),
                  "XGBoost " + xgboostVersion()}
    {}

    Result<TrainOutcome> run()
    {
        silenceXgboost();
        IBIDEM_CHECK(setUp());
        IBIDEM_TRY(m_outcome.effectiveState, libraryState(m_booster, m_ownGradients, m_train.rows()));
        IBIDEM_CHECK(m_listener.ready(m_outcome.effectiveState));
        IBIDEM_CHECK(m_booster.margins(m_train, m_outcome.trainMargins));
        IBIDEM_CHECK(m_booster.margins(m_test, m_outcome.testMargins));
        m_listener.started(m_outcome.roundsDone);
        IBIDEM_CHECK(allRounds());
        if (!m_outcome.stopped) {
            IBIDEM_TRY(m_outcome.model, m_booster.model());
        }
        return std::move(m_outcome);
    }

private:
    Status setUp()
    {
        IBIDEM_CHECK(makeMatrix(m_data.train, m_train));
        IBIDEM_CHECK(makeMatrix(m_data.test, m_test));
        if (!m_resume) {
            clearCheckpoints(m_folder);
            return freshBooster();
        }
        IBIDEM_TRY(auto checkpoint,
                   newestCheckpoint(
                       m_folder, m_owner, [this](const Checkpoint &one) { return restore(one); },
                       [this](const std::string &message) { m_listener.warning(message); }));
        if (!checkpoint)
            return freshBooster();
        m_outcome.roundsDone = checkpoint->round;
        m_outcome.metrics = std::move(checkpoint->metrics);
        return {};
    }

    Status makeMatrix(const prepare::PreparedSet &set, Matrix &matrix)
    {
        IBIDEM_TRY(matrix, Matrix::create(set.values, m_data.geneIds.size(), m_spec.threads));
        return matrix.setLabels(set.classes);
    }

    Status freshBooster()
    {
        IBIDEM_TRY(const auto parameters, boosterParameters(m_spec, m_classCount));
        IBIDEM_TRY(m_booster, Booster::create({&m_train, &m_test}));
        for (const auto &[name, value] : parameters)
            IBIDEM_CHECK(m_booster.set(name, value));
        return m_booster.setFeatureNames(m_data.geneIds);
    }

    /// A state carries its parameters; threads and device may be others today.
    Status restore(const Checkpoint &checkpoint)
    {
        const auto found = checkpoint.state.find(kBoosterState);
        if (found == checkpoint.state.end())
            return fail(ErrorCode::BadData, "it holds no trees");
        IBIDEM_TRY(Booster booster, Booster::create({&m_train, &m_test}));
        IBIDEM_CHECK(booster.restore(found->second.bytes));
        IBIDEM_TRY(const std::int64_t rounds, booster.rounds());
        if (rounds != checkpoint.round)
            return fail(ErrorCode::BadData, "it holds " + std::to_string(rounds) + " rounds");
        IBIDEM_CHECK(booster.set("nthread", std::to_string(m_spec.threads)));
        IBIDEM_CHECK(booster.set("device", m_spec.device));
        m_booster = std::move(booster);
        return {};
    }

    Status allRounds()
    {
        CheckpointWriter writer(m_folder, m_owner, [this](std::int64_t round, const std::string &file) {
            m_listener.checkpoint(round, file);
        });
        const std::int64_t rounds = m_spec.trees.rounds;
        while (m_outcome.roundsDone < rounds) {
            if (m_token.stopRequested()) {
                m_outcome.stopped = true;
                IBIDEM_CHECK(writeNow(writer));
                break;
            }
            IBIDEM_CHECK(oneRound());
            if (m_spec.checkpointEvery > 0 && m_outcome.roundsDone % m_spec.checkpointEvery == 0 &&
                m_outcome.roundsDone < rounds)
                IBIDEM_CHECK(writeNow(writer));
            IBIDEM_CHECK(writer.poll());
        }
        return writer.finish();
    }

    Status writeNow(CheckpointWriter &writer)
    {
        Checkpoint checkpoint;
        checkpoint.round = m_outcome.roundsDone;
        IBIDEM_TRY(const std::string state, m_booster.state());
        checkpoint.add(kBoosterState, data::DType::U8, std::span(state.data(), state.size()));
        checkpoint.metrics = m_outcome.metrics;
        return writer.start(std::move(checkpoint));
    }

    Status oneRound()
    {
        if (m_ownGradients) {
            computeGradients();
            IBIDEM_CHECK(m_booster.update(m_outcome.roundsDone, m_train, m_gradients, m_hessians));
        } else {
            IBIDEM_CHECK(m_booster.update(m_outcome.roundsDone, m_train));
        }
        IBIDEM_CHECK(m_booster.margins(m_train, m_outcome.trainMargins));
        IBIDEM_CHECK(m_booster.margins(m_test, m_outcome.testMargins));
        ++m_outcome.roundsDone;
        measure();
        return {};
    }

    void computeGradients()
    {
        m_gradients.resize(m_outcome.trainMargins.size());
        m_hessians.resize(m_outcome.trainMargins.size());
        const std::size_t groups = groupCount(m_classCount);
        if (groups == 1)
            logisticGradients(m_outcome.trainMargins, m_data.train.classes, m_gradients, m_hessians);
        else
            softmaxGradients(m_outcome.trainMargins, m_data.train.classes, groups, m_gradients, m_hessians);
        if (m_probe)
            m_probe(m_outcome.roundsDone + 1, m_gradients, m_hessians);
    }

    void measure()
    {
        std::vector<runs::MetricPoint> points;
        addPoints(points, "train", m_data.train, m_outcome.trainMargins);
        addPoints(points, "test", m_data.test, m_outcome.testMargins);
        m_listener.round(m_outcome.roundsDone, m_spec.trees.rounds, points);
        m_outcome.metrics.insert(m_outcome.metrics.end(), points.begin(), points.end());
    }

    void addPoints(std::vector<runs::MetricPoint> &points, const char *split, const prepare::PreparedSet &set,
                   const std::vector<float> &margins) const
    {
        for (const auto &[metric, value] : analyze::roundMetrics(set.classes, margins, m_classCount))
            points.push_back({m_outcome.roundsDone, split, metric, value});
    }

    const spec::RunSpec &m_spec;
    const prepare::PreparedExpression &m_data;
    std::filesystem::path m_folder;
    bool m_resume;
    TrainListener &m_listener;
    const RunToken &m_token;
    const GradientProbe &m_probe;
    std::size_t m_classCount;
    bool m_ownGradients;
    CheckpointOwner m_owner;
    Matrix m_train; // before the booster, which refers to them
    Matrix m_test;
    Booster m_booster;
    std::vector<float> m_gradients;
    std::vector<float> m_hessians;
    TrainOutcome m_outcome;
};

class TreesTrainer : public Trainer
{
public:
    explicit TreesTrainer(GradientProbe probe)
        : m_probe(std::move(probe))
    {}

    Result<TrainOutcome> train(const TrainRequest &request, TrainListener &listener,
                               const RunToken &token) override
    {
        return Session(request, listener, token, m_probe).run();
    }

private:
    GradientProbe m_probe;
};

} // namespace

std::unique_ptr<Trainer> createTreesTrainer(GradientProbe probe)
{
    return std::make_unique<TreesTrainer>(std::move(probe));
}

} // namespace ibidem::train
