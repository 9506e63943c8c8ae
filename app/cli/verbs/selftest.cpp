// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/matrix_export.h"
#include "app/cli/reruns.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/base/text.h"
#include "models/compare/comparison.h"
#include "models/prepare/generate_expression.h"
#include "models/runs/manifest.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <system_error>

namespace ibidem::cli {

namespace {

constexpr int kRounds = 300;
constexpr int kEpochs = 500;
constexpr int kAttempts = 10;

/// A folder under the system's folder for temporary files that goes away with this object.
class TemporaryFolder
{
public:
    static Result<std::unique_ptr<TemporaryFolder>> make()
    {
        std::error_code failed;
        const std::filesystem::path base = std::filesystem::temp_directory_path(failed);
        std::string name = (base / "ibidem-selftest-XXXXXX").string();
        if (failed || !::mkdtemp(name.data()))
            return fail(ErrorCode::CannotWrite, "no folder for temporary files can be made", base.string(),
                        "set TMPDIR to a folder that you can write to");
        auto folder = std::make_unique<TemporaryFolder>();
        folder->m_path = name;
        return folder;
    }

    TemporaryFolder() = default;
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;

    ~TemporaryFolder()
    {
        std::error_code ignored;
        if (!m_path.empty())
            std::filesystem::remove_all(m_path, ignored);
    }

    [[nodiscard]] const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

/// Trains tiny models and checks that the same is the same, and that what is not the same is found.
class Selftest
{
public:
    Selftest(std::filesystem::path folder, Console &console)
        : m_folder(std::move(folder))
        , m_places{m_folder / "cache", m_folder / "runs"}
        , m_console(console)
    {}

    Result<int> run()
    {
        step("data are the same bytes each time", [this] { return generates(); });
        step("a model trains", [this] { return trains("one-thread", "data.tsv", 1); });
        step("two threads give the same bits", [this] { return repeats("two-threads", 2); });
        step("stopped and resumed gives the same bits", [this] { return resumes(); });
        step("a rerun gives the same bits", [this] { return reruns(); });
        step("one changed value is found and named", [this] { return findsChangedValue(); });
        step("another seed is found and named", [this] { return findsChangedSeed(); });
        step("a network trains", [this] { return trained(cellOrder("cells")); });
        step("scalar code and two threads give a network the same bits", [this] { return networkRepeats(); });
        step("a network, stopped and resumed, has the same bits", [this] { return networkResumes(); });
        step("another seed of a network is found and named", [this] { return findsSeedOfNetwork(); });
        const bool passed = m_failures == 0;
        m_console.document(Json{{"steps", m_steps}, {"verdict", passed ? "passed" : "failed"}});
        m_console.result(
            passed ? m_console.paint(Colour::Green, "PASSED: this installation works") + "\n"
                   : m_console.paint(Colour::Red, "FAILED: " + std::to_string(m_failures) + " steps") + "\n");
        return passed ? 0 : exitCode(ErrorCode::Internal);
    }

private:
    template <class Work>
    void step(const std::string &name, Work work)
    {
        const Status done = work();
        m_failures += done ? 0 : 1;
        const std::string message = done ? std::string() : describe(done.error());
        m_steps.push_back(Json{{"name", name}, {"state", done ? "ok" : "error"}, {"message", message}});
        m_console.result(
            (done ? m_console.paint(Colour::Green, "ok    ") : m_console.paint(Colour::Red, "FAIL  ")) +
            name + (message.empty() ? "" : ": " + message) + "\n");
    }

