// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/inputs.h"
#include "app/train/run_work.h"
#include "app/train/trainer_module.h"
#include "app/train/tree_results.h"
#include "models/prepare/expression.h"
#include "models/runs/run_folder.h"
#include "models/train/reproducibility/system_facts.h"
#include "models/train/trainer.h"

#include <array>
#include <future>

namespace ibidem::app {

namespace {

/// The heavy module, loaded while the data is read; then the facts about what is loaded, while the trees
/// grow.
class Background
{
public:
    Background()
        : m_module(m_promise.get_future())
        , m_facts(std::async(std::launch::async, [this] {
            m_promise.set_value(loadTreesTrainer());
            return train::environmentFacts();
        }))
    {}

    ~Background()
    {
        if (m_facts.valid())
            m_facts.wait();
    }

    Background(const Background &) = delete;
    Background &operator=(const Background &) = delete;

    Result<std::unique_ptr<train::Trainer>> trainer() { return m_module.get(); }

    Json facts() { return m_facts.get(); }

private:
    std::promise<Result<std::unique_ptr<train::Trainer>>> m_promise;
    std::future<Result<std::unique_ptr<train::Trainer>>> m_module;
    std::future<Json> m_facts;
};

Result<std::string> fingerprintsOf(const prepare::PreparedExpression &data)
{
    const std::array sets{
        FingerprintSet{"train", data.train.sampleIds, data.train.values, data.train.classes},
        FingerprintSet{"test", data.test.sampleIds, data.test.values, data.test.classes}};
    return fingerprintBytes(data.geneIds, sets);
}

class TreesWork final : public RunWork
{
public:
    explicit TreesWork(const spec::RunSpec &spec)
        : m_spec(spec)
    {}

    void begin() override { m_background = std::make_unique<Background>(); }

    Status prepare(const std::filesystem::path &folder, runs::Manifest &manifest,
                   const RunToken &token) override
    {
        const runs::LocalInfo local = runs::readLocalInfo(folder).value_or(runs::LocalInfo{});
        IBIDEM_TRY(const prepare::PreparationInputs inputs, loadInputs(m_spec, local, cacheFolder()));
        IBIDEM_TRY(m_data, prepare::prepareExpression(inputs, m_spec, token));
        describeExpression(manifest, m_data);
        return {};
    }

    Result<WorkOutcome> train(const std::filesystem::path &folder, bool resume,
                              train::TrainListener &listener, const RunToken &token) override
    {
        IBIDEM_TRY(const std::unique_ptr<train::Trainer> trainer, m_background->trainer());
        m_fingerprints = std::async(std::launch::async, [this] { return fingerprintsOf(m_data); });
        IBIDEM_TRY(m_outcome, trainer->train({m_spec, m_data, folder, resume}, listener, token));
        return WorkOutcome{m_outcome.stopped, m_outcome.roundsDone, m_outcome.metrics};
    }

    Json environment() override { return m_background->facts(); }

    Status addRecords(ResultFiles &files) override
    {
        IBIDEM_TRY(files[std::string(runs::kFingerprintsFile)], m_fingerprints.get());
        return {};
    }

    Status addResults(const std::filesystem::path & /*folder*/, runs::Manifest &manifest, ResultFiles &files,
                      const RunToken & /*token*/) override
    {
        return addTreeResults(manifest, files, m_spec, m_data, m_outcome);
    }

private:
    const spec::RunSpec &m_spec;
    prepare::PreparedExpression m_data;
    train::TrainOutcome m_outcome;
    std::future<Result<std::string>> m_fingerprints; // before what its thread reads is gone
    std::unique_ptr<Background> m_background;
};

} // namespace

std::unique_ptr<RunWork> makeTreesWork(const spec::RunSpec &spec)
{
    return std::make_unique<TreesWork>(spec);
}

} // namespace ibidem::app
