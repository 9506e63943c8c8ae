// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "app/convert/arguments.h"

#include "models/base/json.h"
#include "models/base/text.h"

#include <array>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace ibidem::app {

namespace {

constexpr std::string_view kCure = "see ibidem-convert --help";

tl::unexpected<Error> usage(std::string message)
{
    return fail(ErrorCode::Usage, std::move(message), {}, std::string(kCure));
}

struct Words
{
    std::optional<std::string> input;
    std::optional<std::string> cacheFolder;
    std::optional<std::string> optionsJson;
    std::optional<std::string> container;
    std::optional<std::string> format;
    std::optional<std::string> embedding;
    std::map<std::string, std::optional<std::string>> single; ///< by the option's key in the JSON
};

constexpr std::array<std::pair<std::string_view, const char *>, 6> kSingleOptions = {{
    {"--delimiter", "delimiter"},
    {"--orientation", "orientation"},
    {"--label-column", "labelColumn"},
    {"--matrix", "matrix"},
    {"--genome", "genome"},
    {"--feature-type", "featureType"},
}};

std::optional<std::string> *placeOf(std::string_view option, Words &words)
{
    if (option == "--to")
        return &words.cacheFolder;
    if (option == "--options")
        return &words.optionsJson;
    if (option == "--export")
        return &words.container;
    if (option == "--format")
        return &words.format;
    if (option == "--embedding")
        return &words.embedding;
    for (const auto &[name, key] : kSingleOptions) {
        if (option == name)
            return &words.single[key];
    }
    return nullptr;
}

/// Takes "--name value" or "--name=value"; moves `at` over the value.
Status takeOption(std::span<char *const> arguments, std::size_t &at, Words &words)
{
    const std::string_view word = arguments[at];
    const std::size_t equals = word.find('=');
    const std::string name(word.substr(0, equals));
    std::optional<std::string> *const place = placeOf(name, words);
    if (!place)
        return usage("unknown option " + ibidem::quoted(name));
    if (place->has_value())
        return usage("the option " + name + " is given twice");
    if (equals != std::string_view::npos) {
        *place = word.substr(equals + 1);
        return {};
    }
    if (at + 1 >= arguments.size())
        return usage("the option " + name + " needs a value");
    *place = arguments[++at];
    return {};
}

/// The single options go over the document; the contract's own reader judges all words.
Result<data::TableOptions> tableOptions(const Words &words)
{
    Json json = Json::object();
    if (words.optionsJson) {
        auto parsed = parseJson(*words.optionsJson, "--options");
        if (!parsed || !parsed->is_object())
            return usage("--options is no JSON object" +
                         (parsed ? std::string() : ": " + parsed.error().message));
        json = *std::move(parsed);
    }
    Json complete = data::TableOptions().toJson();
    complete.update(json);
    for (const auto &[key, value] : words.single) {
        if (value)
            complete[key] = *value;
    }
    auto options = data::TableOptions::fromJson(complete);
    if (!options)
        return usage(options.error().message);
    return options;
}

/// "--export CONTAINER --format F [--embedding FILE] OUT", and nothing else.
Result<ConvertRequest> exportRequest(const Words &words)
{
    if (!words.input || words.input->empty())
        return usage("no file to write is given");
    if (words.cacheFolder || words.optionsJson || !words.single.empty())
        return usage("--export goes with --format and --embedding alone");
    if (!words.format || (*words.format != "h5ad" && *words.format != "10x"))
        return usage("--export needs --format h5ad or --format 10x");
    if (words.embedding && *words.format != "h5ad")
        return usage("--embedding goes with --format h5ad: the 10x format has no place for it");
    ConvertRequest request{
        ConvertRequest::Action::Export, *words.container, {}, {}, *words.input, *words.format, {}};
    if (words.embedding)
        request.embedding = *words.embedding;
    return request;
}

} // namespace

Result<ConvertRequest> parseArguments(std::span<char *const> arguments)
{
    Words words;
    bool onlyPaths = false;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string_view word = arguments[at];
        if (!onlyPaths && (word == "--help" || word == "-h"))
            return ConvertRequest{ConvertRequest::Action::Help, {}, {}, {}};
        if (!onlyPaths && word == "--version")
            return ConvertRequest{ConvertRequest::Action::Version, {}, {}, {}};
        if (!onlyPaths && word == "--") {
            onlyPaths = true;
        } else if (!onlyPaths && word.size() > 1 && word.starts_with('-')) {
            IBIDEM_CHECK(takeOption(arguments, at, words));
        } else if (words.input) {
            return usage("there is more than one file: " + ibidem::quoted(word));
        } else {
            words.input = word;
        }
    }
    if (words.container)
        return exportRequest(words);
    if (words.format || words.embedding)
        return usage("--format and --embedding go with --export");
    if (!words.input || words.input->empty())
        return usage("no file is given");
    if (!words.cacheFolder || words.cacheFolder->empty())
        return usage("the folder for the result is missing (--to)");
    IBIDEM_TRY(data::TableOptions options, tableOptions(words));
    return ConvertRequest{ConvertRequest::Action::Convert, *words.input, *words.cacheFolder,
                          std::move(options)};
}

std::string helpText()
{
    return R"(Usage: ibidem-convert PATH --to CACHE_FOLDER [options]
       ibidem-convert --export CONTAINER --format h5ad|10x [--embedding EMBEDDING] FILE

Reads a foreign table (mlf-core TSV, GCT, CLS, TSV, CSV; also .gz) or matrix of cells (AnnData .h5ad, 10x .h5, loom,
10x MTX folder), checks it and writes it to the cache as a container. Says how far it is and what it found as JSON
lines on standard output.

  --to FOLDER          the cache; the container is FOLDER/<key>.safetensors
  --delimiter D        auto, tab, comma, semicolon, blank
  --orientation O      auto, genes-in-rows, samples-in-rows
  --label-column C     auto, none, or the name of the column that holds the classes
  --matrix M           which of several matrices: auto, X, raw, layers/NAME
  --genome G           which of several genomes of a 10x file
  --feature-type T     10x: auto (Gene Expression where there are several), all, or a name
  --options JSON       the same six as one JSON object
  --export CONTAINER   the other way: write the matrix of a container as a foreign file, the same bytes each time
  --format F           h5ad (AnnData) or 10x (Cell Ranger 3, counts only)
  --embedding FILE     with h5ad: embedding.safetensors of a run: its cells alone, with obsm X_ae, X_umap and obs leiden
  --version, --help

The word "stop" on standard input, SIGTERM, SIGINT or SIGUSR1 end the reading; nothing is left behind then.
Exit codes: 0 done, 64 usage, 65 bad data, 66 no such file, 69 format not supported, 70 internal error,
73 cannot write, 74 input/output error, 75 stopped.

Example: ibidem-convert lcep_train.tsv --to ~/.cache/ibidem
)";
}

} // namespace ibidem::app
