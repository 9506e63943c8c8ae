// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#include "models/train/network/sample_order.h"

#include "models/base/philox.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

namespace ibidem::train {

SampleParts partsOf(const spec::RunSpec &spec, std::size_t samples)
{
    std::vector<std::uint32_t> all(samples);
    std::iota(all.begin(), all.end(), 0U);
    const auto held = static_cast<std::ptrdiff_t>(
        std::floor(spec.training.validationFraction * static_cast<double>(samples)));
    SampleParts parts;
    if (held > 0)
        RandomStream(spec.seed, RandomPurpose::Split).shuffle(std::span(all));
    parts.validation.assign(all.begin(), all.begin() + held);
    parts.learned.assign(all.begin() + held, all.end());
    std::sort(parts.validation.begin(), parts.validation.end());
    std::sort(parts.learned.begin(), parts.learned.end());
    return parts;
}

std::vector<std::uint32_t> orderOf(const spec::RunSpec &spec, std::vector<std::uint32_t> learned,
                                   std::int64_t epoch)
{
    const std::uint32_t stream = spec.training.order == "fixed" ? 0U : static_cast<std::uint32_t>(epoch);
    RandomStream(spec.seed, RandomPurpose::Shuffle, stream).shuffle(std::span(learned));
    return learned;
}

} // namespace ibidem::train
