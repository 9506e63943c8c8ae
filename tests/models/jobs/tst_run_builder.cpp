// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/data/cache.h"
#include "models/jobs/run_builder.h"
#include "models/prepare/generate_expression.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace ibidem;
using namespace ibidem::jobs;

/// From an order to a prepared run folder.
class TestRunBuilder : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        m_path = m_folder.path().toStdString();
        prepare::ExpressionRecipe recipe;
        recipe.genes = 20;
        recipe.samples = 16;
        recipe.modules = 2;
        const auto table = prepare::generateExpressionTsv(recipe);
        QVERIFY(table.has_value());
        QVERIFY(writeFileAtomically(m_path / "table.tsv", *table).has_value());
    }

    void writesAResolvedSpecWithoutPaths()
    {
        const auto built = build(order("plain"));
        QVERIFY2(built.has_value(), built ? "" : describe(built.error()).c_str());
        QCOMPARE(*built, m_path / "plain.partial");
        const auto spec = spec::readSpecFile(*built / runs::kSpecFile);
        QVERIFY(spec.has_value());
        QCOMPARE(spec->device, std::string("cpu"));
        QCOMPARE(spec->threads, 1);
        QVERIFY(spec->isa != "auto");
        QCOMPARE(spec->data.train.name, std::string("table.tsv"));
        QCOMPARE(spec->data.train.sha256, sha256File(m_path / "table.tsv")->sha256);
        QCOMPARE(spec->data.train.content.size(), std::size_t{64});
        const std::string text = readFile(*built / runs::kSpecFile).value_or("");
        QVERIFY2(text.find(m_path.string()) == std::string::npos, "a path of this machine");
        const auto local = runs::readLocalInfo(*built);
        QVERIFY(local.has_value());
        QCOMPARE(local->inputPath("train").value_or(""), (m_path / "table.tsv").string());
        QVERIFY(std::filesystem::exists(local->containerPath("train").value_or("")));
    }

    void writesNothingBeforeAllInputsAreSound()
    {
        TrainOrder wrong = order("unsound");
        wrong.test = m_path / "missing.tsv";
        QCOMPARE(build(wrong).error().code, ErrorCode::InputMissing);
        QVERIFY(
            writeFileAtomically(m_path / "bad.tsv", "Gene ID\tGene Name\t0_a\t1_b\nG\t\t1\n").has_value());
        wrong.test = m_path / "bad.tsv";
        QCOMPARE(build(wrong).error().code, ErrorCode::BadData);
        wrong.test.reset();
        wrong.genes = m_path / "missing.txt";
        QCOMPARE(build(wrong).error().code, ErrorCode::InputMissing);
        wrong.genes.reset();
        wrong.train.reset();
        QCOMPARE(build(wrong).error().code, ErrorCode::InputMissing);
        QVERIFY(!runs::locateRun(m_path / "unsound"));
    }

    void namesWhatIsWrongWithAnOrder()
    {
        TrainOrder wrong = order("wrong");
        wrong.recipeOrSpec = "lcep-xgbost";
        QCOMPARE(build(wrong).error().code, ErrorCode::BadSpec);
        wrong = order("wrong");
        wrong.overrides = {"model.rounds=0"};
        QCOMPARE(build(wrong).error().code, ErrorCode::BadSpec);
        wrong = order("wrong");
        wrong.isa = "neon";
        QVERIFY(!build(wrong));
        QVERIFY(!runs::locateRun(m_path / "wrong"));
    }

    void drawsASeedOnlyAtLevelRandom()
    {
        const auto seedOf = [this](const std::string &name, spec::Level level,
                                   std::optional<std::uint64_t> seed) {
            TrainOrder one = order(name);
            one.level = level;
            one.seed = seed;
            const auto built = build(one);
            return built ? spec::readSpecFile(*built / runs::kSpecFile)->seed : 0;
        };
        QCOMPARE(seedOf("portable1", spec::Level::Portable, {}),
                 seedOf("portable2", spec::Level::Portable, {}));
        QVERIFY(seedOf("random1", spec::Level::Random, {}) != seedOf("random2", spec::Level::Random, {}));
        QCOMPARE(seedOf("random3", spec::Level::Random, 7), std::uint64_t{7});
    }

    void doesNotReplaceARun()
    {
        QVERIFY(build(order("once")).has_value());
        QCOMPARE(build(order("once")).error().code, ErrorCode::CannotWrite);
        TrainOrder forced = order("once");
        forced.force = true;
        QVERIFY(std::filesystem::exists(m_path / "once.partial"));
        const auto built = build(forced);
        QVERIFY2(built.has_value(), built ? "" : describe(built.error()).c_str());
    }

    /// A batch has no options that could name another file.
    void aBatchIsToldToNameAChangedFileInItsSpecification()
    {
        const std::string text = readFile(m_path / "table.tsv").value_or("");
        QVERIFY(writeFileAtomically(m_path / "changing.tsv", text).has_value());
        TrainOrder first = order("changing");
        first.train = m_path / "changing.tsv";
        const auto built = build(first, "other-cache");
        QVERIFY(built.has_value());
        QVERIFY(std::filesystem::remove_all(m_path / "other-cache") > 0);
        QVERIFY(writeFileAtomically(m_path / "changing.tsv", text.substr(0, text.rfind('\t')) + "\t1\n")
                    .has_value());
        TrainOrder batch;
        batch.recipeOrSpec = (*built / runs::kSpecFile).string();
        batch.purpose = OrderPurpose::Batch;
        batch.out = m_path / "batch";
        const auto refused = build(batch, "other-cache");
        QCOMPARE(refused.error().code, ErrorCode::BadData);
        QVERIFY2(refused.error().cure.find("name it in the specification") != std::string::npos,
                 describe(refused.error()).c_str());
        QVERIFY(refused.error().cure.find("--data") == std::string::npos);
    }

    void keepsACopyOfListsForReruns()
    {
        QVERIFY(writeFileAtomically(m_path / "split.tsv", "s\ttrain\n").has_value());
        TrainOrder withSplit = order("lists");
        withSplit.split = m_path / "split.tsv";
        const auto built = build(withSplit);
        QVERIFY(built.has_value());
        const auto local = runs::readLocalInfo(*built);
        QCOMPARE(readFile(local->containerPath("split").value_or("")).value_or(""),
                 std::string("s\ttrain\n"));
        QVERIFY(std::filesystem::remove(m_path / "split.tsv"));
        TrainOrder again;
        again.recipeOrSpec = (*built / runs::kSpecFile).string();
        again.out = m_path / "lists-again";
        const auto rebuilt = build(again);
        QVERIFY2(rebuilt.has_value(), rebuilt ? "" : describe(rebuilt.error()).c_str());
        QCOMPARE(readFile(*rebuilt / runs::kSpecFile), readFile(*built / runs::kSpecFile));
    }

    void buildsARunOfANetworkOnAFolder()
    {
        // A slash at the end must not hide the folder's name.
        TrainOrder cells = networkOrder("network");
        cells.train = makeMtx("mtx").string() + "/";
        const auto built = build(cells);
        QVERIFY2(built.has_value(), built ? "" : describe(built.error()).c_str());
        const auto spec = spec::readSpecFile(*built / runs::kSpecFile);
        QVERIFY(spec.has_value());
        QVERIFY(spec->kind == spec::ModelKind::Autoencoder);
        QCOMPARE(spec->data.train.name, std::string("mtx"));
        QCOMPARE(spec->data.train.sha256, data::inputDigest(m_path / "mtx")->sha256);
        QCOMPARE(spec->data.train.content.size(), std::size_t{64});
        QCOMPARE(spec->training.epochs, 3);
        const std::string text = readFile(*built / runs::kSpecFile).value_or("");
        QVERIFY2(text.find(m_path.string()) == std::string::npos, "a path of this machine");
    }

    void readsTheMatrixThatTheSpecChooses()
    {
        TrainOrder cells = networkOrder("genome");
        cells.train = makeMtx("mtx-options");
        cells.overrides.emplace_back("data.options.featureType=Antibody Capture");
        const auto built = build(cells);
        QVERIFY2(built.has_value(), built ? "" : describe(built.error()).c_str());
        const auto chosen = spec::readSpecFile(*built / runs::kSpecFile);
        cells = networkOrder("genome-all");
        cells.train = m_path / "mtx-options";
        const auto all = spec::readSpecFile(*build(cells) / runs::kSpecFile);
        QCOMPARE(chosen->data.options.featureType, std::string("Antibody Capture"));
        QCOMPARE(chosen->data.train.sha256, all->data.train.sha256);
        QVERIFY(chosen->data.train.content != all->data.train.content);
    }

    void aNetworkTakesNoTable()
    {
        TrainOrder cells = networkOrder("cells-of-a-table");
        cells.train = m_path / "table.tsv";
        const Error table = build(cells).error();
        QCOMPARE(table.code, ErrorCode::BadData);
        QVERIFY2(table.message.find("an expression table") != std::string::npos, table.message.c_str());
        QVERIFY(table.message.find("sc-autoencoder") != std::string::npos);
        QVERIFY(table.cure.find(".h5ad") != std::string::npos);
        TrainOrder trees = order("table-of-cells");
        trees.train = makeMtx("mtx-for-trees");
        const Error matrix = build(trees).error();
        QCOMPARE(matrix.code, ErrorCode::BadData);
        QVERIFY(matrix.message.find("a matrix of cells") != std::string::npos);
        QVERIFY(matrix.cure.find("sc-autoencoder") != std::string::npos);
        QVERIFY(!runs::locateRun(m_path / "cells-of-a-table") && !runs::locateRun(m_path / "table-of-cells"));
    }

    void aNetworkHasNoOtherRoles_data()
    {
        QTest::addColumn<QString>("option");
        for (const char *option : {"--test", "--labels", "--genes", "--split"})
            QTest::newRow(option) << option;
    }

    void aNetworkHasNoOtherRoles()
    {
        QFETCH(QString, option);
        TrainOrder cells = networkOrder("roles");
        cells.train = makeMtx("mtx-roles");
        const std::filesystem::path file = m_path / "table.tsv";
        (option == QLatin1String("--test")     ? cells.test
         : option == QLatin1String("--labels") ? cells.labels
         : option == QLatin1String("--genes")  ? cells.genes
                                               : cells.split) = file;
        const Error error = build(cells).error();
        QCOMPARE(error.code, ErrorCode::Usage);
        QVERIFY(error.message.find(option.toStdString()) != std::string::npos);
        QVERIFY(error.message.find("sc-autoencoder") != std::string::npos);
        QVERIFY(!runs::locateRun(m_path / "roles"));
    }

    /// What a rerun does: the folder as it was, moved away, and changed.
    void repeatsARunOnAFolder()
    {
        TrainOrder cells = networkOrder("folder-run");
        cells.train = makeMtx("mtx-repeat");
        const auto built = build(cells);
        QVERIFY(built.has_value());
        runs::Manifest manifest;
        manifest.program = "ibidem";
        manifest.outcome = "finished";
        manifest.spec = *spec::readSpecFile(*built / runs::kSpecFile);
        QVERIFY(runs::writeManifest(*built, manifest).has_value());
        QVERIFY(runs::finishPartial(*built).has_value());
        const auto repeated = [&](const char *name, bool allowChanged = false) {
            const auto again =
                repeatOrder(m_path / "folder-run", m_path / "cache", m_path / name, allowChanged);
            return again ? build(*again)
                         : Result<std::filesystem::path>(tl::unexpected<Error>(again.error()));
        };
        const auto specOf = [](const std::filesystem::path &partial) {
            return readFile(partial / runs::kSpecFile).value_or("");
        };
        const auto same = repeated("folder-same");
        QVERIFY2(same.has_value(), same ? "" : describe(same.error()).c_str());
        QCOMPARE(specOf(*same), specOf(m_path / "folder-run"));

        std::filesystem::rename(m_path / "mtx-repeat", m_path / "mtx-away");
        const auto fromCache = repeated("folder-cache");
        QVERIFY(fromCache.has_value());
        QCOMPARE(specOf(*fromCache), specOf(m_path / "folder-run"));

        QVERIFY(makeFolder(m_path / "mtx-repeat").has_value()); // emptied
        QVERIFY(repeated("folder-emptied").has_value());
        std::filesystem::remove(m_path / "mtx-repeat");
        std::filesystem::rename(m_path / "mtx-away", m_path / "mtx-repeat");
        QVERIFY(writeFileAtomically(m_path / "mtx-repeat/matrix.mtx", mtxText("9")).has_value());
        QCOMPARE(repeated("folder-changed").error().code, ErrorCode::BadData);
        const auto allowed = repeated("folder-allowed", true);
        QVERIFY2(allowed.has_value(), allowed ? "" : describe(allowed.error()).c_str());
        QVERIFY(specOf(*allowed) != specOf(m_path / "folder-run"));
    }

    void cancelsOnce()
    {
        RunBuilder builder(Programs::besideThisProgram(), order("cancelled"), m_path / "cache",
                           m_path / "runs");
        QSignalSpy finished(&builder, &RunBuilder::finished);
        builder.start();
        builder.cancel();
        QTest::qWait(50);
        QCOMPARE(finished.count(), 1);
        QCOMPARE(builder.result().error().code, ErrorCode::Stopped);
        QVERIFY(!runs::locateRun(m_path / "cancelled"));
    }

