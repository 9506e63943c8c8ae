// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/jobs/batch.h"
#include "models/jobs/batch_place.h"
#include "models/jobs/memory_budget.h"
#include "models/jobs/run_builder.h"
#include "models/prepare/generate_expression.h"
#include "models/runs/events.h"
#include "models/runs/run_folder.h"
#include "models/spec/recipes.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <memory>
#include <thread>

using namespace ibidem;
using namespace ibidem::jobs;

/// The queue with children that are shell scripts, and with the real ones. Whole batches that are interrupted
/// are in tst_cli_batch.
class TestBatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->path().toStdString();
        QVERIFY(makeTable("table.tsv", 20, 16));
    }

    // Memory:

    void readsWhatTheSystemHas()
    {
        QVERIFY(put("proc/meminfo", "MemTotal:       9000 kB\nMemAvailable:   8000 kB\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{8000} * 1024);
        QCOMPARE(usableMemory(m_path / "nothing"), std::uint64_t{4} << 30U);
        QVERIFY(usableMemory() > 0);
    }

    void readsTheLimitsOfEveryControlGroupAbove()
    {
        QVERIFY(put("proc/meminfo", "MemAvailable:   8000 kB\n"));
        QVERIFY(put("proc/self/cgroup", "0::/job/step\n"));
        QVERIFY(put("sys/fs/cgroup/job/step/memory.max", "max\n"));
        QVERIFY(put("sys/fs/cgroup/job/step/memory.current", "4096\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{8000} * 1024);
        QVERIFY(put("sys/fs/cgroup/job/memory.max", "1000000\n"));
        QVERIFY(put("sys/fs/cgroup/job/memory.current", "600000\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{400000});
        QVERIFY(put("sys/fs/cgroup/job/memory.stat", "anon 5\ninactive_file 200000\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{600000});
        QVERIFY(put("sys/fs/cgroup/job/memory.current", "2000000\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{0});
    }

    void readsTheLimitsOfOlderControlGroups()
    {
        QVERIFY(put("proc/meminfo", "MemAvailable:   8000 kB\n"));
        QVERIFY(put("proc/self/cgroup", "9:name=systemd:/\n4:memory:/box\n0::/\n"));
        QVERIFY(put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"));
        QVERIFY(put("sys/fs/cgroup/memory/memory.usage_in_bytes", "5\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{8000} * 1024);
        QVERIFY(put("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "700000\n"));
        QVERIFY(put("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "100000\n"));
        QCOMPARE(usableMemory(m_path), std::uint64_t{600000});
    }

    void admitsWhatFitsAndAlwaysOne()
    {
        MemoryBudget budget;
        QVERIFY(budget.fits(5000, 1000));
        budget.begin(0, 5000);
        QVERIFY(!budget.fits(1, 1000));
        budget.end(0);
        QVERIFY(budget.fits(300, 1000));
        budget.begin(1, 300);
        // What the first has taken since is not usable any more, but that was counted already.
        QVERIFY(budget.fits(300, 700));
        QVERIFY(!budget.fits(300, 390)); // somebody else took it
        QVERIFY(!budget.fits(451, 1000));
        QVERIFY(budget.fits(450, 1000));
        budget.begin(2, 450);
        budget.end(1);
        QVERIFY(budget.fits(300, 1000));
        QVERIFY(!budget.fits(301, 1000));
    }

    void estimatesTheMemoryOfANetwork()
    {
        spec::RunSpec spec = spec::findRecipe("sc-autoencoder")->spec;
        spec.device = "cpu";
        constexpr std::uint64_t kContainer = 100'000'000;
        const auto need = [&spec](std::uint64_t cells, std::uint64_t genes) {
            return networkMemoryNeed(spec, kContainer, cells, genes);
        };
        // 50,000 cells of 30,000 genes: 4,000 of them at most stay, dense.
        const std::uint64_t usual = need(50'000, 30'000);
        QVERIFY(usual > std::uint64_t{50'000} * 4000 * 4 + 2 * kContainer);
        QVERIFY(usual < std::uint64_t{50'000} * 4000 * 4 * 2);
        QCOMPARE(need(50'000, 60'000), usual);
        QVERIFY(need(50'000, 2000) < usual);
        QVERIFY(need(100'000, 30'000) > usual + std::uint64_t{50'000} * 4000 * 4);
        spec.analysis.reconstruction = true;
        QVERIFY(need(50'000, 30'000) >= usual + std::uint64_t{50'000} * 4000 * 4);
        spec.analysis.reconstruction = false;
        spec.cells.selectGenes = false;
        QVERIFY(need(50'000, 30'000) > std::uint64_t{50'000} * 30'000 * 4);
        spec.cells.selectGenes = true;
        spec.level = spec::Level::Deterministic;
        const std::uint64_t withLibrary = need(50'000, 30'000);
        QVERIFY(withLibrary > usual);
        spec.device = "cuda:0";
        QVERIFY(need(50'000, 30'000) > withLibrary);
    }

    void runsAtOnceOnlyWhatFits_data()
    {
        QTest::addColumn<qulonglong>("usable");
        QTest::addColumn<bool>("overlap");
        QTest::newRow("memory for one") << qulonglong{1000} << false;
        QTest::newRow("memory for all") << (qulonglong{1} << 40U) << true;
    }

    /// Each child waits until it has seen another, or, where none may be there, until it has looked some
    /// times.
    void runsAtOnceOnlyWhatFits()
    {
        QFETCH(qulonglong, usable);
        QFETCH(bool, overlap);
        const std::string patience = overlap ? "2000" : "10";
        const Programs programs =
            withTrain("mkdir -p '" + m_path.string() + "/at-work'; cd '" + m_path.string() +
                      "/at-work'; touch $$; n=0; while [ $n -lt " + patience +
                      " ] && [ ! -e ../seen ]; do [ $(ls | wc -l) -gt 1 ] && touch ../seen; sleep 0.01; "
                      "n=$((n+1)); done; rm $$; exit 65");
        for (const char *name : {"a", "b", "c"})
            QVERIFY(putSpec(name));
        Batch batch(programs, order({"a", "b", "c"}, 3), m_path / "cache", [usable] { return usable; });
        QVERIFY(finishes(batch));
        QCOMPARE(std::filesystem::exists(m_path / "seen"), overlap);
        QCOMPARE(batch.ended(), std::size_t{3});
    }

    // Threads:

    void sharesTheCoresWhereNobodyChose_data()
    {
        QTest::addColumn<int>("chosen");
        QTest::addColumn<QString>("level");
        QTest::addColumn<int>("jobs");
        QTest::addColumn<int>("threads");
        const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        QTest::newRow("one at once") << 0 << "portable" << 1 << cores;
        QTest::newRow("one for each core") << 0 << "portable" << cores << 1;
        QTest::newRow("more than cores") << 0 << "portable" << 8 * cores << 1;
        QTest::newRow("chosen") << 3 << "portable" << cores << 3;
        QTest::newRow("a level whose bits depend on it") << 0 << "deterministic" << cores << cores;
    }

    void sharesTheCoresWhereNobodyChose()
    {
        QFETCH(int, chosen);
        QFETCH(QString, level);
        QFETCH(int, jobs);
        QFETCH(int, threads);
        QVERIFY(makeTable("large.tsv", 4000, 250)); // as many cells as are worth threads
        Json spec = {{"data", {{"train", "large.tsv"}}},
                     {"reproducibility", {{"level", level.toStdString()}}}};
        if (chosen > 0)
            spec["execution"]["threads"] = chosen;
        QVERIFY(put("a.json", compactJson(spec).value_or("")));
        Batch batch(withTrain("exit 65"), order({"a"}, jobs), m_path / "cache");
        QVERIFY(finishes(batch));
        const auto resolved = spec::readSpecFile(m_path / "out/a.partial/spec.json");
        QVERIFY(resolved.has_value());
        QCOMPARE(resolved->threads, threads);
    }

    /// What the rule about threads rests on, and that another seed is seen.
    void threadsChangeNoBitOfAPortableRun()
    {
        QVERIFY(makeTable("large.tsv", 4000, 250));
        const auto spec = [](int seed, int threads) {
            return compactJson(Json{{"data", {{"train", "large.tsv"}}},
                                    {"model", {{"rounds", 3}}},
                                    {"execution", {{"threads", threads}}},
                                    {"reproducibility", {{"seed", seed}}}})
                .value_or("");
        };
        QVERIFY(put("one.json", spec(1, 1)) && put("three.json", spec(1, 3)) &&
                put("other.json", spec(2, 1)));
        Batch batch(Programs::besideThisProgram(), order({"one", "three", "other"}, 1), m_path / "cache");
        QVERIFY(finishes(batch));
        QCOMPARE(batchExitCode(batch.runs(), batch.stopped()), 0);
        QCOMPARE(batch.runs()[0].chain.size(), std::size_t{64});
        QCOMPARE(batch.runs()[0].chain, batch.runs()[1].chain);
        QVERIFY(batch.runs()[0].chain != batch.runs()[2].chain);
        QVERIFY(runs::readManifest(m_path / "out/three")->spec->threads == 3);
    }

    // What is there:

    void keepsARunWhoseSeedWasDrawn()
    {
        QVERIFY(put("a.json", compactJson(Json{{"data", {{"train", "table.tsv"}}},
                                               {"model", {{"rounds", 2}}},
                                               {"reproducibility", {{"level", "random"}}}})
                                  .value_or("")));
        std::string chain;
        for (const RunOutcome outcome : {RunOutcome::Finished, RunOutcome::Kept}) {
            Batch batch(Programs::besideThisProgram(), order({"a"}, 1), m_path / "cache");
            QVERIFY(finishes(batch));
            QCOMPARE(outcomeName(batch.runs()[0].outcome), outcomeName(outcome));
            chain = chain.empty() ? batch.runs()[0].chain : chain;
            QCOMPARE(batch.runs()[0].chain, chain);
        }
    }

    void knowsWhatIsTheSameRun()
    {
        OrderedSpec ordered;
        ordered.spec.threads = 0;
        spec::RunSpec wanted;
        wanted.device = "cpu";
        wanted.threads = 2;
        wanted.isa = "avx2";
        const auto same = [&](auto change, spec::Level level) {
            spec::RunSpec recorded = wanted;
            recorded.level = level;
            spec::RunSpec now = recorded;
            change(recorded);
            return sameRun(recorded, now, ordered);
        };
        const auto threads = [](spec::RunSpec &spec) { spec.threads = 7; };
        const auto isa = [](spec::RunSpec &spec) { spec.isa = "scalar"; };
        const auto seed = [](spec::RunSpec &spec) { spec.seed = 99; };
        const auto device = [](spec::RunSpec &spec) { spec.device = "cuda:0"; };
        const auto checkpoints = [](spec::RunSpec &spec) { spec.checkpointEvery = 7; };
        const auto level = [](spec::RunSpec &spec) { spec.level = spec::Level::Seeded; };
        const auto data = [](spec::RunSpec &spec) { spec.data.train.content = "other"; };
        for (const spec::Level one : {spec::Level::Portable, spec::Level::Deterministic}) {
            QVERIFY(same(checkpoints, one) && same(threads, one) && same(isa, one));
            QVERIFY(!same(seed, one) && !same(device, one) && !same(level, one) && !same(data, one));
        }
        QVERIFY(same(seed, spec::Level::Random));
        ordered.seedGiven = true;
        QVERIFY(!same(seed, spec::Level::Random));
        ordered.spec.threads = 2;
        ordered.spec.isa = "avx2";
        QVERIFY(same(threads, spec::Level::Portable) && same(isa, spec::Level::Portable));
        QVERIFY(!same(threads, spec::Level::Deterministic) && !same(isa, spec::Level::Deterministic));
    }

    void touchesNothingElse()
    {
        QVERIFY(putSpec("a"));
        const Programs programs = withTrain("touch '" + m_path.string() + "/started'; exit 65");
        const auto errorOf = [&]() {
            Batch batch(programs, order({"a"}, 1), m_path / "cache");
            return finishes(batch) && batch.runs()[0].error ? batch.runs()[0].error->code
                                                            : ErrorCode::Internal;
        };
        QVERIFY(put("out/a/letter.txt", "mine"));
        QCOMPARE(errorOf(), ErrorCode::CannotWrite);
        std::filesystem::rename(m_path / "out/a", m_path / "out/a.partial");
        QCOMPARE(errorOf(), ErrorCode::CannotWrite);
        QCOMPARE(readFile(m_path / "out/a.partial/letter.txt").value_or(""), std::string("mine"));
        std::filesystem::remove_all(m_path / "out/a.partial");
        runs::Manifest imported;
        imported.outcome = "imported";
        QVERIFY(makeFolder(m_path / "out/a") && runs::writeManifest(m_path / "out/a", imported));
        QCOMPARE(errorOf(), ErrorCode::CannotWrite);
        QVERIFY(!std::filesystem::exists(m_path / "started"));
        std::filesystem::remove_all(m_path / "out/a"); // control: nothing is in the way now
        QCOMPARE(errorOf(), ErrorCode::BadData);
        QVERIFY(std::filesystem::exists(m_path / "started"));
    }

    void followsARunThatAnotherProcessWrites()
    {
        QVERIFY(putSpec("a"));
        TrainOrder first;
        first.recipeOrSpec = (m_path / "a.json").string();
        first.out = m_path / "out/a";
        RunBuilder builder(Programs::besideThisProgram(), first, m_path / "cache", m_path);
        QSignalSpy built(&builder, &RunBuilder::finished);
        builder.start();
        QTRY_COMPARE_WITH_TIMEOUT(built.count(), 1, 30000);
        const std::filesystem::path partial = m_path / "out/a.partial";
        auto lock = runs::RunLock::acquire(partial);
        QVERIFY(lock.has_value());
        auto events = runs::EventWriter::open(partial);
        QVERIFY(events.has_value());
        events->write("progress", {{"stage", "training"}, {"fraction", 0.5}, {"round", 5}, {"rounds", 10}});

        Batch batch(withTrain("touch '" + m_path.string() + "/started'; exit 65"), order({"a"}, 1),
                    m_path / "cache");
        QSignalSpy finished(&batch, &Batch::finished);
        QVERIFY(batch.open().has_value());
        batch.start();
        QTRY_VERIFY_WITH_TIMEOUT(batch.fraction() > 0.4, 30000); // it hears the other's events
        events->write("finished", {{"outcome", "stopped"}, {"round", 6}});
        QVERIFY(events->close().has_value());
        *lock = {};
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
        QCOMPARE(outcomeName(batch.runs()[0].outcome), outcomeName(RunOutcome::Stopped));
        QVERIFY(!std::filesystem::exists(m_path / "started"));
    }

    // Stopping:

    void aStopBeforeAnythingLeavesAllPending()
    {
        for (const char *name : {"a", "b"})
            QVERIFY(putSpec(name));
        Batch batch(withTrain("exit 65"), order({"a", "b"}, 1), m_path / "cache");
        QSignalSpy finished(&batch, &Batch::finished);
        QVERIFY(batch.open().has_value());
        batch.start();
        batch.stop();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
        QCOMPARE(batchExitCode(batch.runs(), batch.stopped()), 75);
        QCOMPARE(batch.runs()[1].outcome, RunOutcome::Pending);
        QVERIFY(batch.written().has_value());
        QVERIFY(!std::filesystem::exists(m_path / "out/a.partial"));
        QVERIFY(!std::filesystem::exists(m_path / "out/.batch"));
    }

    void aStopReachesAWaitingRun()
    {
        for (const char *name : {"a", "b"})
            QVERIFY(putSpec(name));
        Batch batch(withTrain("touch '" + m_path.string() + R"(/started'; read word; exit 75)"),
                    order({"a", "b"}, 2), m_path / "cache", [] { return std::uint64_t{1000}; });
        QSignalSpy finished(&batch, &Batch::finished);
        QVERIFY(batch.open().has_value());
        batch.start();
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::exists(m_path / "started"), 30000);
        batch.stop();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 30000);
        const auto count = [&batch](RunOutcome outcome) {
            return std::count_if(batch.runs().begin(), batch.runs().end(),
                                 [outcome](const BatchRun &run) { return run.outcome == outcome; });
        };
        QCOMPARE(count(RunOutcome::Stopped), 1);
        QCOMPARE(count(RunOutcome::Pending), 1);
    }

    void aProgramThatIsMissingIsSaid()
    {
        QVERIFY(putSpec("a"));
        Programs programs = Programs::besideThisProgram();
        programs.train = m_path / "no-such-program";
        Batch batch(programs, order({"a"}, 1), m_path / "cache");
        QVERIFY(finishes(batch));
        QCOMPARE(batch.runs()[0].outcome, RunOutcome::Failed);
        QCOMPARE(batch.runs()[0].error->path, programs.train.string());
        QVERIFY(!std::filesystem::exists(m_path / "out/a.partial"));
    }

    // Records:

    void listsSpecsInTheOrderOfTheLine()
    {
        for (const char *name :
             {"f/c.toml", "f/a.json", "f/b.json", "f/.hidden.json", "f/g/d.json", "f/x.txt"})
            QVERIFY(put(name, "{}"));
        QVERIFY(put("z.json", "{}"));
        const auto specs = batchSpecs({(m_path / "z.json").string(), (m_path / "f").string(), "missing.json"},
                                      m_path / "out");
        QVERIFY(specs.has_value());
        std::string names;
        for (const BatchSpec &spec : *specs)
            names += spec.name + " ";
        QCOMPARE(names, std::string("z a b c missing "));
        for (const char *name : {"lock.json", ".x.json", "a.partial.json", "batch.json.json"})
            QCOMPARE(batchSpecs({name}, m_path / "out").error().code, ErrorCode::Usage);
        QVERIFY(put("out/batch.json", "{}"));
        QCOMPARE(batchSpecs({(m_path / "out/batch.json").string()}, m_path / "out").error().code,
                 ErrorCode::Usage);
    }

    void theRecordNamesNoPlace()
    {
        BatchRun run;
        run.spec = {"/data/some folder/x.json", "x"};
        run.run = "/data/out/x";
        run.outcome = RunOutcome::Kept;
        run.seconds = 3.0;
        run.error =
            Error{ErrorCode::BadData, "/data/some folder/t.tsv: bad, not at /else/where/u.tsv or '/tmp/v'",
                  "/data/some folder/t.tsv", "ibidem resume /data/out/x"};
        const Json record = batchRecord({run}, "/data/out");
        const auto text = compactJson(record);
        QVERIFY(text.has_value());
        QVERIFY2(text->find('/') == text->find("/batch/1"), text->c_str());
        QCOMPARE(stringAt(record["runs"][0], "error.message").value_or(""),
                 std::string("t.tsv: bad, not at u.tsv or 'v'"));
        QCOMPARE(stringAt(record["runs"][0], "outcome").value_or(""), std::string("finished"));
        QVERIFY(!record["runs"][0].contains("seconds"));
        QCOMPARE(stringAt(batchDocument({run})["runs"][0], "run").value_or(""), std::string("/data/out/x"));
    }

    void theExitCodeIsTheFirstFailures()
    {
        const auto run = [](RunOutcome outcome, std::optional<ErrorCode> code = {}) {
            BatchRun one;
            one.outcome = outcome;
            if (code)
                one.error = Error{*code, "", "", ""};
            return one;
        };
        const BatchRun good = run(RunOutcome::Finished);
        const BatchRun kept = run(RunOutcome::Kept);
        const BatchRun bad = run(RunOutcome::Failed, ErrorCode::BadSpec);
        const BatchRun missing = run(RunOutcome::Failed, ErrorCode::InputMissing);
        const BatchRun killed = run(RunOutcome::Killed, ErrorCode::Internal);
        const BatchRun pending = run(RunOutcome::Pending);
        QCOMPARE(batchExitCode({good, kept}, false), 0);
        QCOMPARE(batchExitCode({good, kept}, true), 0);
        QCOMPARE(batchExitCode({good, missing, bad}, false), 66);
        QCOMPARE(batchExitCode({bad, missing}, true), 78);
        QCOMPARE(batchExitCode({killed, bad}, false), 70);
        QCOMPARE(batchExitCode({bad, pending}, true), 75);
        QCOMPARE(batchExitCode({run(RunOutcome::Stopped), bad}, false), 75);
    }

private:
    [[nodiscard]] bool put(const std::string &name, const std::string &text) const
    {
        return makeFolder((m_path / name).parent_path()) && writeFileAtomically(m_path / name, text);
    }

    [[nodiscard]] bool putSpec(const std::string &name) const
    {
        return put(name + ".json", R"({"data":{"train":"table.tsv"},"model":{"rounds":5}})");
    }

    [[nodiscard]] bool makeTable(const std::string &name, std::uint64_t genes, std::uint64_t samples) const
    {
        prepare::ExpressionRecipe recipe;
        recipe.genes = genes;
        recipe.samples = samples;
        recipe.modules = 2;
        const auto table = prepare::generateExpressionTsv(recipe);
        return table && put(name, *table);
    }

    [[nodiscard]] BatchOrder order(const std::vector<std::string> &names, int jobs) const
    {
        BatchOrder order;
        for (const std::string &name : names)
            order.specs.push_back({m_path / (name + ".json"), name});
        order.out = m_path / "out";
        order.jobs = jobs;
        return order;
    }

    /// The real converter, and a script in place of ibidem-train.
    [[nodiscard]] Programs withTrain(const std::string &script) const
    {
        Programs programs = Programs::besideThisProgram();
        programs.train = m_path / "train";
        if (put("train", "#!/bin/sh\n" + script + "\n"))
            std::filesystem::permissions(programs.train, std::filesystem::perms::owner_all);
        return programs;
    }

    static bool finishes(Batch &batch)
    {
        QSignalSpy finished(&batch, &Batch::finished);
        if (!batch.open())
            return false;
        batch.start();
        return QTest::qWaitFor([&] { return finished.count() > 0; }, 100000) && finished.count() == 1;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::filesystem::path m_path;
};

QTEST_GUILESS_MAIN(TestBatch)
#include "tst_batch.moc"
