// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/matrix_export.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/files.h"
#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/data/cache.h"
#include "models/data/count_matrix.h"
#include "models/jobs/run_inputs.h"
#include "models/runs/manifest.h"
#include "models/runs/network_files.h"
#include "models/runs/run_folder.h"

#include <memory>
#include <string_view>
#include <utility>

namespace ibidem::cli {

namespace {

namespace fs = std::filesystem;

struct Arguments
{
    std::string run;
    std::string to;
    std::optional<std::string> data;
    bool force = false;
};

struct FinishedRun
{
    fs::path folder;
    runs::Manifest manifest;

    [[nodiscard]] bool isNetwork() const { return manifest.isNetwork(); }

    /// The weights: the file that holds them.
    [[nodiscard]] std::string_view weightsFile() const
    {
        return isNetwork() ? runs::kWeightsFile : runs::kModelFile;
    }
};

Result<FinishedRun> finishedRun(const std::string &path)
{
    FinishedRun run;
    IBIDEM_TRY(run.folder, runs::locateRun(path));
    IBIDEM_TRY(run.manifest, runs::readManifest(run.folder));
    const std::string &outcome = run.manifest.outcome;
    if (outcome == "finished" || outcome == "imported")
        return run;
    return fail(ErrorCode::BadData, "the run is " + outcome + ": there is nothing to export yet",
                run.folder.string(), outcome == "stopped" ? "go on with it: ibidem resume " + path : "");
}

/// A file of the run as its manifest knows it.
Result<std::string> recordedBytes(const FinishedRun &run, std::string_view name)
{
    const fs::path file = run.folder / name;
    const auto recorded = run.manifest.files.find(std::string(name));
    if (recorded == run.manifest.files.end())
        return fail(ErrorCode::BadData, "the run has no " + std::string(name), run.folder.string());
    IBIDEM_TRY(std::string bytes, readFile(file));
    if (sha256Hex(std::string_view(bytes)) != recorded->second)
        return fail(ErrorCode::BadData, "the file was changed after the run was written", file.string(),
                    "restore it, or train the run again");
    return bytes;
}

enum class Form { Cells, Weights };

/// By the name of what is to be written; a folder stands for the weights in it.
Result<Form> formOf(const FinishedRun &run, fs::path &to)
{
    std::error_code ignored;
    if (!to.has_filename() || fs::is_directory(to, ignored)) {
        IBIDEM_CHECK(makeFolder(to));
        to /= run.weightsFile();
        return Form::Weights;
    }
    const std::string suffix = to.extension().string();
    if (suffix == ".h5ad") {
        if (!run.isNetwork())
            return fail(ErrorCode::Usage, "only runs on single cells become .h5ad, and this one is none",
                        run.folder.string(), "write its model: --to model.ubj");
        return Form::Cells;
    }
    const std::string own = fs::path(run.weightsFile()).extension().string();
    if (suffix == own)
        return Form::Weights;
    return fail(ErrorCode::Usage, "the suffix " + ibidem::quoted(suffix) + " says no format of this run",
                to.string(),
                run.isNetwork() ? "call the file .h5ad (cells with their embedding) or .safetensors "
                                  "(weights), or end a folder's name with /"
                                : "call the file .ubj (XGBoost's model), or end a folder's name with /");
}

/// The matrix that the run was trained on: from the cache, from where it lay, or from where --data says.
Result<jobs::OpenedFile> matrixOf(const FinishedRun &run, const std::optional<std::string> &place,
                                  Console &console)
{
    const Places places = Places::ofUser();
    spec::RunSpec spec = *run.manifest.spec;
    const std::string content = spec.data.train.content;
    const data::TableOptions options = spec::tableOptions(spec.data, "train");
    jobs::TrainOrder order;
    if (place)
        order.train = *place;
    IBIDEM_TRY(const std::vector<jobs::WantedInput> wanted,
               jobs::wantedInputs(spec, order, places.cache, run.folder));
    if (!place) {
        if (auto found = jobs::recordedTable(wanted.front(), options, places.cache))
            return *std::move(found);
    }
    IBIDEM_TRY(jobs::OpenedFile opened, openFile(wanted.front().file, options, places, console));
    if (opened.summary.digest != content)
        return fail(ErrorCode::BadData, "this is not the matrix that the run was trained on",
                    opened.file.string(), "give that one with --data PATH");
    return opened;
}

/// Whether a version that read less of the file made the container.
bool isOlder(const jobs::OpenedFile &matrix, const data::TableOptions &options)
{
    return matrix.container.stem() !=
           data::Cache::key(matrix.summary.fileSha256, options, data::kMatrixVersion);
}

/// What of the file that the matrix came from is not in the export, in words; empty if there is nothing.
std::string leftOut(const data::TableSummary &summary)
{
    std::vector<std::string> parts;
    if (summary.matrix) {
        for (const std::string &source : summary.matrix->sources)
            if (source != summary.matrix->source)
                parts.push_back("the matrix " + source);
    }
    for (const data::Check &check : summary.checks)
        if (check.name == data::kSkippedElements || check.name == data::kUnreadElements)
            parts.push_back(check.message);
    return join(parts, "; ");
}

Result<int> exportCells(const FinishedRun &run, const Arguments &arguments, const fs::path &to,
                        Console &console)
{
    IBIDEM_TRY(const std::string bytes, recordedBytes(run, runs::kEmbeddingFile));
    IBIDEM_TRY(const jobs::OpenedFile matrix, matrixOf(run, arguments.data, console));
    const MatrixExport order{matrix.container, "h5ad", to, run.folder / runs::kEmbeddingFile};
    IBIDEM_TRY(Json document, exportMatrix(order, console));
    const Json replaced = document.value("replaced", Json::array());
    for (const Json &name : replaced)
        console.warn(name.get<std::string>() + " of the matrix is replaced by the run's");
    if (isOlder(matrix, spec::tableOptions(run.manifest.spec->data, "train")))
        console.warn(matrix.file.string() + ": only what an older version read of it is left: annotations of "
                                            "genes may be missing in the export");
    if (const std::string parts = leftOut(matrix.summary); !parts.empty())
        console.warn(matrix.file.string() + ": not in the export: " + parts);
    document.erase("event");
    document["run"] = run.folder.string();
    document["path"] = to.string();
    console.document(document);
    console.result(to.string() + "\n");
    return 0;
}

Result<int> exportWeights(const FinishedRun &run, const fs::path &to, Console &console)
{
    IBIDEM_TRY(const std::string bytes, recordedBytes(run, run.weightsFile()));
    IBIDEM_CHECK(writeFileAtomically(to, bytes));
    console.document(Json{{"run", run.folder.string()},
                          {"path", to.string()},
                          {"format", fs::path(run.weightsFile()).extension().string().substr(1)},
                          {"bytes", bytes.size()},
                          {"sha256", sha256Hex(std::string_view(bytes))}});
    console.result(to.string() + "\n");
    return 0;
}

Result<int> exportVerb(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(const FinishedRun run, finishedRun(arguments.run));
    fs::path to = arguments.to;
    IBIDEM_TRY(const Form form, formOf(run, to));
    IBIDEM_CHECK(refuseOverwrite(to.string(), arguments.force));
    std::error_code ignored;
    if (const fs::path folder = fs::absolute(to).parent_path(); !fs::is_directory(folder, ignored))
        return fail(ErrorCode::CannotWrite, "there is no such folder", folder.string(), "make it first");
    return form == Form::Cells ? exportCells(run, arguments, to, console) : exportWeights(run, to, console);
}

} // namespace

void addExport(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("export", "A run's cells with embedding, map and clusters (.h5ad), or its weights",
             "ibidem export my-cells --to my-cells.h5ad",
             [arguments](Console &console) { return exportVerb(*arguments, console); })
        .positional("RUN", arguments->run, "Folder of the run")
        .required("--to", "FILE", arguments->to,
                  "File to write: .h5ad, .safetensors (weights of a network), .ubj (trees); or a folder for "
                  "the weights")
        .text("--data", "PATH", arguments->data,
              "The matrix that the run was trained on, if it is neither in the cache nor where it was")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
