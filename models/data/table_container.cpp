// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/data/container_summary.h"
#include "models/data/expression_table.h"
#include "models/data/safetensors.h"
#include "models/data/tensor_list.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>
#include <unordered_set>

namespace ibidem::data {

namespace {

constexpr std::string_view kExpressionKind = "expression-table";

tl::unexpected<Error> badContainer(const std::filesystem::path &path, const std::string &message)
{
    return fail(ErrorCode::BadData, "is no sound converted table: " + message, path.string(),
                "delete it; it is made again from the original file");
}

std::string columnTensor(std::size_t index)
{
    const std::string number = std::to_string(index);
    return "column." + std::string(number.size() < 4 ? 4 - number.size() : 0, '0') + number;
}

Status addTable(TensorList &list, const ExpressionTable &table, bool isExpression)
{
    IBIDEM_CHECK(list.addNames("sample_ids", table.sampleIds));
    if (!table.sampleLabels.empty())
        IBIDEM_CHECK(list.addNames("sample_labels", table.sampleLabels));
    if (!isExpression)
        return {};
    IBIDEM_CHECK(list.addNames("gene_ids", table.geneIds));
    if (!table.geneNames.empty())
        IBIDEM_CHECK(list.addNames("gene_names", table.geneNames));
    list.add("values", DType::F64, {table.sampleCount(), table.geneCount()}, table.values);
    return {};
}

Status addColumns(TensorList &list, const TableContainer &container)
{
    if (container.columns.empty())
        return {};
    IBIDEM_CHECK(list.addNames("columns", container.columns));
    for (std::size_t i = 0; i < container.columnValues.size(); ++i)
        IBIDEM_CHECK(list.addNames(columnTensor(i), container.columnValues[i]));
    return {};
}

/// What is wrong with the lists, or nothing.
std::string flawOf(std::string_view what, const std::vector<std::string> &names)
{
    std::unordered_set<std::string_view> seen;
    for (const std::string &name : names) {
        if (name.empty())
            return "an empty name among the " + std::string(what);
        if (!seen.insert(name).second)
            return ibidem::quoted(name) + " twice among the " + std::string(what);
    }
    return {};
}

std::string flawOf(const ExpressionTable &table)
{
    if (table.values.size() != table.sampleCount() * table.geneCount())
        return "values are not samples times genes";
    if (!table.geneNames.empty() && table.geneNames.size() != table.geneCount())
        return "there are not as many gene names as genes";
    if (!table.sampleLabels.empty() && table.sampleLabels.size() != table.sampleCount())
        return "there are not as many labels as samples";
    if (!std::all_of(table.values.begin(), table.values.end(), [](double v) { return std::isfinite(v); }))
        return "a value is not finite";
    if (std::string flaw = flawOf("samples", table.sampleIds); !flaw.empty())
        return flaw;
    return flawOf("genes", table.geneIds);
}

std::string flawOf(const TableContainer &container)
{
    if (container.summary.kind == kExpressionKind) {
        if (container.summary.shape !=
            std::vector<std::uint64_t>{container.table.sampleCount(), container.table.geneCount()})
            return "the summary's shape is not the table's";
        return flawOf(container.table);
    }
    const ExpressionTable &table = container.table;
    if (!table.sampleIds.empty() && !table.sampleLabels.empty() &&
        table.sampleIds.size() != table.sampleLabels.size())
        return "there are not as many labels as samples";
    if (container.columns.size() != container.columnValues.size())
        return "there are not as many columns as column names";
    for (const std::vector<std::string> &values : container.columnValues)
        if (values.size() != container.columnValues.front().size())
            return "columns differ in length";
    return {};
}

Result<std::vector<std::string>> namesIfThere(const Safetensors &file, std::string_view name)
{
    if (!file.find(name))
        return std::vector<std::string>();
    return file.names(name);
}

Status readTable(const Safetensors &file, bool isExpression, ExpressionTable &table)
{
    IBIDEM_TRY(table.sampleIds, file.names("sample_ids"));
    IBIDEM_TRY(table.sampleLabels, namesIfThere(file, "sample_labels"));
    if (!isExpression)
        return {};
    IBIDEM_TRY(table.geneIds, file.names("gene_ids"));
    IBIDEM_TRY(table.geneNames, namesIfThere(file, "gene_names"));
    IBIDEM_TRY(const std::span<const double> values, file.values<double>("values"));
    table.values.assign(values.begin(), values.end());
    return {};
}

Status readColumns(const Safetensors &file, TableContainer &container)
{
    IBIDEM_TRY(container.columns, namesIfThere(file, "columns"));
    for (std::size_t i = 0; i < container.columns.size(); ++i) {
        IBIDEM_TRY(std::vector<std::string> values, file.names(columnTensor(i)));
        container.columnValues.push_back(std::move(values));
    }
    return {};
}

} // namespace

Result<TableSummary> tableSummaryOf(const Safetensors &file, const std::filesystem::path &path)
{
    const auto found = file.metadata().find(std::string(kSummaryKey));
    if (found == file.metadata().end())
        return badContainer(path, "it has no summary");
    auto json = parseJson(found->second);
    if (!json)
        return badContainer(path, "its summary: " + json.error().message);
    auto summary = TableSummary::fromJson(*json);
    if (!summary)
        return badContainer(path, "its summary: " + summary.error().message);
    return summary;
}

Status writeTableContainer(const std::filesystem::path &path, const TableContainer &container)
{
    const auto refuse = [&](const std::string &why) {
        return fail(ErrorCode::Internal, "the converted table cannot be written: " + why, path.string());
    };
    if (const std::string flaw = flawOf(container); !flaw.empty())
        return refuse(flaw);
    TableSummary summary = container.summary;
    const std::string digest = contentDigest(container);
    if (!summary.digest.empty() && summary.digest != digest)
        return refuse("its summary has the digest of another content");
    summary.digest = digest;
    TensorList list;
    IBIDEM_CHECK(addTable(list, container.table, summary.kind == kExpressionKind));
    IBIDEM_CHECK(addColumns(list, container));
    IBIDEM_TRY(const std::string summaryText, compactJson(summary.toJson()));
    return writeSafetensors(path, list.tensors(), {{std::string(kSummaryKey), summaryText}});
}

Result<TableContainer> readTableContainer(const std::filesystem::path &path)
{
    IBIDEM_TRY(const Safetensors file, Safetensors::open(path));
    TableContainer container;
    IBIDEM_TRY(container.summary, tableSummaryOf(file, path));
    IBIDEM_CHECK(readTable(file, container.summary.kind == kExpressionKind, container.table));
    IBIDEM_CHECK(readColumns(file, container));
    if (const std::string flaw = flawOf(container); !flaw.empty())
        return badContainer(path, flaw);
    if (contentDigest(container) != container.summary.digest)
        return badContainer(path, "its content does not have the digest that its summary names");
    return container;
}

Result<TableSummary> readTableSummary(const std::filesystem::path &path)
{
    IBIDEM_TRY(const Safetensors file, Safetensors::open(path));
    return tableSummaryOf(file, path);
}

} // namespace ibidem::data
