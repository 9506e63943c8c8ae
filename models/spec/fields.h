// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/run_spec.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ibidem::spec {

/// Where the value of one key lives in a RunSpec.
using Slot = std::variant<std::string *, int *, double *, bool *, std::uint64_t *, std::vector<int> *,
                          Level *, Input *, std::optional<Input> *>;

/// One key of the specification: reading, writing, overriding and printing all go through this table.
struct Field
{
    std::string_view key; ///< dotted path in the JSON
    Slot (*slot)(RunSpec &);
};

/// The keys that a kind of model has, sorted. "schema" and "model.kind", which have one value, are not among
/// them.
[[nodiscard]] std::span<const Field> fields(ModelKind kind) noexcept;
[[nodiscard]] const Field *findField(ModelKind kind, std::string_view key) noexcept;

inline constexpr std::string_view kSchema = "ibidem/spec/1";

/// Puts a JSON value where a key lives. BadSpec naming the key, the value and what was expected.
[[nodiscard]] Status assign(const Slot &slot, std::string_view key, const Json &value);

/// RunSpec::fromJson with given values for the keys that are absent.
[[nodiscard]] Result<RunSpec> specFromJson(const Json &json, RunSpec defaults);

/// An input as its object in the JSON.
[[nodiscard]] Json inputJson(const Input &input);

/// The full key that somebody probably meant, as a sentence: 'did you mean "model.rounds"?', or nothing.
[[nodiscard]] std::string keyCure(ModelKind kind, std::string_view key);

} // namespace ibidem::spec
