// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/signals.h"
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/json.h"
#include "models/base/text.h"
#include "models/data/count_matrix.h"
#include "models/jobs/prepare_job.h"

#include <QEventLoop>

#include <filesystem>
#include <memory>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::string path;
    std::vector<std::string> settings;
    std::optional<std::uint64_t> threads;
    std::optional<std::string> matrix;
    std::optional<std::string> genome;
    std::optional<std::string> featureType;
    std::optional<std::string> labelColumn;
    std::optional<std::string> out;
    bool force = false;
};

data::TableOptions tableOptions(const Arguments &arguments)
{
    data::TableOptions options;
    options.matrix = arguments.matrix.value_or(options.matrix);
    options.genome = arguments.genome.value_or(options.genome);
    options.featureType = arguments.featureType.value_or(options.featureType);
    options.labelColumn = arguments.labelColumn.value_or(options.labelColumn);
    return options;
}

/// By the name alone a reader decides how to open a file.
Status requireSafetensors(const std::string &out)
{
    const std::string suffix = std::filesystem::path(out).extension().string();
    if (suffix == ".safetensors")
        return {};
    return fail(ErrorCode::Usage,
                "the prepared matrix is written as safetensors, and the suffix " + ibidem::quoted(suffix) +
                    " says something else",
                out, "call the file .safetensors");
}

Result<jobs::PrepareOrder> orderOf(const Arguments &arguments)
{
    jobs::PrepareOrder order;
    IBIDEM_TRY(order.preparation, spec::withOverrides(spec::CellPreparation(), arguments.settings));
    IBIDEM_CHECK(spec::validate(order.preparation));
    constexpr std::uint64_t kMostThreads = 4096;
    if (arguments.threads.value_or(0) > kMostThreads)
        return fail(ErrorCode::Usage, "--threads is at most " + std::to_string(kMostThreads));
    order.threads = static_cast<int>(arguments.threads.value_or(0));
    if (arguments.out) {
        IBIDEM_CHECK(requireSafetensors(*arguments.out));
        IBIDEM_CHECK(refuseOverwrite(*arguments.out, arguments.force));
        order.out = *arguments.out;
    }
    return order;
}

/// Runs the event loop until the child has ended; a signal cancels.
Result<data::PreparedSummary> prepareInChild(const jobs::PrepareOrder &order, Console &console)
{
    jobs::PrepareJob job(jobs::Programs::besideThisProgram(), order);
    QEventLoop loop;
    QObject::connect(&job, &jobs::PrepareJob::finished, &loop, &QEventLoop::quit);
    QObject::connect(&job, &jobs::PrepareJob::progressed, &loop,
                     [&console](const QString &stage, double fraction) {
                         console.progress({stage.toStdString(), fraction, {}});
                     });
    const StopSignals stopSignals([&job](int) { job.cancel(); });
    job.start();
    loop.exec();
    console.endProgress();
    return job.result();
}

std::string textOf(const Arguments &arguments, const data::PreparedSummary &summary, const Console &console)
{
    std::vector<std::vector<std::string>> rows{{"stage", "cells", "genes", "values", "digest"}};
    for (const data::CellStage &stage : summary.stages)
        rows.push_back({stage.name, std::to_string(stage.cells), std::to_string(stage.genes),
                        std::to_string(stage.nonZero), stage.digest});
    std::string text = console.paint(Colour::Bold, arguments.path) + "\n" + table(rows, "  ");
    std::vector<std::vector<std::string>> notes;
    for (const data::Check &check : summary.checks)
        notes.push_back({console.paint(check.state == data::CheckState::Ok ? Colour::Green : Colour::Yellow,
                                       data::checkStateName(check.state)),
                         check.message});
    if (!summary.nearThreshold.empty())
        notes.push_back({"near", "within 1e-5 of a threshold: " + join(summary.nearThreshold, ", ")});
    if (arguments.out)
        notes.push_back({"written", *arguments.out});
    return text + table(notes, "  ");
}

Result<int> prepare(const Arguments &arguments, Console &console)
{
    IBIDEM_TRY(jobs::PrepareOrder order, orderOf(arguments));
    IBIDEM_TRY(const jobs::OpenedFile opened,
               openFile(arguments.path, tableOptions(arguments), Places::ofUser(), console));
    if (opened.summary.kind != data::kMatrixKind)
        return fail(ErrorCode::BadData,
                    "this is no matrix of cells, but " + ibidem::quoted(opened.summary.kind), arguments.path,
                    "prepare is for single-cell matrices; tables are prepared by ibidem train");
    for (const data::Check &check : opened.summary.checks) {
        if (check.state == data::CheckState::Warning)
            console.warn(arguments.path + ": " + check.message);
    }
    order.container = opened.container;
    auto prepared = prepareInChild(order, console);
    if (!prepared) {
        Error error = std::move(prepared).error();
        if (error.path == opened.container.string()) // the file that the user knows
            error.path = arguments.path;
        return tl::unexpected<Error>(std::move(error));
    }
    Json document = prepared->toJson();
    document["path"] = arguments.path;
    document["out"] = arguments.out ? Json(*arguments.out) : Json();
    console.document(document);
    console.result(textOf(arguments, *prepared, console));
    return 0;
}

} // namespace

void addPrepare(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("prepare", "Prepare a single-cell matrix for a network, with a digest after every stage",
             "ibidem prepare pbmc.h5ad --set minGenes=20 -o pbmc.safetensors",
             [arguments](Console &console) { return prepare(*arguments, console); })
        .positional("MATRIX", arguments->path, "The file or 10x folder")
        .texts("--set", "KEY=VALUE", arguments->settings, "Change one setting: minGenes=20, scale=false")
        .wholeNumber("--threads", arguments->threads, "Threads; the result does not depend on them")
        .text("--matrix", "WHICH", arguments->matrix, "Of several: X, raw or layers/NAME")
        .text("--genome", "NAME", arguments->genome, "Of several in one 10x file")
        .text("--feature-type", "NAME", arguments->featureType,
              "10x: auto (Gene Expression where there are several), all, or a name")
        .text("--label-column", "NAME", arguments->labelColumn, "auto, none or the name of a column")
        .text("-o,--out", "FILE", arguments->out, "Write the prepared matrix here: a .safetensors file")
        .flag("--force", arguments->force, kForceHelp);
}

} // namespace ibidem::cli
