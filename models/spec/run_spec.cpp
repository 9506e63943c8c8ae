// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/run_spec.h"

#include "models/base/sha256.h"
#include "models/base/text.h"
#include "models/spec/fields.h"
#include "models/spec/recipes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace ibidem::spec {

namespace {

constexpr std::array<std::pair<Level, std::string_view>, 4> kLevels = {{
    {Level::Random, "random"},
    {Level::Seeded, "seeded"},
    {Level::Deterministic, "deterministic"},
    {Level::Portable, "portable"},
}};

tl::unexpected<Error> outOfRange(std::string_view key, const std::string &value, const std::string &allowed)
{
    return fail(ErrorCode::BadSpec, std::string(key) + ": " + value + " is not allowed", {},
                "use " + allowed);
}

Status requireInteger(std::string_view key, int value, int lowest, int highest)
{
    if (value >= lowest && value <= highest)
        return {};
    return outOfRange(key, std::to_string(value),
                      "a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
}

/// An interval; whether its ends belong to it is told by the comparison.
struct Interval
{
    double lowest;
    double highest;
    bool withLowest;
    bool withHighest;
};

Status requireNumber(std::string_view key, double value, const Interval &allowed)
{
    const bool above = allowed.withLowest ? value >= allowed.lowest : value > allowed.lowest;
    const bool below = allowed.withHighest ? value <= allowed.highest : value < allowed.highest;
    if (above && below && std::isfinite(value))
        return {};
    const std::string lower =
        (allowed.withLowest ? "at least " : "more than ") + formatDouble(allowed.lowest);
    const std::string upper =
        (allowed.withHighest ? "at most " : "less than ") + formatDouble(allowed.highest);
    return outOfRange(key, formatDouble(value),
                      "a number of " + lower +
                          (std::isfinite(allowed.highest) ? " and " + upper : std::string()));
}

Status requireWord(std::string_view key, const std::string &value, const std::vector<std::string> &words)
{
    if (std::find(words.begin(), words.end(), value) != words.end())
        return {};
    return outOfRange(key, ibidem::quoted(value), "one of " + join(words, ", "));
}

Status validateModel(const TreesSpec &model)
{
    constexpr double kAny = std::numeric_limits<double>::infinity();
    constexpr Interval kShare{0.0, 1.0, false, true};
    constexpr Interval kNotNegative{0.0, kAny, true, false};
    IBIDEM_CHECK(
        requireWord("model.objective", model.objective, {"auto", "binary:logistic", "multi:softprob"}));
    IBIDEM_CHECK(requireInteger("model.rounds", model.rounds, 1, 100000));
    IBIDEM_CHECK(requireNumber("model.learningRate", model.learningRate, kShare));
    IBIDEM_CHECK(requireInteger("model.maxDepth", model.maxDepth, 1, 16));
    IBIDEM_CHECK(requireNumber("model.minChildWeight", model.minChildWeight, kNotNegative));
    IBIDEM_CHECK(requireNumber("model.subsample", model.subsample, kShare));
    IBIDEM_CHECK(requireNumber("model.columnSample", model.columnSample, kShare));
    IBIDEM_CHECK(requireNumber("model.lambda", model.lambda, kNotNegative));
    IBIDEM_CHECK(requireNumber("model.alpha", model.alpha, kNotNegative));
    IBIDEM_CHECK(requireNumber("model.gamma", model.gamma, kNotNegative));
    return requireInteger("model.maxBin", model.maxBin, 2, 65536);
}

Status validateNetwork(const AutoencoderSpec &model)
{
    constexpr int kWidest = 65536;
    constexpr std::size_t kDeepest = 16;
    if (model.widths.empty() || model.widths.size() > kDeepest)
        return outOfRange("model.widths", std::to_string(model.widths.size()) + " layers",
                          "1 to " + std::to_string(kDeepest) + " widths");
    for (const int width : model.widths)
        IBIDEM_CHECK(requireInteger("model.widths", width, 1, kWidest));
    IBIDEM_CHECK(requireInteger("model.latent", model.latent, 1, kWidest));
    return requireWord("model.activation", model.activation, {"relu", "sigmoid", "tanh"});
}

Status validateTraining(const NetworkTraining &training)
{
    IBIDEM_CHECK(requireInteger("training.epochs", training.epochs, 1, 100000));
    IBIDEM_CHECK(requireInteger("training.batchSize", training.batchSize, 1, 65536));
    IBIDEM_CHECK(requireWord("training.optimiser", training.optimiser, {"adam", "adamw", "sgd"}));
    IBIDEM_CHECK(requireNumber("training.learningRate", training.learningRate, {0.0, 1.0, false, true}));
    IBIDEM_CHECK(requireNumber("training.weightDecay", training.weightDecay, {0.0, 1000.0, true, true}));
    IBIDEM_CHECK(requireNumber("training.momentum", training.momentum, {0.0, 1.0, true, false}));
    IBIDEM_CHECK(requireWord("training.order", training.order, {"fixed", "shuffled"}));
    IBIDEM_CHECK(
        requireNumber("training.validationFraction", training.validationFraction, {0.0, 0.9, true, true}));
    return requireInteger("training.patience", training.patience, 0, 100000);
}

Status validateAnalysis(const AnalysisSpec &analysis)
{
    IBIDEM_CHECK(requireInteger("analysis.neighbours", analysis.neighbours, 2, 200));
    IBIDEM_CHECK(requireNumber("analysis.minDistance", analysis.minDistance, {0.0, 1.0, true, true}));
    IBIDEM_CHECK(requireInteger("analysis.mapEpochs", analysis.mapEpochs, 0, 100000));
    IBIDEM_CHECK(requireNumber("analysis.resolution", analysis.resolution, {0.0, 100.0, false, true}));
    if (analysis.labelColumn.empty())
        return outOfRange("analysis.labelColumn", "an empty name", "auto, none or the name of an annotation");
    return {};
}

Status validateData(const DataSpec &data, const PreparationSpec &preparation)
{
    IBIDEM_CHECK(requireWord("data.options.delimiter", data.options.delimiter,
                             {"auto", "tab", "comma", "semicolon", "blank"}));
    IBIDEM_CHECK(requireWord("data.options.orientation", data.options.orientation,
                             {"auto", "genes-in-rows", "samples-in-rows"}));
    if (data.options.labelColumn.empty())
        return outOfRange("data.options.labelColumn", "an empty name", "auto, none or the name of a column");
    IBIDEM_CHECK(requireWord("preparation.values", preparation.values, {"tpm", "log"}));
    IBIDEM_CHECK(
        requireNumber("preparation.testFraction", preparation.testFraction, {0.0, 1.0, false, false}));
    if (data.test && preparation.split) {
        return fail(ErrorCode::BadSpec, "data.test and preparation.split are both given", {},
                    "give a test table or a split file, not both");
    }
    return {};
}

bool isDevice(std::string_view device)
{
    constexpr std::string_view kCuda = "cuda:";
    if (device == "auto" || device == "cpu")
        return true;
    const auto number =
        device.substr(0, kCuda.size()) == kCuda ? parseUnsigned(device.substr(kCuda.size())) : std::nullopt;
    return number && *number < 1024;
}

Status validateExecution(const RunSpec &spec)
{
    if (!isDevice(spec.device))
        return outOfRange("execution.device", ibidem::quoted(spec.device), "auto, cpu or cuda:N");
    IBIDEM_CHECK(requireInteger("execution.threads", spec.threads, 0, 1024));
    IBIDEM_CHECK(requireWord("execution.isa", spec.isa, {"auto", "scalar", "avx2", "avx512"}));
    return requireInteger("training.checkpointEvery", spec.checkpointEvery, 1, 100000);
}

/// What of an input can change a result: its content alone.
Json identityOf(const Input &input)
{
    Json json = Json::object();
    if (!input.content.empty())
        json["content"] = input.content;
    else if (!input.sha256.empty())
        json["sha256"] = input.sha256;
    else
        json["path"] = input.path;
    return json;
}

/// The input that a key holds, if it holds one and that is given.
struct GivenInput
{
    const Input *operator()(const Input *slot) const { return *slot == Input{} ? nullptr : slot; }

    const Input *operator()(const std::optional<Input> *slot) const
    {
        return slot->has_value() ? &**slot : nullptr;
    }

    template <class Other>
    const Input *operator()(const Other *) const
    {
        return nullptr;
    }
};

struct ValueText
{
    std::string operator()(const std::string *slot) const { return *slot; }

    std::string operator()(const int *slot) const { return std::to_string(*slot); }

    std::string operator()(const double *slot) const { return formatDouble(*slot); }

    std::string operator()(const bool *slot) const { return *slot ? "true" : "false"; }

    std::string operator()(const std::vector<int> *slot) const
    {
        std::vector<std::string> numbers;
        for (const int number : *slot)
            numbers.push_back(std::to_string(number));
        return join(numbers, ",");
    }

    std::string operator()(const std::uint64_t *slot) const { return std::to_string(*slot); }

    std::string operator()(const Level *slot) const { return std::string(levelName(*slot)); }

    std::string operator()(const Input *slot) const
    {
        constexpr std::size_t kShownDigits = 16;
        const std::string &digest = slot->content.empty() ? slot->sha256 : slot->content;
        const std::string &name = slot->name.empty() ? slot->path : slot->name;
        return digest.empty() ? name : name + " (" + digest.substr(0, kShownDigits) + ")";
    }

    std::string operator()(const std::optional<Input> *slot) const
    {
        return *slot ? (*this)(&**slot) : std::string();
    }
};

} // namespace

std::string_view modelKindName(ModelKind kind) noexcept
{
    return kind == ModelKind::Autoencoder ? "autoencoder" : "trees";
}

std::optional<ModelKind> modelKindOfName(std::string_view name) noexcept
{
    for (const ModelKind kind : {ModelKind::Trees, ModelKind::Autoencoder}) {
        if (modelKindName(kind) == name)
            return kind;
    }
    return std::nullopt;
}

Network networkOf(const AutoencoderSpec &autoencoder, std::size_t genes)
{
    AutoencoderShape shape;
    shape.genes = genes;
    shape.widths.assign(autoencoder.widths.begin(), autoencoder.widths.end());
    shape.latent = static_cast<std::size_t>(autoencoder.latent);
    shape.activation = autoencoder.activation == "sigmoid" ? Operation::Sigmoid
                       : autoencoder.activation == "tanh"  ? Operation::Tanh
                                                           : Operation::Relu;
    return spec::autoencoder(shape);
}

int roundCount(const RunSpec &spec) noexcept
{
    return spec.kind == ModelKind::Autoencoder ? spec.training.epochs : spec.trees.rounds;
}

std::string_view roundName(ModelKind kind) noexcept
{
    return kind == ModelKind::Autoencoder ? "epoch" : "round";
}

std::string_view levelName(Level level) noexcept
{
    for (const auto &[value, name] : kLevels) {
        if (value == level)
            return name;
    }
    return "portable";
}

std::optional<Level> levelOfName(std::string_view name) noexcept
{
    for (const auto &[value, known] : kLevels) {
        if (known == name)
            return value;
    }
    return std::nullopt;
}

Status validate(const RunSpec &spec)
{
    IBIDEM_TRY(const Recipe recipe, findRecipe(spec.recipe));
    if (recipe.spec.kind != spec.kind)
        return outOfRange("recipe", ibidem::quoted(spec.recipe),
                          "a recipe of the kind " + std::string(modelKindName(spec.kind)));
    if (spec.kind == ModelKind::Autoencoder) {
        IBIDEM_CHECK(validate(spec.cells));
        IBIDEM_CHECK(validateNetwork(spec.autoencoder));
        IBIDEM_CHECK(validateTraining(spec.training));
        IBIDEM_CHECK(validateAnalysis(spec.analysis));
    } else {
        IBIDEM_CHECK(validateData(spec.data, spec.preparation));
        IBIDEM_CHECK(validateModel(spec.trees));
    }
    return validateExecution(spec);
}

data::TableOptions tableOptions(const DataSpec &data, std::string_view role)
{
    data::TableOptions options = data.options;
    if (data.labels && role != "labels")
        options.labelColumn = "auto";
    return options;
}

std::string chainStart(const RunSpec &spec)
{
    Json json = spec.toJson();
    json.erase("execution");
    json.erase("analysis");
    json["training"].erase("checkpointEvery");
    RunSpec copy = spec;
    for (const Field &field : fields(spec.kind)) {
        const Input *const input = std::visit(GivenInput{}, field.slot(copy));
        if (!input)
            continue;
        const std::size_t dot = field.key.find('.');
        json[std::string(field.key.substr(0, dot))][std::string(field.key.substr(dot + 1))] =
            identityOf(*input);
    }
    if (!spec.data.train.content.empty()) {
        // How the file was read is in its content.
        for (const char *key : {"delimiter", "orientation", "matrix", "genome", "featureType"})
            json["data"]["options"].erase(key);
    }
    const auto digest = jsonDigest(json);
    // Only text that is not UTF-8 can fail here, and such a specification cannot be written to disk either.
    return digest ? *digest : sha256Hex("not a specification");
}

std::vector<Setting> settings(const RunSpec &spec)
{
    const auto recipe = findRecipe(spec.recipe);
    RunSpec defaults = recipe ? recipe->spec : RunSpec{};
    RunSpec copy = spec;
    std::vector<Setting> list;
    for (const Field &field : fields(spec.kind)) {
        list.push_back({std::string(field.key), std::visit(ValueText{}, field.slot(copy)),
                        std::visit(ValueText{}, field.slot(defaults))});
    }
    return list;
}

} // namespace ibidem::spec