    Status generates()
    {
        prepare::ExpressionRecipe recipe;
        recipe.genes = 60;
        recipe.samples = 80;
        recipe.modules = 6;
        prepare::CellRecipe cells;
        cells.cells = 150;
        cells.genes = 120;
        IBIDEM_TRY(const Json written, writeCells(cells, "h5ad", m_folder / "cells.h5ad", m_console));
        IBIDEM_TRY(const Json twice, writeCells(cells, "h5ad", m_folder / "cells-again.h5ad", m_console));
        if (stringAt(written, "sha256") != stringAt(twice, "sha256"))
            return fail(ErrorCode::Internal, "the second matrix of cells has other bytes");
        IBIDEM_TRY(m_table, prepare::generateExpressionTsv(recipe));
        IBIDEM_TRY(const std::string again, prepare::generateExpressionTsv(recipe));
        if (m_table != again)
            return fail(ErrorCode::Internal, "the second table has other bytes");
        return writeFileAtomically(m_folder / "data.tsv", m_table);
    }

    [[nodiscard]] jobs::TrainOrder order(const std::string &name, const std::string &table, int threads) const
    {
        jobs::TrainOrder order;
        order.recipeOrSpec = "lcep-xgboost";
        order.train = m_folder / table;
        order.overrides = {"model.rounds=" + std::to_string(kRounds), "training.checkpointEvery=10"};
        order.level = spec::Level::Portable;
        order.device = "cpu";
        order.threads = threads;
        order.seed = 1;
        order.out = m_places.store / name;
        return order;
    }

    /// A tiny network, without a map: that is no part of its bits.
    [[nodiscard]] jobs::TrainOrder cellOrder(const std::string &name) const
    {
        jobs::TrainOrder cells = order(name, "cells.h5ad", 1);
        cells.recipeOrSpec = "sc-autoencoder";
        cells.overrides = {"training.epochs=" + std::to_string(kEpochs),
                           "training.checkpointEvery=200",
                           "training.batchSize=32",
                           "preparation.minGenes=10",
                           "model.widths=16",
                           "model.latent=4",
                           "analysis.map=false"};
        return cells;
    }

    Status trained(const jobs::TrainOrder &order)
    {
        IBIDEM_CHECK(makeFolder(m_places.store));
        IBIDEM_TRY(const Trained done, trainRun(order, m_places, m_console));
        if (done.exitCode != 0)
            return fail(ErrorCode::Stopped, "stopped by a signal");
        return {};
    }

    Status trains(const std::string &name, const std::string &table, int threads)
    {
        return trained(order(name, table, threads));
    }

    [[nodiscard]] Result<compare::Comparison> comparison(const std::string &name,
                                                         const std::string &reference) const
    {
        return compare::compareRuns(m_places.store / reference, m_places.store / name);
    }

    [[nodiscard]] Status mustBeIdentical(const std::string &name,
                                         const std::string &reference = "one-thread") const
    {
        IBIDEM_TRY(const compare::Comparison found, comparison(name, reference));
        if (found.verdict != compare::Verdict::Identical)
            return fail(ErrorCode::Internal, found.sentence);
        return {};
    }

    /// Different, and one of the differences names the thing.
    [[nodiscard]] Status mustDiffer(const std::string &name, const std::string &named,
                                    const std::string &reference = "one-thread") const
    {
        IBIDEM_TRY(const compare::Comparison found, comparison(name, reference));
        if (found.verdict != compare::Verdict::Different)
            return fail(ErrorCode::Internal, "not found: " + found.sentence);
        const bool isNamed = std::any_of(
            found.differences.begin(), found.differences.end(),
            [&named](const compare::Difference &one) { return one.where.find(named) != std::string::npos; });
        if (!isNamed)
            return fail(ErrorCode::Internal, "found, but " + named + " is not named");
        return {};
    }

    Status repeats(const std::string &name, int threads)
    {
        IBIDEM_CHECK(trains(name, "data.tsv", threads));
        return mustBeIdentical(name);
    }

    Status resumes()
    {
        IBIDEM_CHECK(stopsAndResumes(order("resumed", "data.tsv", 1), kRounds));
        return mustBeIdentical("resumed");
    }

