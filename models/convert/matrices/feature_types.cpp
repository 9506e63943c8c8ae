// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/convert/matrices/feature_types.h"

#include "models/base/text.h"
#include "models/convert/text_table.h"

#include <map>

namespace ibidem::convert {

namespace {

using Counts = std::map<std::string, std::uint64_t>;

constexpr const char *kGeneExpression = "Gene Expression";

std::string listedCounts(const Counts &counts)
{
    std::vector<std::string> parts;
    for (const auto &[type, count] : counts)
        parts.push_back(type + " (" + std::to_string(count) + ")");
    return listed(parts, 40);
}

} // namespace

Result<std::vector<std::uint32_t>> chooseFeatures(const std::vector<std::string> &types,
                                                  const std::string &option, const std::string &path,
                                                  std::vector<data::Check> &checks)
{
    Counts counts;
    for (const std::string &type : types)
        ++counts[type];
    const bool isAuto = option == "auto";
    const bool isAll = option == "all" || (isAuto && counts.size() < 2);
    const std::string wanted = isAuto ? kGeneExpression : option;
    if (!isAll && !counts.contains(wanted))
        return fail(ErrorCode::Usage,
                    isAuto ? std::string("there are several types of features, none of them Gene Expression")
                           : "there is no feature of the type " + ibidem::quoted(option),
                    path, "choose all or one of the feature types: " + listedCounts(counts));
    std::vector<std::uint32_t> kept;
    for (std::size_t i = 0; i < types.size(); ++i)
        if (isAll || types[i] == wanted)
            kept.push_back(static_cast<std::uint32_t>(i));
    if (counts.size() > 1)
        checks.push_back({"feature-types", data::CheckState::Ok,
                          (isAll ? std::string("all") : "only " + wanted) + " of the feature types " +
                              listedCounts(counts)});
    return kept;
}

} // namespace ibidem::convert
