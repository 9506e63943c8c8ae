// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/cell_preparation.h"

#include "models/base/text.h"
#include "models/spec/nearest_name.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

namespace ibidem::spec {

namespace {

constexpr std::string_view kGroup = "preparation.";

using Member = std::variant<int CellPreparation::*, double CellPreparation::*, bool CellPreparation::*>;

/// One key: reading, writing, overriding and printing all go through this table.
struct Key
{
    std::string_view name;
    Member member;
};

constexpr std::array kKeys = {
    Key{"minGenes", &CellPreparation::minGenes},
    Key{"minCells", &CellPreparation::minCells},
    Key{"normalise", &CellPreparation::normalise},
    Key{"targetSum", &CellPreparation::targetSum},
    Key{"logarithm", &CellPreparation::logarithm},
    Key{"selectGenes", &CellPreparation::selectGenes},
    Key{"minMean", &CellPreparation::minMean},
    Key{"maxMean", &CellPreparation::maxMean},
    Key{"minDispersion", &CellPreparation::minDispersion},
    Key{"bins", &CellPreparation::bins},
    Key{"scale", &CellPreparation::scale},
    Key{"zeroCentre", &CellPreparation::zeroCentre},
    Key{"maxValue", &CellPreparation::maxValue},
};

std::string keyNamed(std::string_view name)
{
    return std::string(kGroup) + std::string(name);
}

tl::unexpected<Error> unknownKey(std::string_view name)
{
    std::vector<std::string_view> names;
    std::string all;
    for (const Key &key : kKeys) {
        names.push_back(key.name);
        all += (all.empty() ? "" : ", ") + std::string(key.name);
    }
    const auto nearest = nearestName(name, names);
    return fail(ErrorCode::BadSpec, "unknown key " + ibidem::quoted(keyNamed(name)), {},
                nearest ? "did you mean \"" + keyNamed(names[*nearest]) + "\"?" : "the keys are " + all);
}

Result<const Key *> findKey(std::string_view name)
{
    for (const Key &key : kKeys) {
        if (key.name == name)
            return &key;
    }
    return unknownKey(name);
}

struct Assigner
{
    std::string_view name;
    const Json &value;
    CellPreparation &preparation;

    [[nodiscard]] tl::unexpected<Error> wrong(std::string_view expected) const
    {
        const auto text = compactJson(value);
        const std::string shown = value.is_object()  ? "an object"
                                  : value.is_array() ? "a list"
                                  : text             ? ibidem::quoted(*text)
                                                     : "a value that cannot be printed";
        return fail(ErrorCode::BadSpec,
                    keyNamed(name) + ": expected " + std::string(expected) + ", not " + shown);
    }

    Status operator()(int CellPreparation::*member) const
    {
        constexpr std::int64_t kLargest = std::numeric_limits<int>::max();
        if (!value.is_number_integer())
            return wrong("a whole number");
        const bool tooLarge =
            value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{kLargest};
        if (tooLarge || value.get<std::int64_t>() > kLargest || value.get<std::int64_t>() < -kLargest)
            return wrong("a number of at most nine digits");
        preparation.*member = static_cast<int>(value.get<std::int64_t>());
        return {};
    }

    Status operator()(double CellPreparation::*member) const
    {
        if (!value.is_number() || !std::isfinite(value.get<double>()))
            return wrong("a number");
        preparation.*member = value.get<double>();
        return {};
    }

    Status operator()(bool CellPreparation::*member) const
    {
        if (!value.is_boolean())
            return wrong("true or false");
        preparation.*member = value.get<bool>();
        return {};
    }
};

Status assign(CellPreparation &preparation, std::string_view name, const Json &value)
{
    IBIDEM_TRY(const Key *const key, findKey(name));
    return std::visit(Assigner{key->name, value, preparation}, key->member);
}

tl::unexpected<Error> outside(std::string_view name, double value, const std::string &allowed)
{
    return fail(ErrorCode::BadSpec,
                keyNamed(name) + " is " + formatDouble(value) + ", but must be " + allowed);
}

} // namespace

Json CellPreparation::toJson() const
{
    Json json = Json::object();
    for (const Key &key : kKeys)
        std::visit([&](auto member) { json[std::string(key.name)] = this->*member; }, key.member);
    return json;
}

Result<CellPreparation> CellPreparation::fromJson(const Json &json)
{
    if (!json.is_object())
        return fail(ErrorCode::BadSpec, "the preparation of cells is a JSON object");
    CellPreparation preparation;
    for (const auto &[name, value] : json.items())
        IBIDEM_CHECK(assign(preparation, name, value));
    return preparation;
}

Status validate(const CellPreparation &preparation)
{
    constexpr int kMostBins = 100000;
    if (preparation.minGenes < 0)
        return outside("minGenes", preparation.minGenes, "0 or more");
    if (preparation.minCells < 0)
        return outside("minCells", preparation.minCells, "0 or more");
    // Less than the smallest normal float could not be divided by.
    if (!(preparation.targetSum >= 1e-30 && preparation.targetSum <= 1e30))
        return outside("targetSum", preparation.targetSum, "more than 0, between 1e-30 and 1e30");
    if (preparation.minMean >= preparation.maxMean)
        return outside("minMean", preparation.minMean,
                       "below maxMean, which is " + formatDouble(preparation.maxMean));
    if (preparation.bins < 1 || preparation.bins > kMostBins)
        return outside("bins", preparation.bins, "between 1 and " + std::to_string(kMostBins));
    if (!(preparation.maxValue >= 0.0 && preparation.maxValue <= 1e30))
        return outside("maxValue", preparation.maxValue, "0 (not clipped) or more, at most 1e30");
    return {};
}

Result<CellPreparation> withOverrides(CellPreparation preparation,
                                      const std::vector<std::string> &assignments)
{
    for (const std::string &assignment : assignments) {
        const std::size_t equals = assignment.find('=');
        if (equals == std::string::npos || equals == 0) {
            return fail(ErrorCode::BadSpec, ibidem::quoted(assignment) + " is no assignment", {},
                        "write key=value, for example minGenes=20");
        }
        const std::string_view text = assignment;
        std::string_view name = trimmed(text.substr(0, equals));
        if (name.starts_with(kGroup))
            name.remove_prefix(kGroup.size());
        const std::string_view typed = trimmed(text.substr(equals + 1));
        const auto parsed = parseJson(typed);
        IBIDEM_CHECK(assign(preparation, name, parsed ? *parsed : Json(std::string(typed))));
    }
    return preparation;
}

} // namespace ibidem::spec
