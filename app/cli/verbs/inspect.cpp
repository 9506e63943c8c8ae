// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/training.h"
#include "app/cli/verb.h"
#include "app/cli/verbs/verbs.h"
#include "models/base/json.h"
#include "models/base/text.h"
#include "models/data/container_summary.h"
#include "models/data/count_matrix.h"

#include <cmath>
#include <memory>
#include <utility>

namespace ibidem::cli {

namespace {

struct Arguments
{
    std::vector<std::string> paths;
    std::optional<std::string> delimiter;
    std::optional<std::string> orientation;
    std::optional<std::string> labelColumn;
    std::optional<std::string> matrix;
    std::optional<std::string> genome;
    std::optional<std::string> featureType;
};

Json checksJson(const std::vector<data::Check> &checks)
{
    Json list = Json::array();
    for (const data::Check &check : checks)
        list.push_back(data::checkJson(check));
    return list;
}

/// Sums of huge values may be infinite, for which JSON has no number.
Json numberJson(double value)
{
    return std::isfinite(value) ? Json(value) : Json(formatDouble(value));
}

Json documentOf(const std::string &path, const data::TableSummary &summary)
{
    Json document{{"path", path},
                  {"kind", summary.kind},
                  {"format", summary.format},
                  {"shape", summary.shape},
                  {"labels", summary.labels},
                  {"checks", checksJson(summary.checks)},
                  {"digest", summary.digest},
                  {"bytes", summary.fileBytes},
                  {"sha256", summary.fileSha256},
                  {"sum", numberJson(summary.sum)},
                  {"minimum", numberJson(summary.minimum)},
                  {"maximum", numberJson(summary.maximum)},
                  {"orientation", summary.orientation},
                  {"delimiter", summary.delimiter},
                  {"labelSource", summary.labelSource}};
    if (summary.matrix)
        document["matrix"] = summary.matrix->toJson();
    return document;
}

/// What rows and columns of a kind are.
std::pair<std::string, std::string> axesOf(const std::string &kind)
{
    if (kind == "expression-table")
        return {"samples", "genes"};
    if (kind == data::kMatrixKind)
        return {"cells", "genes"};
    return {"rows", "columns"};
}

std::string shapeText(const data::TableSummary &summary)
{
    if (summary.shape.size() != 2)
        return summary.shape.empty() ? std::string("-") : std::to_string(summary.shape.front());
    const auto [rows, columns] = axesOf(summary.kind);
    return std::to_string(summary.shape[0]) + " " + rows + " x " + std::to_string(summary.shape[1]) + " " +
           columns;
}

constexpr std::size_t kLabelsShown = 30;

std::string joined(const std::vector<std::string> &names)
{
    std::string text;
    for (const std::string &name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

/// The lines that only a matrix has.
void addMatrixRows(std::vector<std::vector<std::string>> &rows, const data::TableSummary &summary)
{
    const data::MatrixFacts &facts = *summary.matrix;
    const double places = static_cast<double>(summary.shape.at(0)) * static_cast<double>(summary.shape.at(1));
    const double percent = places == 0.0 ? 0.0 : 100.0 * static_cast<double>(facts.nonZero) / places;
    rows.push_back({"stored", std::to_string(facts.nonZero) + " values, " + formatFixed(percent, 1) +
                                  " % of all" + (facts.counts ? ", counts" : ", not counts")});
    rows.push_back(
        {"matrix", facts.source + (facts.sources.size() > 1 ? " (the file has " + joined(facts.sources) + ")"
                                                            : std::string())});
    std::vector<std::string> columns;
    for (const auto &[column, categories] : facts.columns)
        columns.push_back(column +
                          (categories.empty() ? "" : " (" + std::to_string(categories.size()) + ")"));
    if (!columns.empty())
        rows.push_back({"cells have", joined(columns)});
    if (!facts.geneColumns.empty())
        rows.push_back({"genes have", joined(facts.geneColumns)});
    if (!facts.embeddings.empty())
        rows.push_back({"embeddings", joined(facts.embeddings)});
}

std::string labelsText(const data::TableSummary &summary)
{
    std::string text;
    std::size_t named = 0;
    for (const auto &[name, count] : summary.labels) {
        if (++named > kLabelsShown) {
            text += " and " + std::to_string(summary.labels.size() - kLabelsShown) + " more";
            break;
        }
        text += (text.empty() ? "" : ", ") + name + ": " + std::to_string(count);
    }
    return text.empty() ? "none" : text + " (from " + summary.labelSource + ")";
}

std::string textOf(const std::string &path, const data::TableSummary &summary, const Console &console)
{
    std::vector<std::vector<std::string>> rows{
        {"kind", summary.kind + ", " + summary.format},
        {"size", shapeText(summary) + ", " + formatBytes(summary.fileBytes)},
        {"labels", labelsText(summary)}};
    if (summary.matrix)
        addMatrixRows(rows, summary);
    if (summary.kind == "expression-table" || summary.matrix)
        rows.push_back({"values", formatDouble(summary.minimum) + " to " + formatDouble(summary.maximum) +
                                      ", sum " + formatDouble(summary.sum)});
    rows.push_back({"digest", summary.digest});
    for (const data::Check &check : summary.checks) {
        const Colour colour = check.state == data::CheckState::Ok        ? Colour::Green
                              : check.state == data::CheckState::Warning ? Colour::Yellow
                                                                         : Colour::Red;
        rows.push_back({console.paint(colour, data::checkStateName(check.state)), check.message});
    }
    return console.paint(Colour::Bold, path) + "\n" + table(rows, "  ");
}

Result<int> inspect(const Arguments &arguments, Console &console)
{
    const data::TableOptions options{
        arguments.delimiter.value_or("auto"),   arguments.orientation.value_or("auto"),
        arguments.labelColumn.value_or("auto"), arguments.matrix.value_or("auto"),
        arguments.genome.value_or("auto"),      arguments.featureType.value_or("auto")};
    int firstFailure = 0;
    Json documents = Json::array();
    for (const std::string &path : arguments.paths) {
        const auto opened = openFile(path, options, Places::ofUser(), console);
        if (opened) {
            documents.push_back(documentOf(path, opened->summary));
            console.result(textOf(path, opened->summary, console));
            continue;
        }
        if (opened.error().code == ErrorCode::Stopped)
            return tl::unexpected<Error>(opened.error());
        documents.push_back(Json{{"path", path}, {"error", errorJson(opened.error())}});
        if (!console.json())
            console.error(opened.error());
        firstFailure = firstFailure != 0 ? firstFailure : exitCode(opened.error().code);
    }
    console.document(documents);
    return firstFailure;
}

} // namespace

void addInspect(Verbs &verbs)
{
    const auto arguments = std::make_shared<Arguments>();
    verbs
        .add("inspect", "What is this file, is it sound, what is its digest",
             "ibidem inspect lcep_train.tsv lcep_test.tsv",
             [arguments](Console &console) { return inspect(*arguments, console); })
        .positionals("PATH", arguments->paths, "Files, or folders of a 10x matrix, to look at")
        .choice("--delimiter", "WHICH", arguments->delimiter, {"auto", "tab", "comma", "semicolon", "blank"})
        .choice("--orientation", "WHICH", arguments->orientation,
                {"auto", "genes-in-rows", "samples-in-rows"})
        .text("--label-column", "NAME", arguments->labelColumn, "auto, none or the name of a column")
        .text("--matrix", "WHICH", arguments->matrix, "Of several matrices: auto, X, raw, layers/NAME")
        .text("--genome", "NAME", arguments->genome, "Of several genomes of a 10x file")
        .text("--feature-type", "NAME", arguments->featureType,
              "10x: auto (Gene Expression where there are several), all, or a name");
}

} // namespace ibidem::cli
