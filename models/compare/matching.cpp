// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/compare/matching.h"

#include <string_view>
#include <unordered_map>

namespace ibidem::compare {

std::vector<std::size_t> placesInB(const std::vector<std::string> &a, const std::vector<std::string> &b)
{
    std::vector<std::size_t> places(a.size(), kAbsent);
    std::unordered_map<std::string_view, std::size_t> index;
    for (std::size_t i = 0; i < b.size(); ++i)
        index.emplace(b[i], i);
    for (std::size_t i = 0; i < a.size(); ++i) {
        // Names are unique, but not in a damaged file: the same place comes first.
        const auto found = index.find(a[i]);
        if (i < b.size() && a[i] == b[i])
            places[i] = i;
        else if (found != index.end())
            places[i] = found->second;
    }
    return places;
}

std::vector<std::string> namesOnlyInB(const std::vector<std::string> &b,
                                      const std::vector<std::size_t> &places)
{
    std::vector<bool> used(b.size(), false);
    for (const std::size_t place : places)
        if (place != kAbsent)
            used[place] = true;
    std::vector<std::string> only;
    for (std::size_t i = 0; i < b.size(); ++i)
        if (!used[i])
            only.push_back(b[i]);
    return only;
}

std::string firstOf(const std::vector<std::string> &names)
{
    if (names.empty())
        return "none";
    return names.size() == 1 ? names[0] : names[0] + " and " + std::to_string(names.size() - 1) + " more";
}

} // namespace ibidem::compare
