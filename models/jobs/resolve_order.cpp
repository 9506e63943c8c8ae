// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/jobs/resolve_order.h"

#include "models/base/text.h"
#include "models/jobs/run_inputs.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"
#include "models/spec/recipes.h"
#include "models/train/reproducibility/effective_state.h"

#include <algorithm>
#include <string_view>
#include <sys/random.h>
#include <utility>

namespace ibidem::jobs {

namespace {

/// A name without a dot or a slash is a recipe's; so is one that a recipe has, unless a file of that name
/// lies here.
bool namesFile(const std::string &text)
{
    std::error_code ignored;
    return text.find_first_of("./") != std::string::npos || std::filesystem::is_regular_file(text, ignored);
}

bool overrides(const std::vector<std::string> &assignments, std::string_view name)
{
    return std::any_of(assignments.begin(), assignments.end(), [name](const std::string &assignment) {
        const std::string_view key = trimmed(std::string_view(assignment).substr(0, assignment.find('=')));
        return key == name || key.ends_with("." + std::string(name));
    });
}

Result<OrderedSpec> readBase(const std::string &recipeOrSpec)
{
    OrderedSpec ordered;
    if (namesFile(recipeOrSpec)) {
        std::filesystem::path file = recipeOrSpec;
        std::error_code ignored;
        if (std::filesystem::is_directory(file, ignored))
            file /= runs::kSpecFile;
        IBIDEM_TRY(ordered.spec, spec::readSpecFile(file, &ordered.levelGiven));
        ordered.folder = file.parent_path();
        return ordered;
    }
    IBIDEM_TRY(spec::Recipe recipe, spec::findRecipe(recipeOrSpec));
    ordered.spec = std::move(recipe.spec);
    return ordered;
}

/// 32 bits: every library takes such a seed whole.
Result<std::uint64_t> drawnSeed()
{
    std::uint32_t seed = 0;
    if (::getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed))
        return fail(ErrorCode::Io, "the system gave no random number for the seed");
    return seed;
}

/// What a rerun needs of an input whose file may have changed: nothing (the builder finds the recorded
/// content), or the path of the changed file.
Result<std::optional<std::filesystem::path>> repeatInput(const std::string &role, const spec::Input &recorded,
                                                         const std::optional<std::string> &known,
                                                         bool allowChanged)
{
    std::error_code ignored;
    if (!known || !std::filesystem::exists(*known, ignored))
        return std::optional<std::filesystem::path>();
    const auto digest = digestOfInput(role, *known);
    if (!digest && digest.error().code == ErrorCode::InputMissing) // a folder that was emptied
        return std::optional<std::filesystem::path>();
    if (!digest)
        return tl::unexpected<Error>(digest.error());
    if (digest->sha256 == recorded.sha256)
        return std::optional<std::filesystem::path>();
    if (allowChanged)
        return std::optional<std::filesystem::path>(*known);
    return fail(ErrorCode::BadData,
                "the file has changed since the run: its SHA-256 is " + digest->sha256.substr(0, 16) +
                    "…, recorded is " + recorded.sha256.substr(0, 16) + "…",
                *known,
                "restore it, move it away to train on the recorded content from the cache, or train on the "
                "file as it "
                "is now with --allow-changed");
}

Result<spec::RunSpec> specToRepeat(const std::filesystem::path &folder)
{
    IBIDEM_TRY(runs::Manifest manifest, runs::readManifest(folder));
    if (!manifest.spec)
        return fail(ErrorCode::BadData, "an imported model has no training that could be repeated",
                    folder.string(), "rerun needs a run that was trained by this program");
    if (manifest.outcome != "finished")
        return fail(ErrorCode::BadData, "the run is " + manifest.outcome + ", not finished", folder.string(),
                    manifest.outcome == "stopped" ? "go on with it: ibidem resume " + folder.string()
                                                  : "train it again");
    return *std::move(manifest.spec);
}

/// A short option as the setting that it stands for.
struct ShortOption
{
    const char *option;
    std::optional<std::string> value;
    const char *key;
    spec::ModelKind kind;
    const char *cure; ///< for the other kind
};

std::vector<ShortOption> shortOptions(const TrainOrder &order)
{
    const auto text = [](const std::optional<std::uint64_t> &number) {
        return number ? std::optional(std::to_string(*number)) : std::nullopt;
    };
    using spec::ModelKind;
    return {{"--rounds", text(order.rounds), "model.rounds", ModelKind::Trees, "use --epochs"},
            {"--epochs", text(order.epochs), "training.epochs", ModelKind::Autoencoder, "use --rounds"},
            {"--matrix", order.matrix, "data.options.matrix", ModelKind::Autoencoder, "leave it out"},
            {"--genome", order.genome, "data.options.genome", ModelKind::Autoencoder, "leave it out"},
            {"--feature-type", order.featureType, "data.options.featureType", ModelKind::Autoencoder,
             "leave it out"}};
}

Result<std::vector<std::string>> allOverrides(const spec::RunSpec &spec, const TrainOrder &order)
{
    std::vector<std::string> assignments = order.overrides;
    for (const ShortOption &one : shortOptions(order)) {
        if (!one.value)
            continue;
        if (one.kind != spec.kind)
            return fail(ErrorCode::Usage,
                        std::string(one.option) +
                            (one.kind == spec::ModelKind::Trees ? " is for trees" : " is for networks") +
                            ", and the recipe " + spec.recipe + " trains " +
                            (spec.kind == spec::ModelKind::Trees ? "trees" : "a network"),
                        {}, one.cure);
        assignments.push_back(std::string(one.key) + "=" + *one.value);
    }
    return assignments;
}

} // namespace

