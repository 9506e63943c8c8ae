// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ibidem {

/// A JSON value. Objects keep their keys sorted. Of nlohmann's parsing and printing only what this header
/// wraps is used.
using Json = nlohmann::json;

/// Canonical text of a value: UTF-8, keys sorted by bytes, two spaces of indentation, arrays that hold only
/// scalars on one line, LF at the end, floats as the shortest decimal that reads back to the same double
/// ("-0.0" for minus zero). The same value gives the same bytes everywhere. Fails with Internal on NaN,
/// infinity or invalid UTF-8.
[[nodiscard]] Result<std::string> canonicalJson(const Json &value);

/// The same on one line without blanks and without LF at the end: for events and for digests of small
/// documents.
[[nodiscard]] Result<std::string> compactJson(const Json &value);

/// SHA-256 (hex) of canonicalJson.
[[nodiscard]] Result<std::string> jsonDigest(const Json &value);

/// Parses strictly: one value, no comments, no duplicate keys, valid UTF-8, at most 64 levels. BadData with
/// line and column, and `path`, otherwise.
[[nodiscard]] Result<Json> parseJson(std::string_view text, const std::string &path = {});

/// Typed member access for documents: BadData naming the key where it is missing or of another type. `at` may
/// be a dotted path ("spec.model.rounds").
[[nodiscard]] Result<std::string> stringAt(const Json &object, std::string_view at);
[[nodiscard]] Result<std::int64_t> integerAt(const Json &object, std::string_view at);
[[nodiscard]] Result<double> numberAt(const Json &object, std::string_view at);
[[nodiscard]] Result<bool> boolAt(const Json &object, std::string_view at);
/// {"code": name, "message", "path", "cure"}: the form of an error in events, manifests and behind `--json`.
[[nodiscard]] Json errorJson(const Error &error);
/// The inverse; what is missing stays empty, a code that nobody knows is Internal.
[[nodiscard]] Error errorFromJson(const Json &json);

/// The member, or nullptr.
[[nodiscard]] const Json *findAt(const Json &object, std::string_view at);

} // namespace ibidem
