// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/base/version.h"
#include "models/data/tree_ensemble.h"
#include "models/runs/manifest.h"
#include "models/runs/run_folder.h"

#include <memory>
#include <span>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string model;
    std::optional<std::string> out;
    std::optional<std::string> genesFrom;
    bool force = false;
};

/// UBJSON is an object and begins with its brace; the old format begins with "binf" or a float.
Result<data::TreeEnsemble> parseModel(const std::string &bytes, const std::string &path)
{
    const auto view = std::as_bytes(std::span(bytes));
    return bytes.starts_with('{') ? data::parseXgboostUbjson(view, path)
                                  : data::parseXgboostBinary(view, path);
}

Status nameGenes(data::TreeEnsemble &ensemble, const std::string &tableFile, Console &console)
{
    IBIDEM_TRY(const data::TableContainer container, openContainer(tableFile, {}, Places::ofUser(), console));
    if (container.table.geneCount() != ensemble.featureCount)
        return fail(ErrorCode::BadData,
                    "the model has " + std::to_string(ensemble.featureCount) + " features, the table " +
                        std::to_string(container.table.geneCount()) + " genes",
                    tableFile, "give the table that the model was trained on");
    ensemble.featureNames = container.table.geneIds;
    return {};
}

runs::Manifest manifestOf(const data::TreeEnsemble &ensemble, const std::string &name,
                          const std::string &sha256)
{
    runs::Manifest manifest;
    manifest.program = std::string("ibidem ") + kVersion;
    manifest.outcome = "imported";
    const std::uint32_t classes = ensemble.groupCount == 1 ? 2 : ensemble.groupCount;
    for (std::uint32_t i = 0; i < classes; ++i)
        manifest.classNames.push_back(std::to_string(i));
    manifest.notes.push_back("imported from " + name + ", SHA-256 " + sha256);
    if (ensemble.featureNames.empty())
        manifest.notes.push_back(
            "the model does not name its genes: tables are matched by the order of their genes");
    manifest.roundsDone = static_cast<std::int64_t>(ensemble.roundCount());
    return manifest;
}

Result<std::filesystem::path> writeRun(const std::filesystem::path &run, bool force,
                                       const data::TreeEnsemble &ensemble, runs::Manifest &manifest)
{
    IBIDEM_TRY(const std::string model, data::xgboostUbjson(ensemble));
    const std::string digest = sha256Hex(std::string_view(model));
    manifest.digests["model"] = digest;
    manifest.files[std::string(runs::kModelFile)] = digest;
    IBIDEM_TRY(const std::filesystem::path partial, runs::createPartial(run, force));
    IBIDEM_CHECK(writeFileAtomically(partial / runs::kModelFile, model));
    IBIDEM_CHECK(runs::writeManifest(partial, manifest));
    return runs::finishPartial(partial);
}

Result<int> import(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const std::string bytes, readFile(arguments.model, 1ULL << 30U));
    const std::string name = std::filesystem::path(arguments.model).filename().string();
    IBIDEM_TRY(data::TreeEnsemble ensemble, parseModel(bytes, arguments.model));
    if (ensemble.objective != "binary:logistic" && ensemble.objective != "multi:softprob")
        return fail(ErrorCode::Unavailable, "the model's objective is \"" + ensemble.objective + "\"",
                    arguments.model, "binary:logistic and multi:softprob can be imported");
    if (arguments.genesFrom)
        IBIDEM_CHECK(nameGenes(ensemble, *arguments.genesFrom, console));
    std::filesystem::path run;
    if (arguments.out) {
        run = *arguments.out;
    } else {
        const Places places = Places::ofUser();
        IBIDEM_CHECK(makeFolder(places.store));
        IBIDEM_TRY(run, runs::newRunPath(places.store, "imported"));
    }
    runs::Manifest manifest = manifestOf(ensemble, name, sha256Hex(std::string_view(bytes)));
    IBIDEM_TRY(const std::filesystem::path written, writeRun(run, arguments.force, ensemble, manifest));
    console.document(Json{{"run", written.string()},
                          {"outcome", manifest.outcome},
                          {"objective", ensemble.objective},
                          {"features", ensemble.featureCount},
                          {"trees", ensemble.trees.size()},
                          {"genesKnown", !ensemble.featureNames.empty()},
                          {"model", manifest.digests["model"]}});
    console.say(name + ": " + std::to_string(ensemble.trees.size()) + " trees, " +
                std::to_string(ensemble.featureCount) + " features, " + ensemble.objective);
    console.result(written.string() + "\n");
    return 0;
}

} // namespace

void addImport(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("import", "An XGBoost model (UBJSON, or the binary format up to 1.x) as a run",
             "ibidem import model.xgb --genes-from lcep_train.tsv --out published",
             [arguments](Console &console) { return import(*arguments, console); })
        .positional("MODEL", arguments->model, "The model's file")
        .text("--genes-from", "TABLE", arguments->genesFrom,
              "Table whose genes, in order, are the model's features")
        .text("--out", "DIR", arguments->out, "Folder of the run; else a new one in the run store")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