Result<OrderedSpec> readOrder(const TrainOrder &order)
{
    IBIDEM_TRY(OrderedSpec ordered, readBase(order.recipeOrSpec));
    IBIDEM_TRY(const std::vector<std::string> assignments, allOverrides(ordered.spec, order));
    IBIDEM_TRY(ordered.spec, spec::withOverrides(std::move(ordered.spec), assignments));
    ordered.levelGiven = ordered.levelGiven || order.level || overrides(order.overrides, "level");
    ordered.seedGiven = order.seed || overrides(order.overrides, "seed");
    ordered.spec.level = order.level.value_or(ordered.spec.level);
    ordered.spec.seed = order.seed.value_or(ordered.spec.seed);
    ordered.spec.device = order.device.value_or(ordered.spec.device);
    ordered.spec.threads = order.threads.value_or(ordered.spec.threads);
    ordered.spec.isa = order.isa.value_or(ordered.spec.isa);
    IBIDEM_CHECK(spec::validate(ordered.spec));
    return ordered;
}

Result<spec::RunSpec> resolveSpec(const OrderedSpec &ordered, std::uint64_t cells)
{
    IBIDEM_TRY(spec::RunSpec spec, train::resolve(ordered.spec, ordered.levelGiven, cells));
    if (spec.level == spec::Level::Random && !ordered.seedGiven) {
        IBIDEM_TRY(spec.seed, drawnSeed());
    }
    IBIDEM_CHECK(spec::validate(spec));
    return spec;
}

Result<TrainOrder> repeatOrder(const std::filesystem::path &run, const std::filesystem::path &cacheFolder,
                               std::optional<std::filesystem::path> out, bool allowChanged,
                               std::map<std::string, std::filesystem::path> moved)
{
    IBIDEM_TRY(const std::filesystem::path folder, runs::locateRun(run));
    IBIDEM_TRY(spec::RunSpec spec, specToRepeat(folder));
    TrainOrder order;
    order.recipeOrSpec = (std::filesystem::absolute(folder) / runs::kSpecFile).string();
    order.out = std::move(out);
    order.allowChanged = allowChanged;
    order.moved = std::move(moved);
    order.purpose = OrderPurpose::Rerun;
    std::optional<runs::LocalInfo> local;
    if (auto info = runs::readLocalInfo(folder))
        local = *std::move(info);
    for (const auto &[role, slot] :
         {std::pair<const char *, std::optional<std::filesystem::path> *>{"train", &order.train},
          {"test", &order.test},
          {"labels", &order.labels},
          {"genes", &order.genes},
          {"split", &order.split}}) {
        const spec::Input *input = inputSlot(spec, role);
        if (input && !order.moved.contains(role)) {
            IBIDEM_TRY(*slot, repeatInput(role, *input, local ? local->inputPath(role) : std::nullopt,
                                          allowChanged));
        }
    }
    // What can be neither found nor read is said now, not after the first of several reruns.
    IBIDEM_TRY(const std::vector<WantedInput> wanted, wantedInputs(spec, order, cacheFolder, folder));
    return order;
}

Result<TrainOrder> resumeOrder(const std::filesystem::path &run,
                               std::map<std::string, std::filesystem::path> moved)
{
    IBIDEM_TRY(const std::filesystem::path folder, runs::locateRun(run));
    TrainOrder order;
    order.recipeOrSpec = (folder / runs::kSpecFile).string();
    order.moved = std::move(moved);
    order.purpose = OrderPurpose::Resume;
    return order;
}

} // namespace ibidem::jobs