private:
    [[nodiscard]] TrainOrder order(const std::string &name) const
    {
        TrainOrder order;
        order.recipeOrSpec = "lcep-xgboost";
        order.train = m_path / "table.tsv";
        order.device = "cpu";
        order.out = m_path / name;
        return order;
    }

    [[nodiscard]] TrainOrder networkOrder(const std::string &name) const
    {
        TrainOrder cells = order(name);
        cells.recipeOrSpec = "sc-autoencoder";
        cells.overrides = {"epochs=3"};
        return cells;
    }

    [[nodiscard]] static std::string mtxText(const std::string &value)
    {
        return "%%MatrixMarket matrix coordinate integer general\n3 2 4\n1 1 5\n3 1 7\n1 2 " + value +
               "\n2 2 3\n";
    }

    /// A 10x folder of two cells; its path.
    [[nodiscard]] std::filesystem::path makeMtx(const std::string &name) const
    {
        const std::filesystem::path folder = m_path / name;
        const bool made =
            makeFolder(folder) && writeFileAtomically(folder / "matrix.mtx", mtxText("1")) &&
            writeFileAtomically(folder / "barcodes.tsv", "AAAC-1\nCCCA-1\n") &&
            writeFileAtomically(folder / "features.tsv",
                                "E1\tA\tGene Expression\nE2\tB\tGene Expression\nE3\tC\tAntibody Capture\n");
        return made ? folder : std::filesystem::path();
    }

    [[nodiscard]] Result<std::filesystem::path> build(const TrainOrder &order,
                                                      const char *cache = "cache") const
    {
        RunBuilder builder(Programs::besideThisProgram(), order, m_path / cache, m_path / "runs");
        QSignalSpy finished(&builder, &RunBuilder::finished);
        builder.start();
        if (!QTest::qWaitFor([&] { return finished.count() > 0; }, 30000))
            return fail(ErrorCode::Internal, "no answer");
        return builder.result();
    }

    QTemporaryDir m_folder;
    std::filesystem::path m_path;
};

QTEST_GUILESS_MAIN(TestRunBuilder)
#include "tst_run_builder.moc"
