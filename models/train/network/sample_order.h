// SPDX-FileCopyrightText: 2026 The Ibidem authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/spec/run_spec.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ibidem::train {

/// Which samples are learned and which are only measured, each in ascending order.
struct SampleParts
{
    std::vector<std::uint32_t> learned;
    std::vector<std::uint32_t>
        validation; ///< the stream (seed, Split) puts the first of a shuffled list here
};

/// floor(validationFraction × samples) are held out.
[[nodiscard]] SampleParts partsOf(const spec::RunSpec &spec, std::size_t samples);

/// The order of an epoch (from 1): the learned samples shuffled by the stream (seed, Shuffle, epoch), or with
/// a fixed order always by that of epoch 0.
[[nodiscard]] std::vector<std::uint32_t> orderOf(const spec::RunSpec &spec,
                                                 std::vector<std::uint32_t> learned, std::int64_t epoch);

} // namespace ibidem::train
