// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/cells.h"

#include "models/base/text.h"
#include "models/prepare/cell_checks.h"
#include "models/prepare/gene_selection.h"
#include "models/prepare/scaled_cells.h"
#include "models/prepare/sparse_cells.h"

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace ibidem::prepare {

namespace {

constexpr double kStageCount = 7.0;

/// Runs the stages in order on one matrix.
class Preparation
{
public:
    Preparation(const data::MatrixFile &matrix, const spec::CellPreparation &preparation, unsigned threads,
                const RunToken &token)
        : m_matrix(matrix)
        , m_preparation(preparation)
        , m_token(token)
        , m_cells(matrix.cellIds(), matrix.geneIds(), matrix.rows(), threads)
    {}

    Result<data::PreparedCells> run()
    {
        m_prepared.summary.content = m_matrix.summary().digest;
        m_prepared.summary.preparation = m_preparation.toJson();
        IBIDEM_CHECK(begin("loaded"));
        IBIDEM_CHECK(checkNotEmpty(m_cells));
        end();
        IBIDEM_CHECK(filterCells());
        IBIDEM_CHECK(filterGenes());
        IBIDEM_CHECK(normalise());
        IBIDEM_CHECK(takeLogarithms());
        IBIDEM_CHECK(select());
        IBIDEM_CHECK(scale());
        m_token.progress("scale", 1.0);
        return std::move(m_prepared);
    }

private:
    Status begin(std::string_view stage)
    {
        if (m_token.stopRequested())
            return fail(ErrorCode::Stopped,
                        "the preparation was stopped before the stage " + std::string(stage));
        m_stage = stage;
        m_token.progress(stage, static_cast<double>(m_prepared.summary.stages.size()) / kStageCount);
        return {};
    }

    /// Records the stage with the digest of the sparse matrix as it stands.
    void end()
    {
        m_prepared.summary.stages.push_back({m_stage, m_cells.digest(), m_cells.cellIds().size(),
                                             m_cells.geneIds().size(), m_cells.rows().nonZeroCount()});
    }

    void add(std::vector<data::Check> checks)
    {
        for (data::Check &check : checks) {
            m_token.warn(check.message);
            m_prepared.summary.checks.push_back(std::move(check));
        }
    }

    Status filterCells()
    {
        IBIDEM_CHECK(begin("filter-cells"));
        const std::vector<std::uint32_t> counts = m_cells.genesPerCell();
        IBIDEM_TRY(Filter filter, cellFilter(counts, m_preparation.minGenes));
        m_cells.keepCells(filter.marks);
        add(std::move(filter.checks));
        end();
        return {};
    }

    Status filterGenes()
    {
        IBIDEM_CHECK(begin("filter-genes"));
        const std::vector<std::uint32_t> counts = m_cells.cellsPerGene();
        IBIDEM_TRY(Filter filter, geneFilter(counts, m_preparation.minCells));
        m_cells.keepGenes(filter.marks);
        add(std::move(filter.checks));
        end();
        return {};
    }

    Status normalise()
    {
        if (!m_preparation.normalise)
            return {};
        IBIDEM_CHECK(begin("normalise"));
        add(countChecks(m_matrix.summary()));
        if (m_preparation.logarithm)
            IBIDEM_CHECK(checkNotNegative(m_cells, m_matrix.summary()));
        const std::uint64_t empty = m_cells.normalise(static_cast<float>(m_preparation.targetSum));
        add(emptyCellChecks(empty));
        IBIDEM_CHECK(checkFinite(m_cells, m_stage));
        end();
        return {};
    }

    Status takeLogarithms()
    {
        if (!m_preparation.logarithm)
            return {};
        IBIDEM_CHECK(begin("log1p"));
        if (!m_preparation.normalise)
            IBIDEM_CHECK(checkNotNegative(m_cells, m_matrix.summary()));
        m_cells.takeLogarithms();
        end();
        return {};
    }

    Status select()
    {
        if (!m_preparation.selectGenes)
            return {};
        IBIDEM_CHECK(begin("select-genes"));
        IBIDEM_TRY(GeneSelection selection,
                   selectGenes(m_cells.rows(), m_cells.geneIds(), m_preparation, m_cells.threads()));
        IBIDEM_TRY(std::vector<data::Check> checks, selectionChecks(selection.statistics, m_preparation));
        add(std::move(checks));
        m_cells.keepGenes(selection.statistics.selected);
        m_prepared.statistics = std::move(selection.statistics);
        m_prepared.summary.nearThreshold = std::move(selection.nearThreshold);
        end();
        return {};
    }

    Status scale()
    {
        IBIDEM_CHECK(begin("scale"));
        DenseCells dense = scaledCells(m_cells.rows(), m_preparation, m_cells.threads());
        if (anyNotFinite(dense.values, m_cells.threads()))
            return fail(ErrorCode::BadData, "scale: values became too large for single precision", {},
                        "set logarithm=true");
        if (m_preparation.scale) {
            CellDigests digests = m_cells.digests();
            digests.values.reset();
            const std::array task = {
                DigestTask{std::as_bytes(std::span(dense.values)), nullptr, &digests.values}};
            computeDigests(task, m_cells.threads());
            m_prepared.summary.stages.push_back({m_stage, digests.denseHex(), m_cells.cellIds().size(),
                                                 m_cells.geneIds().size(), dense.values.size()});
        }
        m_prepared.cellIds = m_cells.cellIds();
        m_prepared.geneIds = m_cells.geneIds();
        m_prepared.values = std::move(dense.values);
        m_prepared.geneMeans = std::move(dense.means);
        m_prepared.geneDeviations = std::move(dense.deviations);
        return {};
    }

    const data::MatrixFile &m_matrix;
    const spec::CellPreparation &m_preparation;
    const RunToken &m_token;
    SparseCells m_cells;
    data::PreparedCells m_prepared;
    std::string m_stage;
};

} // namespace

Result<data::PreparedCells> prepareCells(const data::MatrixFile &matrix,
                                         const spec::CellPreparation &preparation, unsigned threads,
                                         const RunToken &token)
{
    IBIDEM_CHECK(spec::validate(preparation));
    const unsigned wanted = threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency());
    return Preparation(matrix, preparation, wanted, token).run();
}

} // namespace ibidem::prepare
