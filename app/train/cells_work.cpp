// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/train/cell_results.h"
#include "app/train/engine_module.h"
#include "app/train/inputs.h"
#include "app/train/maps_module.h"
#include "app/train/run_work.h"
#include "models/kernels/workplace.h"
#include "models/prepare/cells.h"
#include "models/runs/run_folder.h"
#include "models/train/reproducibility/system_facts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <future>
#include <new>
#include <optional>

namespace ibidem::app {

namespace {

Result<std::string> fingerprintsOf(const data::PreparedCells &cells, const CellLabels &labels)
{
    const std::vector<std::int32_t> none(labels.column.empty() ? cells.cellIds.size() : 0, -1);
    const std::array sets{
        FingerprintSet{"train", cells.cellIds, cells.values, labels.column.empty() ? none : labels.codes}};
    return fingerprintBytes(cells.geneIds, sets);
}

analyze::CellMapOptions mapOptions(const spec::RunSpec &spec)
{
    analyze::CellMapOptions options;
    options.neighbours = spec.analysis.neighbours;
    options.minDistance = spec.analysis.minDistance;
    options.mapEpochs = spec.analysis.mapEpochs;
    options.resolution = spec.analysis.resolution;
    options.seed = spec.seed;
    options.threads = static_cast<unsigned>(spec.threads);
    return options;
}

class CellsWork final : public RunWork
{
public:
    CellsWork(const spec::RunSpec &spec, train::NetworkProbe probe)
        : m_spec(spec)
        , m_probe(std::move(probe))
    {}

    void begin() override {}

    Status prepare(const std::filesystem::path &folder, runs::Manifest &manifest,
                   const RunToken &token) override
    {
        const runs::LocalInfo local = runs::readLocalInfo(folder).value_or(runs::LocalInfo{});
        IBIDEM_TRY(const auto matrix, loadMatrix(m_spec, local, cacheFolder()));
        // A damaged container must not become a result.
        auto verified = std::async(std::launch::async, [matrix] { return matrix->verify(); });
        auto prepared = preparedOf(*matrix, token);
        if (const Status sound = verified.get(); !sound)
            return tl::unexpected<Error>(withoutDamaged(sound.error(), cacheFolder()));
        if (!prepared)
            return tl::unexpected<Error>(std::move(prepared).error());
        m_cells = *std::move(prepared);
        IBIDEM_TRY(m_labels, cellLabels(*matrix, m_cells.cellIds, m_spec.analysis.labelColumn));
        m_network = spec::networkOf(m_spec.autoencoder, m_cells.geneIds.size());
        describeCells(manifest, m_spec, m_cells, m_labels);
        m_dataDigest = runs::dataDigest(manifest.preparation);
        return {};
    }

    Result<WorkOutcome> train(const std::filesystem::path &folder, bool resume,
                              train::TrainListener &listener, const RunToken &token) override
    {
        IBIDEM_TRY(const kernels::Isa isa, kernels::isaOfName(m_spec.isa));
        m_pool.emplace(static_cast<unsigned>(std::max(1, m_spec.threads)));
        m_place = {isa, &*m_pool};
        IBIDEM_TRY(m_engine, makeEngine());
        // Before the facts are gathered, and behind the engine, whose OpenMP runtime is the one to use.
        if (m_spec.analysis.map)
            m_mapCells = loadCellMap();
        m_facts = std::async(std::launch::async, [] { return train::environmentFacts(); });
        m_fingerprints = std::async(std::launch::async, [this] { return fingerprintsOf(m_cells, m_labels); });
        IBIDEM_TRY(m_outcome,
                   train::trainNetwork({m_spec, m_network, m_place, data(), folder, resume, m_probe},
                                       *m_engine, listener, token));
        return WorkOutcome{m_outcome.stopped, m_outcome.epochsDone, m_outcome.metrics};
    }

    Json environment() override { return m_facts.valid() ? m_facts.get() : train::environmentFacts(); }

    Status addRecords(ResultFiles &files) override
    {
        IBIDEM_TRY(files[std::string(runs::kFingerprintsFile)], m_fingerprints.get());
        return {};
    }

