// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/run_output.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/jobs/run_builder.h"
#include "models/runs/run_folder.h"

#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    jobs::TrainOrder order;
    std::optional<std::string> train;
    std::optional<std::string> test;
    std::optional<std::string> labels;
    std::optional<std::string> genes;
    std::optional<std::string> split;
    std::optional<std::string> out;
    std::optional<std::string> level;
    std::optional<std::uint64_t> threads;
};

constexpr std::uint64_t kManyThreads = 1024;

Result<jobs::TrainOrder> orderOf(const Arguments &arguments)
{
    const auto path = [](const std::optional<std::string> &text) {
        return text ? std::optional<std::filesystem::path>(*text) : std::nullopt;
    };
    jobs::TrainOrder order = arguments.order;
    order.train = path(arguments.train);
    order.test = path(arguments.test);
    order.labels = path(arguments.labels);
    order.genes = path(arguments.genes);
    order.split = path(arguments.split);
    order.out = path(arguments.out);
    if (arguments.level)
        order.level = spec::levelOfName(*arguments.level);
    if (arguments.threads.value_or(0) > kManyThreads)
        return fail(ErrorCode::Usage, "--threads: at most 1024");
    if (arguments.threads)
        order.threads = static_cast<int>(*arguments.threads);
    return order;
}

/// Said before anything is read; building the folder checks it again.
Status checkPlace(const jobs::TrainOrder &order, Console &console)
{
    if (!order.out)
        return {};
    const auto there = runs::locateRun(runs::partialPath(*order.out)); // the unfinished one of two
    if (!there)
        return {};
    const std::string place = there->string();
    const std::string resume = "ibidem resume " + runs::spokenPath(*there).string();
    const bool partial = runs::isPartial(*there);
    if (runs::failedAtOnce(*there)) {
        console.say(place + " failed before its first checkpoint: it makes room and is then " +
                    runs::asidePath(*there).string());
        return {};
    }
    const auto manifest = runs::readManifest(*there);
    const bool goesOn =
        partial || (manifest && (manifest->outcome == "stopped" || manifest->outcome == "failed"));
    if (order.force) {
        if (goesOn)
            console.warn("replacing " + place + ", an unfinished run that '" + resume +
                         "' could go on with: it is removed when the new one is complete");
        return {};
    }
    return fail(ErrorCode::CannotWrite, goesOn ? "an unfinished run is here" : "this run exists already",
                place,
                (goesOn ? "go on with it: " + resume + ", or " : std::string()) +
                    "name another place with --out, or replace it with --force");
}

Result<int> train(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const jobs::TrainOrder order, orderOf(arguments));
    IBIDEM_CHECK(checkPlace(order, console));
    IBIDEM_TRY(const Trained trained, trainRun(order, Places::ofUser(), console));
    return showTrained(trained, console);
}

} // namespace

void addTrain(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    jobs::TrainOrder &order = arguments->order;
    verbs
        .add("train", "Train one run in a fresh process",
             "ibidem train lcep-xgboost --data lcep_train.tsv --test lcep_test.tsv --out my-run\n"
             "  ibidem train sc-autoencoder --data pbmc.h5ad --epochs 100 --out my-cells",
             [arguments](Console &console) { return train(*arguments, console); })
        .positional("SPEC", order.recipeOrSpec, "A recipe's name, or a spec file (JSON or TOML)")
        .text("--data", "PATH", arguments->train,
              "What to train on: a table, or for a network a matrix of cells (file or 10x folder)")
        .text("--test", "PATH", arguments->test,
              "Tables: one to test on; else a part of the training table is kept for it")
        .text("--labels", "PATH", arguments->labels,
              "Tables: classes of the samples, a CLS file or annotation table")
        .text("--genes", "PATH", arguments->genes, "Tables: use only the genes that this file lists")
        .text("--split", "PATH", arguments->split,
              "Tables: lines of sample and train or test, instead of a drawn split")
        .texts("--set", "KEY=VALUE", order.overrides, "Change a setting; may be given several times")
        .wholeNumber("--rounds", order.rounds, "Trees: short for --set model.rounds=N")
        .wholeNumber("--epochs", order.epochs, "Networks: short for --set training.epochs=N")
        .text("--matrix", "NAME", order.matrix,
              "Networks: which matrix of the file, short for --set data.options.matrix=NAME")
        .text("--genome", "NAME", order.genome,
              "Networks: of several in one 10x file, short for --set data.options.genome=NAME")
        .text("--feature-type", "NAME", order.featureType,
              "Networks: only features of this type, short for --set data.options.featureType=NAME")
        .choice("--level", "LEVEL", arguments->level, {"random", "seeded", "deterministic", "portable"})
        .wholeNumber("--seed", order.seed, "Seed of everything random")
        .text("--device", "DEVICE", order.device, "auto, cpu or cuda:N")
        .wholeNumber("--threads", arguments->threads, "Number of threads; 0 chooses")
        .choice("--isa", "ISA", order.isa, {"auto", "scalar", "avx2", "avx512"})
        .text("--out", "DIR", arguments->out, "Folder of the run; else a new one in the run store")
        .flag("--force", order.force, kForceHelp);
}

} // namespace ibidem::cli
