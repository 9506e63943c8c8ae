// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/text.h"
#include "models/spec/fields.h"

#include <utility>

namespace ibidem::spec {

namespace {

std::string_view shortName(std::string_view key)
{
    const std::size_t dot = key.rfind('.');
    return dot == std::string_view::npos ? key : key.substr(dot + 1);
}

/// A full key, or a last part that only one key has.
Result<const Field *> fieldOf(ModelKind kind, std::string_view key)
{
    if (const Field *const field = findField(kind, key))
        return field;
    const Field *found = nullptr;
    for (const Field &field : fields(kind)) {
        if (shortName(field.key) != key)
            continue;
        if (found) {
            return fail(ErrorCode::BadSpec, ibidem::quoted(key) + " could be two keys", {},
                        "write " + std::string(found->key) + " or " + std::string(field.key));
        }
        found = &field;
    }
    if (!found)
        return fail(ErrorCode::BadSpec, "unknown key " + ibidem::quoted(key), {}, keyCure(kind, key));
    return found;
}

/// "256,128,64", with or without brackets.
Json listOf(std::string_view text)
{
    std::string list(trimmed(text));
    if (!list.starts_with('['))
        list = "[" + list + "]";
    auto parsed = parseJson(list);
    return parsed ? *std::move(parsed) : Json(std::string(text));
}

/// What was typed, as the JSON value that the key's type asks for: text needs no quotation marks, and a
/// column or file may be called "12" or "true".
Json valueOf(const Slot &slot, std::string_view text)
{
    auto parsed = parseJson(text);
    if (std::holds_alternative<std::optional<Input> *>(slot) && (text.empty() || text == "null"))
        return nullptr;
    if (std::holds_alternative<std::vector<int> *>(slot))
        return listOf(text);
    if (std::holds_alternative<bool *>(slot) && parsed && parsed->is_boolean())
        return *std::move(parsed);
    const bool isNumber = std::holds_alternative<int *>(slot) || std::holds_alternative<double *>(slot) ||
                          std::holds_alternative<std::uint64_t *>(slot);
    if (parsed && (parsed->is_string() || (isNumber && parsed->is_number())))
        return *std::move(parsed);
    return std::string(text);
}

} // namespace

Result<RunSpec> withOverrides(RunSpec spec, const std::vector<std::string> &assignments)
{
    for (const std::string &assignment : assignments) {
        const std::size_t equals = assignment.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(ErrorCode::BadSpec, ibidem::quoted(assignment) + " is no assignment", {},
                        "write key=value, for example model.rounds=50");
        }
        const std::string_view text = assignment;
        IBIDEM_TRY(const Field *const field, fieldOf(spec.kind, trimmed(text.substr(0, equals))));
        const Slot slot = field->slot(spec);
        IBIDEM_CHECK(assign(slot, field->key, valueOf(slot, trimmed(text.substr(equals + 1)))));
    }
    return spec;
}

} // namespace ibidem::spec
