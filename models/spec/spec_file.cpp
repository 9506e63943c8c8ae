// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/base/files.h"
#include "models/spec/fields.h"

#include <utility>

#if __has_include(<toml++/toml.h>)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>
#define IBIDEM_HAVE_TOML 1
#endif

namespace ibidem::spec {

namespace {

constexpr std::uint64_t kLargestSpecFile = 1U << 20U;

tl::unexpected<Error> asBadSpec(Error error, const std::string &path)
{
    if (error.code == ErrorCode::BadData)
        error.code = ErrorCode::BadSpec;
    if (error.path.empty())
        error.path = path;
    return tl::unexpected<Error>(std::move(error));
}

#ifdef IBIDEM_HAVE_TOML
std::string placeOf(const toml::source_region &source)
{
    return "line " + std::to_string(source.begin.line) + ", column " + std::to_string(source.begin.column);
}

Result<Json> jsonOf(const toml::node &node, const std::string &path)
{
    if (const auto *const table = node.as_table()) {
        Json json = Json::object();
        for (const auto &[key, value] : *table) {
            IBIDEM_TRY(json[std::string(key.str())], jsonOf(value, path));
        }
        return json;
    }
    if (const auto *const text = node.as_string())
        return Json(text->get());
    if (const auto *const integer = node.as_integer())
        return Json(integer->get());
    if (const auto *const number = node.as_floating_point())
        return Json(number->get());
    if (const auto *const boolean = node.as_boolean())
        return Json(boolean->get());
    return fail(ErrorCode::BadSpec, placeOf(node.source()) + ": dates, times and lists have no meaning here",
                path);
}

Result<Json> parseToml(std::string_view text, const std::string &path)
{
    const toml::parse_result parsed = toml::parse(text, path);
    if (!parsed) {
        return fail(ErrorCode::BadSpec,
                    placeOf(parsed.error().source()) + ": " + std::string(parsed.error().description()),
                    path);
    }
    return jsonOf(parsed.table(), path);
}
#else
Result<Json> parseToml(std::string_view, const std::string &path)
{
    return fail(ErrorCode::Unavailable, "this program was built without TOML", path,
                "write the specification as JSON");
}
#endif

void resolveAgainst(const std::filesystem::path &folder, RunSpec &spec)
{
    const auto resolve = [&folder](Input &input) {
        if (!input.path.empty() && std::filesystem::path(input.path).is_relative())
            input.path = (folder / input.path).lexically_normal().string();
    };
    resolve(spec.data.train);
    for (std::optional<Input> *const input :
         {&spec.data.test, &spec.data.labels, &spec.preparation.genes, &spec.preparation.split}) {
        if (*input)
            resolve(**input);
    }
}

} // namespace

Result<RunSpec> readSpecFile(const std::filesystem::path &path, bool *choosesLevel)
{
    const std::string name = path.string();
    auto text = readFile(path, kLargestSpecFile);
    if (!text)
        return asBadSpec(std::move(text).error(), name);
    auto json = path.extension() == ".toml" ? parseToml(*text, name) : parseJson(*text, name);
    if (!json)
        return asBadSpec(std::move(json).error(), name);
    auto spec = RunSpec::fromJson(*json);
    if (!spec)
        return asBadSpec(std::move(spec).error(), name);
    if (choosesLevel)
        *choosesLevel = findAt(*json, "reproducibility.level") != nullptr;
    resolveAgainst(path.parent_path(), *spec);
    return spec;
}

} // namespace ibidem::spec
