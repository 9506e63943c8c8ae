// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/run_spec.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace ibidem::spec {

/// Where the value of one key lives in a RunSpec.
using Slot =
    std::variant<std::string *, int *, double *, std::uint64_t *, Level *, Input *, std::optional<Input> *>;

/// One key of the specification: reading, writing, overriding and printing all go through this table.
struct Field
{
    std::string_view key; ///< dotted path in the JSON
    Slot (*slot)(RunSpec &);
};

/// Sorted by key. "schema" and "model.kind", which have one value, are not in it.
[[nodiscard]] std::span<const Field> fields() noexcept;
[[nodiscard]] const Field *findField(std::string_view key) noexcept;

inline constexpr std::string_view kSchema = "ibidem/spec/1";
inline constexpr std::string_view kModelKind = "trees";

/// Puts a JSON value where a key lives. BadSpec naming the key, the value and what was expected.
[[nodiscard]] Status assign(const Slot &slot, std::string_view key, const Json &value);

/// RunSpec::fromJson with given values for the keys that are absent.
[[nodiscard]] Result<RunSpec> specFromJson(const Json &json, RunSpec defaults);

/// An input as its object in the JSON.
[[nodiscard]] Json inputJson(const Input &input);

/// The full key that somebody probably meant, as a sentence: 'did you mean "model.rounds"?', or nothing.
[[nodiscard]] std::string keyCure(std::string_view key);

} // namespace ibidem::spec