    Status networkResumes()
    {
        IBIDEM_CHECK(stopsAndResumes(cellOrder("cells-resumed"), kEpochs));
        return mustBeIdentical("cells-resumed", "cells");
    }

    Status stopsAndResumes(jobs::TrainOrder halted, int rounds)
    {
        halted.force = true;
        Trained stopped;
        // On a busy machine so small a training may end before it hears of the stop.
        for (int attempt = 0; attempt < kAttempts && stopped.exitCode == 0; ++attempt) {
            IBIDEM_TRY(stopped, trainAndStop(halted, m_places, m_console));
        }
        if (stopped.exitCode != exitCode(ErrorCode::Stopped))
            return fail(ErrorCode::Internal, "the run did not stop when told to");
        IBIDEM_TRY(const runs::Manifest manifest, runs::readManifest(stopped.run));
        if (manifest.roundsDone < 1 || manifest.roundsDone >= rounds)
            return fail(ErrorCode::Internal, "the run stopped after " + std::to_string(manifest.roundsDone) +
                                                 " of " + std::to_string(rounds));
        IBIDEM_TRY(const jobs::TrainOrder again, jobs::resumeOrder(stopped.run));
        IBIDEM_TRY(const Trained resumed, resumeRun(again, m_places, m_console));
        if (resumed.exitCode != 0)
            return fail(ErrorCode::Internal, "the stopped run could not be finished");
        return {};
    }

    Status networkRepeats()
    {
        jobs::TrainOrder two = cellOrder("cells-two");
        two.threads = 2;
        IBIDEM_CHECK(trained(two));
        IBIDEM_CHECK(mustBeIdentical("cells-two", "cells"));
        jobs::TrainOrder scalar = cellOrder("cells-scalar");
        scalar.isa = "scalar";
        IBIDEM_CHECK(trained(scalar));
        return mustBeIdentical("cells-scalar", "cells");
    }

    Status findsSeedOfNetwork()
    {
        jobs::TrainOrder other = cellOrder("cells-seed");
        other.seed = 2;
        IBIDEM_CHECK(trained(other));
        return mustDiffer("cells-seed", "seed", "cells");
    }

    Status reruns()
    {
        IBIDEM_TRY(const Reruns reruns,
                   rerunAndCompare({m_places.store / "one-thread", 1, {}, false}, m_places, m_console));
        if (reruns.exitCode != 0 || !reruns.identical())
            return fail(ErrorCode::Internal, compare::verdictSentence(reruns.comparisons));
        return {};
    }

    /// Changes the last value of the table, of the last gene in the last sample.
    Status findsChangedValue()
    {
        const std::size_t row = m_table.rfind('\n', m_table.size() - 2) + 1;
        const std::string gene = m_table.substr(row, m_table.find('\t', row) - row);
        std::string changed = m_table.substr(0, m_table.rfind('\t') + 1) + "12345.5\n";
        IBIDEM_CHECK(writeFileAtomically(m_folder / "changed.tsv", changed));
        IBIDEM_CHECK(trains("changed", "changed.tsv", 1));
        return mustDiffer("changed", gene);
    }

    Status findsChangedSeed()
    {
        jobs::TrainOrder other = order("other-seed", "data.tsv", 1);
        other.seed = 2;
        IBIDEM_CHECK(trained(other));
        return mustDiffer("other-seed", "seed");
    }

    std::filesystem::path m_folder;
    Places m_places;
    Console &m_console;
    std::string m_table;
    Json m_steps = Json::array();
    int m_failures = 0;
};

Result<int> selftest(Console &console)
{
    IBIDEM_TRY(const std::unique_ptr<TemporaryFolder> folder, TemporaryFolder::make());
    return Selftest(folder->path(), console).run();
}

} // namespace

void addSelftest(Verbs &verbs)
{
    verbs.add("selftest", "Does this installation work: tiny models, trained, repeated and compared",
              "ibidem selftest", selftest);
}

} // namespace ibidem::cli
