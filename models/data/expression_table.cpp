// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/expression_table.h"

#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/data/container_summary.h"
#include "models/data/name_digest.h"

#include <cmath>
#include <span>

namespace ibidem::data {

namespace {

void updateTable(Sha256 &hash, const ExpressionTable &table)
{
    updateNames(hash, table.sampleIds);
    updateNames(hash, table.geneIds);
    updateNames(hash, table.geneNames);
    updateNames(hash, table.sampleLabels);
    hash.updateInteger(table.values.size());
    hash.update(std::as_bytes(std::span(table.values)));
}

/// JSON has no infinity, which the sum of huge finite values can be.
Json numberToJson(double value)
{
    if (std::isfinite(value))
        return value;
    return formatDouble(value);
}

Result<double> numberFromJson(const Json &json, std::string_view key)
{
    if (const Json *found = findAt(json, key); found && found->is_string())
        if (const auto value = parseDouble(found->get_ref<const std::string &>()))
            return *value;
    return numberAt(json, key);
}

Result<std::uint64_t> countOf(const Json &value, const std::string &what)
{
    if (!value.is_number_integer() || (!value.is_number_unsigned() && value.get<std::int64_t>() < 0))
        return fail(ErrorCode::BadData, what + " is no count");
    return value.get<std::uint64_t>();
}

Result<const Json *> structuredAt(const Json &json, const std::string &key, Json::value_t type)
{
    const Json *found = findAt(json, key);
    if (!found || found->type() != type)
        return fail(ErrorCode::BadData,
                    "the member " + ibidem::quoted(key) + " is missing or of another type");
    return found;
}

Result<CheckState> checkStateOf(const std::string &name)
{
    for (const CheckState state : {CheckState::Ok, CheckState::Warning, CheckState::Error})
        if (checkStateName(state) == name)
            return state;
    return fail(ErrorCode::BadData, "unknown state of a check: " + ibidem::quoted(name));
}

Status listsFromJson(const Json &json, TableSummary &summary)
{
    IBIDEM_TRY(const Json *shape, structuredAt(json, "shape", Json::value_t::array));
    for (const Json &extent : *shape) {
        IBIDEM_TRY(const std::uint64_t count, countOf(extent, "a number in 'shape'"));
        summary.shape.push_back(count);
    }
    IBIDEM_TRY(const Json *labels, structuredAt(json, "labels", Json::value_t::object));
    for (const auto &[label, number] : labels->items()) {
        IBIDEM_TRY(const std::uint64_t count,
                   countOf(number, "the number of label " + ibidem::quoted(label)));
        summary.labels.emplace(label, count);
    }
    IBIDEM_TRY(const Json *checks, structuredAt(json, "checks", Json::value_t::array));
    for (const Json &entry : *checks) {
        IBIDEM_TRY(Check check, checkFromJson(entry));
        summary.checks.push_back(std::move(check));
    }
    return {};
}

} // namespace

Json checkJson(const Check &check)
{
    return {{"name", check.name}, {"state", checkStateName(check.state)}, {"message", check.message}};
}

Result<Check> checkFromJson(const Json &json)
{
    Check check;
    IBIDEM_TRY(check.name, stringAt(json, "name"));
    IBIDEM_TRY(const std::string state, stringAt(json, "state"));
    IBIDEM_TRY(check.state, checkStateOf(state));
    IBIDEM_TRY(check.message, stringAt(json, "message"));
    return check;
}

std::string_view checkStateName(CheckState state) noexcept
{
    switch (state) {
    case CheckState::Ok:
        return "ok";
    case CheckState::Warning:
        return "warning";
    case CheckState::Error:
        break;
    }
    return "error";
}

std::map<std::string, std::uint64_t> ExpressionTable::labelCounts() const
{
    std::map<std::string, std::uint64_t> counts;
    for (const std::string &label : sampleLabels)
        ++counts[label];
    return counts;
}

std::string contentDigest(const ExpressionTable &table)
{
    Sha256 hash;
    hash.updateFramed("ibidem/expression-table/1");
    updateTable(hash, table);
    return hash.finishHex();
}

std::string contentDigest(const TableContainer &container)
{
    if (container.columns.empty())
        return contentDigest(container.table);
    Sha256 hash;
    hash.updateFramed("ibidem/sample-annotations/1");
    updateTable(hash, container.table);
    updateNames(hash, container.columns);
    hash.updateInteger(container.columnValues.size());
    for (const std::vector<std::string> &values : container.columnValues)
        updateNames(hash, values);
    return hash.finishHex();
}

Json TableSummary::toJson() const
{
    Json checkList = Json::array();
    for (const Check &check : checks)
        checkList.push_back(checkJson(check));
    Json labelCounts = Json::object();
    for (const auto &[label, count] : labels)
        labelCounts[label] = count;
    Json json = {
        {"kind", kind},
        {"format", format},
        {"fileBytes", fileBytes},
        {"fileSha256", fileSha256},
        {"shape", shape},
        {"labels", std::move(labelCounts)},
        {"checks", std::move(checkList)},
        {"digest", digest},
        {"sum", numberToJson(sum)},
        {"minimum", numberToJson(minimum)},
        {"maximum", numberToJson(maximum)},
        {"orientation", orientation},
        {"delimiter", delimiter},
        {"labelSource", labelSource},
    };
    if (matrix)
        json["matrix"] = matrix->toJson();
    return json;
}

Result<TableSummary> TableSummary::fromJson(const Json &json)
{
    TableSummary summary;
    IBIDEM_TRY(summary.kind, stringAt(json, "kind"));
    IBIDEM_TRY(summary.format, stringAt(json, "format"));
    IBIDEM_TRY(const std::int64_t fileBytes, integerAt(json, "fileBytes"));
    IBIDEM_TRY(summary.fileBytes, countOf(fileBytes, "'fileBytes'"));
    IBIDEM_TRY(summary.fileSha256, stringAt(json, "fileSha256"));
    IBIDEM_CHECK(listsFromJson(json, summary));
    IBIDEM_TRY(summary.digest, stringAt(json, "digest"));
    IBIDEM_TRY(summary.sum, numberFromJson(json, "sum"));
    IBIDEM_TRY(summary.minimum, numberFromJson(json, "minimum"));
    IBIDEM_TRY(summary.maximum, numberFromJson(json, "maximum"));
    IBIDEM_TRY(summary.orientation, stringAt(json, "orientation"));
    IBIDEM_TRY(summary.delimiter, stringAt(json, "delimiter"));
    IBIDEM_TRY(summary.labelSource, stringAt(json, "labelSource"));
    if (const Json *facts = findAt(json, "matrix")) {
        IBIDEM_TRY(summary.matrix, MatrixFacts::fromJson(*facts));
    }
    return summary;
}

} // namespace ibidem::data
