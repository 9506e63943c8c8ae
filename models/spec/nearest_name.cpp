// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/spec/nearest_name.h"

#include <algorithm>
#include <numeric>

namespace ibidem::spec {

std::size_t editDistance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t above = row[j + 1];
            const std::size_t substitution = diagonal + (a[i] == b[j] ? 0 : 1);
            row[j + 1] = std::min({row[j] + 1, above + 1, substitution});
            diagonal = above;
        }
    }
    return row[b.size()];
}

std::optional<std::size_t> nearestName(std::string_view typed, const std::vector<std::string_view> &names)
{
    constexpr std::size_t kLongestWorthComparing = 200;
    if (typed.size() > kLongestWorthComparing)
        return std::nullopt;
    std::optional<std::size_t> best;
    std::size_t bestDistance = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::size_t distance = editDistance(typed, names[i]);
        if (!best || distance < bestDistance) {
            best = i;
            bestDistance = distance;
        }
    }
    if (best && bestDistance > std::max<std::size_t>(2, std::max(typed.size(), names[*best].size()) / 3))
        return std::nullopt;
    return best;
}

} // namespace ibidem::spec