    Status addResults(const std::filesystem::path &folder, runs::Manifest &manifest, ResultFiles &files,
                      const RunToken &token) override
    {
        IBIDEM_TRY(const train::NetworkEvaluation evaluation,
                   train::evaluateNetwork(*m_engine, m_network, data(), batchSize(),
                                          m_spec.analysis.reconstruction));
        if (!std::isfinite(evaluation.loss))
            return fail(ErrorCode::BadSpec, "the loss of all cells after the training is no finite number",
                        {}, "lower training.learningRate");
        if (m_outcome.bestOfEarlyEnd > 0)
            manifest.notes.push_back(earlyEndNote());
        IBIDEM_TRY(auto map, cellMap(evaluation, manifest, token));
        IBIDEM_TRY(const std::span<float> weights, m_engine->weights());
        return addCellResults(
            {m_spec, m_network, m_cells, m_labels, m_outcome, evaluation, weights, std::move(map)}, folder,
            manifest, files);
    }

private:
    [[nodiscard]] Result<data::PreparedCells> preparedOf(const data::MatrixFile &matrix,
                                                         const RunToken &token) const
    {
        try {
            auto prepared =
                prepare::prepareCells(matrix, m_spec.cells, static_cast<unsigned>(m_spec.threads), token);
            if (prepared)
                return prepared;
            Error error = std::move(prepared).error();
            if (error.path.empty())
                error.path = m_spec.data.train.name;
            return tl::unexpected<Error>(std::move(error));
        } catch (const std::bad_alloc &) {
            return fail(ErrorCode::BadData, "there is not enough memory to prepare this matrix",
                        m_spec.data.train.name,
                        "select genes (selectGenes=true), or use a machine with more memory");
        }
    }

    [[nodiscard]] std::size_t batchSize() const
    {
        return std::min(static_cast<std::size_t>(m_spec.training.batchSize), m_cells.cellIds.size());
    }

    [[nodiscard]] std::string earlyEndNote() const
    {
        const int patience = m_spec.training.patience;
        return "stopped early after epoch " + std::to_string(m_outcome.epochsDone) +
               ": the loss had not fallen for " + std::to_string(patience) +
               (patience == 1 ? " epoch" : " epochs") + " (best: epoch " +
               std::to_string(m_outcome.bestOfEarlyEnd) + ")";
    }

    [[nodiscard]] train::NetworkData data() const
    {
        return {m_cells.values, m_cells.cellIds.size(), m_cells.geneIds.size(), m_dataDigest};
    }

    [[nodiscard]] Result<std::unique_ptr<train::Engine>> makeEngine()
    {
        const train::EngineRequest request{m_spec, m_network, batchSize()};
        return m_spec.level == spec::Level::Portable ? train::createFixedEngine(request, m_place)
                                                     : loadLibraryEngine(request);
    }

    Result<analyze::CellMap> mapOf(const train::NetworkEvaluation &evaluation, const RunToken &token) const
    {
        IBIDEM_TRY(analyze::CellMapFunction *const mapCells, m_mapCells);
        return mapCells(evaluation.embedding, static_cast<std::size_t>(m_spec.autoencoder.latent),
                        mapOptions(m_spec), token);
    }

    /// A map that cannot be made costs no training: it is missing, and the run says so.
    Result<std::optional<analyze::CellMap>> cellMap(const train::NetworkEvaluation &evaluation,
                                                    runs::Manifest &manifest, const RunToken &token) const
    {
        if (!m_spec.analysis.map)
            return std::optional<analyze::CellMap>();
        auto map = mapOf(evaluation, token);
        if (map)
            return std::optional(*std::move(map));
        if (map.error().code == ErrorCode::Stopped)
            return tl::unexpected<Error>(std::move(map).error());
        manifest.notes.push_back("no map and no clusters: " + map.error().message);
        token.warn(manifest.notes.back());
        return std::optional<analyze::CellMap>();
    }

    const spec::RunSpec &m_spec;
    train::NetworkProbe m_probe;
    data::PreparedCells m_cells;
    CellLabels m_labels;
    spec::Network m_network;
    std::string m_dataDigest;
    std::optional<kernels::ThreadPool> m_pool;
    kernels::Workplace m_place;
    std::unique_ptr<train::Engine> m_engine;
    Result<analyze::CellMapFunction *> m_mapCells = fail(ErrorCode::Internal, "the module is not loaded yet");
    train::NetworkOutcome m_outcome;
    std::future<Result<std::string>> m_fingerprints; // before what its thread reads is gone
    std::future<Json> m_facts;
};

} // namespace

std::unique_ptr<RunWork> makeCellsWork(const spec::RunSpec &spec, train::NetworkProbe probe)
{
    return std::make_unique<CellsWork>(spec, std::move(probe));
}

} // namespace ibidem::app
