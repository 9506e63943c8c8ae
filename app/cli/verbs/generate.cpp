// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/prepare/generate_expression.h"

#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::optional<std::uint64_t> genes;
    std::optional<std::uint64_t> samples;
    std::optional<std::uint64_t> modules;
    std::optional<std::uint64_t> seed;
    prepare::ExpressionRecipe recipe;
    std::optional<std::string> out;
    bool force = false;
};

Result<int> generate(const Arguments &arguments, Console &console)
{
    if (!arguments.out && console.json())
        return fail(ErrorCode::Usage, "with --json the table needs a place of its own", {}, "add -o FILE");
    if (arguments.out)
        IBIDEM_CHECK(refuseOverwrite(*arguments.out, arguments.force));
    prepare::ExpressionRecipe recipe = arguments.recipe;
    recipe.genes = arguments.genes.value_or(recipe.genes);
    recipe.samples = arguments.samples.value_or(recipe.samples);
    recipe.modules = arguments.modules.value_or(recipe.modules);
    recipe.seed = arguments.seed.value_or(recipe.seed);
    auto text = prepare::generateExpressionTsv(recipe);
    if (!text) { // here the sizes come from options, not from a spec
        Error error = text.error();
        error.code = error.code == ErrorCode::BadSpec ? ErrorCode::Usage : error.code;
        return tl::unexpected<Error>(std::move(error));
    }
    if (!arguments.out) {
        console.result(*text);
        return 0;
    }
    IBIDEM_CHECK(writeFileAtomically(*arguments.out, *text));
    console.document(Json{{"path", *arguments.out},
                          {"bytes", text->size()},
                          {"sha256", sha256Hex(std::string_view(*text))},
                          {"genes", recipe.genes},
                          {"samples", recipe.samples},
                          {"seed", recipe.seed}});
    console.result(*arguments.out + "\n");
    return 0;
}

} // namespace

void addGenerate(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    prepare::ExpressionRecipe &recipe = arguments->recipe;
    verbs
        .add("generate", "Realistic data that is the same on every machine", "expression",
             "An expression table of two classes, as TSV",
             "ibidem generate expression --genes 500 --samples 240 --seed 1 -o expression.tsv",
             [arguments](Console &console) { return generate(*arguments, console); })
        .wholeNumber("--genes", arguments->genes, "Number of genes (500)")
        .wholeNumber("--samples", arguments->samples, "Number of samples (240)")
        .wholeNumber("--modules", arguments->modules, "Groups of correlated genes (20)")
        .wholeNumber("--seed", arguments->seed, "Seed (0)")
        .number("--positive", recipe.positiveFraction, "Share of samples of class 1 (0.5)")
        .number("--informative", recipe.informativeFraction,
                "Share of genes that differ between the classes (0.1)")
        .number("--effect", recipe.effect, "Mean absolute log2 fold change of those genes (1)")
        .text("-o,--out", "FILE", arguments->out, "File to write; else standard output")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
