// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/spec/fields.h"
#include "models/spec/nearest_name.h"
#include "models/spec/recipes.h"

#include <cmath>
#include <limits>
#include <utility>

namespace ibidem::spec {

namespace {

constexpr std::size_t kSha256HexDigits = 64;

std::string shown(const Json &value)
{
    if (value.is_object())
        return "an object";
    if (value.is_array())
        return "a list";
    const auto text = compactJson(value);
    return text ? ibidem::quoted(*text) : "a value that cannot be printed";
}

tl::unexpected<Error> wrong(std::string_view key, const Json &value, std::string_view expected)
{
    return fail(ErrorCode::BadSpec,
                std::string(key) + ": expected " + std::string(expected) + ", not " + shown(value));
}

std::optional<std::uint64_t> unsignedOf(const Json &value)
{
    if (value.is_number_unsigned())
        return value.get<std::uint64_t>();
    if (value.is_number_integer() && value.get<std::int64_t>() >= 0)
        return static_cast<std::uint64_t>(value.get<std::int64_t>());
    // TOML's integers end at 2^63: larger seeds can be written as text.
    return value.is_string() ? parseUnsigned(value.get_ref<const std::string &>()) : std::nullopt;
}

bool isSha256(std::string_view text)
{
    return text.size() == kSha256HexDigits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// One member of an input's object.
Status assignInputMember(Input &input, const std::string &key, const std::string &name, const Json &value)
{
    if (name == "bytes") {
        const auto bytes = value.is_string() ? std::nullopt : unsignedOf(value);
        if (!bytes)
            return wrong(key, value, "a whole number that is not negative");
        input.bytes = *bytes;
        return {};
    }
    std::string *const text = name == "path"      ? &input.path
                              : name == "name"    ? &input.name
                              : name == "sha256"  ? &input.sha256
                              : name == "content" ? &input.content
                                                  : nullptr;
    if (!text) {
        const std::vector<std::string_view> names = {"bytes", "content", "name", "path", "sha256"};
        const auto nearest = nearestName(name, names);
        return fail(ErrorCode::BadSpec, "unknown key " + ibidem::quoted(key), {},
                    nearest ? "did you mean \"" + std::string(names[*nearest]) + "\"?"
                            : "an input has path, or name, bytes, sha256 and content");
    }
    if (!value.is_string())
        return wrong(key, value, "text");
    *text = value.get<std::string>();
    if ((name == "sha256" || name == "content") && !text->empty() && !isSha256(*text))
        return wrong(key, value, "64 hexadecimal digits in lower case");
    return {};
}

Result<Input> inputOf(std::string_view key, const Json &value)
{
    Input input;
    if (value.is_string()) {
        input.path = value.get<std::string>();
        return input;
    }
    if (!value.is_object())
        return wrong(key, value, "a path or an object");
    for (const auto &[name, member] : value.items())
        IBIDEM_CHECK(assignInputMember(input, std::string(key) + "." + name, name, member));
    return input;
}

struct Assigner
{
    std::string_view key;
    const Json &value;

    /// One number of a list, under the list's key.
    Status member(const Json &one, int *slot) const { return Assigner{key, one}(slot); }

    Status operator()(std::string *slot) const
    {
        if (!value.is_string())
            return wrong(key, value, "text");
        *slot = value.get<std::string>();
        return {};
    }

    Status operator()(int *slot) const
    {
        constexpr std::int64_t kMaximum = std::numeric_limits<int>::max();
        constexpr std::int64_t kMinimum = std::numeric_limits<int>::min();
        if (!value.is_number_integer())
            return wrong(key, value, "a whole number");
        const bool tooLarge =
            value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{kMaximum};
        if (tooLarge || value.get<std::int64_t>() > kMaximum || value.get<std::int64_t>() < kMinimum)
            return wrong(key, value, "a number of at most nine digits");
        *slot = static_cast<int>(value.get<std::int64_t>());
        return {};
    }

    Status operator()(double *slot) const
    {
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            return wrong(key, value, "a number");
        *slot = value.get<double>();
        return {};
    }

    Status operator()(bool *slot) const
    {
        if (!value.is_boolean())
            return wrong(key, value, "true or false");
        *slot = value.get<bool>();
        return {};
    }

    Status operator()(std::vector<int> *slot) const
    {
        if (!value.is_array())
            return wrong(key, value, "a list of whole numbers");
        std::vector<int> list;
        for (const Json &member : value) {
            list.push_back(0);
            IBIDEM_CHECK((*this).member(member, &list.back()));
        }
        *slot = std::move(list);
        return {};
    }

    Status operator()(std::uint64_t *slot) const
    {
        const auto number = unsignedOf(value);
        if (!number)
            return wrong(key, value, "a whole number from 0 to 2^64 - 1");
        *slot = *number;
        return {};
    }

    Status operator()(Level *slot) const
    {
        const auto level =
            value.is_string() ? levelOfName(value.get_ref<const std::string &>()) : std::nullopt;
        if (!level)
            return wrong(key, value, "random, seeded, deterministic or portable");
        *slot = *level;
        return {};
    }

    Status operator()(Input *slot) const
    {
        IBIDEM_TRY(*slot, inputOf(key, value));
        return {};
    }

    Status operator()(std::optional<Input> *slot) const
    {
        if (value.is_null()) {
            slot->reset();
            return {};
        }
        IBIDEM_TRY(*slot, inputOf(key, value));
        return {};
    }
};

struct Printer
{
    Json operator()(const std::string *slot) const { return *slot; }

    Json operator()(const int *slot) const { return *slot; }

    Json operator()(const double *slot) const { return *slot; }

    Json operator()(const bool *slot) const { return *slot; }

    Json operator()(const std::vector<int> *slot) const { return *slot; }

    Json operator()(const std::uint64_t *slot) const { return *slot; }

    Json operator()(const Level *slot) const { return std::string(levelName(*slot)); }

    Json operator()(const Input *slot) const { return *slot == Input{} ? Json() : inputJson(*slot); }

    Json operator()(const std::optional<Input> *slot) const { return *slot ? inputJson(**slot) : Json(); }
};

void putAt(Json &object, std::string_view key, Json value)
{
    Json *place = &object;
    for (const std::string_view part : ibidem::split(key, '.'))
        place = &(*place)[std::string(part)];
    *place = std::move(value);
}

bool isGroup(ModelKind kind, const std::string &key)
{
    for (const Field &field : fields(kind)) {
        if (field.key.substr(0, key.size() + 1) == key + ".")
            return true;
    }
    return false;
}

Status requireWord(const std::string &key, const Json &value, std::string_view word)
{
    if (value.is_string() && value.get_ref<const std::string &>() == word)
        return {};
    return wrong(key, value, ibidem::quoted(word));
}

Status readGroup(RunSpec &spec, const Json &object, const std::string &prefix)
{
    for (const auto &[name, value] : object.items()) {
        const std::string key = prefix.empty() ? name : prefix + "." + name;
        if (const Field *const field = findField(spec.kind, key)) {
            IBIDEM_CHECK(assign(field->slot(spec), key, value));
        } else if (key == "schema") {
            IBIDEM_CHECK(requireWord(key, value, kSchema));
        } else if (key == "model.kind") {
            IBIDEM_CHECK(requireWord(key, value, modelKindName(spec.kind)));
        } else if (isGroup(spec.kind, key)) {
            if (!value.is_object())
                return wrong(key, value, "an object");
            IBIDEM_CHECK(readGroup(spec, value, key));
        } else {
            return fail(ErrorCode::BadSpec, "unknown key " + ibidem::quoted(key), {},
                        keyCure(spec.kind, key));
        }
    }
    return {};
}

} // namespace

Status assign(const Slot &slot, std::string_view key, const Json &value)
{
    return std::visit(Assigner{key, value}, slot);
}

Json inputJson(const Input &input)
{
    Json json = Json::object();
    if (!input.path.empty())
        json["path"] = input.path;
    if (!input.name.empty())
        json["name"] = input.name;
    if (input.bytes != 0 || !input.sha256.empty())
        json["bytes"] = input.bytes;
    if (!input.sha256.empty())
        json["sha256"] = input.sha256;
    if (!input.content.empty())
        json["content"] = input.content;
    return json;
}

Json RunSpec::toJson() const
{
    Json json = Json::object();
    json["schema"] = std::string(kSchema);
    putAt(json, "model.kind", std::string(modelKindName(kind)));
    RunSpec copy = *this;
    for (const Field &field : fields(kind)) {
        Json value = std::visit(Printer{}, field.slot(copy));
        if (!value.is_null())
            putAt(json, field.key, std::move(value));
    }
    return json;
}

Result<RunSpec> specFromJson(const Json &json, RunSpec defaults)
{
    if (!json.is_object())
        return fail(ErrorCode::BadSpec, "a specification is a JSON object, not " + shown(json));
    IBIDEM_CHECK(readGroup(defaults, json, {}));
    return defaults;
}

Result<RunSpec> RunSpec::fromJson(const Json &json)
{
    RunSpec defaults;
    const Json *const name = json.is_object() ? findAt(json, "recipe") : nullptr;
    if (name && name->is_string()) {
        if (const auto recipe = findRecipe(name->get_ref<const std::string &>()))
            defaults = recipe->spec;
    }
    return specFromJson(json, std::move(defaults));
}

} // namespace ibidem::spec
