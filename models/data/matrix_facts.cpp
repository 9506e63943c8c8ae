// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/data/expression_table.h"

namespace ibidem::data {

namespace {

tl::unexpected<Error> wrong(std::string_view key)
{
    return fail(ErrorCode::BadData, "the member " + ibidem::quoted(key) + " is missing or of another type");
}

Result<std::vector<std::string>> textsAt(const Json &json, const std::string &key)
{
    const Json *found = findAt(json, key);
    if (!found || !found->is_array())
        return wrong(key);
    std::vector<std::string> texts;
    for (const Json &text : *found) {
        if (!text.is_string())
            return wrong(key);
        texts.push_back(text.get<std::string>());
    }
    return texts;
}

Result<std::map<std::string, std::uint64_t>> countsOf(const Json &json)
{
    std::map<std::string, std::uint64_t> counts;
    if (!json.is_object())
        return wrong("columns");
    for (const auto &[category, count] : json.items()) {
        if (!count.is_number_unsigned() && !(count.is_number_integer() && count.get<std::int64_t>() >= 0))
            return wrong("columns");
        counts.emplace(category, count.get<std::uint64_t>());
    }
    return counts;
}

} // namespace

Json MatrixFacts::toJson() const
{
    Json columnJson = Json::object();
    for (const auto &[column, categories] : columns) {
        Json perCategory = Json::object();
        for (const auto &[category, count] : categories)
            perCategory[category] = count;
        columnJson[column] = std::move(perCategory);
    }
    return {{"nonZero", nonZero},        {"counts", counts},      {"source", source},
            {"sources", sources},        {"columns", columnJson}, {"embeddings", embeddings},
            {"geneColumns", geneColumns}};
}

Result<MatrixFacts> MatrixFacts::fromJson(const Json &json)
{
    MatrixFacts facts;
    IBIDEM_TRY(const std::int64_t nonZero, integerAt(json, "nonZero"));
    const Json *counts = findAt(json, "counts");
    const Json *columns = findAt(json, "columns");
    if (nonZero < 0)
        return wrong("nonZero");
    if (!counts || !counts->is_boolean())
        return wrong("counts");
    if (!columns || !columns->is_object())
        return wrong("columns");
    facts.nonZero = static_cast<std::uint64_t>(nonZero);
    facts.counts = counts->get<bool>();
    IBIDEM_TRY(facts.source, stringAt(json, "source"));
    IBIDEM_TRY(facts.sources, textsAt(json, "sources"));
    for (const auto &[column, categories] : columns->items()) {
        IBIDEM_TRY(facts.columns[column], countsOf(categories));
    }
    IBIDEM_TRY(facts.embeddings, textsAt(json, "embeddings"));
    if (findAt(json, "geneColumns")) { // older containers say nothing about them
        IBIDEM_TRY(facts.geneColumns, textsAt(json, "geneColumns"));
    }
    return facts;
}

} // namespace ibidem::data
