// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/prepare/generate_cells.h"

#include "app/cli/matrix_export.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"

#include <filesystem>
#include <memory>
#include <utility>

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
    auto written = writeCells(recipe, format, arguments.out, console);
    if (!written) { // here the sizes come from options, not from a spec
        Error error = written.error();
        error.code = error.code == ErrorCode::BadSpec ? ErrorCode::Usage : error.code;
        return tl::unexpected<Error>(std::move(error));
    }
    Json document = *std::move(written);
    for (const char *key : {"event", "replaced"})
        document.erase(key);
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
