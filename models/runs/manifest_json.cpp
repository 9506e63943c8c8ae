// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/runs/manifest.h"

#include <bit>
#include <cmath>
#include <limits>

namespace ibidem::runs {

namespace {

constexpr const char *kSchema = "ibidem/run/1";

tl::unexpected<Error> wrong(const std::string &key, const std::string &what)
{
    return fail(ErrorCode::BadData, "'" + key + "' " + what);
}

/// A number as people read it and as bits. JSON has no infinity and no NaN: then the bits alone say it.
Json numberToJson(double value)
{
    Json json = {{"hex", formatHexDouble(value)}, {"value", nullptr}};
    if (std::isfinite(value))
        json["value"] = value;
    return json;
}

Result<double> numberFromJson(const Json &json, const std::string &key)
{
    const Json *value = json.is_object() ? findAt(json, "value") : nullptr;
    const Json *hex = json.is_object() ? findAt(json, "hex") : nullptr;
    if (value == nullptr || hex == nullptr || !hex->is_string() || !(value->is_number() || value->is_null()))
        return wrong(key, "is not a number with \"value\" and \"hex\"");
    const std::optional<double> bits = parseHexDouble(hex->get<std::string>());
    if (!bits)
        return wrong(key + ".hex", "is no hexadecimal number");
    const bool agree = value->is_null() ? !std::isfinite(*bits)
                                        : std::bit_cast<std::uint64_t>(value->get<double>()) ==
                                              std::bit_cast<std::uint64_t>(*bits);
    if (!agree)
        return wrong(key, "has a value and a hex that are not the same number");
    return *bits;
}

/// A manifest names no path: the file's name must do.
Json pathlessErrorJson(Error error)
{
    error.path = std::filesystem::path(error.path).filename().string();
    return errorJson(error);
}

/// Stricter than errorFromJson: a manifest's error has a code and a message.
Result<Error> requireError(const Json &json)
{
    if (!json.is_object())
        return fail(ErrorCode::BadData, "not an object");
    for (const char *key : {"code", "message"}) {
        if (auto text = stringAt(json, key); !text)
            return tl::unexpected<Error>(std::move(text).error());
    }
    return errorFromJson(json);
}

Json stagesToJson(const std::vector<StageRecord> &stages)
{
    Json json = Json::array();
    for (const StageRecord &stage : stages)
        json.push_back({{"name", stage.name},
                        {"digest", stage.digest},
                        {"samples", stage.samples},
                        {"genes", stage.genes}});
    return json;
}

Result<std::uint64_t> countOf(const Json &json, const std::string &key)
{
    if (!json.is_number_unsigned())
        return wrong(key, "is not a count");
    return json.get<std::uint64_t>();
}

Result<StageRecord> stageFromJson(const Json &json)
{
    StageRecord stage;
    IBIDEM_TRY(stage.name, stringAt(json, "name"));
    IBIDEM_TRY(stage.digest, stringAt(json, "digest"));
    const Json *samples = findAt(json, "samples");
    const Json *genes = findAt(json, "genes");
    if (samples == nullptr || genes == nullptr)
        return wrong("preparation", "has a stage without \"samples\" or \"genes\"");
    IBIDEM_TRY(stage.samples, countOf(*samples, "preparation.samples"));
    IBIDEM_TRY(stage.genes, countOf(*genes, "preparation.genes"));
    return stage;
}

/// The member if it is there and has the type; nullptr if it is not there.
Result<const Json *> member(const Json &json, const char *key, Json::value_t type, const char *typeName)
{
    const Json *found = findAt(json, key);
    if (found != nullptr && found->type() != type)
        return wrong(key, std::string("is not ") + typeName);
    return found;
}

Status readStages(const Json &json, std::vector<StageRecord> &stages)
{
    IBIDEM_TRY(const Json *found, member(json, "preparation", Json::value_t::array, "a list"));
    if (found == nullptr)
        return {};
    for (const Json &entry : *found) {
        if (!entry.is_object())
            return wrong("preparation", "is not a list of objects");
        IBIDEM_TRY(StageRecord stage, stageFromJson(entry));
        stages.push_back(std::move(stage));
    }
    return {};
}

Status readTexts(const Json &json, const char *key, std::vector<std::string> &texts)
{
    IBIDEM_TRY(const Json *found, member(json, key, Json::value_t::array, "a list"));
    if (found == nullptr)
        return {};
    for (const Json &entry : *found) {
        if (!entry.is_string())
            return wrong(key, "is not a list of texts");
        texts.push_back(entry.get<std::string>());
    }
    return {};
}

Status readTextMap(const Json &json, const char *key, std::map<std::string, std::string> &map)
{
    IBIDEM_TRY(const Json *found, member(json, key, Json::value_t::object, "an object"));
    if (found == nullptr)
        return {};
    for (const auto &[name, value] : found->items()) {
        if (!value.is_string())
            return wrong(std::string(key) + "." + name, "is not a text");
        map[name] = value.get<std::string>();
    }
    return {};
}

Status readMetrics(const Json &json, std::map<std::string, std::map<std::string, double>> &metrics)
{
    IBIDEM_TRY(const Json *found, member(json, "metrics", Json::value_t::object, "an object"));
    if (found == nullptr)
        return {};
    for (const auto &[split, values] : found->items()) {
        if (!values.is_object())
            return wrong("metrics." + split, "is not an object");
        for (const auto &[metric, value] : values.items()) {
            IBIDEM_TRY(metrics[split][metric], numberFromJson(value, "metrics." + split + "." + metric));
        }
    }
    return {};
}

Status readConfusion(const Json &json, std::map<std::string, std::vector<std::uint64_t>> &confusion)
{
    IBIDEM_TRY(const Json *found, member(json, "confusion", Json::value_t::object, "an object"));
    if (found == nullptr)
        return {};
    for (const auto &[split, counts] : found->items()) {
        if (!counts.is_array())
            return wrong("confusion." + split, "is not a list");
        for (const Json &count : counts) {
            IBIDEM_TRY(const std::uint64_t number, countOf(count, "confusion." + split));
            confusion[split].push_back(number);
        }
    }
    return {};
}

Status readSpecAndError(const Json &json, Manifest &manifest)
{
    const Json *error = findAt(json, "error");
    if (error != nullptr && !error->is_null()) {
        Result<Error> read = requireError(*error);
        if (!read)
            return tl::unexpected<Error>(withContext(std::move(read).error(), "'error'"));
        manifest.error = *std::move(read);
    }
    const Json *spec = findAt(json, "spec");
    if (spec == nullptr || spec->is_null())
        return {};
    Result<spec::RunSpec> read = spec::RunSpec::fromJson(*spec);
    if (!read)
        return tl::unexpected<Error>(withContext(std::move(read).error(), "'spec'"));
    manifest.spec = *std::move(read);
    return {};
}

Status readState(const Json &json, Manifest &manifest)
{
    IBIDEM_TRY(const Json *state, member(json, "effectiveState", Json::value_t::object, "an object"));
    if (state != nullptr)
        manifest.effectiveState = *state;
    IBIDEM_TRY(const Json *environment, member(json, "environment", Json::value_t::object, "an object"));
    if (environment != nullptr)
        manifest.environment = *environment;
    return {};
}

Status readHead(const Json &json, Manifest &manifest)
{
    IBIDEM_TRY(const std::string schema, stringAt(json, "schema"));
    if (schema != kSchema)
        return fail(ErrorCode::BadData,
                    "the schema is '" + ibidem::quoted(schema) + "' instead of '" + kSchema + "'", {},
                    "open it with the version of Ibidem that wrote it");
    IBIDEM_TRY(manifest.program, stringAt(json, "program"));
    IBIDEM_TRY(manifest.outcome, stringAt(json, "outcome"));
    for (const char *known : {"finished", "stopped", "failed", "imported"})
        if (manifest.outcome == known)
            return {};
    return wrong("outcome",
                 "is '" + ibidem::quoted(manifest.outcome) + "': not finished, stopped, failed or imported");
}

} // namespace

Json Manifest::toJson() const
{
    Json metricsJson = Json::object();
    for (const auto &[split, values] : metrics)
        for (const auto &[metric, value] : values)
            metricsJson[split][metric] = numberToJson(value);
    return {{"schema", kSchema},
            {"program", program},
            {"outcome", outcome},
            {"error", error ? pathlessErrorJson(*error) : Json()},
            {"spec", spec ? spec->toJson() : Json()},
            {"preparation", stagesToJson(preparation)},
            {"splitDigest", splitDigest},
            {"classNames", classNames},
            {"notes", notes},
            {"effectiveState", effectiveState},
            {"environment", environment},
            {"metrics", std::move(metricsJson)},
            {"confusion", Json(confusion)},
            {"roundsDone", roundsDone},
            {"chain", chain},
            {"digests", Json(digests)},
            {"files", Json(files)}};
}

Result<Manifest> Manifest::fromJson(const Json &json)
{
    if (!json.is_object())
        return fail(ErrorCode::BadData, "a manifest must be an object");
    Manifest manifest;
    IBIDEM_CHECK(readHead(json, manifest));
    IBIDEM_CHECK(readSpecAndError(json, manifest));
    IBIDEM_CHECK(readStages(json, manifest.preparation));
    manifest.splitDigest = stringAt(json, "splitDigest").value_or(std::string());
    IBIDEM_CHECK(readTexts(json, "classNames", manifest.classNames));
    IBIDEM_CHECK(readTexts(json, "notes", manifest.notes));
    IBIDEM_CHECK(readState(json, manifest));
    IBIDEM_CHECK(readMetrics(json, manifest.metrics));
    IBIDEM_CHECK(readConfusion(json, manifest.confusion));
    IBIDEM_TRY(manifest.roundsDone, integerAt(json, "roundsDone"));
    IBIDEM_TRY(manifest.chain, stringAt(json, "chain"));
    IBIDEM_CHECK(readTextMap(json, "digests", manifest.digests));
    IBIDEM_CHECK(readTextMap(json, "files", manifest.files));
    return manifest;
}

} // namespace ibidem::runs
