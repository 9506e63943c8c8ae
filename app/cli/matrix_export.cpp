// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/matrix_export.h"

#include "app/cli/signals.h"
#include "models/data/count_matrix.h"
#include "models/jobs/child_jobs.h"
#include "models/jobs/line_child.h"

#include <QEventLoop>
#include <QStringList>
#include <QTemporaryDir>

#include <algorithm>
#include <numeric>
#include <utility>

namespace ibidem::cli {

namespace {

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
            path, "try again; if it happens again, write fewer cells"};
}

QStringList exportArguments(const MatrixExport &order)
{
    const auto text = [](const std::filesystem::path &path) { return QString::fromStdString(path.string()); };
    QStringList arguments{QStringLiteral("--export"), text(order.container), QStringLiteral("--format"),
                          QString::fromStdString(order.format)};
    if (order.embedding)
        arguments << QStringLiteral("--embedding") << text(*order.embedding);
    return arguments << QStringLiteral("--") << text(order.file);
}

} // namespace

Result<Json> exportMatrix(const MatrixExport &order, Console &console)
{
    QEventLoop loop;
    const std::string path = order.file.string();
    Result<Json> answer = fail(ErrorCode::Stopped, "stopped on request", path);
    bool ended = false; // a child that cannot be started ends before the loop begins
    jobs::LineChildOrder child;
    child.program = jobs::Programs::besideThisProgram().convert;
    child.arguments = exportArguments(order);
    child.about = path;
    child.hearsStop = true;
    child.death = [&path](int signal) { return deathOf(path, signal); };
    child.progressed = [&console](const QString &stage, double fraction) {
        console.progress({stage.toStdString(), fraction, {}});
    };
    child.ended = [&answer, &ended, &loop](Result<Json> finished) {
        ended = true;
        answer = std::move(finished);
        loop.quit();
    };
    jobs::LineChild process(std::move(child));
    bool asked = false;
    const StopSignals stopSignals([&](int) {
        if (!std::exchange(asked, true))
            return process.stop();
        process.abandon();
        loop.quit();
    });
    process.start();
    if (!ended)
        loop.exec();
    console.endProgress();
    return answer;
}

Result<Json> writeCells(const prepare::CellRecipe &recipe, const std::string &format,
                        const std::filesystem::path &file, Console &console)
{
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    const QTemporaryDir temporary(QString::fromStdString((folder / ".ibidem-XXXXXX").string()));
    if (!temporary.isValid())
        return fail(ErrorCode::CannotWrite, "nothing can be written here", folder.string(),
                    "name another place");
    IBIDEM_TRY(data::CountMatrix matrix, prepare::generateCells(recipe));
    const std::filesystem::path container =
        std::filesystem::path(temporary.path().toStdString()) / "cells.safetensors";
    IBIDEM_CHECK(data::writeMatrixContainer(container, containerOf(std::move(matrix))));
    return exportMatrix({container, format, file, {}}, console);
}

} // namespace ibidem::cli
