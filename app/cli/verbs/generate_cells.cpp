// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/generate_cells.h"

#include "app/cli/signals.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/data/count_matrix.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/line_child.h"

#include <QEventLoop>
#include <QTemporaryDir>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <numeric>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::optional<std::uint64_t> cells;
    std::optional<std::uint64_t> genes;
    std::optional<std::uint64_t> types;
    std::optional<std::uint64_t> batches;
    std::optional<std::uint64_t> seed;
    prepare::CellRecipe recipe;
    std::string out;
    bool force = false;
};

/// By the suffix of the file to write.
Result<std::string> formatOf(const std::string &path)
{
    const std::string suffix = std::filesystem::path(path).extension().string();
    if (suffix == ".h5ad")
        return std::string("h5ad");
    if (suffix == ".h5")
        return std::string("10x");
    return fail(ErrorCode::Usage, "the suffix " + suffix + " says no format", path,
                "call the file .h5ad (AnnData) or .h5 (10x)");
}

data::MatrixContainer containerOf(data::CountMatrix matrix)
{
    data::MatrixContainer container;
    data::TableSummary &summary = container.summary;
    summary.kind = data::kMatrixKind;
    summary.format = "generated";
    summary.shape = {matrix.cellIds.size(), matrix.geneIds.size()};
    const std::vector<float> &values = matrix.rows.values;
    summary.sum = std::accumulate(values.begin(), values.end(), 0.0);
    summary.maximum =
        values.empty() ? 0.0 : static_cast<double>(*std::max_element(values.begin(), values.end()));
    data::MatrixFacts facts;
    facts.nonZero = values.size();
    facts.counts = true;
    facts.source = "generated";
    facts.sources = {"generated"};
    for (const data::CellColumn &column : matrix.cellColumns)
        facts.columns.emplace(column.name, column.counts());
    summary.matrix = std::move(facts);
    container.matrix = std::move(matrix);
    return container;
}

Error deathOf(const std::string &path, int signal)
{
    return {ErrorCode::Internal, "ibidem-convert died of signal " + std::to_string(signal) + " while writing",
            path, "try again; if it happens again, make fewer cells"};
}

/// Lets ibidem-convert write the container as a foreign file; the finished event. Signals stop it.
Result<Json> exportInChild(const std::filesystem::path &container, const std::string &format,
                           const std::string &path, Console &console)
{
    QEventLoop loop;
    Result<Json> answer = fail(ErrorCode::Stopped, "stopped on request", path);
    bool ended = false; // a child that cannot be started ends before the loop begins
    jobs::LineChildOrder order;
    order.program = jobs::Programs::besideThisProgram().convert;
    order.arguments = {QStringLiteral("--export"), QString::fromStdString(container.string()),
                       QStringLiteral("--format"), QString::fromStdString(format),
                       QStringLiteral("--"),       QString::fromStdString(path)};
    order.about = path;
    order.hearsStop = true;
    order.death = [&path](int signal) { return deathOf(path, signal); };
    order.progressed = [&console](const QString &stage, double fraction) {
        console.progress({stage.toStdString(), fraction, {}});
    };
    order.ended = [&answer, &ended, &loop](Result<Json> finished) {
        ended = true;
        answer = std::move(finished);
        loop.quit();
    };
    jobs::LineChild child(std::move(order));
    bool asked = false;
    const StopSignals stopSignals([&](int) {
        if (!std::exchange(asked, true))
            return child.stop();
        child.abandon();
        loop.quit();
    });
    child.start();
    if (!ended)
        loop.exec();
    console.endProgress();
    return answer;
}

Result<int> generate(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const std::string format, formatOf(arguments.out));
    IBIDEM_CHECK(refuseOverwrite(arguments.out, arguments.force));
    prepare::CellRecipe recipe = arguments.recipe;
    recipe.cells = arguments.cells.value_or(recipe.cells);
    recipe.genes = arguments.genes.value_or(recipe.genes);
    recipe.types = arguments.types.value_or(recipe.types);
    recipe.batches = arguments.batches.value_or(recipe.batches);
    recipe.seed = arguments.seed.value_or(recipe.seed);
    const std::filesystem::path folder = std::filesystem::absolute(arguments.out).parent_path();
    const QTemporaryDir temporary(QString::fromStdString((folder / ".ibidem-XXXXXX").string()));
    if (!temporary.isValid())
        return fail(ErrorCode::CannotWrite, "nothing can be written here", folder.string(),
                    "name another place");
    auto matrix = prepare::generateCells(recipe);
    if (!matrix) { // here the sizes come from options, not from a spec
        Error error = matrix.error();
        error.code = error.code == ErrorCode::BadSpec ? ErrorCode::Usage : error.code;
        return tl::unexpected<Error>(std::move(error));
    }
    const std::filesystem::path container =
        std::filesystem::path(temporary.path().toStdString()) / "cells.safetensors";
    IBIDEM_CHECK(data::writeMatrixContainer(container, containerOf(*std::move(matrix))));
    IBIDEM_TRY(Json document, exportInChild(container, format, arguments.out, console));
    document.erase("event");
    document["path"] = arguments.out;
    document["cells"] = recipe.cells;
    document["genes"] = recipe.genes;
    document["types"] = recipe.types;
    document["batches"] = recipe.batches;
    document["seed"] = recipe.seed;
    console.document(document);
    console.result(arguments.out + "\n");
    return 0;
}

} // namespace

void addGenerateCells(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    prepare::CellRecipe &recipe = arguments->recipe;
    verbs
        .add("generate", "Realistic data that is the same on every machine", "cells",
             "Counts of single cells with types and batches, as AnnData (.h5ad) or 10x (.h5)",
             "ibidem generate cells --cells 2000 --genes 3000 --types 6 --batches 2 --seed 1 -o cells.h5ad",
             [arguments](Console &console) { return generate(*arguments, console); })
        .wholeNumber("--cells", arguments->cells, "Number of cells (2000)")
        .wholeNumber("--genes", arguments->genes, "Number of genes (3000)")
        .wholeNumber("--types", arguments->types, "Number of cell types (6)")
        .wholeNumber("--batches", arguments->batches, "Number of batches (2)")
        .wholeNumber("--seed", arguments->seed, "Seed (0)")
        .number("--depth", recipe.depth, "Mean of a cell's counts (3000)")
        .number("--markers", recipe.markerFraction, "Share of genes that mark a type (0.45)")
        .number("--effect", recipe.effect, "Mean log2 fold change of those genes (2.5)")
        .number("--batch-effect", recipe.batchEffect, "Deviation of a gene's log2 change in a batch (0.15)")
        .number("--dropout", recipe.dropout, "Largest probability that a count is lost (0.2)")
        .required("-o,--out", "FILE", arguments->out, "File to write: .h5ad or .h5")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
