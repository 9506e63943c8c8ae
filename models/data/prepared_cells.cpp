// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/data/prepared_cells.h"

#include "models/base/text.h"
#include "models/data/container_summary.h"
#include "models/data/safetensors.h"
#include "models/data/tensor_list.h"

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace ibidem::data {

namespace {

constexpr std::string_view kKind = "prepared-cells";

tl::unexpected<Error> wrong(std::string_view key)
{
    return fail(ErrorCode::BadData, "the member " + ibidem::quoted(key) + " is missing or of another type");
}

tl::unexpected<Error> badContainer(const std::filesystem::path &path, const std::string &why)
{
    return fail(ErrorCode::BadData, "this is no container of prepared cells: " + why, path.string(),
                "prepare the matrix again");
}

Json stageJson(const CellStage &stage)
{
    return {{"name", stage.name},
            {"digest", stage.digest},
            {"cells", stage.cells},
            {"genes", stage.genes},
            {"nonZero", stage.nonZero}};
}

Result<std::uint64_t> countAt(const Json &json, std::string_view key)
{
    IBIDEM_TRY(const std::int64_t count, integerAt(json, key));
    if (count < 0)
        return wrong(key);
    return static_cast<std::uint64_t>(count);
}

Result<CellStage> stageOf(const Json &json)
{
    CellStage stage;
    IBIDEM_TRY(stage.name, stringAt(json, "name"));
    IBIDEM_TRY(stage.digest, stringAt(json, "digest"));
    IBIDEM_TRY(stage.cells, countAt(json, "cells"));
    IBIDEM_TRY(stage.genes, countAt(json, "genes"));
    IBIDEM_TRY(stage.nonZero, countAt(json, "nonZero"));
    return stage;
}

Result<std::string> textOf(const Json &json)
{
    if (!json.is_string())
        return wrong("nearThreshold");
    return json.get<std::string>();
}

/// The member as a list of what `read` makes of each element.
template <class T>
Result<std::vector<T>> listAt(const Json &json, std::string_view key, Result<T> (*read)(const Json &))
{
    const Json *const found = findAt(json, key);
    if (!found || !found->is_array())
        return wrong(key);
    std::vector<T> list;
    for (const Json &element : *found) {
        IBIDEM_TRY(T value, read(element));
        list.push_back(std::move(value));
    }
    return list;
}

std::string flawOf(const GeneStatistics &statistics)
{
    const std::size_t genes = statistics.geneIds.size();
    for (const std::vector<double> *values :
         {&statistics.means, &statistics.dispersions, &statistics.normalisedDispersions}) {
        if (values->size() != genes)
            return "the statistics are not as long as their genes";
    }
    return statistics.selected.size() == genes ? std::string()
                                               : "the statistics are not as long as their genes";
}

std::string flawOf(const PreparedCells &prepared)
{
    const std::size_t genes = prepared.geneIds.size();
    if (prepared.values.size() != prepared.cellIds.size() * genes)
        return "values are not cells times genes";
    if (prepared.geneMeans.size() != genes || prepared.geneDeviations.size() != genes)
        return "means and deviations are not as long as the genes";
    for (const float value : prepared.values) {
        if (!std::isfinite(value))
            return "a value is not finite";
    }
    return flawOf(prepared.statistics);
}

Result<std::vector<double>> numbers(const Safetensors &file, std::string_view name)
{
    IBIDEM_TRY(const auto values, file.values<double>(name));
    return std::vector<double>(values.begin(), values.end());
}

Result<PreparedSummary> summaryOf(const Safetensors &file)
{
    const auto found = file.metadata().find(std::string(kSummaryKey));
    if (found == file.metadata().end())
        return fail(ErrorCode::BadData, "it has no summary");
    IBIDEM_TRY(const Json json, parseJson(found->second));
    if (stringAt(json, "kind").value_or(std::string()) != kKind)
        return fail(ErrorCode::BadData, "its summary is one of something else");
    return PreparedSummary::fromJson(json);
}

Result<GeneStatistics> statisticsOf(const Safetensors &file)
{
    GeneStatistics statistics;
    IBIDEM_TRY(statistics.geneIds, file.names("statistics.gene_ids"));
    IBIDEM_TRY(statistics.means, numbers(file, "statistics.means"));
    IBIDEM_TRY(statistics.dispersions, numbers(file, "statistics.dispersions"));
    IBIDEM_TRY(statistics.normalisedDispersions, numbers(file, "statistics.normalised_dispersions"));
    IBIDEM_TRY(const auto selected, file.values<std::uint8_t>("statistics.selected"));
    statistics.selected.assign(selected.begin(), selected.end());
    return statistics;
}

Result<PreparedCells> read(const Safetensors &file)
{
    PreparedCells prepared;
    IBIDEM_TRY(prepared.summary, summaryOf(file));
    IBIDEM_TRY(prepared.cellIds, file.names("cell_ids"));
    IBIDEM_TRY(prepared.geneIds, file.names("gene_ids"));
    IBIDEM_TRY(const auto values, file.values<float>("values"));
    prepared.values.assign(values.begin(), values.end());
    IBIDEM_TRY(prepared.geneMeans, numbers(file, "gene_means"));
    IBIDEM_TRY(prepared.geneDeviations, numbers(file, "gene_deviations"));
    IBIDEM_TRY(prepared.statistics, statisticsOf(file));
    return prepared;
}

} // namespace

Json PreparedSummary::toJson() const
{
    Json stageList = Json::array();
    for (const CellStage &stage : stages)
        stageList.push_back(stageJson(stage));
    Json checkList = Json::array();
    for (const Check &check : checks)
        checkList.push_back(checkJson(check));
    return {{"content", content},
            {"preparation", preparation},
            {"stages", std::move(stageList)},
            {"checks", std::move(checkList)},
            {"nearThreshold", nearThreshold}};
}

Result<PreparedSummary> PreparedSummary::fromJson(const Json &json)
{
    PreparedSummary summary;
    IBIDEM_TRY(summary.content, stringAt(json, "content"));
    const Json *const preparation = findAt(json, "preparation");
    if (!preparation || !preparation->is_object())
        return wrong("preparation");
    summary.preparation = *preparation;
    IBIDEM_TRY(summary.stages, listAt(json, "stages", stageOf));
    IBIDEM_TRY(summary.checks, listAt(json, "checks", checkFromJson));
    IBIDEM_TRY(summary.nearThreshold, listAt(json, "nearThreshold", textOf));
    return summary;
}

Status writePreparedCells(const std::filesystem::path &path, const PreparedCells &prepared)
{
    if (const std::string flaw = flawOf(prepared); !flaw.empty())
        return fail(ErrorCode::Internal, "the prepared cells cannot be written: " + flaw, path.string());
    const std::uint64_t genes = prepared.geneIds.size();
    const GeneStatistics &statistics = prepared.statistics;
    const std::uint64_t tested = statistics.geneIds.size();
    TensorList list;
    IBIDEM_CHECK(list.addNames("cell_ids", prepared.cellIds));
    IBIDEM_CHECK(list.addNames("gene_ids", prepared.geneIds));
    IBIDEM_CHECK(list.addNames("statistics.gene_ids", statistics.geneIds));
    list.add("values", DType::F32, {prepared.cellIds.size(), genes}, prepared.values);
    list.add("gene_means", DType::F64, {genes}, prepared.geneMeans);
    list.add("gene_deviations", DType::F64, {genes}, prepared.geneDeviations);
    list.add("statistics.means", DType::F64, {tested}, statistics.means);
    list.add("statistics.dispersions", DType::F64, {tested}, statistics.dispersions);
    list.add("statistics.normalised_dispersions", DType::F64, {tested}, statistics.normalisedDispersions);
    list.add("statistics.selected", DType::U8, {tested}, statistics.selected);
    Json summary = prepared.summary.toJson();
    summary["kind"] = std::string(kKind);
    IBIDEM_TRY(const std::string text, compactJson(summary));
    return writeSafetensors(path, list.tensors(), {{std::string(kSummaryKey), text}});
}

Result<PreparedCells> readPreparedCells(const std::filesystem::path &path)
{
    IBIDEM_TRY(const Safetensors file, Safetensors::open(path));
    auto prepared = read(file);
    if (!prepared)
        return badContainer(path, prepared.error().message);
    if (const std::string flaw = flawOf(*prepared); !flaw.empty())
        return badContainer(path, flaw);
    return prepared;
}

} // namespace ibidem::data
